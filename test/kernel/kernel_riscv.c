/* moat: the tests' kernel on RISC-V. See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "base/port.h"

#include "../../port/riscv/frame.h"

#define FRAME 32
#define FRAME_PC 2
#define FRAME_GP 3
#define FRAME_A0 10

#define MSTATUS_MPIE 0x80u

void kernel_riscv_leave(void);
extern char kernel_riscv_preempted[], moat_handler_stack_end[];

uintptr_t kernel_cpu_lay_out(uintptr_t *top, void (*begin)(void *argument), void *argument) {
    uintptr_t *frame = top - FRAME, gp;
    __asm__ volatile("mv %0, gp" : "=r"(gp));
    frame[FRAME_PC] = (uintptr_t)begin;
    frame[FRAME_GP] = gp;
    frame[FRAME_A0] = (uintptr_t)argument;
    return (uintptr_t)frame;
}

/* The frame of the trap out of thread mode stands at the top of the handlers' stack. The place that it returns to is
 * changed, once. */
void kernel_cpu_preempt(void) {
    struct moat_port_frame *trap =
        (struct moat_port_frame *)((uintptr_t)moat_handler_stack_end - sizeof(struct moat_port_frame));
    if (trap->mepc != (uintptr_t)kernel_riscv_preempted) {
        uintptr_t *frame = (uintptr_t *)trap->sp - FRAME;
        frame[FRAME_PC] = trap->mepc;
        trap->sp = (uintptr_t)frame;
        trap->mepc = (uintptr_t)kernel_riscv_preempted;
        trap->mstatus &= ~(uintptr_t)MSTATUS_MPIE;
    }
}

void kernel_cpu_switch(void) {
    kernel_riscv_leave();
    (void)moat_port_mask();
}
