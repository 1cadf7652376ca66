/* Runs planted.c's stores with an object, one in each boot, since each traps; and all of them with something else.
 *
 * SPDX-License-Identifier: MIT */
#include "plugin/planted.h"

#include <bsp.h>
#include <moat.h>
#include <stdio.h>

/* As planted.c has it, for its own sake. */
struct item {
    MOAT_REF(struct item) next;
    void *data;
    char *text;
    uintptr_t word;
    int length;
};
MOAT_TYPE(item_type, struct item, next);

static MOAT_ROOT(struct item) object;
static struct item other = {&other, &other, NULL, 0, 5};
static __attribute__((section(".noinit.moat_planted"))) unsigned next;

void *planted_device(void) {
#ifdef __riscv
    return (void *)(uintptr_t)0x2004000;
#else
    return (void *)(uintptr_t)0x40001008;
#endif
}

int main(void) {
    bsp_init();
    next = bsp_boot_count() == 1 ? 0 : next;
    bsp_on_trap(BSP_TRAP_RESET);
    if (moat_init() != MOAT_OK) {
        return 1;
    }
    MOAT_STORE(object, MOAT_NEW(item_type));
    MOAT_STORE(object->next, object);
    object->length = 5;
    while (next < planted_count()) {
        unsigned now = next++;
        planted_run(now, &other, &other);
        planted_run(now, object, object);
        printf("passed: %u\n", now);
    }
    printf("all run\n");
    return 0;
}
