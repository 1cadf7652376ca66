/* moat: ARMv7-M, the inner loop of marking: moat_grey_loop of core/mark/grey_loop.c, 48 instructions a list's node
 * instead of 70. All of its state is in registers.
 *
 *   r0 at    r1 mark    r2 grey    r3 payload    r4 offset    r5 start, or a header    r6 budget    r7 value
 *   r8 granules    r9 address of bits    r10 one    r11 end    r12 bits    lr bit
 *
 * Behind `next_object` r5 is the loop's state, r4 a header. Low registers are for the values that are used most: the
 * code is shorter.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/grey.h"

#ifdef __thumb2__
    .syntax unified
    .thumb
    .cfi_sections .debug_frame /* for debuggers: it takes no flash */

/* Members of struct moat_grey; port.c holds them to it. */
    .equ END, 16
    .equ HABIT, 24
    .equ HABIT_BYTES, 28
    .equ BUDGET, 32
    .equ COST, 36
    .equ FAR, 40
    .equ OTHERS, 44
    .equ VALUE, 48
    .equ REST, 52 /* and opens */
    .equ HEAD, 60 /* and masked */
    .equ SLICE, 68
    .equ SLICES, 72
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
    ldmia r0, {r0, r2, r3, r8, r11, r12}
    mov r10, #1
next_slot:
    cmp r0, r11
    beq next_object
slot:
    ldr r7, [r0], #4
    cmp r7, #0
    beq next_slot
    subs r4, r7, r3
    cmp r8, r4, ror #3 /* low bits that should be 0 are turned to the top */
    bls elsewhere
    lsrs r5, r4, #8
    add r9, r12, r5, lsl #3
    ubfx lr, r4, #3, #5
    ldrd r5, r1, [r9]
    lsl lr, r10, lr
    subs r6, #MOAT_GREY_POINTER
    bmi late
    ands r5, r1
    tst r5, lr
    beq not_white
    bic r1, r1, lr
    str r1, [r9, #4]
    ldr r5, [r7, #-4]
    cmp r5, #0
    bge next_slot
    bfi r5, r2, #0, #20
    lsrs r2, r4, #3
    str r5, [r7, #-4]
    cmp r0, r11
    bne slot

next_object: /* the first grey one, if it is after the habit; the list's end has a hole's header and is not */
    ldr r5, [sp]
    add r0, r3, r2, lsl #3
    ldr r4, [r0, #-4]
    ldrd r1, r9, [r5, #HABIT]
    cmp r1, r4, lsr #20
    bne other
    ldr r7, [r5, #COST]
take:
    ubfx r2, r4, #0, #20
    add r11, r0, r9
    subs r6, r6, r7
    bpl slot
    b spent

other: /* of another type, which becomes the habit, if there is one; but no arrays */
    adds r1, #1
    beq next_piece
    lsls r7, r4, #31 - 20
    bmi next_piece
    asrs r7, r4, #16
    bpl next_piece /* no slots: it was written over, or is none of a type: those stand not that far behind */
    ldr r1, =moat_leaf_types_start
    bic r7, r7, #31
    adds r1, r1, r7
    ldr r7, =moat_types_start /* a header that was written over is for core to refuse */
    cmp r1, r7
    blo next_piece
    ldrh r7, [r1, #TYPE_FRONT_BYTES]
    cmp r7, #0
    beq next_piece
    mov r9, r7
    lsrs r1, r4, #20
    strd r1, r7, [r5, #HABIT]
    add r7, r7, r7, lsr #2 /* MOAT_GREY_SLOT for each word */
    adds r7, #MOAT_GREY_PIECE
    str r7, [r5, #COST]
    subs r6, #MOAT_GREY_SWITCH
    b take

next_piece: /* after the habit, `far` is not kept up to date */
    mov r0, r11
    ldr r1, [r5, #HABIT]
    adds r1, #1
    bne nothing_more
    ldr r1, [r5, #FAR]
    cmp r1, r11
    beq nothing_more
    movs r4, #MOAT_GREY_LONG_SLOTS * 4
    subs r6, #MOAT_GREY_NEXT_PIECE(MOAT_GREY_LONG_SLOTS)
    bpl piece
    movs r4, #MOAT_GREY_PIECE_SLOTS * 4
    adds r6, #MOAT_GREY_NEXT_PIECE(MOAT_GREY_LONG_SLOTS) - MOAT_GREY_NEXT_PIECE(MOAT_GREY_PIECE_SLOTS)
piece:
    add r11, r0, r4
    cmp r11, r1
    it hi
    movhi r11, r1
    cmp r6, #0
    bge slot
    b spent
nothing_more:
    cmp r6, #MOAT_GREY_STEP
    blt spent
    str r11, [r5, #FAR]
    movs r7, #MOAT_GREY_NEXT
    b out

elsewhere:
    ldr r5, [sp]
    ldr r1, [r5, #OTHERS]
    lsls r4, r7, #29
    orrs r4, r1
    beq next_slot
    b look
not_white:
    ldr r5, [r9]
    tst r5, lr
    bne next_slot
look:
    ldr r5, [sp]
    cmp r6, #MOAT_GREY_LOOK_UP
    blt again
    str r7, [r5, #VALUE]
    movs r7, #MOAT_GREY_LOOK
    b leave
late:
    adds r6, #MOAT_GREY_POINTER
again: /* this slot comes first the next time */
    subs r0, #4
    ldr r5, [sp]
spent: /* the next slice, behind a window, if there is one and it is the loop's to open */
    ldrd r7, r4, [r5, #REST]
    cmp r4, #0
    it ne
    cmpne r7, #0
    ble no_slice
    ldr r4, [r5, #SLICES]
    ldr r1, [r4]
    adds r1, #1
    str r1, [r4]
    sub r4, r11, r0
    add r4, r4, r4, lsr #2 /* MOAT_GREY_SLOT for each word: what is left of the piece is the next slice's */
    add r6, r4
    add r7, r6
    ldr r1, [r5, #SLICE]
    cmp r1, r7
    ite gt
    movgt r6, r7
    movle r6, r1
    subs r7, r7, r6
    subs r6, r6, r4
    subs r7, #MOAT_GREY_WINDOW
    str r7, [r5, #REST]
    ldrd r7, r4, [r5, #HEAD]
    str r2, [r7]
    LET_IN(r4)
    ldr r2, [r7]
    b next_slot
no_slice:
    movs r7, #MOAT_GREY_SPENT
leave:
    ldr r1, [r5, #HABIT]
    adds r1, #1
    it ne
    strne r11, [r5, #FAR]
out:
    strd r0, r2, [r5]
    str r11, [r5, #END]
    str r6, [r5, #BUDGET]
    mov r0, r7
    pop {r1, r4-r11, pc}
    .cfi_endproc
    .size moat_port_grey_loop, . - moat_port_grey_loop
#endif
