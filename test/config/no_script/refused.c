/* moat_init_with on the developer's computer, in a program without a script of moat's: a call that is refused changes
 * nothing.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>
#include <port_board.h>

#include <stdio.h>
#include <stdlib.h>

struct node {
    MOAT_REF(struct node) next;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;
static char memory[8192];

static int failed;

static void expect(int result, int expected, const char *what) {
    if (result != expected) {
        printf("%s: %s, not %s\n", what, moat_result_name(result), moat_result_name(expected));
        failed = 1;
    }
}

int main(void) {
    char *here = __builtin_frame_address(0);
    char *low = here - 4096, *high = here + sizeof(void *) * 8;
    list = (struct node *)memory; /* as if it was never cleared */
    expect(moat_init_with(memory, sizeof memory, high, low), MOAT_ERR_SIZE, "a stack of no size");
    expect(moat_init_with(memory, sizeof memory, memory, memory + sizeof memory), MOAT_ERR_SIZE, "another stack");
    expect(moat_init_with(memory, 100, low, high), MOAT_ERR_SIZE, "a small arena");
    expect(moat_init_with(NULL, sizeof memory, low, high), MOAT_ERR_NULL, "no arena");
    expect(moat_init_with(low, 4096, low, high), MOAT_ERR_OVERLAP, "the stack as an arena");
    expect(moat_gc_collect(), MOAT_ERR_NOT_READY, "a collection before");
    expect(list == (struct node *)memory ? MOAT_OK : MOAT_ERR_NULL, MOAT_OK, "roots are cleared by a refused call");
    expect(moat_init_with(memory, sizeof memory, low, high), MOAT_OK, "the right one");
    expect(list == NULL ? MOAT_OK : MOAT_ERR_NULL, MOAT_OK, "roots are not cleared");
    expect(moat_init_with(memory, sizeof memory, low, high), MOAT_ERR_READY, "a second one");
    MOAT_STORE(list, MOAT_NEW(node_type));
    expect(moat_gc_collect(), MOAT_OK, "a collection");
    expect(moat_heap_check(NULL), MOAT_OK, "the heap");
    return failed;
}

void moat_board_write(const char *text, size_t length) {
    (void)fwrite(text, 1, length, stdout);
}

MOAT_NORETURN_ void moat_board_trap_end(bool again) {
    exit(again ? 4 : 3);
}

void moat_board_boot(struct moat_port_boot *out) {
    (void)out;
}

uint32_t moat_board_clock(void) {
    return 0;
}

bool moat_board_interrupt(uintptr_t line) {
    (void)line;
    return false;
}
