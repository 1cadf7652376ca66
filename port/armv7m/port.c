/* moat: Cortex-M, the out-of-line half of core/base/port.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "mark/grey.h"

#include "../ending.h"
#include "scb.h"

#include <stddef.h>

#define IPSR_NMI 2u
#define IPSR_HARD_FAULT 3u
#define IPSR_MEMORY 4u     /* the first whose priority can be set */
#define IPSR_INTERRUPT 16u /* interrupt 0 */

/* grey.S takes this for granted. It loads the first six at once. */
#define STANDS_AT(member, offset) _Static_assert(offsetof(struct moat_grey, member) == (offset), "see grey.S")
STANDS_AT(at, 0);
STANDS_AT(grey, 4);
STANDS_AT(payload, 8);
STANDS_AT(granules, 12);
STANDS_AT(end, 16);
STANDS_AT(bits, 20);
STANDS_AT(habit, 24);
STANDS_AT(habit_bytes, 28);
STANDS_AT(budget, 32);
STANDS_AT(cost, 36);
STANDS_AT(far, 40);
STANDS_AT(others, 44);
STANDS_AT(value, 48);
STANDS_AT(rest, 52);
STANDS_AT(opens, 56);
STANDS_AT(head, 60);
STANDS_AT(masked, 64);
STANDS_AT(slice, 68);
STANDS_AT(slices, 72);
_Static_assert(offsetof(struct moat_type, front_bytes) == 30, "see grey.S");
_Static_assert(MOAT_GREY_SLOT == 5, "see grey.S");

const char *moat_port_undone(void) {
    return NULL;
}

bool moat_port_handler_may_use(void) {
    uint32_t ipsr = moat_port_ipsr();
    if (ipsr <= IPSR_HARD_FAULT) {
        return false;
    }
#if MOAT_PORT_BASEPRI == 0
    return true;
#else
    uint32_t priority = ipsr < IPSR_INTERRUPT ? SCB_SHPR[ipsr - IPSR_MEMORY] : NVIC_IPR[ipsr - IPSR_INTERRUPT];
    return priority >= MOAT_PORT_BASEPRI;
#endif
}

/* Thread mode's stack pointer, as reset code sets it up. */
uintptr_t moat_port_interrupted_sp(void) {
    uint32_t psp;
    __asm__ volatile("mrs %0, psp" : "=r"(psp));
    return moat_port_in_handler() ? psp : 0;
}

/* BL, in two halves, or BLX or BLXNS of a register. */
bool moat_port_follows_call(uintptr_t address) {
    const uint16_t *after = (const uint16_t *)(address & ~(uintptr_t)1);
    bool bl = (after[-2] & 0xf800u) == 0xf000 && (after[-1] & 0xd000u) == 0xd000;
    return (address & 1) != 0 && (bl || (after[-1] & 0xff83u) == 0x4780);
}

/* The undefined instruction stops a debugger here; without one its exception ends in moat_board_trap_end. In NMI
 * and HardFault it would lock the core up. */
_Noreturn void moat_port_trap(void) {
    uint32_t ipsr = moat_port_ipsr();
    moat_port_ending_trap(ipsr != IPSR_NMI && ipsr != IPSR_HARD_FAULT);
    __asm__ volatile("udf #0");
    __builtin_unreachable();
}
