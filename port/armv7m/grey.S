/* moat: ARMv7-M, the inner loop of marking: moat_grey_loop of core/mark/grey_loop.c, 48 instructions a list's node
 * instead of 70. All of its state is in registers.
 *
 *   r0 at    r1 end    r2 grey    r3 payload    r4 granules    r5 bits    r6 budget    r7 value, or a payload's address
 *   r8 offset    r9 address of bits    r10 one    r11 mark    r12 bit, or the loop's state    lr start, or a header
 *
 * SPDX-License-Identifier: MIT */
#include "mark/grey.h"

#ifdef __thumb2__
    .syntax unified
    .thumb
    .cfi_sections .debug_frame /* for debuggers: it takes no flash */

/* Members of struct moat_grey; port.c holds them to it. */
    .equ HABIT, 24
    .equ HABIT_BYTES, 28
    .equ BUDGET, 32
    .equ COST, 36
    .equ FAR, 40
    .equ OTHERS, 44
    .equ VALUE, 48
    .equ REST, 52 /* and opens */
    .equ HEAD, 60 /* and masked */
    .equ SLICE, 68 /* and slices */
/* moat_port_window, where lr may change. The benchmark's probe has its own. */
#ifndef LET_IN
#define LET_IN(masked) msr primask, masked; isb; cpsid i
#endif

/* A member of struct moat_type. */
    .equ TYPE_FRONT_BYTES, 30

/* unsigned moat_port_grey_loop(struct moat_grey *loop) */
    .section .text.moat_port_grey_loop, "ax", %progbits
    .global moat_port_grey_loop
    .type moat_port_grey_loop, %function
    .thumb_func
moat_port_grey_loop:
    .cfi_startproc
    push {r0, r4-r11, lr}
    .cfi_def_cfa_offset 40
    .cfi_offset lr, -4
    ldr r6, [r0, #BUDGET]
    ldmia r0, {r0-r5}
    mov r10, #1
next_slot:
    cmp r0, r1
    beq next_object
slot:
    ldr r7, [r0], #4
    cmp r7, #0
    beq next_slot
    sub r8, r7, r3
    cmp r4, r8, ror #3 /* low bits that should be 0 are turned to the top */
    bls elsewhere
    lsr r9, r8, #8
    add r9, r5, r9, lsl #3
    ubfx r12, r8, #3, #5
    ldrd lr, r11, [r9]
    lsl r12, r10, r12
    subs r6, #MOAT_GREY_POINTER
    bmi late
    and lr, lr, r11
    tst lr, r12
    beq not_white
    bic r11, r11, r12
    str r11, [r9, #4]
    ldr lr, [r7, #-4]
    cmp lr, #0
    bge next_slot
    bfi lr, r2, #0, #20
    lsr r2, r8, #3
    str lr, [r7, #-4]
    cmp r0, r1
    bne slot

next_object: /* the first grey one, if it is after the habit; the list's end has a hole's header and is not */
    ldr r12, [sp]
    add r0, r3, r2, lsl #3
    ldr lr, [r0, #-4]
    ldrd r8, r9, [r12, #HABIT]
    cmp r8, lr, lsr #20
    bne other
    ldr r11, [r12, #COST]
take:
    ubfx r2, lr, #0, #20
    add r1, r0, r9
    subs r6, r6, r11
    bpl slot
    b spent

other: /* of another type, which becomes the habit, if there is one; but no arrays */
    cmn r8, #1
    beq next_piece
    lsls r11, lr, #31 - 20
    bmi next_piece
    asrs r11, lr, #16
    bpl next_piece /* no slots: it was written over, or is none of a type: those stand not that far behind */
    ldr r9, =moat_leaf_types_start
    bic r11, r11, #31
    add r9, r9, r11
    ldr r8, =moat_types_start /* a header that was written over is for core to refuse */
    cmp r9, r8
    blo next_piece
    ldrh r9, [r9, #TYPE_FRONT_BYTES]
    cmp r9, #0
    beq next_piece
    lsr r8, lr, #20
    add r11, r9, r9, lsr #2 /* MOAT_GREY_SLOT for each word */
    strd r8, r9, [r12, #HABIT]
    add r11, r11, #MOAT_GREY_PIECE
    str r11, [r12, #COST]
    subs r6, #MOAT_GREY_SWITCH
    b take

next_piece: /* after the habit, `far` is not kept up to date */
    mov r0, r1
    ldr r8, [r12, #HABIT]
    cmn r8, #1
    bne nothing_more
    ldr r8, [r12, #FAR]
    cmp r8, r1
    beq nothing_more
    subs r6, #MOAT_GREY_NEXT_PIECE(MOAT_GREY_LONG_SLOTS)
    bmi short_piece
    add r1, r0, #MOAT_GREY_LONG_SLOTS * 4
    cmp r1, r8
    it hi
    movhi r1, r8
    b slot
short_piece:
    add r1, r0, #MOAT_GREY_PIECE_SLOTS * 4
    cmp r1, r8
    it hi
    movhi r1, r8
    adds r6, #MOAT_GREY_NEXT_PIECE(MOAT_GREY_LONG_SLOTS) - MOAT_GREY_NEXT_PIECE(MOAT_GREY_PIECE_SLOTS)
    bpl slot
    b spent
nothing_more:
    cmp r6, #MOAT_GREY_STEP
    blt spent
    str r1, [r12, #FAR]
    movs r7, #MOAT_GREY_NEXT
    b out

elsewhere:
    ldr r12, [sp]
    ldr lr, [r12, #OTHERS]
    and r8, r7, #7
    orrs lr, lr, r8
    beq next_slot
    b look
not_white:
    ldr lr, [r9]
    tst lr, r12
    bne next_slot
look:
    ldr r12, [sp]
    cmp r6, #MOAT_GREY_LOOK_UP
    blt again
    str r7, [r12, #VALUE]
    movs r7, #MOAT_GREY_LOOK
    b leave
late:
    adds r6, #MOAT_GREY_POINTER
again: /* this slot comes first the next time */
    subs r0, #4
    ldr r12, [sp]
spent: /* the next slice, behind a window, if there is one and it is the loop's to open */
    ldrd r7, r8, [r12, #REST]
    cmp r8, #0
    it ne
    cmpne r7, #0
    ble no_slice
    ldrd r9, r11, [r12, #SLICE]
    ldr lr, [r11]
    adds lr, #1
    str lr, [r11]
    sub r11, r1, r0
    add r11, r11, r11, lsr #2 /* MOAT_GREY_SLOT for each word: what is left of the piece is the next slice's */
    add r6, r6, r11
    add r7, r7, r6
    cmp r9, r7
    ite gt
    movgt r6, r7
    movle r6, r9
    sub r7, r7, r6
    sub r6, r6, r11
    subs r7, #MOAT_GREY_WINDOW
    str r7, [r12, #REST]
    ldrd r7, r8, [r12, #HEAD]
    str r2, [r7]
    LET_IN(r8)
    ldr r2, [r7]
    b next_slot
no_slice:
    movs r7, #MOAT_GREY_SPENT
leave:
    ldr r8, [r12, #HABIT]
    cmn r8, #1
    it ne
    strne r1, [r12, #FAR]
out:
    stmia r12, {r0-r2}
    str r6, [r12, #BUDGET]
    mov r0, r7
    pop {r1, r4-r11, pc}
    .cfi_endproc
    .size moat_port_grey_loop, . - moat_port_grey_loop
#endif
