/* A C library whose data the linker script gives to C, as docs/guard.md says, in a program with initialised data.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "guard/region.h"
#include "support/c_library/owned.h"

#include <moat.h>

#include <string.h>

#define INITIAL 0x51e7

extern const char owned_start[], owned_end[], owned_bss_start[], owned_bss_end[];
MOAT_REGION(owned, "owned", MOAT_REGION_C_OWNED, owned_start, owned_end);
MOAT_REGION(owned_bss, "owned .bss", MOAT_REGION_C_OWNED, owned_bss_start, owned_bss_end);

static volatile int initialised = INITIAL;

static void the_librarys_data_is_the_regions(void) {
    const struct moat_region *region = moat_region_of((uintptr_t)owned_words());
    CHECK(region != NULL && strcmp(region->name, "owned") == 0);
    region = moat_region_of((uintptr_t)owned_cleared());
    CHECK(region != NULL && strcmp(region->name, "owned .bss") == 0);
}

static void start_up_fills_data(void) {
    CHECK_EQUAL(initialised, INITIAL);
    for (int i = 0; i < 16; i++) {
        CHECK_EQUAL(owned_words()[i], 0);
        CHECK_EQUAL(owned_cleared()[i], 0);
    }
}

static const struct test_case cases[] = {
    TEST_CASE(the_librarys_data_is_the_regions),
    TEST_CASE(start_up_fills_data),
};

int main(void) {
    return TEST_MAIN(cases);
}
