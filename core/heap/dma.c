/* moat: objects that a DMA engine reads or writes. See moat_dma.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/assert.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"
#include "base/result.h"

/* Memory is handed over in these. Objects begin at granules. */
#define LINE ((uintptr_t)(MOAT_CONFIG_DMA_LINE > MOAT_GRANULE ? MOAT_CONFIG_DMA_LINE : MOAT_GRANULE))

static uintptr_t line_down(uintptr_t p) {
    return p & ~(LINE - 1);
}

static uintptr_t line_up(uintptr_t p) {
    return line_down(p + LINE - 1);
}

/* The bytes of an object that has room for them from a line on. 0 stays 0, and what is near the end of the address
 * space stays too large: both are refused. */
static size_t with_lines(size_t bytes) {
    return MOAT_CONFIG_DMA_LINE != 0 && bytes - 1 < UINTPTR_MAX / 2 ? line_up(bytes) + LINE - MOAT_GRANULE : bytes;
}

static void *first_line(void *object) {
    return MOAT_CONFIG_DMA_LINE != 0 ? (void *)line_up((uintptr_t)object) : object;
}

void *moat_new_dma(size_t bytes) {
    return first_line(moat_new_bytes(with_lines(bytes)));
}

void *moat_new_dma_in(uint32_t memory, size_t bytes) {
    return first_line(moat_new_bytes_in(memory, with_lines(bytes)));
}

/* MOAT_OK, or why the engine may not have these bytes of an object. */
static int check_object(const struct moat_object *object, uintptr_t p, size_t bytes,
                        enum moat_dma_direction direction) {
    const enum moat_refused call = MOAT_IN_DMA_BEGIN;
    uintptr_t start = (uintptr_t)object->start;
    if (bytes > object->bytes - (p - start)) {
        return moat_refuse(call, MOAT_REASON_DMA_BEYOND, p);
    }
    if (direction == MOAT_DMA_TO_DEVICE) {
        return MOAT_OK;
    }
    if (object->type != &moat_type_bytes) {
        return moat_refuse(call, MOAT_REASON_DMA_TYPE, p);
    }
    if (MOAT_CONFIG_DMA_LINE != 0 && (line_down(p) < start || line_up(p + bytes) > start + object->bytes)) {
        return moat_refuse(call, MOAT_REASON_DMA_SHARED, p);
    }
    return MOAT_OK;
}

/* Checks the memory, and pins it if it is an object's. */
static int take(void *p, size_t bytes, enum moat_dma_direction direction) {
    const enum moat_refused call = MOAT_IN_DMA_BEGIN;
    if (moat_arena_of((uintptr_t)p) == NULL) {
        return MOAT_OK;
    }
    struct moat_object object;
    if (!moat_object_find(p, &object)) {
        return moat_refuse(call, MOAT_REASON_NOT_MANAGED, (uintptr_t)p);
    }
    int result = check_object(&object, (uintptr_t)p, bytes, direction);
    return result == MOAT_OK ? moat_pin(p) : result;
}

static void give_back(void *p) {
    if (moat_arena_of((uintptr_t)p) != NULL) {
        int result = moat_unpin(p);
        MOAT_ASSERT(result == MOAT_OK);
        (void)result;
    }
}

/* Enters what the engine is given. False: the transfer is under way. */
static bool enter(struct moat_dma *transfer, void *p, size_t bytes, enum moat_dma_direction direction) {
    moat_port_mask_t masked = moat_port_mask();
    bool idle = transfer->start == NULL;
    if (idle) {
        transfer->bytes = bytes;
        transfer->direction = direction;
        transfer->start = p;
    }
    moat_port_unmask(masked);
    return idle;
}

/* If two end a transfer, one gets what was entered, and the other NULL. */
static struct moat_dma leave(struct moat_dma *transfer) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_dma was = *transfer;
    transfer->start = NULL;
    moat_port_unmask(masked);
    return was;
}

static void maintain_cache(const struct moat_dma *transfer, void (*maintain)(void *start, size_t bytes)) {
    uintptr_t start = line_down((uintptr_t)transfer->start);
    maintain((void *)start, line_up((uintptr_t)transfer->start + transfer->bytes) - start);
}

int moat_dma_begin(struct moat_dma *transfer, void *p, size_t bytes, enum moat_dma_direction direction) {
    const enum moat_refused call = MOAT_IN_DMA_BEGIN;
    int result = moat_require_ready(call);
    if (result != MOAT_OK) {
        return result;
    }
    if (transfer == NULL || p == NULL) {
        return moat_refuse(call, MOAT_REASON_DMA_NULL, 0);
    }
    if (bytes == 0) {
        return moat_refuse(call, MOAT_REASON_NO_BYTES, 0);
    }
    result = take(p, bytes, direction);
    if (result != MOAT_OK) {
        return result;
    }
    if (!enter(transfer, p, bytes, direction)) {
        give_back(p);
        return moat_refuse(call, MOAT_REASON_DMA_TWICE, (uintptr_t)transfer);
    }
    if (MOAT_CONFIG_DMA_LINE != 0) {
        maintain_cache(transfer, direction == MOAT_DMA_TO_DEVICE ? moat_dma_cache_clean : moat_dma_cache_drop);
    }
    return MOAT_OK;
}

int moat_dma_end(struct moat_dma *transfer) {
    const enum moat_refused call = MOAT_IN_DMA_END;
    int result = moat_require_ready(call);
    if (result != MOAT_OK) {
        return result;
    }
    if (transfer == NULL) {
        return moat_refuse(call, MOAT_REASON_DMA_NULL, 0);
    }
    const struct moat_dma was = leave(transfer);
    if (was.start == NULL) {
        return moat_refuse(call, MOAT_REASON_DMA_ENDED, (uintptr_t)transfer);
    }
    if (MOAT_CONFIG_DMA_LINE != 0 && was.direction == MOAT_DMA_FROM_DEVICE) {
        maintain_cache(&was, moat_dma_cache_drop); /* lines that were read ahead meanwhile */
    }
    give_back(was.start);
    return MOAT_OK;
}
