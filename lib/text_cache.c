/* moat: caches whose keys are texts. See moat_cache.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_cache.h"

struct moat_text_cache *moat_text_cache_new(size_t most) {
    return (struct moat_text_cache *)moat_cache_new(most);
}

int moat_text_cache_put(struct moat_text_cache *cache, const char *key, void *value) {
    return key == NULL ? MOAT_ERR_NULL
                       : moat_cache_put_(&cache->cache, moat_text_hash_(key), key, value, moat_text_map_make_);
}

void *moat_text_cache_get(struct moat_text_cache *cache, const char *key) {
    return key == NULL ? NULL : moat_cache_get_(&cache->cache, moat_text_hash_(key), key);
}
