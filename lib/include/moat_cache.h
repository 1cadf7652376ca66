/* moat: a cache, from numbers or from texts to references, that gives up entries when memory is short.
 *
 *   MOAT_TEXT_CACHE(tiles, struct tile);            // `union tiles`: from a text to a struct tile *
 *   MOAT_STORE(shown, MOAT_TEXT_CACHE_NEW(union tiles, 100));  // at most 100 entries
 *   struct tile *tile = MOAT_TEXT_CACHE_GET(shown, name);
 *   if (tile == NULL) {                             // never put, or given up
 *       tile = draw(name);
 *       MOAT_TEXT_CACHE_PUT(shown, name, tile);     // may fail: then nothing was put
 *   }
 *
 * An entry is kept, as one of a map is, until an allocation would fail for want of memory. Then the oldest go, those
 * that were not put or got for longest: of each cache a quarter of its entries, MOAT_CACHE_LEAST at least, and more
 * until the values themselves have as many bytes as are wanted; for more than MOAT_CACHE_SMALL bytes, which need a hole
 * of their own, all. A value that somebody else holds lives on: if that is so of all that went, the allocation fails,
 * and the next one that fails has more go. Caches know of it by moat_out_of_memory_hook_set: a hook that was set before
 * the first cache was made is asked when no cache has an entry left; one that is set later has to call the one it
 * replaced.
 *
 * Typed as moat_vector.h is. For thread mode only: the hook may come at any allocation there. Where tasks are
 * preemptive (MOAT_CONFIG_TASKS), that is any task's, and another task must not have been preempted in a call of a
 * cache then: there, a cache is only for firmware of which one task does all allocation. Cost: a map's (moat_map.h),
 * and for each entry that is given up that of its removal.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CACHE_H
#define MOAT_CACHE_H

#include <moat.h>

#include "moat_map.h"

#include <stddef.h>
#include <stdint.h>

/* Requests of no more bytes than this are content with what a quarter of the entries leaves. */
#define MOAT_CACHE_SMALL 256u
#define MOAT_CACHE_LEAST 8u

/* A managed object, for the functions only. The map's entries are in the order of their last use. */
struct moat_cache {
    struct moat_map map;
    size_t most;
};

struct moat_text_cache {
    struct moat_cache cache;
};

/* Declares `union name`, a cache from numbers to references to T. */
#define MOAT_CACHE(name, T)                                                                                            \
    union name {                                                                                                       \
        struct moat_cache cache;                                                                                       \
        struct moat_cache number;                                                                                      \
        T *typed_;                                                                                                     \
    }

/* The same from texts. */
#define MOAT_TEXT_CACHE(name, T)                                                                                       \
    union name {                                                                                                       \
        struct moat_text_cache text;                                                                                   \
        struct moat_cache cache;                                                                                       \
        T *typed_;                                                                                                     \
    }

/* The functions below, by the cache's own type, e.g. `union tiles`. COUNT and CLEAR are for both kinds. */
#define MOAT_CACHE_NEW(type, most) ((type *)moat_cache_new(most))
#define MOAT_CACHE_PUT(of, key, value) moat_cache_put(&(of)->number, (key), MOAT_VALUE_((of)->typed_, value))
#define MOAT_CACHE_GET(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_cache_get(&(of)->number, (key)))
#define MOAT_TEXT_CACHE_NEW(type, most) ((type *)moat_text_cache_new(most))
#define MOAT_TEXT_CACHE_PUT(of, key, value) moat_text_cache_put(&(of)->text, (key), MOAT_VALUE_((of)->typed_, value))
#define MOAT_TEXT_CACHE_GET(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_text_cache_get(&(of)->text, (key)))
#define MOAT_CACHE_COUNT(of) ((of)->cache.map.order.count)
#define MOAT_CACHE_CLEAR(of) moat_map_clear(&(of)->cache.map)

MOAT_C_BEGIN_

/* An empty cache for at most `most` entries, 1 or more; or NULL where moat_new returns NULL, or if most is 0. It may be
 * dropped as any object. Context: thread. Cost: as that of moat_new, three times. */
struct moat_cache *moat_cache_new(size_t most);
struct moat_text_cache *moat_text_cache_new(size_t most);

/* Sets the value of a key, as moat_map_put; where there are as many entries as there may be, the oldest goes. If it
 * fails for want of memory, this cache too has given up entries. Context: thread. */
int moat_cache_put(struct moat_cache *cache, uintptr_t key, void *value);
int moat_text_cache_put(struct moat_text_cache *cache, const char *key, void *value);

/* The value of a key, whose entry is now the youngest; NULL if it has none. Context: thread. */
void *moat_cache_get(struct moat_cache *cache, uintptr_t key);
void *moat_text_cache_get(struct moat_text_cache *cache, const char *key);

/* Has all caches give up entries as if an allocation of `bytes` had failed. Returns whether there was one. Context:
 * thread. */
bool moat_caches_give_up(size_t bytes);

/* For lib/. */
int moat_cache_put_(struct moat_cache *cache, uintptr_t key, const char *text, void *value,
                    struct moat_map_entry *(*make)(const char *text));
void *moat_cache_get_(struct moat_cache *cache, uintptr_t key, const char *text);

MOAT_C_END_

#endif
