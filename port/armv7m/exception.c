/* moat: ARMv7-M, from the exception frame to the fault record.
 *
 * In the record, cause is CFSR, and detail is HFSR with the exception's number (IPSR: 3 HardFault, 4 MemManage,
 * 5 BusFault, 6 UsageFault, 16 + n interrupt n) in bits 8 to 16, which HFSR leaves 0. extra is MMFAR and
 * BFAR, which mean something only if CFSR says so.
 *
 * SPDX-License-Identifier: MIT */
#include "exception.h"

#include "../ending.h"
#include "moat_port_cpu.h"
#include "scb.h"

#include <moat_fault.h>

#define DETAIL_IPSR_SHIFT 8
#define IPSR_MASK 0x1ffu

#define EXC_RETURN_BASIC 0x10u /* 0: the frame has room for floating-point registers */
#define FRAME_BYTES 32u
#define FRAME_FLOAT_BYTES 104u
#define XPSR_ALIGNED 0x200u /* a word of padding above the frame */

struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

void moat_port_exception_init(void) {
    SCB_SHCSR |= SCB_SHCSR_FAULTS;
}

/* Where the stack pointer was before the exception. */
static uint32_t stack_pointer(const struct frame *frame, uint32_t exc_return) {
    uint32_t bytes = exc_return & EXC_RETURN_BASIC ? FRAME_BYTES : FRAME_FLOAT_BYTES;
    return (uint32_t)frame + bytes + (frame->xpsr & XPSR_ALIGNED ? 4 : 0);
}

static uint32_t fault_address(uint32_t cfsr) {
    if (cfsr & SCB_CFSR_MMARVALID) {
        return SCB_MMFAR;
    }
    return cfsr & SCB_CFSR_BFARVALID ? SCB_BFAR : 0;
}

#define FRAME_REGISTERS 0x1d00fu /* r0 to r3, r12, lr, pc, xPSR */
#define SAVED_REGISTERS 0x00ff0u /* r4 to r11 */
#define SP_REGISTER 0x02000u

/* All registers as the exception found them, by their numbers. */
static void registers_fill(uintptr_t *registers, const struct frame *frame, const uint32_t *saved, uint32_t sp) {
    registers[0] = frame->r0;
    registers[1] = frame->r1;
    registers[2] = frame->r2;
    registers[3] = frame->r3;
    for (unsigned i = 0; i < 8; i++) {
        registers[4 + i] = saved[i];
    }
    registers[12] = frame->r12;
    registers[13] = sp;
    registers[14] = frame->lr;
    registers[15] = frame->pc;
    registers[16] = frame->xpsr;
}

_Noreturn void moat_port_exception_report(const struct frame *frame, uint32_t exc_return, const uint32_t *saved);

/* Called from exception.S, interrupts masked. saved: r4 to r11. */
_Noreturn void moat_port_exception_report(const struct frame *frame, uint32_t exc_return, const uint32_t *saved) {
    static uintptr_t registers[MOAT_PORT_REGISTERS];
    moat_port_ending_exception();
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    struct moat_fault_exception exception;
    exception.cause = SCB_CFSR;
    exception.detail = SCB_HFSR | (ipsr & IPSR_MASK) << DETAIL_IPSR_SHIFT;
    exception.extra[0] = SCB_MMFAR;
    exception.extra[1] = SCB_BFAR;
    exception.address = fault_address(exception.cause);
    exception.registers = registers;
    if (exception.cause &
        (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) { /* nothing was pushed: a stack overflow, most likely */
        exception.pc = exception.lr = 0;
        exception.sp = (uint32_t)frame;
        exception.register_mask = SP_REGISTER;
        registers[13] = exception.sp;
        moat_fault_exception(&exception);
    }
    exception.pc = frame->pc;
    exception.lr = frame->lr;
    exception.sp = stack_pointer(frame, exc_return);
    exception.register_mask = FRAME_REGISTERS | SAVED_REGISTERS | SP_REGISTER;
    registers_fill(registers, frame, saved, exception.sp);
    moat_fault_exception(&exception);
}
