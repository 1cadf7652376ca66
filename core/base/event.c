/* moat: the ring of events. See event.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/event.h"

#include "base/port.h"

#if MOAT_CONFIG_EVENTS > 0
struct moat_event_ring moat_event_ring;

void moat_event_add(enum moat_event_kind kind, uint32_t argument) {
    struct moat_event_ring *ring = &moat_event_ring;
    moat_port_mask_t masked = moat_port_mask();
    struct moat_event *event = &ring->events[ring->next];
    event->clock = moat_port_clock();
    event->kind = kind;
    event->argument = argument;
    ring->next = ring->next + 1 == MOAT_CONFIG_EVENTS ? 0 : ring->next + 1;
    ring->count += ring->count < MOAT_CONFIG_EVENTS ? 1 : 0;
    ring->number++;
    moat_port_unmask(masked);
}

uint32_t moat_event_count(void) {
    return moat_event_ring.count;
}

const struct moat_event *moat_event_at(uint32_t ago) {
    uint32_t next = moat_event_ring.next;
    return &moat_event_ring.events[next > ago ? next - 1 - ago : next + MOAT_CONFIG_EVENTS - 1 - ago];
}

uint32_t moat_event_next(void) {
    return moat_event_ring.number;
}

uint32_t moat_event_read(uint32_t *number, struct moat_event *to, uint32_t most) {
    moat_port_mask_t masked = moat_port_mask();
    uint32_t ago = moat_event_ring.number - *number; /* of the first, where 1 is the newest */
    ago = ago < moat_event_ring.count ? ago : moat_event_ring.count;
    *number = moat_event_ring.number - ago;
    uint32_t copied = 0;
    for (; copied < most && ago > 0; copied++, ago--) {
        const struct moat_event *event = moat_event_at(ago - 1);
        to[copied].clock = event->clock;
        to[copied].kind = event->kind;
        to[copied].argument = event->argument;
    }
    moat_port_unmask(masked);
    return copied;
}
#endif
