/* minimal.c's program with a type that is too large for the fast path.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct page {
    int numbers[256];
};
MOAT_TYPE(page_type, struct page);

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW(page_type);
}
