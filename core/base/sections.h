/* moat: the symbols that moat's linker fragments (linker/moat_*.ld) define; or, where the linker script knows nothing
 * of moat, those that ld does (moat_compiler.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SECTIONS_H
#define MOAT_SECTIONS_H

#include "moat_barrier.h"
#include "moat_fault.h"
#include "moat_region.h"
#include "moat_type.h"

#define moat_types_start MOAT_START_(moat_types)
#define moat_types_end MOAT_END_(moat_types)
#define moat_regions_start MOAT_START_(moat_regions)
#define moat_regions_end MOAT_END_(moat_regions)
#define moat_root_records_start MOAT_START_(moat_root_records)
#define moat_root_records_end MOAT_END_(moat_root_records)
#define moat_typed_roots_start MOAT_START_(moat_typed_roots)
#define moat_c_owned_start MOAT_START_(moat_c_owned)
#define moat_c_owned_end MOAT_END_(moat_c_owned)

/* Each pair is [start, end). Those of moat_roots and the end of moat_typed_roots are in moat_barrier.h. */
extern const char moat_types_start[], moat_types_end[];                                /* MOAT_TYPE, in flash */
MOAT_BOUND_ const struct moat_region moat_regions_start[], moat_regions_end[];         /* MOAT_REGION, in flash */
MOAT_BOUND_ const struct moat_root moat_root_records_start[], moat_root_records_end[]; /* MOAT_ROOT_OF, in flash */
MOAT_BOUND_ char moat_roots_start[], moat_roots_end[];                                 /* MOAT_ROOT, in RAM */
MOAT_BOUND_ char moat_typed_roots_start[], moat_typed_roots_end[];                     /* MOAT_ROOT_OF, in RAM */
MOAT_BOUND_ const char moat_c_owned_start[], moat_c_owned_end[];                       /* MOAT_C_OWNED, in RAM */

/* A script's alone. */
extern const char moat_leaf_types_start[];                    /* among the types: without slots from here on */
extern char moat_arena_start[], moat_arena_end[];             /* the first arena; may be empty */
extern const char moat_build_id_start[], moat_build_id_end[]; /* the note that --build-id makes; may be empty */

/* Headers count types from here. Without a script all types stand before it, as those with slots do, since their order
 * is not known. */
#define MOAT_LEAF_TYPES_                                                                                               \
    ((uintptr_t)(MOAT_CONFIG_LINKER_SCRIPT ? moat_leaf_types_start : moat_types_start + 32768 - 2 * MOAT_TYPE_ALIGN))

#endif
