/* moat: the events as framed lines. See moat_trace.h, event.h; docs/trace.md, "The lines".
 *
 * SPDX-License-Identifier: MIT */
#include "base/build_id.h"
#include "base/event.h"
#include "base/frame.h"
#include "moat_trace.h"
#include "base/port.h"
#include "base/result.h"

#define LAYOUT 1u
#define LINE_EVENTS 8u

/* The beginning of each line, so that it can be understood without the others. */
struct head {
    uint16_t layout;
    uint16_t events;      /* that follow in this line */
    uint32_t number;      /* of the first of them */
    uint32_t end;         /* one past the last that this printing has */
    uint32_t boots;       /* of the board; 0: it does not count them */
    uint32_t clock_hz;    /* of the events' clock; 0: not known */
    uint32_t arena_bytes; /* that objects can use */
    uint8_t build_id[MOAT_BUILD_ID_BYTES];
};

_Static_assert(sizeof(struct head) == 44, "the line's layout is a published interface");

static void head_write(struct head *head) {
    struct moat_port_boot boot;
    moat_port_boot(&boot);
    head->layout = LAYOUT;
    head->events = 0;
    head->number = head->end = moat_event_next();
    head->boots = boot.boots;
    head->clock_hz = boot.clock_hz;
    head->arena_bytes = (uint32_t)moat_heap.stats.arena_bytes;
    moat_build_id_write(head->build_id);
}

static void print_line(const struct head *head, const struct moat_event *events) {
    struct moat_frame frame;
    moat_frame_begin(&frame, "MOAT-TRACE");
    moat_frame_bytes(&frame, head, sizeof *head);
    moat_frame_bytes(&frame, events, head->events * (uint32_t)sizeof *events);
    moat_frame_end(&frame);
}

int moat_trace_print(void) {
    if (MOAT_CONFIG_EVENTS == 0) {
        return moat_refuse(MOAT_IN_TRACE_PRINT, MOAT_REASON_NO_EVENTS, 0);
    }
    struct head head;
    struct moat_event events[LINE_EVENTS];
    head_write(&head);
    head.number -= moat_event_count();
    for (uint32_t left; (left = head.end - head.number) != 0 && left <= MOAT_CONFIG_EVENTS;
         head.number += head.events) {
        head.events = (uint16_t)moat_event_read(&head.number, events, left < LINE_EVENTS ? left : LINE_EVENTS);
        left = head.end - head.number; /* those behind the end may have pushed the rest out */
        head.events = left > MOAT_CONFIG_EVENTS ? 0 : head.events;
        head.events = left < head.events ? (uint16_t)left : head.events;
        if (head.events == 0) {
            break;
        }
        print_line(&head, events);
    }
    return MOAT_OK;
}
