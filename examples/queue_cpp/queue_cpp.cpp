// A queue of 100 nodes that 100,000 go through: what is taken is never freed. The text of docs/cpp.md's first example.
//
// SPDX-License-Identifier: MIT
#include <moat.hpp>
#include <stdio.h>

struct node {
    moat::ref<node> next;
    int value;
};
MOAT_DESCRIBE(node, next); // where the slots are, in flash

class queue {
  public:
    bool put(int value) {
        node *made = moat::make<node>(nullptr, value); // or nullptr
        if (made == nullptr) {
            return false;
        }
        if (first == nullptr) {
            first = made; // has its barrier, as every assignment here
        } else {
            last->next = made;
        }
        last = made;
        return true;
    }

    int take() { // of a queue that is not empty
        node *taken = first;
        first = taken->next;   // nothing to free
        taken->next = nullptr; // a dead word on the stack may keep this node, but no longer the queue
        return taken->value;
    }

    int length() const {
        return last->value - first->value + 1;
    }

  private:
    MOAT_MAY_DESCRIBE(queue);
    moat::ref<node> first, last;
};
MOAT_DESCRIBE(queue, first, last);
MOAT_ROOT_OBJECT(queue, waiting); // `static queue waiting`, whose refs are roots

int main() {
    int taken = 0;
    if (moat_init() != MOAT_OK) { // the arena comes from the linker script
        return 1;
    }
    for (int i = 0; i < 100000; i++) {
        if (!waiting.put(i)) {
            return 1;
        }
        taken += i >= 100 && waiting.take() == taken;
    }
    printf("queue: %d nodes taken in order, %d left\n", taken, waiting.length());
    return 0;
}
