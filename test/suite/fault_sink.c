/* The fault log in a sink: power fails at each byte of each write and erase, in each of the orders in which memory can
 * be left, and again while the log is written to after that.
 *
 * The sink is a simulated flash in RAM. Inside each write and erase all its torn forms are tried before it is done: the
 * flash as the cut leaves it is read, then written to, then put back. `stride=N` on the command line tries every N-th
 * cut.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "base/crc.h"
#include "fault/fault.h"
#include "fault/ring.h"

#include <moat.h>

#define RECORD_BYTES (sizeof(struct moat_fault) + 4u + sizeof(uint32_t)) /* with a word of stack */
#define BLOCK_BYTES 768u                                                 /* two records */
#define BLOCKS_MAX 4u
#define RECORDS 14u /* that a scenario writes: so many that blocks are taken more than once */
#define LISTED_MAX 16u

/* ---- records ---- */

struct record {
    struct moat_fault first;
    uint8_t stack[4];
    uint8_t check[4];
};

/* Record n of a scenario; n is 1 and up. Even ones end in bytes that look like erased flash. */
static const struct moat_fault *make(struct record *record, uint32_t n) {
    volatile uint8_t *bytes = (volatile uint8_t *)record;
    for (size_t i = 0; i < sizeof *record; i++) {
        bytes[i] = 0;
    }
    record->first.magic = MOAT_FAULT_MAGIC;
    record->first.layout = MOAT_FAULT_LAYOUT;
    record->first.bytes = RECORD_BYTES;
    record->first.sequence = n;
    record->first.kind = MOAT_FAULT_ASSERT;
    record->first.pc = 0x1000 + 16 * n;
    record->first.word_bytes = sizeof(uintptr_t);
    record->first.stack_bytes[0] = sizeof record->stack;
    for (size_t i = 0; i < sizeof record->stack; i++) {
        record->stack[i] = n % 2 == 0 ? 0xff : (uint8_t)(n * 37 + i);
    }
    uint32_t check = moat_fault_check(&record->first, RECORD_BYTES);
    for (unsigned i = 0; i < 4; i++) {
        record->check[i] = (uint8_t)(check >> (8 * i));
    }
    return &record->first;
}

static bool is_record(const uint8_t *bytes, uint32_t n) {
    static struct record right_record;
    const uint8_t *right = (const uint8_t *)make(&right_record, n);
    for (uint32_t i = 0; i < RECORD_BYTES; i++) {
        if (bytes[i] != right[i]) {
            return false;
        }
    }
    return true;
}

/* ---- what the log holds ---- */

struct list {
    uint32_t length;
    uint32_t n[LISTED_MAX];
    uint32_t count[LISTED_MAX];
    const char *wrong; /* or NULL */
};

static uint32_t newest_made; /* no record above it was ever written */

static void list_read(struct list *list) {
    static uint8_t bytes[RECORD_BYTES];
    list->wrong = NULL;
    for (list->length = 0; list->length < LISTED_MAX; list->length++) {
        uint32_t count = 0;
        uint32_t length = moat_fault_sink_read(list->length, bytes, sizeof bytes, &count);
        if (length == 0) {
            return;
        }
        uint32_t n = ((const struct moat_fault *)(const void *)bytes)->sequence;
        if (length != RECORD_BYTES || n == 0 || n > newest_made || !is_record(bytes, n)) {
            list->wrong = "a record that was never written";
            return;
        }
        if (list->length > 0 && n <= list->n[list->length - 1]) {
            list->wrong = "a record is there twice, or out of order";
            return;
        }
        list->n[list->length] = n;
        list->count[list->length] = count;
    }
    list->wrong = "more records than there is room for";
}

static bool list_has(const struct list *list, uint32_t n) {
    for (uint32_t i = 0; i < list->length; i++) {
        if (list->n[i] == n) {
            return true;
        }
    }
    return false;
}

/* ---- the flash ---- */

enum order { FORWARD, BACKWARD, SCATTERED, BITS, ORDERS };

static struct {
    uint8_t bytes[BLOCKS_MAX * BLOCK_BYTES];
    uint8_t saved[BLOCKS_MAX * BLOCK_BYTES];
    bool trying;     /* inside the trial of a torn operation */
    bool dead;       /* power is gone: nothing changes any more */
    uint32_t cut_in; /* while trying: the operation that is cut, 1 the next; 0: none */
    uint32_t cut_random;
    uint32_t writes, erases, cuts;
    const char *broken; /* a rule of flash that was broken, or NULL */
} flash;

static struct moat_fault_sink sink;
static uint32_t stride;
static uint32_t phase;

static uint32_t random_next(void) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

