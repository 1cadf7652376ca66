/* moat: hash maps, and those whose keys are numbers. See moat_map.h.
 *
 * All entries are in one list, in the order in which they came; from a place of the table those go on whose hash leads
 * there. An entry is moved to a larger table by its chain only, so the list always holds all.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_map.h"

#define BITS_LEAST 3u
#define BITS_MOST 28u
#define MOVES 2u /* places, at each change while a map grows: it is done before it grows again */

MOAT_TYPE(moat_map_entry_type, struct moat_map_entry, link.before, link.after, link.value, chain);
MOAT_TYPE(moat_map_place_type, struct moat_map_place, first);
MOAT_TYPE(moat_map_type, struct moat_map, order.first, order.last, places, old);

struct moat_map *moat_map_new(void) {
    return MOAT_NEW(moat_map_type);
}

/* Multiplied by 2^32 over the golden ratio, keys that differ little differ in the high bits. */
static uint32_t place_of(uintptr_t key, uint32_t bits) {
    uint64_t wide = key;
    return (uint32_t)(wide ^ (wide >> 32)) * 2654435769u >> (32 - bits);
}

/* The place where a key's entries are: in the old table, as long as it has not been moved. */
static struct moat_map_place *place(const struct moat_map *map, uintptr_t key) {
    if (map->old != NULL) {
        uint32_t at = place_of(key, map->bits - 1);
        if (at >= map->moved) {
            return &map->old[at];
        }
    }
    return &map->places[place_of(key, map->bits)];
}

static bool same_text(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

struct moat_map_entry *moat_map_find_(const struct moat_map *map, uintptr_t key, const char *text) {
    struct moat_map_entry *entry = map->places == NULL ? NULL : place(map, key)->first;
    while (entry != NULL && (entry->key != key || (text != NULL && !same_text(text, moat_text_map_key(entry))))) {
        entry = entry->chain;
    }
    return entry;
}

static void chain_in(struct moat_map_place *at, struct moat_map_entry *entry) {
    MOAT_STORE(entry->chain, at->first);
    MOAT_STORE(at->first, entry);
}

/* Moves an old place's entries, each to one of two. */
static void move_place(struct moat_map *map) {
    struct moat_map_place *from = &map->old[map->moved];
    while (from->first != NULL) {
        struct moat_map_entry *entry = from->first;
        MOAT_STORE(from->first, entry->chain);
        chain_in(&map->places[place_of(entry->key, map->bits)], entry);
    }
    map->moved++;
}

static void move_some(struct moat_map *map) {
    for (uint32_t i = 0; i < MOVES && map->old != NULL; i++) {
        move_place(map);
        if (map->moved == (uint32_t)1 << (map->bits - 1)) {
            MOAT_CLEAR(map->old);
        }
    }
}

/* Twice as many places, for as many entries again. A finalizer or the out-of-memory hook, which an allocation runs, may
 * have changed the map. Without memory for it another try comes when there are a quarter more. */
static void grow(struct moat_map *map) {
    uint32_t bits = map->places == NULL ? BITS_LEAST : map->bits + 1;
    struct moat_map_place *places = bits > BITS_MOST ? NULL : MOAT_NEW_ARRAY(moat_map_place_type, (size_t)1 << bits);
    if (places == NULL) {
        map->grows_at = map->order.count + map->order.count / 4 + 1;
    } else if (map->old == NULL && bits == (map->places == NULL ? BITS_LEAST : map->bits + 1)) {
        MOAT_STORE(map->old, map->places);
        MOAT_STORE(map->places, places);
        map->bits = bits;
        map->moved = 0;
        map->grows_at = (size_t)1 << bits;
    }
}

struct moat_map_entry *moat_map_make_(const char *text) {
    (void)text;
    return MOAT_NEW(moat_map_entry_type);
}

int moat_map_put_(struct moat_map *map, uintptr_t key, const char *text, void *value,
                  struct moat_map_entry *(*make)(const char *text)) {
    if (value == NULL) {
        return MOAT_ERR_NULL;
    }
    struct moat_map_entry *made = NULL, *entry = moat_map_find_(map, key, text);
    if (entry == NULL) {
        if (map->old == NULL && map->order.count >= map->grows_at) {
            grow(map);
        }
        made = make(text);
        entry = moat_map_find_(map, key, text); /* a finalizer may have put it meanwhile */
    }
    if (entry == NULL && (made == NULL || map->places == NULL)) {
        return MOAT_ERR_MEMORY;
    }
    if (entry == NULL) {
        made->key = key;
        chain_in(place(map, key), made);
        moat_list_put_(&map->order, NULL, &made->link);
        entry = made;
    }
    MOAT_STORE(entry->link.value, value);
    move_some(map);
    return MOAT_OK;
}

void *moat_map_drop_(struct moat_map *map, struct moat_map_entry *entry) {
    MOAT_REF(struct moat_map_entry) *at = &place(map, entry->key)->first;
    while (*at != entry) {
        at = &(*at)->chain;
    }
    void *value = entry->link.value;
    MOAT_STORE(*at, entry->chain);
    MOAT_CLEAR(entry->chain);
    moat_list_take_(&map->order, &entry->link);
    MOAT_CLEAR(entry->link.value);
    move_some(map);
    return value;
}

int moat_map_put(struct moat_map *map, uintptr_t key, void *value) {
    return moat_map_put_(map, key, NULL, value, moat_map_make_);
}

void *moat_map_get(const struct moat_map *map, uintptr_t key) {
    const struct moat_map_entry *entry = moat_map_find_(map, key, NULL);
    return entry == NULL ? NULL : entry->link.value;
}

void *moat_map_remove(struct moat_map *map, uintptr_t key) {
    struct moat_map_entry *entry = moat_map_find_(map, key, NULL);
    return entry == NULL ? NULL : moat_map_drop_(map, entry);
}

void moat_map_clear(struct moat_map *map) {
    MOAT_ZERO(moat_map_type, map);
}
