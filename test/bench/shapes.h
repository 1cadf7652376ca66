/* moat: shapes of live data for `slices`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_SHAPES_H
#define BENCH_SHAPES_H

#include <stddef.h>

struct bench_shape {
    const char *name;
    void (*build)(size_t bytes); /* makes about as many bytes of live objects */
    unsigned share;              /* of the arena's bytes, in percent */
};

/* Ends with a NULL name. */
extern const struct bench_shape bench_shapes[];

#endif
