/* tracker: where the fields of AIS messages are: ITU-R M.1371-5, annex 8.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"

#include <stddef.h>

#define U(name, first, width)                                                                                          \
    { AIS_##name, AIS_UNSIGNED, (first), (width) }
#define S(name, first, width)                                                                                          \
    { AIS_##name, AIS_SIGNED, (first), (width) }
#define T(name, first, width)                                                                                          \
    { AIS_##name, AIS_TEXT, (first), (width) }

#define DIMENSIONS(first)                                                                                              \
    U(BOW, (first), 9), U(STERN, (first) + 9, 9), U(PORT, (first) + 18, 6), U(STARBOARD, (first) + 24, 6)

/* The communication state of self-organised access (SOTDMA) and of incremental access (ITDMA). */
#define SOTDMA U(SYNC, 149, 2), U(SLOT_TIMEOUT, 151, 3), U(SUBMESSAGE, 154, 14)
#define ITDMA U(SYNC, 149, 2), U(SLOT_INCREMENT, 151, 13), U(SLOTS, 164, 3), U(KEEP, 167, 1)

#define CLASS_A                                                                                                        \
    U(STATUS, 38, 4), S(TURN, 42, 8), U(SPEED, 50, 10), U(ACCURACY, 60, 1), S(LONGITUDE, 61, 28), S(LATITUDE, 89, 27), \
        U(COURSE, 116, 12), U(HEADING, 128, 9), U(SECOND, 137, 6), U(MANEUVER, 143, 2), U(SPARE, 145, 3),              \
        U(RAIM, 148, 1)

#define CLASS_B                                                                                                        \
    U(RESERVED, 38, 8), U(SPEED, 46, 10), U(ACCURACY, 56, 1), S(LONGITUDE, 57, 28), S(LATITUDE, 85, 27),               \
        U(COURSE, 112, 12), U(HEADING, 124, 9), U(SECOND, 133, 6)

static const struct ais_field position_sotdma[] = {CLASS_A, SOTDMA};

static const struct ais_field position_itdma[] = {CLASS_A, ITDMA};

static const struct ais_field base_station[] = {
    U(YEAR, 38, 14),
    U(MONTH, 52, 4),
    U(DAY, 56, 5),
    U(HOUR, 61, 5),
    U(MINUTE, 66, 6),
    U(SECOND, 72, 6),
    U(ACCURACY, 78, 1),
    S(LONGITUDE, 79, 28),
    S(LATITUDE, 107, 27),
    U(EPFD, 134, 4),
    U(SPARE, 138, 10),
    U(RAIM, 148, 1),
    SOTDMA,
};

static const struct ais_field static_and_voyage[] = {
    U(VERSION, 38, 2), U(IMO, 40, 30),     T(CALL, 70, 42),          T(SHIP_NAME, 112, 120), U(SHIP_TYPE, 232, 8),
    DIMENSIONS(240),   U(EPFD, 270, 4),    U(MONTH, 274, 4),         U(DAY, 278, 5),         U(HOUR, 283, 5),
    U(MINUTE, 288, 6), U(DRAUGHT, 294, 8), T(DESTINATION, 302, 120), U(DTE, 422, 1),         U(SPARE, 423, 1),
};

static const struct ais_field position_class_b[] = {
    CLASS_B,         U(REGIONAL, 139, 2), U(CARRIER_SENSE, 141, 1), U(DISPLAY, 142, 1),
    U(DSC, 143, 1),  U(BAND, 144, 1),     U(MESSAGE_22, 145, 1),    U(ASSIGNED, 146, 1),
    U(RAIM, 147, 1), U(SELECTOR, 148, 1), U(RADIO, 149, 19),
};

static const struct ais_field extended_class_b[] = {
    CLASS_B,         U(REGIONAL, 139, 4), T(SHIP_NAME, 143, 120), U(SHIP_TYPE, 263, 8), DIMENSIONS(271),
    U(EPFD, 301, 4), U(RAIM, 305, 1),     U(DTE, 306, 1),         U(ASSIGNED, 307, 1),  U(SPARE, 308, 4),
};

static const struct ais_field aid_to_navigation[] = {
    U(AID_TYPE, 38, 5), T(SHIP_NAME, 43, 120), U(ACCURACY, 163, 1), S(LONGITUDE, 164, 28),   S(LATITUDE, 192, 27),
    DIMENSIONS(219),    U(EPFD, 249, 4),       U(SECOND, 253, 6),   U(OFF_POSITION, 259, 1), U(REGIONAL, 260, 8),
    U(RAIM, 268, 1),    U(VIRTUAL, 269, 1),    U(ASSIGNED, 270, 1), U(SPARE, 271, 1),        T(EXTENSION, 272, 84),
};

