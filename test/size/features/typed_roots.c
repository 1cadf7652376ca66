/* minimal.c's program with a struct that is a root.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct state {
    int count;
    MOAT_REF(struct state) first;
};
MOAT_TYPE(state_type, struct state, first);
MOAT_ROOT_OF(state_type, struct state, state);

void use_feature(void);

void use_feature(void) {
    state.count++;
}
