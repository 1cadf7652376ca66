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

#include "base/bits.h"
#include "base/port.h"
#include "heap/cycle.h"
#include "heap/pace.h"
#include "mark/finalize.h"
#include "mark/mark.h"
#include "mark/root.h"
#include "space/granule.h"
#include "space/holes.h"
#include "space/search.h"
#include "space/sweep.h"
#include "space/take.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#define ARENA_BYTES (4096 * sizeof(void *))
#define LARGE_BYTES (512 * sizeof(void *)) /* fills a word of the bitmap and more */
#define TRIALS_MAX 40

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
SOURCE(grey_c, "mark/grey.c");
SOURCE(stacks_c, "mark/stacks.c");
SOURCE(scan_c, "mark/scan.c");
SOURCE(root_c, "mark/root.c");
SOURCE(finalize_c, "mark/finalize.c");
SOURCE(pin_c, "mark/pin.c");
SOURCE(holes_c, "space/holes.c");
SOURCE(take_c, "space/take.c");
SOURCE(large_c, "space/large.c");
SOURCE(search_c, "space/search.c");
SOURCE(object_c, "space/object.c");
SOURCE(sweep_c, "space/sweep.c");
SOURCE(cycle_c, "heap/cycle.c");
SOURCE(pace_h, "heap/pace.h");

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

static void reach_kept(void) {
    moat_cycle_start();
    masked(mark_kept);
}

static void break_header(void) {
    *moat_header_at((uintptr_t)kept - MOAT_WORD_BYTES) ^= (moat_word)1 << (MOAT_WORD_BITS - 3);
}

/* ---- marking ---- */

static moat_raw *grey_header(void) {
    return moat_header_at(moat_granule_address(the_arena(), the_arena()->grey));
}

static void break_grey_header(void) {
    reach_kept();
    *grey_header() ^= (moat_word)1 << (MOAT_WORD_BITS - 3);
}

static void break_grey_link(void) {
    reach_kept();
    *grey_header() = moat_header_linked(*grey_header(), the_arena()->granules + 100);
}

static void whiten_grey(void) {
    reach_kept();
    the_arena()->bits[the_arena()->grey >> 5].mark |= moat_bit(the_arena()->grey);
}

static void mark_some(void) {
    (void)moat_mark_some(1000, moat_port_mask());
}

static void mark_some_masked(void) {
    masked(mark_some);
}

static void mark_some_unmasked(void) {
    (void)moat_mark_some(1000, (moat_port_mask_t)0);
}

