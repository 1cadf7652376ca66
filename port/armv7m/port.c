/* moat: ARMv7-M, the out-of-line half of core/base/port.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

#include "../ending.h"

#define IPSR_NMI 2u
#define IPSR_HARD_FAULT 3u

const char *moat_port_undone(void) {
    return NULL;
}

/* Thread mode's stack pointer, as reset code sets it up. */
uintptr_t moat_port_interrupted_sp(void) {
    uint32_t psp;
    __asm__ volatile("mrs %0, psp" : "=r"(psp));
    return moat_port_in_handler() ? psp : 0;
}

/* BL, in two halves, or BLX of a register. */
bool moat_port_follows_call(uintptr_t address) {
    const uint16_t *after = (const uint16_t *)(address & ~(uintptr_t)1);
    bool bl = (after[-2] & 0xf800u) == 0xf000 && (after[-1] & 0xd000u) == 0xd000;
    return (address & 1) != 0 && (bl || (after[-1] & 0xff87u) == 0x4780);
}

/* The undefined instruction stops a debugger here; without one its exception ends in moat_board_trap_end. In NMI
 * and HardFault it would lock the core up. */
_Noreturn void moat_port_trap(void) {
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    moat_port_ending_trap(ipsr != IPSR_NMI && ipsr != IPSR_HARD_FAULT);
    __asm__ volatile("udf #0");
    __builtin_unreachable();
}
