/* moat: handles, integers that C may keep in place of pointers. See moat.h.
 *
 * A handle is an entry's index plus one in the low bits, and the entry's generation above them.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/result.h"

MOAT_USES_(handle, more_roots, 1);

/* Not macros: tools read them in the debug information. */
enum moat_handle_layout {
    MOAT_HANDLE_INDEX_BITS = 9, /* for 256 entries, and 0 that is none */
};
#define INDEX_MASK (((uint32_t)1 << MOAT_HANDLE_INDEX_BITS) - 1)

static struct moat_handle_entry table[MOAT_CONFIG_HANDLES_MAX];

/* Where the search for a free entry begins: entries are taken in turn, so that a stale handle stays stale for longer.
 */
static uint32_t turn;

/* Interrupts masked. Enters the object; 0: no entry is free. */
static uint32_t enter(void *object) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(object != NULL);
    if (moat_heap.tables.handles == NULL) {
        moat_clear_words((uintptr_t)table, (uintptr_t)table + sizeof table);
        moat_heap.tables.handles = table;
    }
    for (uint32_t tries = 0; tries < MOAT_CONFIG_HANDLES_MAX; tries++) {
        uint32_t i = turn;
        struct moat_handle_entry *entry = &moat_heap.tables.handles[i];
        turn = i + 1 < MOAT_CONFIG_HANDLES_MAX ? i + 1 : 0;
        if (entry->object == NULL) {
            entry->object = object;
            moat_mark_root(object);
            return (entry->generation << MOAT_HANDLE_INDEX_BITS) | (i + 1);
        }
    }
    return 0;
}

uint32_t moat_handle_new(void *object) {
    const enum moat_refused call = MOAT_IN_HANDLE_NEW;
    if (moat_require_ready(call) != MOAT_OK) {
        return 0;
    }
    if (object == NULL) {
        (void)moat_refuse(call, MOAT_REASON_NO_OBJECT, 0);
        return 0;
    }
    if (!moat_object_find(object, NULL)) {
        (void)moat_refuse(call, MOAT_REASON_NOT_MANAGED, (uintptr_t)object);
        return 0;
    }
    moat_port_mask_t masked = moat_port_mask();
    uint32_t handle = enter(object);
    moat_port_unmask(masked);
    if (handle == 0) {
        (void)moat_refuse(call, MOAT_REASON_HANDLES_FULL, MOAT_CONFIG_HANDLES_MAX);
    }
    return handle;
}

/* Interrupts masked. The live entry of a handle, or NULL if it is stale or was never made. */
static struct moat_handle_entry *find(uint32_t handle) {
    MOAT_ASSERT(moat_port_is_masked());
    uint32_t index = (handle & INDEX_MASK) - 1;
    if (index >= MOAT_CONFIG_HANDLES_MAX || moat_heap.tables.handles == NULL) {
        return NULL;
    }
    struct moat_handle_entry *entry = &moat_heap.tables.handles[index];
    bool live = entry->object != NULL && (entry->generation << MOAT_HANDLE_INDEX_BITS) == (handle & ~INDEX_MASK);
    return live ? entry : NULL;
}

void *moat_handle_get(uint32_t handle) {
    const enum moat_refused call = MOAT_IN_HANDLE_GET;
    if (moat_require_ready(call) != MOAT_OK) {
        return NULL;
    }
    moat_port_mask_t masked = moat_port_mask();
    struct moat_handle_entry *entry = find(handle);
    void *object = entry == NULL ? NULL : entry->object;
    moat_port_unmask(masked);
    if (object == NULL) {
        (void)moat_refuse(call, MOAT_REASON_HANDLE_ABSENT, handle);
    }
    return object;
}

int moat_handle_delete(uint32_t handle) {
    const enum moat_refused call = MOAT_IN_HANDLE_DELETE;
    int result = moat_require_ready(call);
    if (result != MOAT_OK) {
        return result;
    }
    moat_port_mask_t masked = moat_port_mask();
    struct moat_handle_entry *entry = find(handle);
    if (entry != NULL) {
        moat_mark_root(entry->object);
        entry->object = NULL;
        entry->generation++;
    }
    moat_port_unmask(masked);
    if (entry == NULL) {
        return moat_refuse(call, MOAT_REASON_HANDLE_ABSENT, handle);
    }
    return MOAT_OK;
}
