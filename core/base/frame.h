/* moat, internal: framed lines, which a program finds again in a noisy log.
 *
 *     struct moat_frame frame;
 *     moat_frame_begin(&frame, "MOAT-FAULT");
 *     moat_frame_bytes(&frame, record, bytes);
 *     moat_frame_end(&frame);
 *
 * prints `MOAT-FAULT <hex digits> <CRC-32 of the characters between the two spaces>`. Printed piece by piece: nothing
 * is buffered but the text's few bytes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FRAME_H
#define MOAT_FRAME_H

#include "base/text.h"

struct moat_frame {
    struct moat_text text;
    uint32_t crc;
};

void moat_frame_begin(struct moat_frame *frame, const char *tag);

/* Adds `length` bytes, two hex digits each. */
void moat_frame_bytes(struct moat_frame *frame, const void *bytes, uint32_t length);

/* Begins another group of digits; the space between groups counts for the CRC. */
void moat_frame_space(struct moat_frame *frame);

void moat_frame_end(struct moat_frame *frame);

#endif
