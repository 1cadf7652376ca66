/* moat in a sketch: a queue that is never freed by hand, in list.c, and the functions that moat asks of a board.
 *
 * SPDX-License-Identifier: MIT */
extern "C" {
bool list_start(void);
bool list_put(unsigned long value);
unsigned long list_take(void);

void moat_board_write(const char *text, size_t length) {
    Serial.write((const uint8_t *)text, length);
}

[[noreturn]] void moat_board_trap_end(bool) {
    Serial.flush();
    for (;;) {
    }
}

void moat_board_boot(struct moat_port_boot *) {
}

uint32_t moat_board_clock(void) {
    return micros();
}

bool moat_board_interrupt(uintptr_t) {
    return false;
}
}

void setup() {
    Serial.begin(115200);
    if (!list_start()) {
        Serial.println("no heap");
    }
}

void loop() {
    static unsigned long taken = 0;
    for (unsigned long i = 0; i < 1000; i++) {
        if (!list_put(i)) {
            Serial.println("the heap is full");
        }
        taken += list_take() == i;
    }
    Serial.println(taken);
}
