/* moat: heap dumps over the console. See moat_dump.h; the format: docs/heap-map.md.
 *
 * A dump is memory: what a debugger would read to show the heap, in pieces with their addresses. Their meaning is the
 * reader's business, so the format does not change when the heap does.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "base/build_id.h"
#include "base/crc.h"
#include "base/frame.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"
#include "base/result.h"
#include "mark/stack.h"
#include "mark/mark.h"
#include "mark/root.h"

#define DUMP_TAG "MOAT-HEAP"
#define DUMP_LAYOUT 1u

/* Bytes of pieces that a frame takes before it ends: short enough that a bad character costs little. */
#define FRAME_ROOM 192u

#define WORD ((uint32_t)MOAT_WORD_BYTES)

/* A piece's length: words, and whether they are all zero and left out. */
#define PIECE_ZERO 0x8000u
#define PIECE_WORDS_MAX 0x7fffu

/* A run of zero words that is worth a piece of its own. */
#define ZERO_WORDS_MIN 8u

enum frame_kind {
    FRAME_BEGIN = 1,
    FRAME_MEMORY = 2,
    FRAME_END = 3,
};

/* The content of a frame of kind 1, the same on 32- and 64-bit cores. */
struct dump_begin {
    uint16_t layout;
    uint8_t word_bytes;
    uint8_t check;
    uint32_t number; /* of the dump, since the board started */
    uint32_t cycle;
    uint32_t clock;
    uint64_t sp, stack_end; /* the part in use of the stack that the dump was called on */
    uint8_t build_id[MOAT_BUILD_ID_BYTES];
    uint32_t unused;
};

_Static_assert(sizeof(struct dump_begin) == 56, "the dump's layout is a published interface");

struct dump {
    struct moat_frame frame;
    struct dump_begin begin;
    uint32_t id;       /* tells the frames of this dump from those of others */
    uint32_t sequence; /* of the next frame */
    uint32_t room;     /* left in the frame that is open; 0: none is */
    uint32_t objects;
    bool addresses_only;
};

/* ---- frames ---- */

static void frame_begin(struct dump *dump, uint8_t kind) {
    moat_frame_begin(&dump->frame, DUMP_TAG);
    moat_frame_bytes(&dump->frame, &dump->id, sizeof dump->id);
    moat_frame_bytes(&dump->frame, &dump->sequence, sizeof dump->sequence);
    moat_frame_bytes(&dump->frame, &kind, sizeof kind);
    dump->sequence++;
}

static void memory_end(struct dump *dump) {
    if (dump->room != 0) {
        moat_frame_end(&dump->frame);
        dump->room = 0;
    }
}

static void memory_begin(struct dump *dump) {
    if (dump->room == 0) {
        frame_begin(dump, FRAME_MEMORY);
        dump->room = FRAME_ROOM;
    }
}

static void use_room(struct dump *dump, uint32_t bytes) {
    if (dump->room <= bytes) {
        memory_end(dump);
    } else {
        dump->room -= bytes;
    }
}

/* ---- pieces ---- */

/* A word as the dump has it. Left out is what keeps no object even as a word of a stack. Stacks hold poisoned red zones
 * in a sanitized host build. */
__attribute__((no_sanitize_address)) static moat_word word_at(const struct dump *dump, uintptr_t address) {
    moat_word word = *(const moat_raw *)address;
    bool near = word - moat_reach_low(moat_heap.border.low) < moat_reach_span(moat_heap.border.span);
    return dump->addresses_only && !near ? 0 : word;
}

/* How many words from `at` on are zero, at most `most`. */
static uint32_t zero_words(const struct dump *dump, uintptr_t at, uint32_t most) {
    uint32_t count = 0;
    while (count < most && word_at(dump, at + count * WORD) == 0) {
        count++;
    }
    return count;
}

static void piece_head(struct dump *dump, uintptr_t at, uint32_t length) {
    uint16_t field = (uint16_t)length;
    memory_begin(dump);
    moat_frame_bytes(&dump->frame, &at, sizeof at);
    moat_frame_bytes(&dump->frame, &field, sizeof field);
}

static void zero_piece(struct dump *dump, uintptr_t at, uint32_t words) {
    piece_head(dump, at, words | PIECE_ZERO);
    use_room(dump, WORD + sizeof(uint16_t));
}

