/* minimal.c's program with the counters.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static struct moat_stats stats;

void use_feature(void);

void use_feature(void) {
    (void)moat_stats_get(&stats);
}
