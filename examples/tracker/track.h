/* tracker: the table of vessels, base stations and aids to navigation that were heard.
 *
 * The table is bounded: a new MMSI in a full table takes the place of the track that was not heard for longest, and
 * all that hangs on that one is garbage.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_TRACK_H
#define TRACKER_TRACK_H

#include "ais.h"

#define TRACKS_MAX 40
#define TRAIL_MAX 8 /* points of history of each track */

#define TRACK_NAME_BYTES 35 /* 20 characters and an aid's extension of 14, and a closing 0 */
#define TRACK_TEXT_BYTES 21
#define TRACK_CALL_BYTES 8

/* A position report; never changed once it is in a trail. TEXT_ABSENT where the message does not say. */
struct point {
    int32_t latitude;  /* 1/10000 minutes */
    int32_t longitude;
    int32_t speed;     /* 1/10 knots */
    int32_t course;    /* 1/10 degrees */
    int32_t heading;   /* degrees */
    int32_t status;    /* of navigation, 0..15 */
    uint32_t seen;     /* index of its sentence */
};

/* What a ship says of itself; never changed once a track has it. */
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
    uint32_t points;  /* ever added */
    uint32_t mmsi;
    uint32_t seen;    /* index of the last sentence from it */
    uint32_t reports; /* frames about it that the radio has sent */
    char kind;        /* A, B: class; S: base station; N: aid to navigation */
};

/* Takes a message. Returns its track if it brought a position, else NULL. */
struct track *track_update(const struct ais_message *message);

/* The newest position, or NULL. */
const struct point *track_position(const struct track *track);

/* Prints the line "track" of one. */
void track_print(const struct track *track);

/* Prints a line "track" for each, by MMSI. */
void track_print_all(void);

#endif
