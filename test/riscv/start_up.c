/* Each thing that start-up can forget is refused with a line that names it, by moat_init and by what is called later,
 * and is told apart from a call in a handler.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "harness.h"

#include "base/port.h"

#include <bsp.h>
#include <moat.h>

#define MTVEC_TEXT "mtvec is not moat_port_trap_entry: set it, or build with MOAT_CONFIG_BOARD_IN_HANDLER=1"
#define MSCRATCH_TEXT "mscratch is not moat_handler_stack_end in thread mode: start-up must set it"
#define HANDLER_TEXT "not in a handler: call it in thread mode"

#define SWAP_FUNCTION(csr)                                                                                             \
    static uintptr_t swap_##csr(uintptr_t value) {                                                                     \
        uintptr_t before;                                                                                              \
        __asm__ volatile("csrrw %0, " #csr ", %1" : "=r"(before) : "r"(value));                                        \
        return before;                                                                                                 \
    }
SWAP_FUNCTION(mtvec)
SWAP_FUNCTION(mscratch)

static bool is_refused(const char *call, int result, int expected, const char *what) {
    char line[CONSOLE_BYTES];
    size_t used = 0;
    const char *const parts[] = {"moat: ", call, ": ", what, " (", moat_result_name(expected), ", "};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (const char *at = parts[i]; *at != '\0' && used < sizeof line - 1; at++) {
            line[used++] = *at;
        }
    }
    line[used] = '\0';
    return result == expected && moat_last_error() == expected && console_has(line);
}

/* Interrupts are masked while a register is wrong. */
#define WITH(csr, value, statement)                                                                                    \
    do {                                                                                                               \
        console_begin();                                                                                               \
        moat_port_mask_t masked_ = moat_port_mask();                                                                   \
        uintptr_t right_ = swap_##csr(value);                                                                          \
        statement;                                                                                                     \
        (void)swap_##csr(right_);                                                                                      \
        moat_port_unmask(masked_);                                                                                     \
    } while (0)

static int result, second;

static void mscratch_forgotten(void) {
    CHECK(!moat_heap.front.ready);
    WITH(mscratch, 0, result = moat_init());
    CHECK(is_refused("moat_init", result, MOAT_ERR_START, MSCRATCH_TEXT));
    WITH(mscratch, 0x5eed5eed, result = moat_init());
    CHECK(is_refused("moat_init", result, MOAT_ERR_START, MSCRATCH_TEXT));
    CHECK(!moat_heap.front.ready);
}

static void mtvec_of_somebody_else(void) {
    WITH(mtvec, (uintptr_t)mtvec_of_somebody_else & ~(uintptr_t)3, result = moat_init());
    CHECK(is_refused("moat_init", result, MOAT_ERR_START, MTVEC_TEXT));
    CHECK(!moat_heap.front.ready);
}

static void floating_point_switched_off(void) {
#ifdef __riscv_flen
    uintptr_t before;
    console_begin();
    __asm__ volatile("csrrc %0, mstatus, %1" : "=r"(before) : "r"(0x6000));
    result = moat_init();
    __asm__ volatile("csrs mstatus, %0" : : "r"(before & 0x6000));
    CHECK(is_refused("moat_init", result, MOAT_ERR_START,
                     "mstatus.FS is off and this build has floating point: start-up must switch it on"));
    CHECK(!moat_heap.front.ready);
#else
    SKIP("this core has no floating point");
#endif
}

static void in_a_handler(void) {
    result = moat_init();
}

static void a_handler_is_told_apart(void) {
    console_begin();
    bsp_interrupt(in_a_handler);
    CHECK(is_refused("moat_init", result, MOAT_ERR_HANDLER, HANDLER_TEXT));
    CHECK(!moat_heap.front.ready);
}

static void collect(void) {
    result = moat_gc_collect();
}

/* A kernel may take both registers later. */
static void lost_after_start(void) {
    CHECK_EQUAL(moat_init(), MOAT_OK);
    WITH(mscratch, 0, result = moat_gc_collect());
    CHECK(is_refused("moat_gc_collect", result, MOAT_ERR_START, MSCRATCH_TEXT));
    WITH(mtvec, (uintptr_t)lost_after_start & ~(uintptr_t)3, second = moat_gc_step(1));
    CHECK(is_refused("moat_gc_step", second, MOAT_ERR_START, MTVEC_TEXT));
    console_begin();
    bsp_interrupt(collect);
    CHECK(is_refused("moat_gc_collect", result, MOAT_ERR_HANDLER, HANDLER_TEXT));
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
}

static const struct test_case cases[] = {
    TEST_CASE(mscratch_forgotten),      TEST_CASE(mtvec_of_somebody_else), TEST_CASE(floating_point_switched_off),
    TEST_CASE(a_handler_is_told_apart), TEST_CASE(lost_after_start),
};

int main(void) {
    bsp_init();
    return TEST_MAIN(cases);
}
