/* moat: framed lines. See frame.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/frame.h"

#include "base/crc.h"

static void frame_char(struct moat_frame *frame, char c) {
    frame->crc = moat_crc_add(frame->crc, &c, 1);
    moat_text_char(&frame->text, c);
}

void moat_frame_begin(struct moat_frame *frame, const char *tag) {
    moat_text_begin(&frame->text);
    frame->crc = MOAT_CRC_START;
    moat_text_string(&frame->text, tag);
    moat_text_char(&frame->text, ' ');
}

void moat_frame_bytes(struct moat_frame *frame, const void *bytes, uint32_t length) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    for (uint32_t i = 0; i < length; i++) {
        frame_char(frame, digits[at[i] >> 4]);
        frame_char(frame, digits[at[i] & 0xfu]);
    }
}

void moat_frame_space(struct moat_frame *frame) {
    frame_char(frame, ' ');
}

void moat_frame_end(struct moat_frame *frame) {
    moat_text_char(&frame->text, ' ');
    moat_text_hex(&frame->text, ~frame->crc, 8);
    moat_text_end(&frame->text);
}
