/* tracker: AIS messages and their fields.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"
#include "counts.h"
#include "text.h"

#define HEAD_BITS 38 /* type, repeat indicator, MMSI */

MOAT_TYPE(ais_value_type, struct ais_value, next, text);
MOAT_TYPE(ais_message_type, struct ais_message, first, last);

/* Six-bit text: 0..31 is @, A..Z and more, 32..63 is as in ASCII. */
static char six_bit_character(uint32_t code) {
    return (char)(code < 32 ? code + '@' : code);
}

/* A text field as a managed string; NULL: no memory. */
static char *read_text(const struct ais_payload *payload, const struct ais_field *field) {
    uint32_t characters = field->width / 6u;
    char *text = MOAT_NEW_BYTES(characters + 1);
    uint32_t length = 0; /* up to the last character that is not a space */
    for (uint32_t i = 0; text != NULL && i < characters; i++) {
        uint32_t first = field->first + 6 * i;
        char c = six_bit_character(ais_bits(payload, first, 6));
        if (c == '@' || first + 6 > payload->bits) {
            break;
        }
        text[i] = c;
        length = c == ' ' ? length : i + 1;
    }
    if (text != NULL) {
        text[length] = '\0';
    }
    return text;
}

/* Appends the field's value; false: no memory. */
static bool append(struct ais_message *message, const struct ais_payload *payload, const struct ais_field *field) {
    struct ais_value *value = MOAT_NEW(ais_value_type);
    if (value == NULL) {
        return false;
    }
    value->name = field->name;
    if (field->kind == AIS_TEXT) {
        char *text = read_text(payload, field);
        if (text == NULL) {
            return false;
        }
        MOAT_INIT(value->text, text);
    } else if (field->kind == AIS_SIGNED) {
        value->number = ais_signed_bits(payload, field->first, field->width);
    } else {
        value->number = (int32_t)ais_bits(payload, field->first, field->width);
    }
    if (message->last == NULL) {
        MOAT_STORE(message->first, value);
    } else {
        MOAT_STORE(message->last->next, value);
    }
    MOAT_STORE(message->last, value);
    return true;
}

/* A message with the values of all fields; NULL: no memory. */
static struct ais_message *decode(const struct ais_payload *payload, uint32_t type, const struct ais_layout *layout) {
    static const struct ais_field repeat = {AIS_REPEAT, AIS_UNSIGNED, 6, 2};
    static const struct ais_field mmsi = {AIS_MMSI, AIS_UNSIGNED, 8, 30};
    struct ais_message *message = MOAT_NEW(ais_message_type);
    if (message == NULL || !append(message, payload, &repeat) || !append(message, payload, &mmsi)) {
        return NULL;
    }
    message->type = type;
    message->mmsi = (uint32_t)message->last->number;
    for (uint32_t i = 0; i < layout->count; i++) {
        if (!append(message, payload, &layout->fields[i])) {
            return NULL;
        }
    }
    return message;
}

struct ais_message *ais_message_new(const struct ais_payload *payload) {
    if (payload->bits < HEAD_BITS) {
        counts_drop(DROP_SHORT);
        return NULL;
    }
    uint32_t type = ais_bits(payload, 0, 6);
    counts.ais[type < AIS_TYPES ? type : 0]++;
    const struct ais_layout *layout = ais_layout_of(type, ais_bits(payload, HEAD_BITS, 2));
    if (layout == NULL) {
        return NULL;
    }
    if (payload->bits < layout->bits_min) {
        counts_drop(DROP_SHORT);
        return NULL;
    }
    struct ais_message *message = decode(payload, type, layout);
    if (message == NULL) {
        counts_drop(DROP_MEMORY);
    }
    return message;
}

static const struct ais_value *find(const struct ais_message *message, enum ais_name name) {
    const struct ais_value *value = message->first;
    while (value != NULL && value->name != (uint32_t)name) {
        value = value->next;
    }
    return value;
}

int32_t ais_number(const struct ais_message *message, enum ais_name name, int32_t otherwise) {
    const struct ais_value *value = find(message, name);
    return value == NULL ? otherwise : value->number;
}

const char *ais_text(const struct ais_message *message, enum ais_name name, const char *otherwise) {
    const struct ais_value *value = find(message, name);
    return value == NULL ? otherwise : value->text;
}

void ais_message_print(const struct ais_message *message) {
    text_string("message");
    text_labelled("type", (int32_t)message->type, 0);
    for (const struct ais_value *value = message->first; value != NULL; value = value->next) {
        const char *label = ais_field_name((enum ais_name)value->name);
        if (value->text != NULL) {
            text_quoted(label, value->text);
        } else {
            text_labelled(label, value->number, 0);
        }
    }
    text_char('\n');
}
