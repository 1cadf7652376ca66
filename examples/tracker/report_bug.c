/* tracker: the classic bug, planted on purpose, for builds with TRACKER_BUG=1.
 *
 * A pointer to a managed object goes straight into memory that C owns. Nobody pins the object, and when this
 * function returns nothing that the collector looks at refers to it: its memory is used for something else while the
 * frame waits in the ring. Without the guard the radio sends whatever is there by then. With it, the store traps.
 *
 * SPDX-License-Identifier: MIT */
#include "radio/radio.h"
#include "report.h"

void report_frame_bug(struct frame *frame) {
    struct radio_descriptor *descriptor = radio_claim();
    if (descriptor != NULL) {
        MOAT_STORE(descriptor->data, frame);
        radio_commit(descriptor, sizeof *frame, NULL, 0);
    }
}
