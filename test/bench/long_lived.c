/* moat: what a firmware does: long-lived linked data, messages that come and go, and bursts.
 *
 *   firmware_KIB   60 % of the arena is a table of items with data of their own, of which 5 % change slowly; messages
 * of 20 to 200 bytes refer to items and to each other. Per object, 2.06 of them a message. burst_KIB      messages;
 * then a list of 30 % of the arena is dropped and built anew, again and again.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "workload.h"

#include <moat.h>

#define LIVE_PERCENT 60
#define BURST_PERCENT 30
#define BUCKET_BYTES 512 /* of the arena, for each bucket of the table */
#define MESSAGES 20000
#define WARM_UP 3000
#define RECENT 16
#define MUTATE_EVERY 16 /* messages */
#define DATA_BYTES 8, 40
#define MESSAGE_BYTES 20, 181

struct item {
    MOAT_REF(struct item) next;
    MOAT_REF(struct item) owner;
    MOAT_REF(void) data;
    uint32_t key;
};
MOAT_TYPE(bench_item_type, struct item, next, owner, data);

struct bucket {
    MOAT_REF(struct item) head;
};
MOAT_TYPE(bench_bucket_type, struct bucket, head);

struct message {
    MOAT_REF(struct message) reply;
    MOAT_REF(struct item) about;
    MOAT_REF(void) bytes;
    uint32_t length;
};
MOAT_TYPE(bench_message_type, struct message, reply, about, bytes);

static MOAT_ROOT(struct bucket) table;
static MOAT_ROOT(struct item) newest;
static MOAT_ROOT(void) recent[RECENT]; /* messages */
static uint32_t buckets;

size_t bench_long_lived_arena(const char *kib) {
    return bench_number(kib) * BENCH_KIB;
}

static void *made(void *object) {
    if (object == NULL) {
        bench_fail("no memory in the middle of the workload");
    }
    return object;
}

static size_t random_bytes(size_t least, uint32_t span) {
    return least + bench_random_below(span);
}

/* The functions that hold objects are not inlined: a stale register of the loop would keep a dead one. */

static __attribute__((noinline)) void add_item(void) {
    struct item *item = made(MOAT_NEW(bench_item_type));
    item->key = bench_random();
    MOAT_INIT(item->owner, newest);
    MOAT_STORE(newest, item);
    struct bucket *bucket = &table[item->key % buckets];
    MOAT_STORE(item->next, bucket->head);
    MOAT_STORE(bucket->head, item);
    MOAT_STORE(item->data, made(moat_new_bytes(random_bytes(DATA_BYTES))));
}

/* New data for an item of the first `hot` buckets. */
static __attribute__((noinline)) uint32_t mutate(uint32_t hot) {
    struct item *item = table[bench_random_below(hot)].head;
    for (uint32_t depth = bench_random_below(3); item != NULL && depth != 0 && item->next != NULL; depth--) {
        item = item->next;
    }
    if (item == NULL) {
        return 0;
    }
    MOAT_STORE(item->data, made(moat_new_bytes(random_bytes(DATA_BYTES))));
    return 1;
}

/* Returns how many objects were made. */
static __attribute__((noinline)) uint32_t message(uint32_t number, uint32_t hot) {
    size_t bytes = random_bytes(MESSAGE_BYTES);
    uint32_t objects = 2;
    uint32_t begin = bench_begin();
    struct message *made_now = made(MOAT_NEW(bench_message_type));
    MOAT_STORE(made_now->bytes, made(moat_new_bytes(bytes)));
    made_now->length = (uint32_t)bytes;
    MOAT_STORE(made_now->about, table[number % buckets].head);
    if (bench_random_below(4) == 0) {
        MOAT_STORE(made_now->reply, recent[bench_random_below(RECENT)]);
    }
    if (made_now->reply != NULL) {
        MOAT_CLEAR(made_now->reply->reply);
    }
    MOAT_STORE(recent[number % RECENT], made_now);
    if (number % MUTATE_EVERY == 0) {
        objects += mutate(hot);
    }
    bench_alloc_add(bench_end(begin));
    return objects;
}

void bench_firmware(const char *kib) {
    size_t bytes = bench_long_lived_arena(kib);
    buckets = (uint32_t)(bytes / BUCKET_BYTES);
    MOAT_STORE(table, made(moat_new_array(&bench_bucket_type, buckets)));
    const size_t item_bytes = sizeof(struct item) + 8 + 36; /* with its data, headers and padding, on average */
    for (size_t sum = buckets * sizeof(struct bucket); sum < bytes / 100 * LIVE_PERCENT; sum += item_bytes) {
        add_item();
    }
    (void)moat_gc_collect();
    uint32_t hot = buckets / 20 + 1, objects = 0;
    for (uint32_t i = 0; i < WARM_UP; i++) {
        (void)message(i, hot);
    }
    bench_series_restart();
    for (uint32_t i = 0; i < MESSAGES; i++) {
        objects += message(i, hot);
    }
    bench_print_mean("insn_per_object", bench_allocs.sum, objects);
}

static __attribute__((noinline)) void build_list(size_t bytes) {
    for (size_t sum = 0; sum < bytes; sum += sizeof(struct item) + 8) {
        uint32_t begin = bench_begin();
        struct item *item = made(MOAT_NEW(bench_item_type));
        MOAT_INIT(item->owner, newest);
        MOAT_STORE(newest, item);
        bench_alloc_add(bench_end(begin));
    }
}

static __attribute__((noinline)) void make_messages(uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        size_t bytes = random_bytes(MESSAGE_BYTES);
        uint32_t begin = bench_begin();
        MOAT_STORE(recent[i % RECENT], made(moat_new_bytes(bytes)));
        bench_alloc_add(bench_end(begin));
    }
}

void bench_burst(const char *kib) {
    size_t bytes = bench_long_lived_arena(kib), list = bytes / 100 * BURST_PERCENT;
    uint32_t bursts = bytes > BENCH_ARENA_BYTES ? 3 : 10; /* as many as there is room for samples */
    build_list(list);
    make_messages(WARM_UP);
    bench_series_restart();
    for (uint32_t i = 0; i < bursts; i++) {
        make_messages((uint32_t)(bytes / 64));
        MOAT_CLEAR(newest);
        make_messages(10);
        build_list(list);
    }
    bench_print("alloc_max", bench_allocs.max);
}
