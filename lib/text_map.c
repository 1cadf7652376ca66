/* moat: hash maps whose keys are texts. See moat_map.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_map.h"
#include "moat_string.h"

MOAT_TYPE(moat_text_map_entry_type, struct moat_text_map_entry, entry.link.before, entry.link.after, entry.link.value,
          entry.chain, text);

struct moat_text_map *moat_text_map_new(void) {
    return (struct moat_text_map *)moat_map_new();
}

/* FNV-1a. */
uintptr_t moat_text_hash_(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    }
    return hash;
}

struct moat_map_entry *moat_text_map_make_(const char *text) {
    char *copy = moat_strdup(text);
    struct moat_text_map_entry *entry = copy == NULL ? NULL : MOAT_NEW(moat_text_map_entry_type);
    if (entry == NULL) {
        return NULL;
    }
    MOAT_INIT(entry->text, copy);
    return &entry->entry;
}

static struct moat_map_entry *find(const struct moat_text_map *map, const char *key) {
    return key == NULL ? NULL : moat_map_find_(&map->map, moat_text_hash_(key), key);
}

int moat_text_map_put(struct moat_text_map *map, const char *key, void *value) {
    return key == NULL ? MOAT_ERR_NULL
                       : moat_map_put_(&map->map, moat_text_hash_(key), key, value, moat_text_map_make_);
}

void *moat_text_map_get(const struct moat_text_map *map, const char *key) {
    const struct moat_map_entry *entry = find(map, key);
    return entry == NULL ? NULL : entry->link.value;
}

void *moat_text_map_remove(struct moat_text_map *map, const char *key) {
    struct moat_map_entry *entry = find(map, key);
    return entry == NULL ? NULL : moat_map_drop_(&map->map, entry);
}
