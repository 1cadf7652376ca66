/* tracker: GGA, RMC and VTG, the own ship's fix.
 *
 * A fix is never changed after it is published: each sentence makes a new one from the last.
 *
 * SPDX-License-Identifier: MIT */
#include "counts.h"
#include "gps.h"
#include "text.h"

struct fix {
    int32_t latitude; /* 1/100000 minutes */
    int32_t longitude;
    int32_t time;       /* hhmmss.ss * 100 */
    int32_t date;       /* ddmmyy */
    int32_t quality;    /* 0: none */
    int32_t satellites; /* used */
    int32_t hdop;       /* 1/100 */
    int32_t altitude;   /* 1/10 m */
    int32_t speed;      /* 1/1000 knots */
    int32_t course;     /* 1/100 degrees */
    uint32_t seen;      /* index of the last sentence that told */
};

MOAT_TYPE(fix_type, struct fix);

static MOAT_ROOT(struct fix) own;

/* A copy of the own fix for the caller to change and publish; NULL: no memory, counted. */
static struct fix *next_fix(void) {
    struct fix *fix = MOAT_NEW(fix_type);
    if (fix == NULL) {
        counts_drop(DROP_MEMORY);
    } else if (own != NULL) {
        *fix = *own;
    } else {
        *fix = (struct fix){TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            TEXT_ABSENT,
                            0};
    }
    return fix;
}

static void publish(struct fix *fix) {
    fix->seen = counts.sentences;
    MOAT_STORE(own, fix);
}

/* A time or a date: digits, or nothing. */
static bool digits(const char *field, unsigned decimals, int32_t *out) {
    return field[0] != '-' && nmea_optional(field, decimals, out);
}

static bool position(const struct nmea_sentence *sentence, uint32_t first, struct fix *fix) {
    return nmea_latitude(sentence->field[first], sentence->field[first + 1], &fix->latitude) &&
           nmea_longitude(sentence->field[first + 2], sentence->field[first + 3], &fix->longitude);
}

bool gps_gga(const struct nmea_sentence *sentence) {
    int32_t quality;
    if (sentence->count < 10 || !nmea_number(sentence->field[6], 0, &quality) || quality < 0 || quality > 9) {
        return false;
    }
    struct fix *fix = next_fix();
    if (fix == NULL) {
        return true;
    }
    fix->quality = quality;
    if (!digits(sentence->field[1], 2, &fix->time) || (quality > 0 && !position(sentence, 2, fix)) ||
        !nmea_optional(sentence->field[7], 0, &fix->satellites) || !nmea_optional(sentence->field[8], 2, &fix->hdop) ||
        !nmea_optional(sentence->field[9], 1, &fix->altitude)) {
        return false;
    }
    publish(fix);
    return true;
}

bool gps_rmc(const struct nmea_sentence *sentence) {
    if (sentence->count < 10 || sentence->field[2][0] == '\0' || sentence->field[2][1] != '\0') {
        return false;
    }
    char status = sentence->field[2][0];
    if (status == 'V') {
        return true;
    }
    struct fix *fix = next_fix();
    if (fix == NULL) {
        return true;
    }
    if (status != 'A' || !digits(sentence->field[1], 2, &fix->time) || !position(sentence, 3, fix) ||
        !nmea_optional(sentence->field[7], 3, &fix->speed) || !nmea_optional(sentence->field[8], 2, &fix->course) ||
        !digits(sentence->field[9], 0, &fix->date)) {
        return false;
    }
    publish(fix);
    return true;
}

bool gps_vtg(const struct nmea_sentence *sentence) {
    if (sentence->count < 9) {
        return false;
    }
    struct fix *fix = next_fix();
    if (fix == NULL) {
        return true;
    }
    if (!nmea_optional(sentence->field[1], 2, &fix->course) || !nmea_optional(sentence->field[5], 3, &fix->speed)) {
        return false;
    }
    publish(fix);
    return true;
}

static void angle_print(int32_t angle, char positive, char negative, unsigned degree_digits) {
    uint32_t magnitude = (uint32_t)(angle < 0 ? -angle : angle);
    text_char(angle < 0 ? negative : positive);
    text_padded(magnitude / 6000000, degree_digits);
    text_char(' ');
    text_padded(magnitude % 6000000 / 100000, 2);
    text_char('.');
    text_padded(magnitude % 100000, 5);
}

void gps_position_print(int32_t latitude, int32_t longitude) {
    angle_print(latitude, 'N', 'S', 2);
    text_char(' ');
    angle_print(longitude, 'E', 'W', 3);
}

/* " label hhmmss", with further digits if there are decimals. */
static void digits_print(const char *label, int32_t value, unsigned decimals) {
    text_char(' ');
    text_string(label);
    text_char(' ');
    if (value == TEXT_ABSENT) {
        text_char('-');
        return;
    }
    text_padded((uint32_t)value, 6 + decimals);
}

void gps_fix_print(void) {
    text_string("own ");
    if (own == NULL) {
        text_string("-\n");
        return;
    }
    if (own->latitude == TEXT_ABSENT) {
        text_char('-');
    } else {
        gps_position_print(own->latitude, own->longitude);
    }
    digits_print("time", own->time, 2);
    digits_print("date", own->date, 0);
    text_labelled("quality", own->quality, 0);
    text_labelled("satellites", own->satellites, 0);
    text_labelled("hdop", own->hdop, 2);
    text_labelled("altitude", own->altitude, 1);
    text_labelled("speed", own->speed, 3);
    text_labelled("course", own->course, 2);
    text_labelled("seen", (int32_t)own->seen, 0);
    text_char('\n');
}
