/* moat: how a firmware ends.
 *
 * SPDX-License-Identifier: MIT */
#include "ending.h"

#include "port_board.h"

static volatile enum {
    RUNNING,
    REPORTING, /* an exception is being reported */
    NESTED,    /* a second one came meanwhile and is being reported */
    TRAPPING,  /* the trap instruction comes next */
    ENDING,    /* the board has it */
} stage;

static _Noreturn void end(void) {
    bool again = stage == ENDING || stage == NESTED;
    stage = ENDING;
    moat_board_trap_end(again);
}

void moat_port_ending_exception(void) {
    if (stage != RUNNING && stage != REPORTING) {
        end();
    }
    stage = stage == RUNNING ? REPORTING : NESTED;
}

void moat_port_ending_trap(bool traps) {
    bool reported = stage != RUNNING;
    if (stage != ENDING) {
        stage = TRAPPING;
    }
    if (reported || !traps) {
        end();
    }
}