/* Whether byte i of n is reached by a cut after k bytes. */
static bool reached(enum order order, uint32_t i, uint32_t n, uint32_t k) {
    switch (order) {
    case FORWARD:
        return i < k;
    case BACKWARD:
        return i >= n - k;
    case SCATTERED:
        return random_next() % n < k;
    default:
        return i <= k;
    }
}

/* An operation cut after k of its n bytes. data NULL: an erase. */
static void tear(uint32_t at, const uint8_t *data, uint32_t n, enum order order, uint32_t k) {
    for (uint32_t i = 0; i < n; i++) {
        if (reached(order, i, n, k)) {
            uint8_t full = data == NULL ? 0xff : data[i];
            uint8_t noise = order == BITS && i == k ? (uint8_t)random_next() : 0;
            uint8_t part = data == NULL ? flash.bytes[at + i] | noise : full | noise;
            flash.bytes[at + i] = order == BITS && i == k ? part : full;
        }
    }
}

/* Before the append under way: what must be there, and what it is about. */
static struct {
    struct list must;
    uint32_t writing;     /* the record; 0: a count */
    uint32_t counting;    /* the record whose count is written; 0: none */
    uint32_t count;       /* the new one */
    bool erased;          /* counts that stood in the block may be gone */
    uint32_t evicting[2]; /* records that are going, which a torn erase may leave; 0: none */
    const char *wrong;
    uint32_t wrong_at; /* number of the cut */
} trial;

static void complain(const char *what) {
    if (trial.wrong == NULL && what != NULL) {
        trial.wrong = what;
        trial.wrong_at = flash.cuts;
    }
}

static uint32_t count_in(const struct list *list, uint32_t n) {
    uint32_t i = 0;
    while (i < list->length && list->n[i] != n) {
        i++;
    }
    return i < list->length ? list->count[i] : 1;
}

static void check_count(uint32_t n, uint32_t count) {
    uint32_t before = count_in(&trial.must, n), now = n == trial.counting ? trial.count : before;
    bool right = count == before || count == now || (trial.erased && count < now);
    complain(right ? NULL : "a count that was never written, or an old one");
}

/* Checks that a boot finds the right records. */
static void check_found(const struct list *found) {
    complain(found->wrong);
    for (uint32_t i = 0; i < trial.must.length; i++) {
        complain(list_has(found, trial.must.n[i]) ? NULL : "a record that was complete is gone");
    }
    for (uint32_t i = 0; i < found->length; i++) {
        uint32_t n = found->n[i];
        bool going = n == trial.evicting[0] || n == trial.evicting[1];
        complain(list_has(&trial.must, n) || n == trial.writing || going ? NULL : "a record that was gone is back");
        if (!going) {
            check_count(n, found->count[i]);
        }
    }
}

static void save(uint8_t *to) {
    for (size_t i = 0; i < sizeof flash.bytes; i++) {
        ((volatile uint8_t *)to)[i] = flash.bytes[i];
    }
}

static void restore(const uint8_t *from) {
    for (size_t i = 0; i < sizeof flash.bytes; i++) {
        ((volatile uint8_t *)flash.bytes)[i] = from[i];
    }
}

/* The boot after a cut: the log is whole; another record can be written, power failing once more somewhere in it; and
 * after that again. */
static void boot(void) {
    static uint8_t torn[sizeof flash.bytes];
    struct list found;
    list_read(&found);
    check_found(&found);
    uint32_t extra = newest_made + 1;
    save(torn);
    struct list kept = trial.must;
    newest_made = extra;
    flash.cut_in = 1 + random_next() % 20;
    flash.cut_random = random_next();
    static struct record record;
    moat_fault_mirror->append(make(&record, extra), 1);
    bool cut = flash.dead;
    flash.dead = false;
    flash.cut_in = 0;
    list_read(&found);
    complain(found.wrong);
    complain(list_has(&found, 1) || !list_has(&kept, 1) ? NULL : "the first record is gone");
    complain(cut || sink.blocks < 3 || list_has(&found, extra) ? NULL : "no record can be written after a cut");
    for (uint32_t i = 0; sink.blocks < 3 && i < kept.length; i++) {
        complain(list_has(&found, kept.n[i]) ? NULL : "a record is gone from a sink that does not rotate");
    }
    newest_made = extra - 1;
    restore(torn);
}

static void try_cuts(uint32_t at, const uint8_t *data, uint32_t n) {
    flash.trying = true;
    save(flash.saved);
    for (uint32_t order = 0; order < ORDERS; order++) {
        for (uint32_t k = phase++ % stride; k <= n; k += stride) {
            tear(at, data, n, (enum order)order, k);
            flash.cuts++;
            boot();
            restore(flash.saved);
        }
    }
    flash.trying = false;
}

