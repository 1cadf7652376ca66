/* tracker: the framing of NMEA sentences, a state machine over bytes.
 *
 * SPDX-License-Identifier: MIT */
#include "nmea.h"

static int hexadecimal(uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'A' && byte <= 'F') {
        return byte - 'A' + 10;
    }
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void begin(struct nmea_line *line, uint8_t start) {
    line->state = NMEA_BODY;
    line->start = (char)start;
    line->length = 0;
    line->sum = 0;
}

static enum nmea_event drop(struct nmea_line *line, enum nmea_event why) {
    line->state = NMEA_TAIL;
    return why;
}

static enum nmea_event body(struct nmea_line *line, uint8_t byte) {
    if (byte == '*') {
        line->state = NMEA_DIGIT_1;
        return NMEA_NOTHING;
    }
    if (byte < ' ' || byte > '~') {
        return drop(line, NMEA_CONTROL);
    }
    if (line->length == NMEA_TEXT_MAX) {
        return drop(line, NMEA_OVERLONG);
    }
    line->text[line->length++] = (char)byte;
    line->sum ^= byte;
    return NMEA_NOTHING;
}

static enum nmea_event checksum(struct nmea_line *line, uint8_t byte) {
    int digit = hexadecimal(byte);
    if (digit < 0) {
        return drop(line, NMEA_CHECKSUM);
    }
    if (line->state == NMEA_DIGIT_1) {
        line->given = (uint8_t)digit;
        line->state = NMEA_DIGIT_2;
        return NMEA_NOTHING;
    }
    return drop(line, (line->given << 4 | digit) == line->sum ? NMEA_SENTENCE : NMEA_CHECKSUM);
}

static bool in_sentence(const struct nmea_line *line) {
    return line->state == NMEA_BODY || line->state == NMEA_DIGIT_1 || line->state == NMEA_DIGIT_2;
}

enum nmea_event nmea_line_end(struct nmea_line *line) {
    bool cut = in_sentence(line);
    line->state = NMEA_LINE_START;
    return cut ? NMEA_TRUNCATED : NMEA_NOTHING;
}

enum nmea_event nmea_line_byte(struct nmea_line *line, uint8_t byte) {
    if (byte == '\r' || byte == '\n') {
        return nmea_line_end(line);
    }
    if (line->state == NMEA_COMMENT) {
        return NMEA_NOTHING;
    }
    if (byte == '$' || byte == '!') {
        bool cut = in_sentence(line);
        begin(line, byte);
        return cut ? NMEA_TRUNCATED : NMEA_NOTHING;
    }
    switch (line->state) {
    case NMEA_BODY:
        return body(line, byte);
    case NMEA_DIGIT_1:
    case NMEA_DIGIT_2:
        return checksum(line, byte);
    case NMEA_TAIL:
        return NMEA_NOTHING;
    default:
        break;
    }
    if (line->state == NMEA_LINE_START && byte == '#') {
        line->state = NMEA_COMMENT;
        return NMEA_NOTHING;
    }
    line->state = NMEA_NOISE;
    line->noise++;
    return NMEA_NOTHING;
}
