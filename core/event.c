/* moat: the ring of events. See event.h.
 *
 * SPDX-License-Identifier: MIT */
#include "event.h"

#include "port.h"

#if MOAT_CONFIG_EVENTS > 0
static struct moat_event ring[MOAT_CONFIG_EVENTS];
static uint32_t next;  /* where the next event goes */
static uint32_t count;

void moat_event_add(enum moat_event_kind kind, uint32_t argument) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_event *event = &ring[next];
    event->clock = moat_port_clock();
    event->kind = kind;
    event->argument = argument;
    next = next + 1 == MOAT_CONFIG_EVENTS ? 0 : next + 1;
    count += count < MOAT_CONFIG_EVENTS ? 1 : 0;
    moat_port_unmask(masked);
}

uint32_t moat_event_count(void) {
    return count;
}

const struct moat_event *moat_event_at(uint32_t ago) {
    return &ring[next > ago ? next - 1 - ago : next + MOAT_CONFIG_EVENTS - 1 - ago];
}
#endif
