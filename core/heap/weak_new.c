/* moat: making weak references. See moat_weak.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "mark/weak.h"
#include "moat.h"

struct moat_weak *moat_weak_new(void *object) {
    struct moat_object found;
    bool known = object != NULL && moat_object_find(object, &found) && found.start == object;
    if (moat_heap.front.ready && !known) {
        moat_note_error(object == NULL ? MOAT_ERR_NULL : MOAT_ERR_FOREIGN);
        return NULL;
    }
    struct moat_weak *weak = moat_new(&moat_weak_type);
    if (weak != NULL) {
        moat_weak_enter(weak, object); /* on this stack all along: it is alive */
    }
    return weak;
}
