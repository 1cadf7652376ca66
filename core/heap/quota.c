/* moat: a budget of bytes for a module. See moat_quota.h; docs/design.md, "Quotas".
 *
 * SPDX-License-Identifier: MIT */
#include "moat_quota.h"

#include "base/result.h"
#include "base/text.h"
#include "heap/alloc.h"
#include "moat.h"
#include "space/granule.h"
#include "space/walk.h"

static bool is_own(const struct moat_quota *quota, const struct moat_type *type) {
    uint32_t i = 0;
    while (i < quota->type_count && quota->types[i] != type) {
        i++;
    }
    return i < quota->type_count;
}

/* A request that comes while it is counted may be in the count or not: it stays in `since`, so the sum is too large
 * rather than too small. */
static void end_count(struct moat_quota *quota) {
    quota->counted = quota->now;
    quota->since -= quota->before;
    quota->before = 0;
    quota->now = 0;
}

static void begin_count(struct moat_quota *quota) {
    quota->before = quota->since;
    quota->now = 0;
}

bool moat_quota_step(struct moat_quota *quota, uint32_t steps) {
    struct moat_piece piece;
    bool walked = quota->census.walks;
    if (!moat_census_walks(&quota->census)) {
        return false;
    }
    if (!walked) {
        begin_count(quota);
    }
    for (uint32_t done = 0; done < steps; done += moat_piece_steps(&piece)) {
        if (!moat_census_next(&quota->census, &piece)) {
            end_count(quota);
            return false;
        }
        if (piece.kind == MOAT_PIECE_OBJECT && is_own(quota, moat_header_type(piece.header))) {
            quota->now += moat_bytes(piece.granules);
        }
    }
    return true;
}

static bool has_room(const struct moat_quota *quota, uintptr_t bytes) {
    uintptr_t used = quota->counted + quota->since;
    return used <= quota->budget && bytes <= quota->budget - used;
}

/* A collection, and a count that begins behind it. */
static bool has_room_after_all(struct moat_quota *quota, uintptr_t bytes) {
    if (moat_gc_collect() != MOAT_OK) {
        return false;
    }
    moat_census_begin(&quota->census);
    begin_count(quota);
    (void)moat_quota_step(quota, UINT32_MAX);
    return has_room(quota, bytes);
}

bool moat_quota_ask(struct moat_quota *quota, size_t bytes) {
    uintptr_t extent = bytes <= UINTPTR_MAX / 2 ? MOAT_EXTENT_(bytes) : bytes;
    bool room = has_room(quota, extent) || has_room_after_all(quota, extent);
    if (!room && quota->hook != NULL && quota->hook(quota, bytes)) {
        room = has_room_after_all(quota, extent);
    }
    if (room) {
        quota->since += extent;
    } else {
        quota->refused++;
        moat_note_error(MOAT_ERR_MEMORY);
    }
    return room;
}

void *moat_quota_new(struct moat_quota *quota, const struct moat_type *type) {
    bool room = !moat_type_known(type) || moat_quota_ask(quota, moat_alloc_bytes_of(type));
    return room ? moat_new(type) : NULL;
}

void moat_quota_print(const struct moat_quota *quota) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "quota: ");
    moat_text_string(&text, quota->name);
    moat_text_string(&text, " has at most ");
    moat_text_decimal(&text, quota->counted + quota->since);
    moat_text_string(&text, " of ");
    moat_text_decimal(&text, quota->budget);
    moat_text_string(&text, " bytes, ");
    moat_text_decimal(&text, quota->refused);
    moat_text_string(&text, " refused");
    moat_text_end(&text);
}
