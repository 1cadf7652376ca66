/* moat: RISC-V, the out-of-line half of core/base/port.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

#include "../ending.h"
#include "frame.h"

extern const char moat_port_trap_entry[], moat_handler_stack_end[];

/* Where floating point is off, moat_port_spill_and_call would trap.
 *
 * A register that start-up forgot holds 0 or anything. A table of jumps to the port's entry, for vectored
 * interrupts, is an entry of the firmware's own. */
const char *moat_port_undone(void) {
#ifdef __riscv_flen
    uintptr_t status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status));
    if ((status & MSTATUS_FS) == 0) {
        return "mstatus.FS is off and this build has floating point: start-up must switch it on";
    }
#endif
#if !MOAT_CONFIG_BOARD_IN_HANDLER
    uintptr_t vector, scratch, sp = (uintptr_t)__builtin_frame_address(0);
    __asm__ volatile("csrr %0, mtvec" : "=r"(vector));
    __asm__ volatile("csrr %0, mscratch" : "=r"(scratch));
    struct moat_range handler = moat_port_handler_stack();
    if (vector != (uintptr_t)moat_port_trap_entry) {
        return "mtvec is not moat_port_trap_entry: set it, or build with MOAT_CONFIG_BOARD_IN_HANDLER=1";
    }
    if (scratch != handler.high && (scratch != 0 || sp - handler.low >= handler.high - handler.low)) {
        return "mscratch is not moat_handler_stack_end in thread mode: start-up must set it";
    }
#endif
    return NULL;
}

/* The frame of the trap out of thread mode stands at the top of the handlers' stack. An entry of the firmware's own
 * pushes its frame on the stack that it interrupts. */
uintptr_t moat_port_interrupted_sp(void) {
    const struct moat_port_frame *frame =
        (const struct moat_port_frame *)((uintptr_t)moat_handler_stack_end - sizeof *frame);
    return MOAT_CONFIG_BOARD_IN_HANDLER == 0 && moat_port_in_handler() ? frame->sp : 0;
}

/* JAL or JALR to ra, four bytes or two. */
bool moat_port_follows_call(uintptr_t address) {
    const uint16_t *after = (const uint16_t *)address;
    if ((address & 1) != 0) {
        return false;
    }
    uint32_t low = after[-2], last = after[-1];
    bool full = (low & 0xfffu) == 0x0ef || (low & 0xfffu) == 0x0e7;
    bool short_register = (last & 0xf07fu) == 0x9002 && last != 0x9002;
    bool short_jump = sizeof address == 4 && (last & 0xe003u) == 0x2001;
    return full || short_register || short_jump;
}

/* ebreak stops a debugger here; without one its exception ends in moat_board_trap_end. An entry of the firmware's own
 * may return from it: then the end comes at once. */
_Noreturn void moat_port_trap(void) {
    moat_port_ending_trap(!MOAT_CONFIG_BOARD_IN_HANDLER);
    __asm__ volatile("ebreak");
    __builtin_unreachable();
}
