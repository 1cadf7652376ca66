/* moat: the share of time that the collector leaves. See utilisation.h, moat.h.
 *
 * Of all windows of some length, one that ends where a slice does has the most of the collector's time: moved to the
 * end of the slice that it ends in, a window gains as much as it loses at most; moved back to the end of the last slice
 * in it, it loses nothing. So each slice's end is looked at, and nothing else.
 *
 * The collector's time before such a window is that at the window's beginning. It is known at samples: ends of slices,
 * a part of a window or more apart. Between two of them it is no less than at the first, and no less than at the second
 * less the time to there, for it grows no faster than time does. With that least time taken off, a window seems to have
 * too much of the collector's time, never too little: by what slices took within a part of a window after the first
 * sample, at most.
 *
 * SPDX-License-Identifier: MIT */
#include "moat.h"
#include "base/result.h"
#include "fault/assert.h"
#include "heap/utilisation.h"

#if MOAT_CONFIG_SLICE_CLOCK

/* Shares of time are in thousandths. */
#define WHOLE 1000u

static const uint32_t lengths[MOAT_UTILISATION_WINDOWS] = {1000, 10000, 100000};

static struct moat_sample *sample_of(struct moat_window *window, uint32_t index) {
    return &window->samples[(window->oldest + index) % MOAT_UTILISATION_SAMPLES];
}

/* There is room: less than a window old are MOAT_UTILISATION_PARTS - 1 at most, one is older. */
static void put_sample(struct moat_window *window, uint32_t at, uint32_t busy) {
    MOAT_ASSERT(window->count < MOAT_UTILISATION_SAMPLES);
    struct moat_sample *sample = sample_of(window, window->count++);
    sample->at = at;
    sample->busy = busy;
}

/* Forgets samples but for the last of those that are `length` or more old. */
static void forget(struct moat_window *window, uint32_t now, uint32_t length) {
    while (window->count > 1 && now - sample_of(window, 1)->at >= length) {
        window->oldest = (window->oldest + 1) % MOAT_UTILISATION_SAMPLES;
        window->count--;
    }
}

/* The collector's time in the window of `length` that ends now. */
static uint32_t busy_in(struct moat_window *window, uint32_t now, uint32_t busy, uint32_t length) {
    uint32_t most = busy - sample_of(window, 0)->busy;
    if (window->count > 1) {
        const struct moat_sample *next = sample_of(window, 1);
        uint32_t by_next = busy - next->busy + (length - (now - next->at));
        most = by_next < most ? by_next : most;
    }
    return most < length ? most : length;
}

static void end_window(struct moat_window *window, uint32_t now, uint32_t busy, uint32_t length) {
    forget(window, now, length);
    uint32_t most = busy_in(window, now, busy, length);
    window->most = most > window->most ? most : window->most;
    if (now - sample_of(window, window->count - 1)->at >= length / MOAT_UTILISATION_PARTS) {
        put_sample(window, now, busy);
    }
}

void moat_utilisation_add(uint32_t begin, uint32_t end, uint32_t busy) {
    MOAT_ASSERT(moat_port_is_masked());
    struct moat_utilisation *all = &moat_heap.utilisation;
    uint32_t took = end - begin - (all->busy - busy);
    for (uint32_t i = 0; i < MOAT_UTILISATION_WINDOWS; i++) {
        struct moat_window *window = &all->windows[i];
        if (window->count == 0) {
            put_sample(window, begin, all->busy);
        }
        end_window(window, end, all->busy + took, lengths[i]);
    }
    all->busy += took;
}

int moat_utilisation_get(uint32_t window, uint32_t *share) {
    const enum moat_refused call = MOAT_IN_UTILISATION_GET;
    if (share == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_NUMBER, 0);
    }
    for (uint32_t i = 0; i < MOAT_UTILISATION_WINDOWS; i++) {
        if (lengths[i] == window) {
            *share = (window - moat_heap.utilisation.windows[i].most) / (window / WHOLE);
            return MOAT_OK;
        }
    }
    return moat_refuse(call, MOAT_REASON_NO_WINDOW, window);
}

void moat_utilisation_restart(void) {
    moat_port_mask_t masked = moat_port_mask();
    for (uint32_t i = 0; i < MOAT_UTILISATION_WINDOWS; i++) {
        moat_heap.utilisation.windows[i].most = 0;
        moat_heap.utilisation.windows[i].count = 0;
    }
    moat_port_unmask(masked);
}

#endif
