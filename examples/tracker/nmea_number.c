/* tracker: the values of NMEA fields, as fixed-point integers.
 *
 * SPDX-License-Identifier: MIT */
#include "nmea.h"
#include "text.h"

/* Appends a digit; false if the value leaves int32_t. */
static bool append(int32_t *value, int digit) {
    if (*value > (INT32_MAX - digit) / 10) {
        return false;
    }
    *value = *value * 10 + digit;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool nmea_number(const char *field, unsigned decimals, int32_t *out) {
    bool negative = *field == '-';
    field += negative;
    if (!is_digit(*field)) {
        return false;
    }
    int32_t value = 0;
    for (; is_digit(*field); field++) {
        if (!append(&value, *field - '0')) {
            return false;
        }
    }
    field += *field == '.';
    for (; decimals > 0; decimals--) {
        if (!append(&value, is_digit(*field) ? *field - '0' : 0)) {
            return false;
        }
        field += is_digit(*field);
    }
    while (is_digit(*field)) {
        field++;
    }
    *out = negative ? -value : value;
    return *field == '\0';
}

bool nmea_optional(const char *field, unsigned decimals, int32_t *out) {
    if (*field == '\0') {
        *out = TEXT_ABSENT;
        return true;
    }
    return nmea_number(field, decimals, out);
}

#define MINUTE 100000
#define DEGREE (60 * MINUTE)

static bool angle(const char *field, const char *hemisphere, const char *signs, int32_t degrees_max, int32_t *out) {
    int32_t value;
    if (!nmea_number(field, 5, &value) || value < 0) {
        return false;
    }
    int32_t degrees = value / (100 * MINUTE);
    int32_t minutes = value % (100 * MINUTE);
    bool positive = hemisphere[0] == signs[0];
    bool negative = hemisphere[0] == signs[1];
    if (minutes >= DEGREE || degrees > degrees_max || (!positive && !negative) || hemisphere[1] != '\0') {
        return false;
    }
    int32_t all = degrees * DEGREE + minutes;
    *out = negative ? -all : all;
    return all <= degrees_max * DEGREE;
}

bool nmea_latitude(const char *field, const char *hemisphere, int32_t *out) {
    return angle(field, hemisphere, "NS", 90, out);
}

bool nmea_longitude(const char *field, const char *hemisphere, int32_t *out) {
    return angle(field, hemisphere, "EW", 180, out);
}
