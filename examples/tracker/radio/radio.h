/* radio: the driver of a transmitter that fetches its frames by DMA.
 *
 * Frames wait in a ring of descriptors until radio_transmit_all, as they would for a time slot. The driver knows
 * nothing of who made a frame: whoever gives it an address must keep the bytes there, unchanged, until it is told
 * that the frame is sent.
 *
 * SPDX-License-Identifier: MIT */
#ifndef RADIO_H
#define RADIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RADIO_RING 16       /* frames that can wait */
#define RADIO_COPY_BYTES 64 /* the longest frame that radio_send_copy takes */

/* A frame was sent. data: what was submitted, or NULL for a copy. cookie: the caller's. */
typedef void radio_sent(void *data, uint32_t cookie);

/* A descriptor, as the transmitter's DMA reads it. */
struct radio_descriptor {
    void *data;
    uint32_t length;
    uint32_t checksum; /* of the contents when they were submitted */
};

struct radio_counts {
    uint32_t sent;
    uint32_t corrupted; /* whose contents changed while they waited */
    uint32_t refused;   /* the ring was full, or the frame too long */
};

/* Called first; print receives lines about frames that went wrong. */
void radio_open(void (*print)(const char *text, size_t bytes));

/* Frames that wait. */
unsigned radio_waiting(void);

/* Submits a frame in place. False: the ring is full. sent may be NULL. */
bool radio_send(void *data, size_t bytes, radio_sent *sent, uint32_t cookie);

/* Submits a copy of up to RADIO_COPY_BYTES bytes; the caller's are its own again at once. */
bool radio_send_copy(const void *data, size_t bytes, radio_sent *sent, uint32_t cookie);

/* For a caller that fills in the descriptor: the next free one, or NULL. It is submitted by radio_commit. */
struct radio_descriptor *radio_claim(void);
void radio_commit(struct radio_descriptor *descriptor, size_t bytes, radio_sent *sent, uint32_t cookie);

/* Sends all frames that wait, in order. */
void radio_transmit_all(void);

const struct radio_counts *radio_counts(void);

#endif