/* While trying: whether this is the operation to cut. */
static bool cut_now(uint32_t at, const uint8_t *data, uint32_t n) {
    if (!flash.trying || flash.cut_in == 0 || --flash.cut_in != 0) {
        return false;
    }
    tear(at, data, n, (enum order)(flash.cut_random % ORDERS), flash.cut_random / ORDERS % (n + 1));
    flash.dead = true;
    return true;
}

static int flash_read(void *context, uint32_t at, void *buffer, uint32_t bytes) {
    (void)context;
    if (at > sink.blocks * BLOCK_BYTES || bytes > sink.blocks * BLOCK_BYTES - at) {
        flash.broken = "read outside of the flash";
        return 1;
    }
    for (uint32_t i = 0; i < bytes; i++) {
        ((volatile uint8_t *)buffer)[i] = flash.bytes[at + i];
    }
    return 0;
}

static int flash_write(void *context, uint32_t at, const void *data, uint32_t bytes) {
    (void)context;
    const uint8_t *from = data;
    if (at % sink.unit != 0 || bytes % sink.unit != 0 || bytes == 0 || at + bytes > sink.blocks * BLOCK_BYTES) {
        flash.broken = "a write that is not of whole units";
    }
    if (flash.dead) {
        return 1;
    }
    for (uint32_t i = 0; i < bytes; i++) {
        if (flash.bytes[at + i] != 0xff) {
            flash.broken = "a write over what is not erased";
        }
    }
    if (cut_now(at, from, bytes)) {
        return 1;
    }
    if (!flash.trying) {
        flash.writes++;
        try_cuts(at, from, bytes);
    }
    tear(at, from, bytes, FORWARD, bytes);
    return 0;
}

/* From here on the block's records need not be there. */
static void evict(uint32_t block) {
    struct list left;
    uint32_t gone = 0;
    save(flash.saved);
    tear(block * BLOCK_BYTES, NULL, BLOCK_BYTES, FORWARD, BLOCK_BYTES);
    list_read(&left);
    restore(flash.saved);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < trial.must.length; i++) {
        if (list_has(&left, trial.must.n[i])) {
            trial.must.count[kept] = trial.must.count[i];
            trial.must.n[kept++] = trial.must.n[i];
        } else if (gone < 2) {
            trial.evicting[gone++] = trial.must.n[i];
        }
    }
    complain(trial.must.length - kept > gone ? "more than a block's records are evicted" : NULL);
    trial.must.length = kept;
    trial.erased = true;
}

static int flash_erase(void *context, uint32_t block) {
    (void)context;
    if (block >= sink.blocks) {
        flash.broken = "erase outside of the flash";
        return 1;
    }
    if (flash.dead || cut_now(block * BLOCK_BYTES, NULL, BLOCK_BYTES)) {
        return 1;
    }
    if (!flash.trying) {
        flash.erases++;
        evict(block);
        try_cuts(block * BLOCK_BYTES, NULL, BLOCK_BYTES);
        trial.evicting[0] = trial.evicting[1] = 0;
    }
    tear(block * BLOCK_BYTES, NULL, BLOCK_BYTES, FORWARD, BLOCK_BYTES);
    return 0;
}

/* ---- scenarios ---- */

static bool start(uint32_t blocks, uint32_t unit) {
    const char *text = test_argument("stride");
    stride = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        stride = stride * 10 + (uint32_t)(*text - '0');
    }
    stride = stride == 0 ? 1 : stride;
    phase = 0;
    for (size_t i = 0; i < sizeof flash.bytes; i++) {
        flash.bytes[i] = (uint8_t)test_random(); /* as it comes from the factory of another firmware */
    }
    flash.trying = flash.dead = false;
    flash.cut_in = flash.writes = flash.erases = flash.cuts = 0;
    flash.broken = NULL;
    trial.wrong = NULL;
    newest_made = 0;
    sink = (struct moat_fault_sink){.block_bytes = BLOCK_BYTES,
                                    .blocks = blocks,
                                    .unit = unit,
                                    .read = flash_read,
                                    .write = flash_write,
                                    .erase = flash_erase};
    return moat_fault_sink_set(NULL) && moat_fault_sink_set(&sink);
}

/* Appends with all cuts of it, then looks at what there is without one. */
static void append(uint32_t n, uint32_t count, struct list *now) {
    static struct record record;
    list_read(&trial.must);
    bool known = list_has(&trial.must, n);
    trial.writing = known ? 0 : n;
    trial.counting = known ? n : 0;
    trial.count = count;
    trial.erased = false;
    newest_made = n > newest_made ? n : newest_made;
    moat_fault_mirror->append(make(&record, n), count);
    list_read(now);
    if (trial.wrong != NULL) {
        test_note("wrong after cut", trial.wrong_at);
    }
}

