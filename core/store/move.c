/* moat: typed copies and clears. See moat_barrier.h.
 *
 * The slots' values are shaded first, then the words are copied, each whole, so that a handler sees old or new pointers
 * and never half of one. Nothing here is a safe point: marking can't end between the two. Where tasks are preempted it
 * can, and move_slots.c copies.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "space/granule.h"
#include "guard/guard.h"
#include "mark/mark.h"
#include "moat.h"
#include "base/port.h"
#include "base/result.h"
#include "store/move_slots.h"

MOAT_USES_(move, elements, 1);

/* The part that a copy covers: bytes [offset, offset + bytes) of elements of `type`, or of one flexible object. */
struct range {
    const struct moat_type *type;
    uintptr_t offset;
    uintptr_t bytes;
};

/* Shades the values of the slots of the elements at `base` that lie in the range; or that are cut by it as well, where
 * it is written: they lose their pointers too. */
static void shade_slots(const struct range *range, uintptr_t base, bool written) {
    uintptr_t first = base + range->offset, last = first + range->bytes;
    struct moat_scan scan;
    moat_scan_begin(&scan, range->type, base, moat_scan_whole(range->type, base, last), range->type->flexible == 0);
    uint32_t units = UINT32_MAX;
    for (moat_slot *slot = moat_scan_next(&scan, &units); slot != NULL; slot = moat_scan_next(&scan, &units)) {
        uintptr_t at = (uintptr_t)slot, cut = written ? MOAT_WORD_BYTES - 1 : 0;
        if (at + cut >= first && at + MOAT_WORD_BYTES - cut <= last) {
            moat_barrier_at_(slot, NULL);
        }
    }
}

/* While a stack is grey, what the copy brings is shaded too. */
static void shade_copy(const struct range *range, void *to, const void *from) {
    if (moat_heap.marking == 0 || !moat_type_has_slots(range->type)) {
        return;
    }
    shade_slots(range, (uintptr_t)to, true);
    if (from != NULL && moat_heap.mark.stacks_grey) {
        shade_slots(range, (uintptr_t)from, false);
    }
}

static void copy_upwards(unsigned char *to, const unsigned char *from, uintptr_t bytes) {
    bool aligned = (((uintptr_t)to | (uintptr_t)from) & (MOAT_WORD_BYTES - 1)) == 0;
    uintptr_t done = 0;
    for (; aligned && bytes - done >= MOAT_WORD_BYTES; done += MOAT_WORD_BYTES) {
        *(volatile moat_raw *)(void *)(to + done) = *(const moat_raw *)(const void *)(from + done);
    }
    for (; done < bytes; done++) {
        *(volatile unsigned char *)(to + done) = from[done];
    }
}

static void copy_downwards(unsigned char *to, const unsigned char *from, uintptr_t bytes) {
    bool aligned = (((uintptr_t)to | (uintptr_t)from) & (MOAT_WORD_BYTES - 1)) == 0;
    uintptr_t left = bytes;
    for (; left != 0 && (!aligned || left % MOAT_WORD_BYTES != 0); left--) {
        *(volatile unsigned char *)(to + left - 1) = from[left - 1];
    }
    for (; left != 0; left -= MOAT_WORD_BYTES) {
        *(volatile moat_raw *)(void *)(to + left - MOAT_WORD_BYTES) =
            *(const moat_raw *)(const void *)(from + left - MOAT_WORD_BYTES);
    }
}

/* The part of a range that lies before its first whole word is copied by bytes, so that slots are not. */
static void copy(unsigned char *to, const unsigned char *from, uintptr_t bytes) {
    uintptr_t lead = (0 - (uintptr_t)to) & (MOAT_WORD_BYTES - 1);
    lead = lead < bytes ? lead : bytes;
    if (to == from || bytes == 0) {
        return;
    }
    if ((uintptr_t)to - (uintptr_t)from >= bytes) {
        copy_upwards(to, from, lead);
        copy_upwards(to + lead, from + lead, bytes - lead);
    } else {
        copy_downwards(to + lead, from + lead, bytes - lead);
        copy_downwards(to, from, lead);
    }
}

/* A copy that has been checked. */
static void transfer(const struct range *range, void *to, const void *from) {
    if (MOAT_CONFIG_TASKS && moat_type_has_slots(range->type)) {
        moat_move_slots(range->type, (uintptr_t)to, range->offset, (uintptr_t)from + range->offset, range->bytes);
        return;
    }
    shade_copy(range, to, from);
    copy((unsigned char *)to + range->offset, (const unsigned char *)from + range->offset, range->bytes);
}

static int check_copy(enum moat_refused call, const struct moat_type *type, const void *to, const void *from) {
    if (type == NULL || to == NULL || from == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_COPY, 0);
    }
    return MOAT_OK;
}

MOAT_ENTRY int moat_move_part(const struct moat_type *type, void *to, const void *from, size_t offset, size_t bytes) {
    const enum moat_refused call = MOAT_IN_MOVE_PART;
    int result = check_copy(call, type, to, from);
    if (result != MOAT_OK) {
        return result;
    }
    if (offset > type->size || bytes > type->size - offset) {
        return moat_refuse(call, MOAT_REASON_PART_SIZE, offset);
    }
    const struct range range = {type, offset, bytes};
    if (moat_type_has_slots(type)) {
        MOAT_GUARD_COPY(type, to, from, offset, bytes);
    }
    transfer(&range, to, from);
    return MOAT_OK;
}

MOAT_ENTRY int moat_move_array(const struct moat_type *type, void *to, const void *from, size_t count) {
    const enum moat_refused call = MOAT_IN_MOVE_ARRAY;
    int result = count == 0 ? MOAT_OK : check_copy(call, type, to, from);
    if (result != MOAT_OK || count == 0) {
        return result;
    }
    if (type->size == 0 || count > UINTPTR_MAX / 2 / type->size) {
        return moat_refuse(call, MOAT_REASON_MOVE_COUNT, count);
    }
    const struct range range = {type, 0, count * type->size};
    if (moat_type_has_slots(type)) {
        MOAT_GUARD_COPY(type, to, from, 0, range.bytes);
    }
    transfer(&range, to, from);
    return MOAT_OK;
}

MOAT_ENTRY void moat_move_bytes_(const struct moat_type *type, void *to, const void *from, size_t bytes) {
    const struct range range = {type, 0, bytes};
    MOAT_GUARD_COPY(type, to, from, 0, bytes);
    transfer(&range, to, from);
}

void moat_zero_bytes_(const struct moat_type *type, void *at, size_t bytes) {
    const struct range range = {type, 0, bytes};
    if (MOAT_CONFIG_TASKS && moat_type_has_slots(type)) {
        moat_move_slots(type, (uintptr_t)at, 0, 0, bytes);
        return;
    }
    shade_copy(&range, at, NULL);
    bool aligned = (uintptr_t)at % MOAT_WORD_BYTES == 0;
    uintptr_t words = aligned ? bytes & ~(uintptr_t)(MOAT_WORD_BYTES - 1) : 0;
    moat_clear_words((uintptr_t)at, (uintptr_t)at + words);
    for (uintptr_t i = words; i < bytes; i++) {
        ((volatile unsigned char *)at)[i] = 0;
    }
}

int moat_zero(const struct moat_type *type, void *at) {
    int result = check_copy(MOAT_IN_ZERO, type, at, at);
    if (result != MOAT_OK) {
        return result;
    }
    moat_zero_bytes_(type, at, type->size);
    return MOAT_OK;
}
