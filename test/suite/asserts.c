/* Core's assertions: what a function relies on is broken, one thing at a time, and the assertion at that place reports
 * it, by file and line, before anything walks the heap. The suite has core's sources in it, so that it can look the
 * line up.
 *
 * Built with ASSERT=0 the same is not reported: the calls that do no harm are quiet, and damage is left to the walk.
 *
 * A trap resets the board, and the next boot judges it and goes on: the state of the run is in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "guard/message.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "heap/pace.h"
#include "mark/finalize.h"
#include "mark/mark.h"
#include "mark/root.h"
#include "space/bins.h"
#include "space/cursor.h"
#include "space/granule.h"
#include "space/sweep.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#define ARENA_BYTES (2048 * sizeof(void *))
#define LARGE_BYTES (512 * sizeof(void *)) /* covers a word of the bitmap and more */
#define TRIALS_MAX 24

/* ---- core's sources ---- */

struct source {
    const char *name, *text, *end;
};

#define SOURCE(label, file)                                                                                            \
    extern const char label[], label##_end[];                                                                          \
    __asm__(".pushsection .rodata." #label ",\"a\"\n" #label ": .incbin \"core/" file "\"\n" #label                    \
            "_end: .byte 0\n.popsection");                                                                             \
    static const struct source in_##label = {file, label, label##_end}

SOURCE(mark_c, "mark/mark.c");
SOURCE(scan_c, "mark/scan.c");
SOURCE(root_c, "mark/root.c");
SOURCE(finalize_c, "mark/finalize.c");
SOURCE(pin_c, "mark/pin.c");
SOURCE(bins_c, "space/bins.c");
SOURCE(cursor_c, "space/cursor.c");
SOURCE(object_c, "space/object.c");
SOURCE(sweep_c, "space/sweep.c");
SOURCE(cycle_c, "heap/cycle.c");
SOURCE(pace_c, "heap/pace.c");