/* Words up to the next long run of zeros, or as many as a frame takes. Returns how many. */
static uint32_t plain_piece(struct dump *dump, uintptr_t at, uint32_t most) {
    uint32_t room = (dump->room == 0 ? FRAME_ROOM : dump->room) / WORD + 1, words = 0;
    most = most < room ? most : room;
    while (words < most && zero_words(dump, at + words * WORD, most - words) < ZERO_WORDS_MIN) {
        words++;
    }
    piece_head(dump, at, words);
    for (uint32_t i = 0; i < words; i++) {
        moat_word word = word_at(dump, at + i * WORD);
        moat_frame_bytes(&dump->frame, &word, sizeof word);
    }
    use_room(dump, WORD * (words + 1) + sizeof(uint16_t));
    return words;
}

/* Prints the whole words of [from, to), both rounded inwards. */
static void print_memory(struct dump *dump, uintptr_t from, uintptr_t to) {
    uintptr_t at = (from + MOAT_WORD_BYTES - 1) & ~(uintptr_t)(MOAT_WORD_BYTES - 1);
    while (to > at && to - at >= MOAT_WORD_BYTES) {
        uintptr_t left = (to - at) / MOAT_WORD_BYTES;
        uint32_t most = left < PIECE_WORDS_MAX ? (uint32_t)left : PIECE_WORDS_MAX;
        uint32_t words = zero_words(dump, at, most);
        if (words == most || words >= ZERO_WORDS_MIN) {
            zero_piece(dump, at, words);
        } else {
            words = plain_piece(dump, at, most);
        }
        at += words * WORD;
    }
}

static void print_struct(struct dump *dump, const void *start, uintptr_t bytes) {
    if (start != NULL) {
        print_memory(dump, (uintptr_t)start, (uintptr_t)start + bytes);
    }
}

/* ---- what a reader of the heap needs ---- */

/* Holes are linked through their own memory: their headers, links and sizes, and no more of it. A damaged list leads
 * out of the arenas, or round. */
static void print_holes(struct dump *dump, const struct moat_lists *lists) {
    uint32_t left = moat_heap.listed;
    for (unsigned list = 0; list < MOAT_LISTS; list++) {
        uint32_t bytes = list <= MOAT_EXACT_HOLES ? MOAT_GRANULE : sizeof(struct moat_hole);
        for (const struct moat_hole *hole = lists->holes[list]; moat_arena_of((uintptr_t)hole) != NULL && left != 0;
             hole = hole->next) {
            left--;
            print_struct(dump, hole, bytes);
        }
    }
}

static void print_state(struct dump *dump) {
    print_struct(dump, &moat_heap, sizeof moat_heap);
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        const struct moat_arena *arena = moat_heap.arenas.table[i];
        print_struct(dump, arena, sizeof *arena);
        print_memory(dump, (uintptr_t)arena->bits, arena->low); /* and back bytes, and full bits */
    }
    print_holes(dump, &moat_heap.lists);
    print_holes(dump, &moat_heap.aside);
    print_memory(dump, moat_heap.chunk.at, moat_heap.chunk.limit);
}

static void print_roots(struct dump *dump) {
    print_memory(dump, (uintptr_t)moat_roots_start, (uintptr_t)moat_roots_end);
    print_memory(dump, (uintptr_t)moat_typed_roots_start, (uintptr_t)moat_typed_roots_end);
    print_struct(dump, moat_heap.tables.roots, MOAT_CONFIG_ROOTS_MAX * sizeof(struct moat_root));
    for (uint32_t i = 0; moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        const struct moat_root *root = &moat_heap.tables.roots[i];
        if (root->start != NULL) {
            print_memory(dump, (uintptr_t)root->start, moat_root_end(root));
        }
    }
    print_struct(dump, moat_heap.tables.pins, MOAT_CONFIG_PINS_MAX * sizeof(struct moat_pin));
    print_struct(dump, moat_heap.tables.handles, MOAT_CONFIG_HANDLES_MAX * sizeof(struct moat_handle_entry));
}

/* The words that a string lies in: it may stand in RAM. */
static void print_string(struct dump *dump, const char *string) {
    if (string != NULL) {
        uintptr_t end = (uintptr_t)string;
        while (*(const char *)end != '\0') {
            end++;
        }
        print_memory(dump, (uintptr_t)string & ~(uintptr_t)(WORD - 1), (end | (WORD - 1)) + 1);
    }
}

/* From where each is scanned: the one in use from its real stack pointer, the others from where they were switched
 * away. */
