/* tracker: a sentence and its fields as managed strings.
 *
 * Each sentence makes its own objects and nobody frees them: what a handler keeps lives on, the rest is garbage.
 *
 * SPDX-License-Identifier: MIT */
#include "counts.h"
#include "nmea.h"

MOAT_TYPE_FLEX(nmea_sentence_type, struct nmea_sentence, MOAT_TAIL_SLOTS(struct nmea_sentence, field));

static uint32_t count_fields(const struct nmea_line *line) {
    uint32_t fields = 1;
    for (uint32_t i = 0; i < line->length; i++) {
        fields += line->text[i] == ',';
    }
    return fields;
}

static char *copy_string(const char *from, uint32_t length) {
    char *string = MOAT_NEW_BYTES(length + 1);
    if (string != NULL) {
        for (uint32_t i = 0; i < length; i++) {
            string[i] = from[i];
        }
    }
    return string;
}

static bool fill(struct nmea_sentence *sentence, const struct nmea_line *line) {
    uint32_t from = 0;
    for (uint32_t i = 0; i <= line->length; i++) {
        if (i < line->length && line->text[i] != ',') {
            continue;
        }
        char *string = copy_string(line->text + from, i - from);
        if (string == NULL) {
            return false;
        }
        MOAT_INIT(sentence->field[sentence->count], string);
        sentence->count++;
        from = i + 1;
    }
    return true;
}

struct nmea_sentence *nmea_sentence_new(const struct nmea_line *line) {
    uint32_t fields = count_fields(line);
    if (fields > NMEA_FIELDS_MAX) {
        counts_drop(DROP_MALFORMED);
        return NULL;
    }
    struct nmea_sentence *sentence = MOAT_NEW_FLEX(nmea_sentence_type, fields);
    if (sentence == NULL || !fill(sentence, line)) {
        counts_drop(DROP_MEMORY);
        return NULL;
    }
    sentence->start = line->start;
    return sentence;
}