static const struct ais_field static_part_a[] = {U(PART, 38, 2), T(SHIP_NAME, 40, 120)};

static const struct ais_field static_part_b[] = {
    U(PART, 38, 2),    U(SHIP_TYPE, 40, 8), T(VENDOR, 48, 18), U(MODEL, 66, 4),
    U(SERIAL, 70, 20), T(CALL, 90, 42),     DIMENSIONS(132),   U(SPARE, 162, 6),
};

#define LAYOUT(fields, bits_min)                                                                                       \
    { (fields), sizeof(fields) / sizeof((fields)[0]), (bits_min) }

/* Some transmitters cut a message short; what is needed goes up to the last field before the communication state,
 * the spare bits or the name's extension. Bits past the end read as 0. */
static const struct ais_layout layouts[] = {
    [1] = LAYOUT(position_sotdma, 149),   [2] = LAYOUT(position_sotdma, 149),    [3] = LAYOUT(position_itdma, 149),
    [4] = LAYOUT(base_station, 149),      [5] = LAYOUT(static_and_voyage, 422),  [18] = LAYOUT(position_class_b, 148),
    [19] = LAYOUT(extended_class_b, 306), [21] = LAYOUT(aid_to_navigation, 271),
};

static const struct ais_layout part_layouts[] = {LAYOUT(static_part_a, 160), LAYOUT(static_part_b, 162)};

const struct ais_layout *ais_layout_of(uint32_t type, uint32_t part) {
    if (type == 24) {
        return part < sizeof part_layouts / sizeof part_layouts[0] ? &part_layouts[part] : NULL;
    }
    if (type >= sizeof layouts / sizeof layouts[0] || layouts[type].count == 0) {
        return NULL;
    }
    return &layouts[type];
}

static const char *const names[AIS_NAMES] = {
    [AIS_REPEAT] = "repeat",
    [AIS_MMSI] = "mmsi",
    [AIS_STATUS] = "status",
    [AIS_TURN] = "turn",
    [AIS_SPEED] = "speed",
    [AIS_ACCURACY] = "accuracy",
    [AIS_LONGITUDE] = "longitude",
    [AIS_LATITUDE] = "latitude",
    [AIS_COURSE] = "course",
    [AIS_HEADING] = "heading",
    [AIS_SECOND] = "second",
    [AIS_MANEUVER] = "maneuver",
    [AIS_SPARE] = "spare",
    [AIS_RAIM] = "raim",
    [AIS_SYNC] = "sync",
    [AIS_SLOT_TIMEOUT] = "slot_timeout",
    [AIS_SUBMESSAGE] = "submessage",
    [AIS_SLOT_INCREMENT] = "slot_increment",
    [AIS_SLOTS] = "slots",
    [AIS_KEEP] = "keep",
    [AIS_YEAR] = "year",
    [AIS_MONTH] = "month",
    [AIS_DAY] = "day",
    [AIS_HOUR] = "hour",
    [AIS_MINUTE] = "minute",
    [AIS_EPFD] = "epfd",
    [AIS_VERSION] = "version",
    [AIS_IMO] = "imo",
    [AIS_CALL] = "call",
    [AIS_SHIP_NAME] = "name",
    [AIS_SHIP_TYPE] = "ship_type",
    [AIS_BOW] = "bow",
    [AIS_STERN] = "stern",
    [AIS_PORT] = "port",
    [AIS_STARBOARD] = "starboard",
    [AIS_DRAUGHT] = "draught",
    [AIS_DESTINATION] = "destination",
    [AIS_DTE] = "dte",
    [AIS_RESERVED] = "reserved",
    [AIS_REGIONAL] = "regional",
    [AIS_CARRIER_SENSE] = "carrier_sense",
    [AIS_DISPLAY] = "display",
    [AIS_DSC] = "dsc",
    [AIS_BAND] = "band",
    [AIS_MESSAGE_22] = "message_22",
    [AIS_ASSIGNED] = "assigned",
    [AIS_SELECTOR] = "selector",
    [AIS_RADIO] = "radio",
    [AIS_AID_TYPE] = "aid_type",
    [AIS_OFF_POSITION] = "off_position",
    [AIS_VIRTUAL] = "virtual",
    [AIS_EXTENSION] = "extension",
    [AIS_PART] = "part",
    [AIS_VENDOR] = "vendor",
    [AIS_MODEL] = "model",
    [AIS_SERIAL] = "serial",
};

const char *ais_field_name(enum ais_name name) {
    return names[name];
}
