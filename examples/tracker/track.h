/* tracker: the table of vessels, base stations and aids to navigation that were heard.
 *
 * The table is bounded: a new MMSI in a full table takes the place of the track that was not heard for longest, and
 * all that hangs on that one is garbage.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_TRACK_H
#define TRACKER_TRACK_H

#include "ais.h"

#define TRACKS_MAX 52
#define TRAIL_MAX 8 /* points of history of each track */

#define TRACK_NAME_BYTES 35 /* 20 characters and an aid's extension of 14, and a closing 0 */
#define TRACK_TEXT_BYTES 21
#define TRACK_CALL_BYTES 8

/* Where a message does not say; no field's value. */
#define POINT_ABSENT INT16_MIN

/* A position report; never changed once it is in a trail. */
struct point {
    int32_t latitude; /* 1/10000 minutes */
    int32_t longitude;
    uint32_t seen;    /* index of its sentence */
    int16_t speed;    /* 1/10 knots; this and the rest may be POINT_ABSENT */
    int16_t course;   /* 1/10 degrees */
    int16_t heading;  /* degrees */
    int16_t status;   /* of navigation, 0..15 */
    int16_t turn;     /* rate of turn as it is sent, -128..127 */
    int16_t accuracy; /* 1: better than 10 m */
};

/* A ship's own description; never changed once a track has it. */
struct identity {
    int32_t ship_type; /* or TEXT_ABSENT */
    int32_t imo;       /* or TEXT_ABSENT */
    char name[TRACK_NAME_BYTES];
    char call[TRACK_CALL_BYTES];
    char destination[TRACK_TEXT_BYTES];
};

struct track {
    MOAT_REF(struct point) trail[TRAIL_MAX]; /* ring: point n is at n % TRAIL_MAX */
    MOAT_REF(struct identity) identity;      /* or NULL */
    uint32_t points;                         /* ever added */
    uint32_t mmsi;
    uint32_t seen;    /* index of the last sentence from it */
    uint32_t reports; /* frames about it that the radio has sent */
    char kind;        /* A, B: class; S: base station; N: aid to navigation */
};

/* The newest position of a track that has one, or NULL. */
const struct point *track_some_position(void);

/* Takes a message. Returns its track if it brought a position, else NULL. */
struct track *track_update(const struct ais_message *message);

/* The newest position, or NULL. */
const struct point *track_position(const struct track *track);

/* A point's value for the text: TEXT_ABSENT for POINT_ABSENT. */
int32_t point_value(int16_t value);

/* Prints the line "track" of one. */
void track_print(const struct track *track);

/* Prints a line "track" for each, by MMSI. */
void track_print_all(void);

#endif
