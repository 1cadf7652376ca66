/* tracker: AIS messages and their fields.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"
#include "counts.h"
#include "text.h"

#define HEAD_BITS 38 /* type, repeat indicator, MMSI */

#define TEXT_BYTES 21 /* the longest text field, 20 characters, and its closing 0 */

MOAT_TYPE(ais_message_type, struct ais_message, payload);

struct ais_message *ais_message_new(struct ais_payload *payload) {
    if (payload->bits < HEAD_BITS) {
        counts_drop(DROP_SHORT);
        return NULL;
    }
    uint32_t type = ais_bits(payload, 0, 6);
    counts.ais[type < AIS_TYPES ? type : 0]++;
    const struct ais_layout *layout = ais_layout_of(type, ais_bits(payload, 38, 2));
    if (layout == NULL) {
        return NULL;
    }
    if (payload->bits < layout->bits_min) {
        counts_drop(DROP_SHORT);
        return NULL;
    }
    struct ais_message *message = MOAT_NEW(ais_message_type);
    if (message == NULL) {
        counts_drop(DROP_MEMORY);
        return NULL;
    }
    MOAT_INIT(message->payload, payload);
    message->layout = layout;
    message->type = type;
    message->mmsi = ais_bits(payload, 8, 30);
    return message;
}

static const struct ais_field *find(const struct ais_message *message, enum ais_name name) {
    for (uint32_t i = 0; i < message->layout->count; i++) {
        if (message->layout->fields[i].name == name) {
            return &message->layout->fields[i];
        }
    }
    return NULL;
}

static int32_t read_number(const struct ais_message *message, const struct ais_field *field) {
    if (field->kind == AIS_SIGNED) {
        return ais_signed_bits(message->payload, field->first, field->width);
    }
    return (int32_t)ais_bits(message->payload, field->first, field->width);
}

int32_t ais_value(const struct ais_message *message, enum ais_name name, int32_t otherwise) {
    const struct ais_field *field = find(message, name);
    return field == NULL ? otherwise : read_number(message, field);
}

/* Six-bit text: 0..31 is @, A..Z and more, 32..63 is as in ASCII. */
static char six_bit_character(uint32_t code) {
    return (char)(code < 32 ? code + '@' : code);
}

static void read_text(const struct ais_message *message, const struct ais_field *field, char *out, uint32_t bytes) {
    uint32_t length = 0; /* up to the last character that is not a space */
    for (uint32_t i = 0; i < field->width / 6u && i + 1 < bytes; i++) {
        uint32_t first = field->first + 6 * i;
        char c = six_bit_character(ais_bits(message->payload, first, 6));
        if (c == '@' || first + 6 > message->payload->bits) {
            break;
        }
        out[i] = c;
        length = c == ' ' ? length : i + 1;
    }
    out[length] = '\0';
}

bool ais_text(const struct ais_message *message, enum ais_name name, char *out, uint32_t bytes) {
    const struct ais_field *field = find(message, name);
    out[0] = '\0';
    if (field != NULL) {
        read_text(message, field, out, bytes);
    }
    return field != NULL;
}

void ais_message_print(const struct ais_message *message) {
    text_string("message");
    text_labelled("type", (int32_t)message->type, 0);
    text_labelled(ais_field_name(AIS_REPEAT), (int32_t)ais_bits(message->payload, 6, 2), 0);
    text_labelled(ais_field_name(AIS_MMSI), (int32_t)message->mmsi, 0);
    for (uint32_t i = 0; i < message->layout->count; i++) {
        const struct ais_field *field = &message->layout->fields[i];
        const char *label = ais_field_name((enum ais_name)field->name);
        if (field->kind == AIS_TEXT) {
            char text[TEXT_BYTES];
            read_text(message, field, text, sizeof text);
            text_char(' ');
            text_string(label);
            text_string(" \"");
            text_string(text);
            text_char('"');
        } else {
            text_labelled(label, read_number(message, field), 0);
        }
    }
    text_char('\n');
}
