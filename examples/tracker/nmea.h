/* tracker: NMEA 0183 sentences, from bytes to fields.
 *
 * A sentence begins with $ or !, and ends with * and two hexadecimal digits: the exclusive or of all bytes between.
 * The rest of the line is a receiver's own addition, and ignored. A line that begins with # is a
 * comment. The README states these rules once for the firmware and for the reference parser.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_NMEA_H
#define TRACKER_NMEA_H

#include <moat.h>

#include <stdbool.h>
#include <stdint.h>

#define NMEA_TEXT_MAX 96 /* bytes between the start character and the asterisk */

/* ---- framing: one byte at a time, into a fixed buffer ---- */

enum nmea_event { NMEA_NOTHING, NMEA_SENTENCE, NMEA_TRUNCATED, NMEA_OVERLONG, NMEA_CONTROL, NMEA_CHECKSUM };

enum nmea_state {
    NMEA_LINE_START,
    NMEA_NOISE,   /* outside a sentence */
    NMEA_BODY,    /* between the start character and the asterisk */
    NMEA_DIGIT_1, /* the checksum's first digit is next */
    NMEA_DIGIT_2,
    NMEA_TAIL, /* after a sentence, good or bad */
    NMEA_COMMENT,
};

struct nmea_line {
    enum nmea_state state;
    uint8_t sum;     /* of the text so far */
    uint8_t given;   /* the checksum's first digit */
    uint32_t length; /* of the text */
    uint32_t noise;  /* bytes outside sentences and comments */
    char start;      /* $ or ! */
    char text[NMEA_TEXT_MAX];
};

/* Takes the next byte. NMEA_SENTENCE: line->start and line->text hold a sentence with a right checksum. */
enum nmea_event nmea_line_byte(struct nmea_line *line, uint8_t byte);

/* The input has ended: NMEA_TRUNCATED if a sentence was under way. */
enum nmea_event nmea_line_end(struct nmea_line *line);

/* ---- fields: managed strings ---- */

struct nmea_sentence {
    MOAT_REF(char) text;    /* all of it, from the start character to before the asterisk */
    uint32_t count;         /* of fields, at least 1 */
    MOAT_REF(char) field[]; /* [0] is the address, e.g. GPGGA */
};

/* Splits the line's text at the commas. NULL: no memory, counted. */
struct nmea_sentence *nmea_sentence_new(const struct nmea_line *line);

/* ---- field values ---- */

/* A decimal number times 10^decimals; further decimals are cut off. False: not a number, or not within int32_t. */
bool nmea_number(const char *field, unsigned decimals, int32_t *out);

/* As nmea_number; an empty field gives TEXT_ABSENT. */
bool nmea_optional(const char *field, unsigned decimals, int32_t *out);

/* ddmm.mmmmm and its hemisphere, as 1/100000 minutes; north and east are positive. */
bool nmea_latitude(const char *field, const char *hemisphere, int32_t *out);
bool nmea_longitude(const char *field, const char *hemisphere, int32_t *out);

#endif
