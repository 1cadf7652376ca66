/* moat: Cortex-M, from the exception frame to the fault record.
 *
 * In the record, cause is CFSR, and detail is HFSR with the exception's number (IPSR: 3 HardFault, 4 MemManage,
 * 5 BusFault, 6 UsageFault, 7 SecureFault, 16 + n interrupt n) in bits 8 to 16, which HFSR leaves 0. extra is MMFAR and
 * BFAR, which mean something only if CFSR says so. ARMv6-M and ARMv8-M baseline have none of these registers, and one
 * fault, HardFault: only its number is known.
 *
 * SPDX-License-Identifier: MIT */
#include "exception.h"

#include "../ending.h"
#include "moat_port_cpu.h"
#include "scb.h"

#include <moat_fault.h>

#include <stdbool.h>

#define DETAIL_IPSR_SHIFT 8
#define IPSR_MASK 0x1ffu

#define EXC_RETURN_PROCESS 4u  /* the frame is on PSP's stack */
#define EXC_RETURN_BASIC 0x10u /* 0: the frame has room for floating-point registers */
#define FRAME_BYTES 32u
#define FRAME_FLOAT_BYTES 104u
#define XPSR_ALIGNED 0x200u /* a word of padding above the frame */

struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

/* The system control block about a fault. */
struct status {
    uint32_t cause, detail, memory_address, bus_address;
};

#ifdef __thumb2__
void moat_port_exception_init(void) {
    SCB_SHCSR |= SCB_SHCSR_FAULTS;
}

static void status_read(struct status *out) {
    *out = (struct status){SCB_CFSR, SCB_HFSR, SCB_MMFAR, SCB_BFAR};
}
#else
void moat_port_exception_init(void) {
}

static void status_read(struct status *out) {
    *out = (struct status){0, 0, 0, 0};
}
#endif

#if __ARM_ARCH >= 8 && defined __thumb2__
/* The limit of the stack that the frame is on. */
static uint32_t stack_limit(uint32_t exc_return) {
    uint32_t limit;
    if (exc_return & EXC_RETURN_PROCESS) {
        __asm__ volatile("mrs %0, psplim" : "=r"(limit));
    } else {
        __asm__ volatile("mrs %0, msplim" : "=r"(limit));
    }
    return limit;
}
#endif

/* Whether the CPU could push the frame. If not, a stack overflow is likely. */
static bool is_pushed(const struct status *status, uint32_t frame) {
#ifdef __thumb2__
    (void)frame;
    return (status->cause & (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) == 0;
#else
    extern const char moat_ram_start[], moat_ram_end[];
    (void)status; /* it does not tell */
    return frame >= (uint32_t)moat_ram_start && frame <= (uint32_t)moat_ram_end - FRAME_BYTES;
#endif
}

/* Where the stack pointer was before the exception. */
static uint32_t stack_pointer(const struct frame *frame, uint32_t exc_return) {
    uint32_t bytes = exc_return & EXC_RETURN_BASIC ? FRAME_BYTES : FRAME_FLOAT_BYTES;
    return (uint32_t)frame + bytes + (frame->xpsr & XPSR_ALIGNED ? 4 : 0);
}

static uint32_t fault_address(const struct status *status, uint32_t exc_return) {
#if __ARM_ARCH >= 8 && defined __thumb2__
    if (status->cause & SCB_CFSR_STKOF) {
        return stack_limit(exc_return) - 4; /* what was refused is below it: a stack overflow, for the report */
    }
#else
    (void)exc_return;
#endif
    if (status->cause & SCB_CFSR_MMARVALID) {
        return status->memory_address;
    }
    return status->cause & SCB_CFSR_BFARVALID ? status->bus_address : 0;
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
    uint32_t ipsr = moat_port_ipsr();
    struct status status;
    status_read(&status);
    struct moat_fault_exception exception;
    exception.cause = status.cause;
    exception.detail = status.detail | (ipsr & IPSR_MASK) << DETAIL_IPSR_SHIFT;
    exception.extra[0] = status.memory_address;
    exception.extra[1] = status.bus_address;
    exception.address = fault_address(&status, exc_return);
    exception.registers = registers;
    if (!is_pushed(&status, (uint32_t)frame)) {
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
