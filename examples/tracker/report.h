/* tracker: position reports, handed to a radio driver that C owns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_REPORT_H
#define TRACKER_REPORT_H

#include "track.h"

#define REPORT_EVERY 8  /* positions: one of so many is reported */
#define REPORT_HOLD 256 /* sentences between two transmissions */

/* TRACKER_BUG=1 builds the firmware with the classic bug planted: see report_bug.c. */
#ifndef TRACKER_BUG
#define TRACKER_BUG 0
#endif

/* A report as it is sent. */
struct frame {
    uint32_t number;
    uint32_t mmsi;
    int32_t latitude; /* 1/10000 minutes */
    int32_t longitude;
    int32_t speed;  /* 1/10 knots, or TEXT_ABSENT */
    int32_t course; /* 1/10 degrees, or TEXT_ABSENT */
    uint32_t seen;
    char name[TRACK_TEXT_BYTES];
};

void report_open(void);

/* A track has a new position. */
void report_position(struct track *track);

/* Transmits what waits, if REPORT_HOLD sentences have passed since it last did. */
void report_poll(void);

/* Transmits what waits. */
void report_flush(void);

/* Frames whose contents changed while they waited. */
uint32_t report_corrupted(void);

/* Prints the line "radio". */
void report_print(void);

/* Hands over a managed frame in place, pinned until it is sent. */
void report_frame_pinned(struct frame *frame);

/* The same with the bug. */
void report_frame_bug(struct frame *frame);

#endif
