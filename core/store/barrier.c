/* moat: the write barrier, out of line. See moat_barrier.h; why it is sound: docs/design.md, "Barrier and phases".
 *
 * Hybrid of deletion and insertion barrier, as in Go 1.8 (A. Clements, R. Hudson, "Eliminating STW stack re-scanning",
 * 2016): shade what a store takes away and, while a stack is grey, what it brings.
 *
 * SPDX-License-Identifier: MIT */
#include "base/context.h"
#include "fault/assert.h"
#include "guard/guard.h"
#include "mark/mark.h"
#include "moat.h"
#include "base/port.h"

/* Interrupts masked. A store that comes after marking has ended shades nothing. */
static void shade(void *old, void *value) {
    MOAT_ASSERT(moat_port_is_masked());
    if (moat_heap.marking == 0) {
        return;
    }
    moat_mark_value(old);
    if (moat_heap.mark.stacks_grey) {
        moat_mark_value(value);
    }
}

void moat_barrier_(void *old, void *value) {
    MOAT_REQUIRE_CONTEXT();
    moat_port_mask_t masked = moat_port_mask();
    shade(old, value);
    moat_port_unmask(masked);
}

void moat_barrier_at_(void *slot, const void *value) {
    MOAT_REQUIRE_CONTEXT();
    moat_port_mask_t masked = moat_port_mask();
    if (moat_heap.marking != 0) {
        moat_mark_doubtful(*(moat_slot *)slot);
        if (moat_heap.mark.stacks_grey) {
            moat_mark_doubtful(value);
        }
    }
    moat_port_unmask(masked);
}

MOAT_ENTRY bool moat_cas_(moat_slot *slot, void *expected, void *desired) {
    MOAT_REQUIRE_CONTEXT();
    MOAT_GUARD_STORE(slot, desired);
    moat_port_mask_t masked = moat_port_mask();
    bool same = *slot == expected;
    if (same) {
        shade(expected, desired);
        *slot = desired;
    }
    moat_port_unmask(masked);
    return same;
}

MOAT_ENTRY void *moat_exchange_(moat_slot *slot, void *value) {
    MOAT_REQUIRE_CONTEXT();
    MOAT_GUARD_STORE(slot, value);
    moat_port_mask_t masked = moat_port_mask();
    void *old = *slot;
    shade(old, value);
    *slot = value;
    moat_port_unmask(masked);
    return old;
}

/* Both old values are shaded, and they are the new ones too. Where another task may have stored to a slot and a cycle
 * have begun since, they are looked at again: what is shaded must be what is taken away. */
MOAT_ENTRY void moat_swap_(moat_slot *a, moat_slot *b) {
    MOAT_REQUIRE_CONTEXT();
    void *was_a, *was_b;
    moat_port_mask_t masked;
    for (;;) {
        was_b = *b;
        was_a = *a;
        MOAT_GUARD_STORE(a, was_b);
        MOAT_GUARD_STORE(b, was_a);
        masked = moat_port_mask();
        if (!MOAT_CONFIG_TASKS || (*a == was_a && *b == was_b)) {
            break;
        }
        moat_port_unmask(masked);
    }
    shade(was_a, NULL);
    shade(was_b, NULL);
    *a = was_b;
    *b = was_a;
    moat_port_unmask(masked);
}