static void print_stacks(struct dump *dump, uintptr_t sp) {
    bool registered = false;
    for (const struct moat_stack *stack = moat_heap.tables.stacks; stack != NULL; stack = stack->next) {
        print_struct(dump, stack, sizeof *stack);
        print_string(dump, stack->name);
        uintptr_t from = moat_stack_holds(stack, sp) ? sp : stack->sp;
        dump->addresses_only = true;
        print_memory(dump, moat_stack_holds(stack, from) ? from : stack->low, stack->high);
        dump->addresses_only = false;
        registered = registered || moat_stack_holds(stack, sp);
    }
    dump->addresses_only = true;
    print_memory(dump, sp, registered ? sp : (uintptr_t)dump->begin.stack_end);
    dump->addresses_only = false;
}

/* An object that the sweep is about to free may point anywhere: its header does. */
static void print_object(struct dump *dump, const struct moat_arena *arena, uint32_t granule) {
    uintptr_t at = moat_granule_address(arena, granule), payload = moat_payload_at(at);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    bool dead = moat_is_dead(arena, granule);
    dump->objects += !dead && !moat_is_hole(header);
    if (!dead && moat_header_has_slots(header)) {
        print_memory(dump, at, moat_granule_address(arena, moat_object_end(arena, granule)));
        return;
    }
    print_memory(dump, at, payload);
    if (!dead && moat_type_known(type) && type->finalize != NULL) {
        uintptr_t link = payload + MOAT_WORDS_UP_(type->size);
        print_memory(dump, link, link + MOAT_WORD_BYTES);
    }
}

static void print_objects(struct dump *dump, const struct moat_arena *arena) {
    uint32_t fence = arena->granules - 1;
    for (uint32_t word = arena->first >> 5; word <= fence >> 5; word++) {
        for (uint32_t starts = arena->bits[word].start; starts != 0; starts &= starts - 1) {
            uint32_t granule = (word << 5) + moat_lowest_bit(starts);
            if (granule < fence) {
                print_object(dump, arena, granule);
            }
        }
    }
}

/* ---- a dump ---- */

static void print_begin(struct dump *dump, uintptr_t sp) {
    static uint32_t number;
    struct dump_begin *begin = &dump->begin;
    struct moat_range thread = moat_port_thread_stack();
    begin->layout = DUMP_LAYOUT;
    begin->word_bytes = MOAT_WORD_BYTES;
    begin->check = MOAT_CONFIG_CHECK;
    begin->number = ++number;
    begin->cycle = moat_heap.cycle.number;
    begin->clock = moat_port_clock();
    begin->sp = sp;
    begin->stack_end = sp - thread.low < thread.high - thread.low ? thread.high : sp;
    moat_build_id_write(begin->build_id);
    begin->unused = 0;
    for (const struct moat_stack *stack = moat_heap.tables.stacks; stack != NULL; stack = stack->next) {
        begin->stack_end = moat_stack_holds(stack, sp) ? stack->high : begin->stack_end;
    }
    dump->id = ~moat_crc_add(MOAT_CRC_START, begin, sizeof *begin);
    dump->sequence = 0;
    dump->room = 0;
    dump->objects = 0;
    dump->addresses_only = false;
    frame_begin(dump, FRAME_BEGIN);
    moat_frame_bytes(&dump->frame, begin, sizeof *begin);
    moat_frame_end(&dump->frame);
}

static void print_end(struct dump *dump) {
    memory_end(dump);
    frame_begin(dump, FRAME_END);
    moat_frame_bytes(&dump->frame, &dump->objects, sizeof dump->objects);
    moat_frame_end(&dump->frame);
}

/* The bitmaps come first: a dump that is cut short still shows where the objects are, if not what they
 * hold. */
static void *print_dump(void *unused, uintptr_t sp) {
    struct dump dump;
    print_begin(&dump, sp);
    print_state(&dump);
    print_roots(&dump);
    print_stacks(&dump, sp);
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        print_objects(&dump, moat_heap.arenas.table[i]);
    }
    print_end(&dump);
    return unused;
}

MOAT_ENTRY int moat_heap_dump(void) {
    int result = moat_require_thread(MOAT_IN_HEAP_DUMP, MOAT_CALLER());
    if (result == MOAT_OK) {
        moat_port_mask_t masked = moat_port_mask();
        (void)moat_port_spill_and_call(print_dump, NULL);
        moat_port_unmask(masked);
    }
    return result;
}
