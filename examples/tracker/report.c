/* tracker: position reports, and the ways that managed data goes to C.
 *
 * The driver's ring is C's: the collector does not scan it. So the application hands over bytes that the driver
 * copies, an object that is pinned while the driver has it, or a handle in a pointer's place.
 *
 * SPDX-License-Identifier: MIT */
#include "report.h"

#include "counts.h"
#include "radio/radio.h"
#include "text.h"

#include <bsp.h>

MOAT_TYPE(frame_type, struct frame);

static uint32_t positions;
static uint32_t frames;
static uint32_t transmitted_at; /* index of a sentence */
static uint32_t acknowledged;

void report_open(void) {
    radio_open(bsp_write);
}

static void fill(struct frame *frame, const struct track *track) {
    const struct point *point = track_position(track);
    frame->number = frames;
    frame->mmsi = track->mmsi;
    frame->latitude = point->latitude;
    frame->longitude = point->longitude;
    frame->speed = point_value(point->speed);
    frame->course = point_value(point->course);
    frame->seen = point->seen;
    for (unsigned i = 0; i + 1 < sizeof frame->name && track->identity != NULL; i++) {
        frame->name[i] = track->identity->name[i];
    }
}

/* 1. Bytes: the driver has its own copy when this returns. */
static void send_bytes(const struct track *track) {
    struct frame frame = {0};
    fill(&frame, track);
    radio_send_copy(&frame, sizeof frame, NULL, 0);
}

/* 2. An object in place. */
static void send_object(const struct track *track) {
    struct frame *frame = MOAT_NEW(frame_type);
    if (frame == NULL) {
        counts_drop(DROP_MEMORY);
        return;
    }
    fill(frame, track);
    if (TRACKER_BUG) {
        report_frame_bug(frame);
    } else {
        report_frame_pinned(frame);
    }
}

static void unpin_sent(void *data, uint32_t cookie) {
    (void)cookie;
    moat_unpin(data);
}

void report_frame_pinned(struct frame *frame) {
    if (moat_pin(frame) != MOAT_OK) {
        counts_drop(DROP_MEMORY);
        return;
    }
    if (!radio_send(frame, sizeof *frame, unpin_sent, 0)) {
        moat_unpin(frame);
    }
}

/* 3. A handle: C keeps an integer and gives it back; the track may even have been evicted by then. */
static void acknowledge(void *data, uint32_t cookie) {
    (void)data;
    struct track *track = moat_handle_get(cookie);
    if (track != NULL) {
        track->reports++;
        acknowledged++;
    }
    moat_handle_delete(cookie);
}

static void send_with_handle(struct track *track) {
    struct frame frame = {0};
    fill(&frame, track);
    uint32_t handle = moat_handle_new(track);
    if (handle == 0) {
        counts_drop(DROP_MEMORY);
        return;
    }
    if (!radio_send_copy(&frame, sizeof frame, acknowledge, handle)) {
        moat_handle_delete(handle);
    }
}

void report_position(struct track *track) {
    if (++positions % REPORT_EVERY != 0) {
        return;
    }
    if (radio_waiting() == RADIO_RING) {
        report_flush();
    }
    switch (++frames % 3) {
    case 0:
        send_bytes(track);
        break;
    case 1:
        send_object(track);
        break;
    default:
        send_with_handle(track);
        break;
    }
}

void report_flush(void) {
    radio_transmit_all();
    transmitted_at = counts.sentences;
}

void report_poll(void) {
    if (counts.sentences - transmitted_at >= REPORT_HOLD) {
        report_flush();
    }
}

uint32_t report_corrupted(void) {
    return radio_counts()->corrupted;
}

void report_print(void) {
    const struct radio_counts *radio = radio_counts();
    text_string("radio");
    text_labelled("sent", (int32_t)radio->sent, 0);
    text_labelled("corrupted", (int32_t)radio->corrupted, 0);
    text_labelled("refused", (int32_t)radio->refused, 0);
    text_labelled("acknowledged", (int32_t)acknowledged, 0);
    text_char('\n');
}
