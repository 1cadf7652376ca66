/* EXPECT: MOAT_CALL takes up to twelve arguments
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void take(int first, ...);
void call(void);
void call(void) {
#if MISUSE
    MOAT_CALL(take, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
#else
    MOAT_CALL(take, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
#endif
}
