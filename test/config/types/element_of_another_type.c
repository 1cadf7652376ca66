/* Containers take elements of their own type, and give them; a map's keys are of its kind.
 *
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: incompatible.pointer.type
 * EXPECT: (has no member named|no member named) .text
 * EXPECT: incompatible.pointer.type
 * EXPECT: pointer type mismatch
 * EXPECT: pointer type mismatch
 * EXPECT: (has no member named|no member named) .number
 * EXPECT: (has no member named|no member named) .number
 *
 * SPDX-License-Identifier: MIT */
#include <moat_cache.h>
#include <moat_length.h>
#include <moat_list.h>
#include <moat_map.h>
#include <moat_ring.h>
#include <moat_vector.h>

struct right {
    MOAT_REF(struct right) next;
};
MOAT_TYPE(right_type, struct right, next);
struct wrong {
    int number;
};
MOAT_VECTOR(rights, struct right);
MOAT_LIST(list_of_rights, struct right);
MOAT_MAP(map_of_rights, struct right);
MOAT_TEXT_MAP(text_map_of_rights, struct right);
MOAT_RING(ring_of_rights, struct right);
MOAT_CACHE(cache_of_rights, struct right);
MOAT_TEXT_CACHE(text_cache_of_rights, struct right);

#if MISUSE == 0
#define VALUE right
#else
#define VALUE wrong
#endif
#define WRONG(n) (MISUSE == (n))

int use(union rights *vector, union list_of_rights *list, union map_of_rights *map, union text_map_of_rights *texts,
        union ring_of_rights *ring, union cache_of_rights *cache, struct right *right, struct VALUE *value);

int use(union rights *vector, union list_of_rights *list, union map_of_rights *map, union text_map_of_rights *texts,
        union ring_of_rights *ring, union cache_of_rights *cache, struct right *right, struct VALUE *value) {
    (void)right;
#if WRONG(0) || WRONG(1)
    (void)MOAT_VECTOR_PUSH(vector, value);
#endif
#if WRONG(0) || WRONG(2)
    value = MOAT_VECTOR_POP(vector);
#endif
#if WRONG(0) || WRONG(3)
    (void)MOAT_LIST_PUSH(list, value);
#endif
#if WRONG(0) || WRONG(4)
    (void)MOAT_MAP_PUT(map, 1, value);
#endif
#if WRONG(0) || WRONG(5)
    (void)MOAT_TEXT_MAP_PUT(texts, "one", value);
#endif
#if WRONG(0) || WRONG(6)
    (void)MOAT_RING_PUSH(ring, value);
#endif
#if WRONG(0) || WRONG(7)
    value = MOAT_CACHE_GET(cache, 1);
#endif
#if WRONG(8)
    right = MOAT_TEXT_MAP_GET(map, "one");
#endif
#if WRONG(9)
    vector = MOAT_VECTOR_NEW(union list_of_rights);
#endif
#if WRONG(0) || WRONG(10)
    (void)MOAT_WEAK_NEW(right_type, value);
#endif
#if WRONG(0) || WRONG(11)
    (void)MOAT_LENGTH(right_type, value);
#endif
#if WRONG(12)
    right = MOAT_MAP_GET(texts, 1);
#endif
#if WRONG(13)
    union text_cache_of_rights *by_text = NULL;
    right = MOAT_CACHE_GET(by_text, 1);
#endif
    return vector != NULL && list != NULL && map != NULL && texts != NULL && ring != NULL && cache != NULL &&
           value != NULL;
}
