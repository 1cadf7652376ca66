/* moat: ARMv7-M, from the exception frame to the fault record.
 *
 * In the record, cause is CFSR, and detail is HFSR with the exception's number (IPSR: 3 HardFault, 4 MemManage,
 * 5 BusFault, 6 UsageFault, 16 + n interrupt n) in bits 8 to 16, which HFSR leaves 0.
 *
 * SPDX-License-Identifier: MIT */
#include "exception.h"

#include "../ending.h"
#include "scb.h"

#include <moat_fault.h>

#define DETAIL_IPSR_SHIFT 8
#define IPSR_MASK 0x1ffu

#define EXC_RETURN_BASIC 0x10u /* 0: the frame has room for floating-point registers */
#define FRAME_BYTES 32u
#define FRAME_FLOAT_BYTES 104u
#define XPSR_ALIGNED 0x200u    /* a word of padding above the frame */

struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

void moat_port_exception_init(void) { SCB_SHCSR |= SCB_SHCSR_FAULTS; }

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

_Noreturn void moat_port_exception_report(const struct frame *frame, uint32_t exc_return);

/* Called from exception.S, interrupts masked. */
_Noreturn void moat_port_exception_report(const struct frame *frame, uint32_t exc_return) {
    moat_port_ending_exception();
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    uint32_t cfsr = SCB_CFSR;
    uint32_t address = fault_address(cfsr);
    uint32_t detail = SCB_HFSR | (ipsr & IPSR_MASK) << DETAIL_IPSR_SHIFT;
    if (cfsr & (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) { /* nothing was pushed: a stack overflow, most likely */
        moat_fault_exception(0, 0, (uint32_t)frame, address, cfsr, detail);
    }
    moat_fault_exception(frame->pc, frame->lr, stack_pointer(frame, exc_return), address, cfsr, detail);
}
