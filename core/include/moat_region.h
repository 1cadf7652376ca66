/* moat: regions, the named address ranges that the guard knows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_REGION_H
#define MOAT_REGION_H

#include "moat_compiler.h"

#include <stddef.h>
#include <stdint.h>

MOAT_C_BEGIN_

enum moat_region_kind {
    MOAT_REGION_UNKNOWN = 0,    /* declared by nobody */
    MOAT_REGION_C_OWNED = 1,    /* SRAM that C owns: a library's data, malloc's heap, a DMA ring */
    MOAT_REGION_PERIPHERAL = 2, /* registers */
    MOAT_REGION_FLASH = 3,      /* code and constants */
    MOAT_REGION_STATIC = 4,     /* ordinary .data and .bss: not scanned */
};

struct moat_region {
    const char *name;
    enum moat_region_kind kind;
    const void *start; /* first byte */
    const void *end;   /* one past the last */
};

/* A region that is added at run time with moat_region_add. It is the caller's, in static memory while it is registered.
 */
struct moat_region_entry {
    struct moat_region region;
    struct moat_region_entry *next; /* core's */
};

/* MOAT_REGION(id, name, kind, start, end): declares a region: one of a board's list, one between symbols of a linker
 * script, or a variable. `id` is an identifier that no other region has. Where regions nest, the smallest counts. Cost:
 * four words of flash. */
#define MOAT_REGION(id, name, kind, start, end)                                                                        \
    __attribute__((MOAT_SECTION_(".rodata.moat_regions", "moat_regions"), aligned(sizeof(void *)),                     \
                   used)) static const struct moat_region moat_region_##id = {(name), (kind), (const void *)(start),   \
                                                                              (const void *)(end)}

/* MOAT_C_OWNED: puts the variable behind it into SRAM that C owns, which is cleared at start: `static MOAT_C_OWNED
 * uint8_t rx_buffer[64];`. Such memory is not scanned, and the guard traps a heap pointer that is stored there. */
#define MOAT_C_OWNED __attribute__((MOAT_SECTION_(".bss.moat_c_owned", "moat_c_owned")))

/* MOAT_C_OWNED_NAME(variable): gives a variable that C owns a region of its own, with the variable's name. */
#define MOAT_C_OWNED_NAME(variable)                                                                                    \
    MOAT_REGION(variable, #variable, MOAT_REGION_C_OWNED, &(variable), (const char *)&(variable) + sizeof(variable))

MOAT_C_END_

#endif
