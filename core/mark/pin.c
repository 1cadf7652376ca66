/* moat: pins, for objects that C may hold. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/pin.h"

#include "base/clear.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/result.h"

MOAT_USES_(pin, more_roots, 1);

bool (*moat_pin_is_persistent)(const void *start);

static struct moat_pin table[MOAT_CONFIG_PINS_MAX];

/* Interrupts masked. The entry of an object's start (NULL: a free one), or NULL. */
static struct moat_pin *find(const void *start) {
    MOAT_ASSERT(moat_port_is_masked());
    for (uint32_t i = 0; moat_heap.tables.pins != NULL && i < MOAT_CONFIG_PINS_MAX; i++) {
        if (moat_heap.tables.pins[i].object == start) {
            return &moat_heap.tables.pins[i];
        }
    }
    return NULL;
}

static bool add_pin(void *start) {
    moat_port_mask_t masked = moat_port_mask();
    if (moat_heap.tables.pins == NULL) {
        moat_clear_words((uintptr_t)table, (uintptr_t)table + sizeof table);
        moat_heap.tables.pins = table;
    }
    struct moat_pin *pin = find(start);
    if (pin == NULL) {
        pin = find(NULL);
    }
    if (pin != NULL) {
        pin->object = start;
        pin->count++;
        moat_mark_root(start);
    }
    moat_port_unmask(masked);
    return pin != NULL;
}

static bool take_pin(const void *start) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_pin *pin = find(start);
    MOAT_ASSERT(pin == NULL || pin->count != 0);
    if (pin != NULL && --pin->count == 0) {
        moat_mark_root(pin->object);
        pin->object = NULL;
    }
    moat_port_unmask(masked);
    return pin != NULL;
}

static int require_pointer(enum moat_refused call, const void *p) {
    int result = moat_require_ready(call);
    if (result == MOAT_OK && p == NULL) {
        result = moat_refuse(call, MOAT_REASON_NO_OBJECT, 0);
    }
    return result;
}

int moat_pin(const void *p) {
    const enum moat_refused call = MOAT_IN_PIN;
    int result = require_pointer(call, p);
    struct moat_object object;
    if (result != MOAT_OK) {
        return result;
    }
    if (!moat_object_find(p, &object)) {
        return moat_refuse(call, MOAT_REASON_NOT_MANAGED, (uintptr_t)p);
    }
    if (!add_pin(object.start)) {
        result = moat_refuse(call, MOAT_REASON_PINS_FULL, MOAT_CONFIG_PINS_MAX);
    }
    return result;
}

int moat_unpin(const void *p) {
    const enum moat_refused call = MOAT_IN_UNPIN;
    int result = require_pointer(call, p);
    struct moat_object object;
    if (result == MOAT_OK && (!moat_object_find(p, &object) || !take_pin(object.start))) {
        result = moat_refuse(call, MOAT_REASON_NOT_PINNED, (uintptr_t)p);
    }
    return result;
}

bool moat_pin_holds(const void *start) {
    moat_port_mask_t masked = moat_port_mask();
    bool pinned = find(start) != NULL;
    moat_port_unmask(masked);
    return pinned || (moat_pin_is_persistent != NULL && moat_pin_is_persistent(start));
}

bool moat_is_pinned(const void *p) {
    struct moat_object object;
    return moat_object_find(p, &object) && moat_pin_holds(object.start);
}

uint32_t moat_pin_count(void) {
    uint32_t count = 0;
    moat_port_mask_t masked = moat_port_mask();
    for (uint32_t i = 0; moat_heap.tables.pins != NULL && i < MOAT_CONFIG_PINS_MAX; i++) {
        count += moat_heap.tables.pins[i].object == NULL ? 0 : moat_heap.tables.pins[i].count;
    }
    moat_port_unmask(masked);
    return count;
}