#define CHECK_TRIAL()                                                                                                  \
    do {                                                                                                               \
        if (trial.wrong != NULL || flash.broken != NULL) {                                                             \
            test_fail(__FILE__, __LINE__, trial.wrong != NULL ? trial.wrong : flash.broken);                           \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static void run_scenario(uint32_t blocks, uint32_t unit) {
    CHECK(start(blocks, unit));
    bool full = false;
    for (uint32_t n = 1; n <= RECORDS; n++) {
        struct list now;
        append(n, 1, &now);
        CHECK_TRIAL();
        full = full || !list_has(&now, n);
        CHECK(!full || blocks < 3);
        CHECK(list_has(&now, 1));
        CHECK(full || count_in(&now, n) == 1);
        if (n % 3 == 0 && !full) {
            append(n, 5, &now);
            CHECK_TRIAL();
            CHECK_EQUAL(count_in(&now, n), blocks < 3 && count_in(&now, n) == 1 ? 1 : 5);
        }
    }
    CHECK(full == (blocks < 3));
    CHECK(flash.erases >= blocks);
    test_note("writes", flash.writes);
    test_note("erases", flash.erases);
    test_note("cuts", flash.cuts);
    CHECK(flash.cuts * stride > 100 * flash.writes);
}

static void cuts_in_three_blocks(void) {
    run_scenario(3, 4);
}
static void cuts_in_four_blocks_of_large_units(void) {
    run_scenario(4, 32);
}
static void cuts_in_two_blocks_of_bytes(void) {
    run_scenario(2, 1);
}
static void cuts_in_one_block(void) {
    run_scenario(1, 8);
}

/* ---- the rest ---- */

static void boot_loop_wears_nothing_out(void) {
    static struct record record;
    CHECK(start(3, 4));
    flash.trying = true; /* no cuts */
    newest_made = 1;
    const struct moat_fault *fault = make(&record, 1);
    uint32_t written = 0;
    for (uint32_t count = 1; count <= 1000; count++) {
        save(flash.saved);
        moat_fault_mirror->append(fault, count);
        for (size_t i = 0; i < sizeof flash.bytes; i++) {
            if (flash.bytes[i] != flash.saved[i]) {
                written++;
                break;
            }
        }
    }
    CHECK_EQUAL(written, 10); /* at 1, 2, 4 .. 512 */
    struct list now;
    list_read(&now);
    CHECK_EQUAL(now.length, 1);
    CHECK_EQUAL(now.count[0], 512);
    CHECK_EQUAL(moat_fault_mirror->count(fault), 512);
}

static void clear_erases(void) {
    struct list now;
    CHECK(start(3, 4));
    flash.trying = true;
    static struct record record;
    newest_made = 3;
    for (uint32_t n = 1; n <= 3; n++) {
        moat_fault_mirror->append(make(&record, n), 1);
    }
    moat_fault_sequence_keep(0); /* power was gone */
    CHECK(moat_fault_sink_set(&sink));
    CHECK_EQUAL(moat_fault_sequence_last(), 3);
    moat_fault_clear();
    list_read(&now);
    CHECK_EQUAL(now.length, 0);
    CHECK(now.wrong == NULL);
    for (size_t i = 0; i < 3 * BLOCK_BYTES; i++) {
        CHECK_EQUAL(flash.bytes[i], 0xff);
    }
}

static void no_sink_is_set_that_can_not_work(void) {
    static const struct {
        uint32_t blocks, block_bytes, unit;
    } bad[] = {{0, BLOCK_BYTES, 4}, {3, BLOCK_BYTES, 0},     {3, BLOCK_BYTES, 3},         {3, BLOCK_BYTES, 64},
               {3, 300, 4},         {3, BLOCK_BYTES + 2, 4}, {UINT32_MAX / 1024, 4096, 4}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(start(3, 4));
        struct moat_fault_sink wrong = sink;
        wrong.blocks = bad[i].blocks;
        wrong.block_bytes = bad[i].block_bytes;
        wrong.unit = bad[i].unit;
        CHECK(!moat_fault_sink_set(&wrong));
        CHECK(moat_fault_mirror == NULL);
        CHECK_EQUAL(moat_fault_sink_read(0, NULL, 0, NULL), 0);
    }
    CHECK(moat_fault_sink_set(NULL));
}

static const struct test_case cases[] = {
    TEST_CASE(cuts_in_three_blocks),
    TEST_CASE(cuts_in_four_blocks_of_large_units),
    TEST_CASE(cuts_in_two_blocks_of_bytes),
    TEST_CASE(cuts_in_one_block),
    TEST_CASE(boot_loop_wears_nothing_out),
    TEST_CASE(clear_erases),
    TEST_CASE(no_sink_is_set_that_can_not_work),
};

int main(void) {
    moat_fault_clear(); /* of RAM as power-up leaves it */
    return TEST_MAIN(cases);
}
