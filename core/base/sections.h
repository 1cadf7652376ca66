/* moat: the symbols that moat's linker fragments (linker/moat_*.ld) define.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SECTIONS_H
#define MOAT_SECTIONS_H

#include "moat_fault.h"
#include "moat_region.h"
#include "moat_type.h"

/* Each pair is [start, end). */
extern const char moat_types_start[], moat_types_end[]; /* MOAT_TYPE, in flash */
extern const char moat_leaf_types_start[];              /* in there: types without slots from here on */
extern const struct moat_region moat_regions_start[], moat_regions_end[];         /* MOAT_REGION, in flash */
extern const struct moat_root moat_root_records_start[], moat_root_records_end[]; /* MOAT_ROOT_OF, in flash */
extern char moat_roots_start[], moat_roots_end[];                                 /* MOAT_ROOT, in RAM */
extern char moat_typed_roots_start[], moat_typed_roots_end[];                     /* MOAT_ROOT_OF, in RAM */
extern const char moat_c_owned_start[], moat_c_owned_end[];                       /* MOAT_C_OWNED, in RAM */
extern char moat_arena_start[], moat_arena_end[];                                 /* the first arena; may be empty */
extern const char moat_build_id_start[], moat_build_id_end[]; /* the note that --build-id makes; may be empty */

#endif
