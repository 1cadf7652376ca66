/* tracker: a track as a line of text.
 *
 * SPDX-License-Identifier: MIT */
#include "gps.h"
#include "text.h"
#include "track.h"

/* FNV-1a over a value's four bytes, the lowest first. */
static uint32_t hash_value(uint32_t hash, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        hash = (hash ^ (value >> (8 * i) & 0xff)) * 16777619u;
    }
    return hash;
}

static uint32_t hash_point(uint32_t hash, const struct point *point) {
    const int32_t values[] = {point->latitude, point->longitude, point->speed, point->course,
                              point->heading,  point->status,    point->turn,  point->accuracy};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        hash = hash_value(hash, (uint32_t)values[i]);
    }
    return hash_value(hash, point->seen);
}

/* The hash stands for the history: one byte of it that is not what was stored shows here. */
static void trail_print(const struct track *track) {
    uint32_t oldest = track->points > TRAIL_MAX ? track->points - TRAIL_MAX : 0;
    uint32_t hash = 2166136261u;
    for (uint32_t i = oldest; i < track->points; i++) {
        hash = hash_point(hash, track->trail[i % TRAIL_MAX]);
    }
    text_labelled("trail", (int32_t)(track->points - oldest), 0);
    if (track->points > 0) {
        text_labelled("since", (int32_t)track->trail[oldest % TRAIL_MAX]->seen, 0);
        text_string(" hash ");
        text_hex(hash, 8);
    }
}

static void position_print(const struct point *point) {
    text_char(' ');
    if (point == NULL) {
        text_char('-');
        return;
    }
    gps_position_print(10 * point->latitude, 10 * point->longitude);
    text_labelled("speed", point_value(point->speed), 1);
    text_labelled("course", point_value(point->course), 1);
    text_labelled("heading", point_value(point->heading), 0);
    text_labelled("status", point_value(point->status), 0);
}

void track_print(const struct track *track) {
    text_string("track ");
    text_padded(track->mmsi, 9);
    text_char(' ');
    text_char(track->kind);
    position_print(track_position(track));
    if (track->identity != NULL) {
        text_labelled("type", track->identity->ship_type, 0);
        text_labelled("imo", track->identity->imo, 0);
        text_quoted("name", track->identity->name);
        text_quoted("call", track->identity->call);
        text_quoted("to", track->identity->destination);
    }
    trail_print(track);
    text_labelled("seen", (int32_t)track->seen, 0);
    text_char('\n');
}
