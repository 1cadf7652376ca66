/* moat: hash maps from numbers, or from texts, to references.
 *
 *   MOAT_MAP(by_id, struct vessel);                 // `union by_id`: from a number to a struct vessel *
 *   MOAT_TEXT_MAP(by_name, struct vessel);          // `union by_name`: from a text
 *   MOAT_STORE(ids, MOAT_MAP_NEW(union by_id));
 *   MOAT_MAP_PUT(ids, 211331640, vessel);           // MOAT_OK, or nothing has changed
 *   MOAT_TEXT_MAP_GET(names, "Anna")->speed         // a map copies its texts
 *   MOAT_MAP_EACH(ids, entry) {                     // in the order they were put; the body may remove this entry
 *       print(moat_map_key(entry), MOAT_MAP_VALUE(ids, entry));
 *   }
 *
 * Typed as moat_vector.h is: values are never NULL. An entry is an object of its own, of 24 bytes on 32-bit cores; by
 * text 32, and the text. For one context at a time: a handler shares no map with thread mode. Context: any otherwise.
 *
 * Cost of an operation: a search among the entries whose hash leads to the same place, one or two on average and all in
 * the worst case; where texts are the key, a pass over the text. A map grows by doubling its table of places: one
 * allocation, then each call that puts or removes moves two places of the old table, until it is empty. So no call is
 * in proportion to the entries, but for the clearing of the table, in the allocation. If there is no memory for it,
 * searches take longer, and nothing fails. A table does not shrink, unless the map is cleared.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MAP_H
#define MOAT_MAP_H

#include <moat.h>

#include "moat_list.h"

#include <stddef.h>
#include <stdint.h>

/* An entry begins as a link of the list of all; `link.value` is its value. */
struct moat_map_entry {
    struct moat_link link;
    MOAT_REF(struct moat_map_entry) chain; /* the next at its place */
    uintptr_t key;                         /* the number, or the text's hash */
};

struct moat_text_map_entry {
    struct moat_map_entry entry;
    MOAT_REF(char) text; /* the map's own copy */
};

struct moat_map_place {
    MOAT_REF(struct moat_map_entry) first;
};

/* A managed object, for the functions only. */
struct moat_map {
    struct moat_list order;                 /* all entries, oldest first */
    MOAT_REF(struct moat_map_place) places; /* 2^bits, or NULL */
    MOAT_REF(struct moat_map_place) old;    /* while it grows: half as many, the first `moved` empty; or NULL */
    uint32_t bits;
    uint32_t moved;
    size_t grows_at; /* so many entries */
};

/* A map from texts: not the same type, so that neither is taken for the other. */
struct moat_text_map {
    struct moat_map map;
};

/* Declares `union name`, a map from numbers to references to T. */
#define MOAT_MAP(name, T)                                                                                              \
    union name {                                                                                                       \
        struct moat_map map;                                                                                           \
        struct moat_map number;                                                                                        \
        T *typed_;                                                                                                     \
    }

/* The same from texts. */
#define MOAT_TEXT_MAP(name, T)                                                                                         \
    union name {                                                                                                       \
        struct moat_text_map text;                                                                                     \
        struct moat_map map;                                                                                           \
        T *typed_;                                                                                                     \
    }

/* The functions below, by the map's own type, e.g. `union by_id`. COUNT, CLEAR, EACH and VALUE are for both kinds. */
#define MOAT_MAP_NEW(type) ((type *)moat_map_new())
#define MOAT_MAP_PUT(of, key, value) moat_map_put(&(of)->number, (key), MOAT_VALUE_((of)->typed_, value))
#define MOAT_MAP_GET(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_map_get(&(of)->number, (key)))
#define MOAT_MAP_REMOVE(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_map_remove(&(of)->number, (key)))
#define MOAT_TEXT_MAP_NEW(type) ((type *)moat_text_map_new())
#define MOAT_TEXT_MAP_PUT(of, key, value) moat_text_map_put(&(of)->text, (key), MOAT_VALUE_((of)->typed_, value))
#define MOAT_TEXT_MAP_GET(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_text_map_get(&(of)->text, (key)))
#define MOAT_TEXT_MAP_REMOVE(of, key) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_text_map_remove(&(of)->text, (key)))
#define MOAT_MAP_COUNT(of) ((of)->map.order.count)
#define MOAT_MAP_CLEAR(of) moat_map_clear(&(of)->map)
#define MOAT_MAP_VALUE(of, entry) ((MOAT_TYPE_OF_VALUE_((of)->typed_))(entry)->link.value)

/* for each entry, in the order in which their keys were put first. The body may put, and may remove the entry that it
 * stands at, and no other. */
#define MOAT_MAP_EACH(of, entry)                                                                                       \
    for (struct moat_map_entry *entry = moat_map_first(&(of)->map), *entry##_after_ = moat_map_after(entry);           \
         entry != NULL; entry = entry##_after_, entry##_after_ = moat_map_after(entry))

MOAT_C_BEGIN_

/* An empty map, or NULL where moat_new returns NULL. Cost: as moat_new's. */
struct moat_map *moat_map_new(void);
struct moat_text_map *moat_text_map_new(void);

/* Sets the value of a key. Returns MOAT_OK, or, with nothing changed, MOAT_ERR_NULL (value, or text), _MEMORY. Cost:
 * above, and for a key that is new moat_new; by text moat_strdup, too. */
int moat_map_put(struct moat_map *map, uintptr_t key, void *value);
int moat_text_map_put(struct moat_text_map *map, const char *key, void *value);

/* The value of a key; NULL if it has none. */
void *moat_map_get(const struct moat_map *map, uintptr_t key);
void *moat_text_map_get(const struct moat_text_map *map, const char *key);

/* Removes a key, and returns the value that it had; NULL if it had none. */
void *moat_map_remove(struct moat_map *map, uintptr_t key);
void *moat_text_map_remove(struct moat_text_map *map, const char *key);

/* Removes all keys. Cost: constant. */
void moat_map_clear(struct moat_map *map);

/* An entry's key. */
static inline uintptr_t moat_map_key(const struct moat_map_entry *entry) {
    return entry->key;
}

/* The same of a map from texts: the map's own copy, which lives as long as somebody holds it. */
static inline const char *moat_text_map_key(const struct moat_map_entry *entry) {
    return ((const struct moat_text_map_entry *)(const void *)entry)->text;
}

/* The entry that was put first, or after another; NULL if there is none. Constant. */
static inline struct moat_map_entry *moat_map_first(const struct moat_map *map) {
    return (struct moat_map_entry *)(void *)map->order.first;
}
static inline struct moat_map_entry *moat_map_after(const struct moat_map_entry *entry) {
    return entry == NULL ? NULL : (struct moat_map_entry *)(void *)entry->link.after;
}

/* For lib/, by number and, unless it is NULL, by text, whose hash the number is then. PUT takes an entry that
 * `make` returns where the key is new. */
struct moat_map_entry *moat_map_find_(const struct moat_map *map, uintptr_t key, const char *text);
int moat_map_put_(struct moat_map *map, uintptr_t key, const char *text, void *value,
                  struct moat_map_entry *(*make)(const char *text));
void *moat_map_drop_(struct moat_map *map, struct moat_map_entry *entry);
uintptr_t moat_text_hash_(const char *text);
struct moat_map_entry *moat_map_make_(const char *text);
struct moat_map_entry *moat_text_map_make_(const char *text);

/* The type of maps. */
MOAT_TYPE_DECLARE(moat_map_type, struct moat_map);

MOAT_C_END_

#endif
