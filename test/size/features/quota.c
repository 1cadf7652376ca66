/* minimal.c's program with a quota.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_quota quota;
    (void)moat_quota_ask(&quota, 16);
    (void)moat_quota_step(&quota, 100);
}
