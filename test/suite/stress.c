/* Each allocation of a piece of work fails once: fail the first, then the second, until the work is done. A failure is
 * noticed, leaves a sound heap, and nothing leaks. For builds with MOAT_CONFIG_STRESS_FAIL.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include <moat.h>

#define ENTRIES 30

struct entry {
    MOAT_REF(struct entry) next;
    MOAT_REF(char) name;
    uintptr_t key;
};
MOAT_TYPE(entry_type, struct entry, next, name);

struct bucket {
    MOAT_REF(struct entry) first;
};
MOAT_TYPE(bucket_type, struct bucket, first);

struct map {
    uintptr_t count;
    MOAT_REF(struct bucket) buckets;
    MOAT_REF(struct log) log;
};
MOAT_TYPE(map_type, struct map, buckets, log);

struct log {
    uintptr_t used;
    MOAT_REF(struct entry) entries[];
};
MOAT_TYPE_FLEX(log_type, struct log, MOAT_TAIL_SLOTS(struct log, entries));

FRESH_ARENA(arena, 16384);
static MOAT_ROOT(struct map) map;

#if MOAT_CONFIG_STRESS_FAIL
static bool add(uintptr_t key) {
    struct entry *entry = MOAT_NEW(entry_type);
    if (entry == NULL) {
        return false;
    }
    entry->key = key;
    MOAT_INIT(entry->next, map->buckets[key % 8].first);
    MOAT_STORE(map->buckets[key % 8].first, entry);
    MOAT_STORE(map->log->entries[map->log->used], entry);
    map->log->used++;
    map->count++;
    MOAT_STORE(entry->name, MOAT_NEW_BYTES(1 + key * 7));
    return entry->name != NULL;
}

static bool work(void) {
    MOAT_STORE(map, MOAT_NEW(map_type));
    if (map != NULL) {
        MOAT_STORE(map->buckets, MOAT_NEW_ARRAY(bucket_type, 8));
    }
    if (map != NULL && map->buckets != NULL) {
        MOAT_STORE(map->log, MOAT_NEW_FLEX(log_type, ENTRIES));
    }
    bool done = map != NULL && map->log != NULL;
    for (uintptr_t key = 0; key < ENTRIES && done; key++) {
        done = add(key);
    }
    return done;
}

static void each_allocation_fails_once(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    bool done = false;
    uint32_t k = 1;
    for (; !done && k < 1000; k++) {
        moat_stress_fail(k);
        done = work();
        CHECK_EQUAL(moat_last_error(), k == 1 || !done ? MOAT_ERR_MEMORY : moat_last_error());
        CHECK_HEAP();
        CHECK_EQUAL(moat_heap.stats.out_of_memory, done ? k - 1 : k);
        MOAT_CLEAR(map);
        collect_once();
        CHECK_HEAP();
        CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
    }
    CHECK(done);
    CHECK_EQUAL(k - 2, 3 + 2 * ENTRIES);
    test_note("allocations that failed", k - 2);
}

static void none_fails_when_none_is_to(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    moat_stress_fail(1);
    moat_stress_fail(0);
    CHECK(work());
}
#else
static void each_allocation_fails_once(void) {
    (void)arena;
    (void)map;
    SKIP("this build has no MOAT_CONFIG_STRESS_FAIL");
}

static void none_fails_when_none_is_to(void) {
    SKIP("this build has no MOAT_CONFIG_STRESS_FAIL");
}
#endif

static const struct test_case cases[] = {
    TEST_CASE(each_allocation_fails_once),
    TEST_CASE(none_fails_when_none_is_to),
};

int main(void) {
    return TEST_MAIN(cases);
}
