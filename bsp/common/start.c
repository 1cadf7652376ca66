/* moat: start-up of a bare-metal board, from the first C code to main.
 *
 * SPDX-License-Identifier: MIT */
#include "start.h"

#include "../bsp.h"
#include "boot.h"

extern uint32_t moat_data_start[], moat_data_end[], moat_bss_start[], moat_bss_end[];
extern const uint32_t moat_data_load[];
extern void (*const moat_init_array_start[])(void);
extern void (*const moat_init_array_end[])(void);

int main(void);

/* In loops of words with a barrier: compilers must not make calls of memcpy and memset here, which a firmware may
 * have wrapped with checks that need the data being copied. */
#define KEEP_LOOP() __asm__ volatile("" : : : "memory")

static void ram_fill(void) {
    const uint32_t *from = moat_data_load;
    for (uint32_t *to = moat_data_start; to != moat_data_end; to++) {
        *to = *from++;
        KEEP_LOOP();
    }
    for (uint32_t *to = moat_bss_start; to != moat_bss_end; to++) {
        *to = 0;
        KEEP_LOOP();
    }
}

_Noreturn void bsp_start(void) {
    ram_fill();
    bsp_board_init();
    bsp_boot_counted();
    for (void (*const *init)(void) = moat_init_array_start; init != moat_init_array_end; init++) {
        (*init)();
    }
    bsp_exit(main());
}
