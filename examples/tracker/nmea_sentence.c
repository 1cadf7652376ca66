/* tracker: a sentence and its fields as managed strings, each closed by a 0.
 *
 * Each sentence makes its own objects and nobody frees them: what a handler keeps lives on, the rest is garbage.
 *
 * SPDX-License-Identifier: MIT */
#include "counts.h"
#include "nmea.h"

MOAT_TYPE_FLEX(nmea_sentence_type, struct nmea_sentence, MOAT_RUN_SLOTS(struct nmea_sentence, text),
               MOAT_TAIL_SLOTS(struct nmea_sentence, field));

static uint32_t count_fields(const struct nmea_line *line) {
    uint32_t fields = 1;
    for (uint32_t i = 0; i < line->length; i++) {
        fields += line->text[i] == ',';
    }
    return fields;
}

static void copy(char *to, const char *from, uint32_t length) {
    for (uint32_t i = 0; i < length; i++) {
        to[i] = from[i];
    }
}

static bool copy_text(struct nmea_sentence *sentence, const struct nmea_line *line) {
    char *text = MOAT_NEW_BYTES(1 + line->length + 1);
    if (text == NULL) {
        return false;
    }
    text[0] = line->start;
    copy(text + 1, line->text, line->length);
    MOAT_INIT(sentence->text, text);
    return true;
}

static bool copy_fields(struct nmea_sentence *sentence, const struct nmea_line *line) {
    uint32_t from = 0;
    for (uint32_t i = 0; i <= line->length; i++) {
        if (i < line->length && line->text[i] != ',') {
            continue;
        }
        char *field = MOAT_NEW_BYTES(i - from + 1);
        if (field == NULL) {
            return false;
        }
        copy(field, line->text + from, i - from);
        MOAT_INIT(sentence->field[sentence->count], field);
        sentence->count++;
        from = i + 1;
    }
    return true;
}

struct nmea_sentence *nmea_sentence_new(const struct nmea_line *line) {
    struct nmea_sentence *sentence = MOAT_NEW_FLEX(nmea_sentence_type, count_fields(line));
    if (sentence == NULL || !copy_text(sentence, line) || !copy_fields(sentence, line)) {
        counts_drop(DROP_MEMORY);
        return NULL;
    }
    return sentence;
}
