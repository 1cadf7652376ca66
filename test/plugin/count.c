/* Counts a firmware's instructions up to its bsp_exit, before which it stands by the linker's --wrap.
 *
 * SPDX-License-Identifier: MIT */
#include <bsp.h>
#include <stdio.h>

_Noreturn void __real_bsp_exit(int status);
_Noreturn void __wrap_bsp_exit(int status);

_Noreturn void __wrap_bsp_exit(int status) {
    printf("instructions: %lu\n", (unsigned long)bsp_instructions());
    __real_bsp_exit(status);
}
