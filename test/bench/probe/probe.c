/* moat: the probe. See ../probe.h.
 *
 * Time is counted without the probe: each pair of entries takes as long as every other of its kind, and `stolen` adds
 * up what they took.
 *
 * SPDX-License-Identifier: MIT */
#include "../probe.h"

#include "../bench.h"

#include <bsp.h>
#include <moat.h>
#include <base/port.h>

#define EVENTS_MAX 60000

struct event {
    uint32_t start;
    uint32_t length;
};

/* The entries in assembly, and what they and the linker's --wrap call. */
void bench_probe_masked(void);
void bench_probe_unmasking(void);
void bench_probe_enter(void);
void bench_probe_leave(void);
void *__real_moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context);
void *__wrap_moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context);
uint32_t __real_moat_stack_look_up(uint32_t units);
uint32_t __wrap_moat_stack_look_up(uint32_t units);

static __attribute__((section(".noinit.moat_bench_events"))) struct event events[EVENTS_MAX];
static uint32_t event_count;
static uint32_t origin; /* of the events' time */

static uint32_t depth;
static uint32_t entered;       /* when the outermost mask was set */
static uint32_t stolen;        /* by the probe, up to now */
static uint32_t stolen_before; /* when the outermost mask was set */
static uint32_t slices;        /* of core's count, when last looked at */
static struct bench_probe seen;

static uint32_t inside_cost; /* seen between an outermost pair that holds nothing */
static uint32_t outer_cost, noted_cost, inner_cost, clock_cost;

static void note(uint32_t start, uint32_t length) {
    if (event_count < EVENTS_MAX) {
        events[event_count++] = (struct event){start - origin, length};
    }
}

void bench_probe_enter(void) {
    if (depth++ == 0) {
        stolen_before = stolen;
        entered = bsp_instructions();
    }
}

void bench_probe_leave(void) {
    if (--depth != 0) {
        stolen += inner_cost;
        return;
    }
    uint32_t now = bsp_instructions();
    uint32_t length = now - entered - inside_cost - (stolen - stolen_before);
    seen.masked_max = length > seen.masked_max ? length : seen.masked_max;
    bool slice = moat_heap.stats.slices != slices;
    slices = moat_heap.stats.slices;
    if (slice) {
        seen.slice_max = length > seen.slice_max ? length : seen.slice_max;
        note(entered - stolen_before, length);
    }
    stolen += slice ? noted_cost : outer_cost;
}

/* Notes work that began at `begin`, when `before` was stolen, and ends now. Returns how long it took. */
static uint32_t note_work(uint32_t begin, uint32_t before) {
    uint32_t length = bsp_instructions() - begin - clock_cost - (stolen - before);
    note(begin - before, length);
    stolen += 2 * clock_cost;
    return length;
}

void *__wrap_moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) {
    uint32_t before = stolen;
    uint32_t begin = bsp_instructions();
    void *result = __real_moat_port_spill_and_call(visit, context);
    uint32_t length = note_work(begin, before);
    seen.stack_max = length > seen.stack_max ? length : seen.stack_max;
    return result;
}

uint32_t __wrap_moat_stack_look_up(uint32_t units) {
    uint32_t before = stolen;
    uint32_t begin = bsp_instructions();
    uint32_t left = __real_moat_stack_look_up(units);
    (void)note_work(begin, before);
    return left;
}

/* The cost of a pair of entries, seen from outside. */
static uint32_t time_pair(void) {
    uint32_t begin = bsp_instructions();
    bench_probe_masked();
    bench_probe_unmasking();
    return bsp_instructions() - begin - clock_cost;
}

/* The costs, by what the entries seem to measure while all of them are 0. */
__attribute__((constructor)) static void calibrate(void) {
    uint32_t begin = bsp_instructions();
    clock_cost = bsp_instructions() - begin;
    uint32_t outer = time_pair();
    uint32_t inside = seen.masked_max;
    slices = ~moat_heap.stats.slices;
    noted_cost = time_pair();

    bench_probe_masked();
    bench_probe_masked();
    bench_probe_unmasking();
    bench_probe_unmasking();
    inner_cost = seen.masked_max - inside;
    outer_cost = outer;
    inside_cost = inside;
    bench_probe_restart();
}

bool bench_probe_present(void) {
    return true;
}

#define BLOCK 101
#define BLOCK_CODE ".rept 101\n\tnop\n\t.endr"

/* In functions of their own, none of whose calls is the last thing they do: compilers put nothing of theirs between. */
static __attribute__((noinline)) void enter_and_leave(void) {
    bench_probe_masked();
    __asm__ volatile(BLOCK_CODE);
    bench_probe_unmasking();
    __asm__ volatile("");
}

static __attribute__((noinline)) void enter_and_leave_twice(void) {
    bench_probe_masked();
    bench_probe_masked();
    __asm__ volatile(BLOCK_CODE);
    bench_probe_unmasking();
    bench_probe_unmasking();
    __asm__ volatile("");
}

bool bench_probe_calibrate(void) {
    bench_probe_restart();
    enter_and_leave();
    bool exact = seen.masked_max == BLOCK;
    bench_probe_restart();
    enter_and_leave_twice();
    return exact && seen.masked_max == BLOCK;
}

void bench_probe_restart(void) {
    seen = (struct bench_probe){0, 0, 0};
    event_count = 0;
    origin = bsp_instructions() - stolen;
}

struct bench_probe bench_probe_get(void) {
    return seen;
}

/* ---- utilisation ---- */

/* The most collector work in any window. Only windows that begin with an event are looked at: another one may move up
 * to its first event, or back to the start of the event that it cuts, and holds no less. */
static uint32_t most_work(uint32_t window, uint32_t total) {
    uint32_t most = 0;
    uint64_t sum = 0; /* of the events from `first` up to `last`, excluded */
    uint32_t last = 0;
    for (uint32_t first = 0; first < event_count; first++) {
        uint32_t end = events[first].start + window;
        if (end > total) {
            break;
        }
        while (last < event_count && events[last].start < end) {
            sum += events[last++].length;
        }
        const struct event *tail = &events[last - 1];
        uint32_t over = tail->start + tail->length > end ? tail->start + tail->length - end : 0;
        uint32_t work = (uint32_t)(sum - over);
        most = work > most ? work : most;
        sum -= events[first].length;
    }
    return most;
}

void bench_probe_print_utilisation(void) {
    static const struct {
        const char *metric;
        uint32_t window;
    } windows[] = {{"mmu_300", 300},     {"mmu_1000", 1000},     {"mmu_3000", 3000},    {"mmu_10000", 10000},
                   {"mmu_30000", 30000}, {"mmu_100000", 100000}, {"mmu_300000", 300000}};
    uint32_t total = bsp_instructions() - stolen - origin;
    if (event_count == EVENTS_MAX) {
        total = events[EVENTS_MAX - 1].start;
    }
    for (uint32_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        uint32_t window = windows[i].window;
        bench_print_mean(windows[i].metric, (uint64_t)(window - most_work(window, total)) * 100, window);
    }
}
