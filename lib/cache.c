/* moat: caches that give up entries when memory is short, and those whose keys are numbers. See moat_cache.h.
 *
 * All caches are known by weak references, so that one that nobody holds any more is freed.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_cache.h"

MOAT_TYPE(moat_cache_type, struct moat_cache, map.order.first, map.order.last, map.places, map.old);

struct moat_known_cache {
    MOAT_REF(struct moat_known_cache) next;
    MOAT_REF(struct moat_weak) cache;
};
MOAT_TYPE(moat_known_cache_type, struct moat_known_cache, next, cache);

static MOAT_ROOT(struct moat_known_cache) known;

static moat_out_of_memory_hook *other_hook; /* that was set before caches had one */
static bool asking_other;

static size_t object_bytes(const void *value) {
    struct moat_object object;
    return moat_object_find(value, &object) ? object.bytes : 0;
}

/* Returns whether it had an entry. */
static bool give_up(struct moat_cache *cache, size_t bytes) {
    struct moat_list *order = &cache->map.order;
    size_t gone = order->count / 4 < MOAT_CACHE_LEAST ? MOAT_CACHE_LEAST : order->count / 4;
    size_t left = bytes > MOAT_CACHE_SMALL || gone > order->count ? 0 : order->count - gone, freed = 0;
    bool had = order->count != 0;
    while (order->count != 0 && (order->count > left || freed < bytes)) {
        freed += object_bytes(moat_map_drop_(&cache->map, moat_map_first(&cache->map)));
    }
    return had;
}

/* A cache that is dead leaves the list. */
bool moat_caches_give_up(size_t bytes) {
    bool gave = false;
    MOAT_REF(struct moat_known_cache) *at = &known;
    while (*at != NULL) {
        struct moat_cache *cache = MOAT_WEAK_GET(moat_cache_type, (*at)->cache);
        if (cache == NULL) {
            struct moat_known_cache *next = (*at)->next;
            MOAT_STORE(*at, next);
        } else {
            gave = give_up(cache, bytes) || gave;
            at = &(*at)->next;
        }
    }
    return gave;
}

/* The other may be one that calls this one. */
static bool on_out_of_memory(size_t bytes) {
    bool gave = moat_caches_give_up(bytes);
    if (!gave && other_hook != NULL && !asking_other) {
        asking_other = true;
        gave = other_hook(bytes);
        asking_other = false;
    }
    return gave;
}

/* With the first cache. A hook that is set later stays. */
static void set_hook(void) {
    moat_out_of_memory_hook *hook = known == NULL ? moat_out_of_memory_hook_set(on_out_of_memory) : on_out_of_memory;
    other_hook = hook == on_out_of_memory ? other_hook : hook;
}

struct moat_cache *moat_cache_new(size_t most) {
    struct moat_cache *cache = most == 0 ? NULL : MOAT_NEW(moat_cache_type);
    struct moat_known_cache *entry = cache == NULL ? NULL : MOAT_NEW(moat_known_cache_type);
    struct moat_weak *weak = entry == NULL ? NULL : MOAT_WEAK_NEW(moat_cache_type, cache);
    if (weak == NULL) {
        return NULL;
    }
    cache->most = most;
    set_hook();
    MOAT_STORE(entry->cache, weak);
    MOAT_STORE(entry->next, known);
    MOAT_STORE(known, entry);
    return cache;
}

/* The youngest entry is the last of the map's list. */
static void refresh(struct moat_map *map, struct moat_map_entry *entry) {
    if (map->order.last != &entry->link) {
        moat_list_take_(&map->order, &entry->link);
        moat_list_put_(&map->order, NULL, &entry->link);
    }
}

int moat_cache_put_(struct moat_cache *cache, uintptr_t key, const char *text, void *value,
                    struct moat_map_entry *(*make)(const char *text)) {
    struct moat_map *map = &cache->map;
    int result = moat_map_put_(map, key, text, value, make);
    if (result != MOAT_OK) {
        return result;
    }
    refresh(map, moat_map_find_(map, key, text));
    if (map->order.count > cache->most) {
        (void)moat_map_drop_(map, moat_map_first(map));
    }
    return MOAT_OK;
}

void *moat_cache_get_(struct moat_cache *cache, uintptr_t key, const char *text) {
    struct moat_map_entry *entry = moat_map_find_(&cache->map, key, text);
    if (entry == NULL) {
        return NULL;
    }
    refresh(&cache->map, entry);
    return entry->link.value;
}

int moat_cache_put(struct moat_cache *cache, uintptr_t key, void *value) {
    return moat_cache_put_(cache, key, NULL, value, moat_map_make_);
}

void *moat_cache_get(struct moat_cache *cache, uintptr_t key) {
    return moat_cache_get_(cache, key, NULL);
}