static bool has(const char *at, const char *end, const char *text) {
    size_t length = strlen(text);
    for (; (size_t)(end - at) >= length; at++) {
        if (memcmp(at, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static const char *line_end(const char *at) {
    return strchr(at, '\n');
}

/* Whether a line of a source is an assertion of `condition`, in `function`. */
static bool asserts(const struct source *source, uint64_t line, const char *function, const char *condition) {
    const char *head = source->text, *at = source->text;
    for (uint64_t i = 1; i < line && at < source->end; i++) {
        if (*at >= 'a' && *at <= 'z') {
            head = at;
        }
        at = line_end(at) + 1;
    }
    return at < source->end && has(at, line_end(at), "MOAT_ASSERT(") && has(at, line_end(at), condition) &&
           has(head, line_end(head), function);
}

/* ---- a heap ---- */

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
};
MOAT_TYPE(node_type, struct node, next, other);

static MOAT_ROOT(struct node) kept;
static MOAT_ROOT(unsigned char) large;
FRESH_ARENA(arena, ARENA_BYTES);

static bool prepare(void) {
    if (!fresh_heap(arena.bytes, sizeof arena.bytes)) {
        return false;
    }
    for (int i = 0; i < 8; i++) {
        struct node *node = MOAT_NEW(node_type);
        MOAT_INIT(node->next, kept);
        MOAT_STORE(kept, node);
    }
    MOAT_STORE(large, MOAT_NEW_BYTES(LARGE_BYTES));
    return large != NULL && moat_heap_check(NULL) == MOAT_OK;
}

static struct moat_arena *the_arena(void) {
    return moat_heap.arenas.table[0];
}

static uint32_t granule_of(const void *object) {
    return moat_granule_of(the_arena(), (uintptr_t)object);
}

static void masked(void (*call)(void)) {
    moat_port_mask_t before = moat_port_mask();
    call();
    moat_port_unmask(before);
}

static void collect(void) {
    (void)moat_gc_collect();
}

/* ---- what is broken, and what relies on it ---- */

static void mark_kept(void) {
    moat_mark_value(kept);
}

static void next_root(void) {
    (void)moat_root_next();
}

static void look_for_a_hole(void) {
    (void)moat_bins_find(MOAT_HOLE_GRANULES);
}

static void end_behind_the_arena(void) {
    (void)moat_object_end(the_arena(), the_arena()->granules + 5);
}

static void file_one_granule(void) {
    moat_bins_put(the_arena()->low, 1);
}

static void file_one_granule_masked(void) {
    masked(file_one_granule);
}

static void break_header(void) {
    *moat_header_at((uintptr_t)kept - MOAT_WORD_BYTES) ^= (moat_word)0x7f0;
}

static void break_grey_link(void) {
    moat_cycle_start();
    masked(mark_kept);
    moat_raw *header = moat_header_at(moat_granule_address(the_arena(), the_arena()->grey));
    *header = (*header & MOAT_HEADER_TYPE_MASK) | ((moat_word)(the_arena()->granules + 100) << MOAT_HEADER_TYPE_BITS);
}

static void mark_some(void) {
    (void)moat_mark_some(1000);
}

static void mark_some_masked(void) {
    masked(mark_some);
}

static struct moat_hole *a_hole(void) {
    moat_cursor_release();
    return moat_bins_find(MOAT_HOLE_GRANULES);
}

static void *elsewhere;

static void break_hole(void) {
    moat_port_mask_t before = moat_port_mask();
    a_hole()->link = (struct moat_hole **)(void *)&elsewhere;
    moat_port_unmask(before);
}

static void take_too_many(void) {
    (void)moat_cursor_take(MOAT_SMALL_GRANULES + 1, moat_bytes_header());
}

static void take_too_many_masked(void) {
    masked(take_too_many);
}

static void doom(void) {
    (void)moat_finalize_doom();
}

static void doom_masked(void) {
    masked(doom);
}

static void scan_the_rest(void) {
    struct moat_scan unused;
    moat_scan_object(&unused, the_arena(), granule_of(kept) + 1);
}

static void break_covered_word(void) {
    uint32_t word = (granule_of(large) >> 5) + 1;
    moat_cover(&the_arena()->bits[word], 1, moat_arena_words(the_arena()) - word + 1);
}

static void sweep_begin_masked(void) {
    masked(moat_sweep_begin);
}

static void look_while_idle(void) {
    moat_mark_ambiguous((uintptr_t)kept);
}

static void break_pin(void) {
    (void)moat_pin(kept);
    moat_heap.tables.pins[0].count = 0;
}

static void unpin(void) {
    (void)moat_unpin(kept);
}

/* Nothing is broken here: what the other trials do by the way, and more. */
static void use_the_heap(void) {
    for (int i = 0; i < 500; i++) {
        struct node *node = MOAT_NEW(node_type);
        MOAT_STORE(node->next, kept->next);
        MOAT_STORE(kept->next, i % 50 == 0 ? NULL : node);
        MOAT_STORE(large, i % 100 == 0 ? MOAT_NEW_BYTES(LARGE_BYTES) : large);
        (void)moat_gc_step(3);
    }
    (void)moat_pin(kept);
    (void)moat_unpin(kept);
    (void)moat_handle_delete(moat_handle_new(kept));
    collect();
}

/* ---- trials ---- */

enum without {
    QUIET,  /* without assertions `uses` does no harm */
    UNUSED, /* it would, and there is nothing yet that a walk could find */
    FOUND,  /* the same, but a walk finds what is broken */
};

static const struct trial {
    const char *name;
    void (*breaks)(void); /* NULL: nothing beforehand */
    void (*uses)(void);
    const struct source *source; /* NULL: it does not trap */
    const char *function, *condition;
    enum without without;
} trials[] = {
    {"nothing is broken", NULL, use_the_heap, NULL, NULL, NULL, QUIET},
    {"marking unmasked", moat_cycle_start, mark_kept, &in_mark_c, "moat_mark_value(", "moat_port_is_masked()", QUIET},
    {"a root unmasked", moat_cycle_start, next_root, &in_root_c, "moat_root_next(", "moat_port_is_masked()", QUIET},
    {"bins unmasked", NULL, look_for_a_hole, &in_bins_c, "moat_bins_find(", "moat_port_is_masked()", QUIET},
    {"pace unmasked", NULL, moat_pace_attend, &in_pace_c, "moat_pace_attend(", "moat_port_is_masked()", QUIET},
    {"a handler's call in thread mode", NULL, moat_cycle_request, &in_cycle_c, "moat_cycle_request(",
     "moat_port_in_handler()", QUIET},
    {"a cycle while marking", moat_cycle_start, moat_cycle_start, &in_cycle_c, "moat_cycle_start(",
     "phase == MOAT_PHASE_IDLE", UNUSED},
    {"a stack's word while idle", NULL, look_while_idle, &in_mark_c, "moat_mark_ambiguous(", "phase == MOAT_PHASE_MARK",
     UNUSED},
    {"a sweep while marking", moat_cycle_start, sweep_begin_masked, &in_sweep_c, "moat_sweep_begin(",
     "phase == MOAT_PHASE_SWEEP", UNUSED},
    {"doom before its stage", moat_cycle_start, doom_masked, &in_finalize_c, "moat_finalize_doom(",
     "stage == MOAT_STAGE_DOOM", UNUSED},
    {"a granule behind the arena", NULL, end_behind_the_arena, &in_object_c, "moat_object_end(",
     "moat_is_object_granule(arena, granule)", UNUSED},
    {"a scan that begins inside an object", NULL, scan_the_rest, &in_scan_c, "moat_scan_object(", "moat_is_start(",
     UNUSED},
    {"a hole of one granule", NULL, file_one_granule_masked, &in_bins_c, "moat_bins_put(",
     "granules >= MOAT_HOLE_GRANULES", UNUSED},
    {"a large object at the cursor", NULL, take_too_many_masked, &in_cursor_c, "moat_cursor_take(",
     "granules <= MOAT_SMALL_GRANULES", UNUSED},
    {"a pin without a count", break_pin, unpin, &in_pin_c, "take_pin(", "pin->count != 0", UNUSED},
    {"a header that names no type", break_header, collect, &in_mark_c, "void mark(", "moat_header_known(type)", FOUND},
    {"a grey link out of the arena", break_grey_link, mark_some_masked, &in_mark_c, "begin_grey(",
     "moat_is_object_granule(arena, granule)", FOUND},
    {"a hole's link", break_hole, collect, &in_bins_c, "moat_bins_remove(", "*link == hole", FOUND},
    {"a covered word that ends nowhere", break_covered_word, collect, &in_sweep_c, "next_word(", "words <=", FOUND},
};

#define TRIALS (sizeof trials / sizeof trials[0])

static __attribute__((section(".noinit.moat_asserts"))) struct {
    uint32_t next; /* trial */
    bool finished;
    bool trapped[TRIALS_MAX], failed[TRIALS_MAX];
    char why[TRIALS_MAX][CONSOLE_BYTES];
} run;

static void fail(const char *what, const char *more) {
    char *why = run.why[run.next];
    if (!run.failed[run.next]) {
        why[0] = '\0';
        guard_append(why, what);
        guard_append(why, more);
    }
    run.failed[run.next] = true;
}

static void judge_trap(const struct trial *trial) {
    struct moat_fault fault;
    run.trapped[run.next] = true;
    if (moat_fault_get(&fault) != MOAT_FAULT_STATUS_VALID) {
        fail("there is no valid record", "");
        return;
    }
    char line[CONSOLE_BYTES] = "\nmoat: assertion of core failed, ";
    guard_append(line, fault.region);
    guard_append(line, ":");
    guard_append_number(line, (uint32_t)fault.cause);
    guard_append(line, ", from ");
    guard_append_address(line, (uintptr_t)fault.pc);
    guard_append(line, ": memory of moat's was overwritten, or this is a fault of moat's: please report it\n");
    if (fault.kind != MOAT_FAULT_CORE_ASSERT || trial->source == NULL) {
        fail("another fault: ", console_text() + 1);
    } else if (strncmp(console_text(), line, strlen(line)) != 0) {
        fail("the message should be", line + 1);
    } else if (strcmp(fault.region, trial->source->name) != 0 ||
               !asserts(trial->source, fault.cause, trial->function, trial->condition)) {
        fail("another assertion: ", console_text() + 1);
    }
}

/* With assertions, `uses` has to end in one. Without, a walk comes next, and finds what is broken, or nothing. */
static void perform(const struct trial *trial) {
    console_begin();
    moat_fault_clear();
    if (!prepare()) {
        fail("no fresh heap", "");
        return;
    }
    if (trial->breaks != NULL) {
        trial->breaks();
    }
    if (MOAT_CONFIG_ASSERT != 0 || trial->without == QUIET) {
        trial->uses();
    }
    if (MOAT_CONFIG_ASSERT != 0 && trial->source != NULL) {
        fail("it did not trap", "");
    } else if ((moat_heap_check(NULL) == MOAT_OK) == (trial->without == FOUND)) {
        fail(trial->without == FOUND ? "a walk finds nothing" : "a walk finds something", "");
    }
}

static void run_all(void) {
    bsp_on_trap(BSP_TRAP_RESET);
    while (run.next < TRIALS) {
        perform(&trials[run.next]);
        run.next++;
    }
    run.finished = true;
    bsp_on_trap(BSP_TRAP_EXIT);
}

static void judge(bool broken) {
    CHECK(run.finished);
    uint32_t judged = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        if ((trials[i].source != NULL) == broken) {
            bool traps = broken && MOAT_CONFIG_ASSERT != 0;
            judged++;
            if (run.failed[i] || run.trapped[i] != traps) {
                test_fail(trials[i].name, (int)i, run.failed[i] ? run.why[i] : "it trapped, or did not");
                return;
            }
        }
    }
    test_note("trials", judged);
    CHECK(judged >= (broken ? 10 : 1));
}

static void what_is_broken_is_reported_where_assertions_are(void) {
    judge(true);
}

static void what_holds_is_quiet(void) {
    judge(false);
}

static const struct test_case cases[] = {
    TEST_CASE(what_is_broken_is_reported_where_assertions_are),
    TEST_CASE(what_holds_is_quiet),
};

int main(void) {
    _Static_assert(TRIALS <= TRIALS_MAX, "raise TRIALS_MAX");
    bsp_init();
    if (bsp_boot_count() == 1) {
        memset(&run, 0, sizeof run);
    } else if (!run.finished) {
        judge_trap(&trials[run.next]);
        run.next++;
    }
    if (!run.finished) {
        run_all();
    }
    return TEST_MAIN(cases);
}