static void mark_in_a_window(void) {
    moat_cycle_start();
    moat_heap.mark.busy = true;
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

static void go_on_too_early(void) {
    struct moat_scan scan;
    moat_scan_object(&scan, the_arena(), granule_of(kept));
    (void)moat_scan_next_piece(&scan);
    (void)moat_scan_next_piece(&scan);
}

static struct moat_stack inverted;

static void break_stack(void) {
    inverted.low = (uintptr_t)&inverted;
    inverted.high = inverted.low + MOAT_WORD_BYTES;
    (void)moat_stack_add(&inverted);
    inverted.high = inverted.low;
}

static void look_while_idle(void) {
    const moat_raw word = (moat_raw)kept;
    (void)moat_mark_ambiguous(&word, &word + 1);
}

static void break_pin(void) {
    (void)moat_pin(kept);
    moat_heap.tables.pins[0].count = 0;
}

static void unpin(void) {
    (void)moat_unpin(kept);
}

/* ---- free memory ---- */

static void end_behind_the_arena(void) {
    (void)moat_object_end(the_arena(), the_arena()->granules + 5);
}

static void start_behind_the_arena(void) {
    (void)moat_object_start(the_arena(), the_arena()->granules + 100);
}

static void cut(void) {
    (void)moat_holes_cut(&moat_heap.lists, 1);
}

static void cut_masked(void) {
    masked(cut);
}

static void cut_nothing(void) {
    (void)moat_holes_cut(&moat_heap.lists, 0);
}

static void cut_nothing_masked(void) {
    masked(cut_nothing);
}

/* The chunk becomes one, as when a cycle begins. */
static struct moat_hole *a_hole(void) {
    struct moat_chunk *chunk = &moat_heap.chunk;
    uintptr_t at = chunk->at;
    uint32_t granules = moat_granules(chunk->limit - at);
    moat_port_mask_t before = moat_port_mask();
    chunk->at = chunk->limit = 0;
    moat_holes_file(&moat_heap.lists, chunk->bias, at, granules);
    moat_port_unmask(before);
    return (struct moat_hole *)at;
}

static void break_listed(void) {
    (void)a_hole();
    moat_heap.listed = 0;
}

static void break_chunk(void) {
    moat_heap.chunk.limit = moat_heap.chunk.at - MOAT_GRANULE;
}

static void break_run(void) {
    moat_cycle_start();
    moat_heap.search.run_at = moat_heap.search.run_end + MOAT_GRANULE;
}

static void take_two(void) {
    (void)moat_take_small(2, moat_header_of_type(&node_type));
}

static void take_too_many(void) {
    (void)moat_take_small(MOAT_SMALL_GRANULES + 1, moat_heap.types.bytes_header);
}

static void take_no_type(void) {
    (void)moat_take_small(2, MOAT_HEADER_HOLE);
}

static void take_too_few(void) {
    (void)moat_take_large(MOAT_SMALL_GRANULES, moat_heap.types.bytes_header);
}

static void begin_idle_masked(void) {
    masked(moat_take_begin_idle);
}

static void stop_behind_the_arena(void) {
    moat_search_stop_at(the_arena(), moat_arena_words(the_arena()) + 1);
}

static void stop_behind_the_arena_masked(void) {
    masked(stop_behind_the_arena);
}

static void follow(void) {
    (void)moat_search_follow();
}

static void follow_masked(void) {
    masked(follow);
}

/* The fence looks free. */
static void break_fence(void) {
    struct moat_arena *all = the_arena();
    all->bits[(all->granules - 1) >> 5].start &= ~moat_bit(all->granules - 1);
    all->bits[moat_arena_words(all) - 1].mark &= moat_bit_range(0, (all->granules - 1) & 31u);
}

static void take_all_that_looks_free(void) {
    struct moat_arena *all = the_arena();
    uint32_t first = granule_of(large) + moat_granules(MOAT_EXTENT_(LARGE_BYTES));
    masked(moat_search_open);
    (void)moat_take_large(all->granules - first, moat_heap.types.bytes_header);
}

static void sweep_begin_masked(void) {
    masked(moat_sweep_begin);
}

static void break_sweep(void) {
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    moat_heap.sweep.word = moat_arena_words(the_arena());
}

static void step(void) {
    moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
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
    {"holes unmasked", NULL, cut, &in_holes_c, "moat_holes_cut(", "moat_port_is_masked()", QUIET},
    {"the stop unmasked", NULL, moat_search_open, &in_search_c, "moat_search_stop_at(", "moat_port_is_masked()", QUIET},
    {"pace unmasked", NULL, moat_pace_begin_marking, &in_pace_h, "moat_pace_begin_marking(", "moat_port_is_masked()",
     QUIET},
    {"a cycle while marking", moat_cycle_start, moat_cycle_start, &in_cycle_c, "moat_cycle_start(",
     "phase == MOAT_PHASE_IDLE", UNUSED},
    {"a stack's word while idle", NULL, look_while_idle, &in_mark_c, "moat_mark_ambiguous(", "phase == MOAT_PHASE_MARK",
     UNUSED},
    {"a stack that ends before it begins", break_stack, collect, &in_stacks_c, "scan_registered(",
     "stack->low < stack->high", UNUSED},
    {"grey objects unmasked", moat_cycle_start, mark_some_unmasked, &in_grey_c, "moat_mark_some(",
     "moat_port_is_masked()", UNUSED},
    {"grey objects while idle", NULL, mark_some_masked, &in_grey_c, "moat_mark_some(", "phase == MOAT_PHASE_MARK",
     UNUSED},
    {"marking in a window of marking", mark_in_a_window, mark_some_masked, &in_grey_c, "moat_mark_some(",
     "!moat_heap.mark.busy", UNUSED},
    {"doom before its stage", moat_cycle_start, doom_masked, &in_finalize_c, "moat_finalize_doom(",
     "stage == MOAT_STAGE_DOOM", UNUSED},
    {"a scan that begins inside an object", NULL, scan_the_rest, &in_scan_c, "moat_scan_object(", "moat_is_start(",
     UNUSED},
    {"a scan that leaves slots out", NULL, go_on_too_early, &in_scan_c, "moat_scan_next_piece(",
     "scan->at == scan->dense_end", UNUSED},
    {"a sweep while marking", moat_cycle_start, sweep_begin_masked, &in_sweep_c, "moat_sweep_begin(",
     "phase == MOAT_PHASE_SWEEP", UNUSED},
    {"a sweep behind the arena", break_sweep, step, &in_sweep_c, "sweep_group(", "word < words", UNUSED},
    {"a granule behind the arena", NULL, end_behind_the_arena, &in_object_c, "moat_object_end(",
     "moat_is_object_granule(arena, granule)", UNUSED},
    {"a granule behind the bitmap", NULL, start_behind_the_arena, &in_object_c, "moat_object_start(",
     "word <= moat_arena_words(arena)", UNUSED},
    {"a hole of no granules", NULL, cut_nothing_masked, &in_holes_c, "moat_holes_cut(", "granules != 0", UNUSED},
    {"a large object for the chunk", NULL, take_too_many, &in_take_c, "moat_take_small(",
     "granules <= MOAT_SMALL_GRANULES", UNUSED},
    {"an object of no type", NULL, take_no_type, &in_take_c, "moat_take_small(", "moat_header_known(header)", UNUSED},
    {"a small object as a large one", NULL, take_too_few, &in_large_c, "moat_take_large(",
     "granules > MOAT_SMALL_GRANULES", UNUSED},
    {"an end of the sweep while marking", moat_cycle_start, begin_idle_masked, &in_take_c, "moat_take_begin_idle(",
     "phase == MOAT_PHASE_IDLE", UNUSED},
    {"a stop behind the arena", NULL, stop_behind_the_arena_masked, &in_search_c, "moat_search_stop_at(",
     "word <= moat_arena_words(arena)", UNUSED},
    {"a search behind no sweep", NULL, follow_masked, &in_search_c, "moat_search_follow(", "phase == MOAT_PHASE_SWEEP",
     UNUSED},
    {"a pin without a count", break_pin, unpin, &in_pin_c, "take_pin(", "pin->count != 0", UNUSED},
    {"a run that ends before it begins", break_run, take_two, &in_take_c, "take_once(",
     "run_at <= moat_heap.search.run_end", UNUSED},
    {"a chunk that ends before it begins", break_chunk, moat_cycle_start, &in_take_c, "give_up_chunk(",
     "chunk->at <= chunk->limit", FOUND},
    {"a fence that is gone", break_fence, take_all_that_looks_free, &in_large_c, "claim_part(",
     "granules < arena->granules - first", FOUND},
    {"a header that names no type", break_header, reach_kept, &in_mark_c, "void mark(", "moat_header_known(was)",
     FOUND},
    {"a grey header that names no type", break_grey_header, mark_some_masked, &in_grey_c, "assert_grey(",
     "moat_header_known(*moat_header_at(", FOUND},
    {"a grey link out of the arena", break_grey_link, mark_some_masked, &in_grey_c, "assert_grey(",
     "moat_is_object_granule(arena, granule)", FOUND},
    {"a white object in the grey list", whiten_grey, mark_some_masked, &in_grey_c, "assert_grey(",
     "!moat_is_white(arena, granule)", FOUND},
    {"fewer granules in holes than one has", break_listed, cut_masked, &in_holes_c, "moat_holes_cut(",
     "size <= moat_heap.listed", FOUND},
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
    CHECK(judged >= (broken ? 34 : 1));
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
