/* radio: a ring of descriptors, and what the transmitter does with them.
 *
 * SPDX-License-Identifier: MIT */
#include "radio.h"

/* The driver's own data beside a descriptor. */
struct entry {
    radio_sent *sent;
    uint32_t cookie;
    uint8_t copy[RADIO_COPY_BYTES];
};

static struct radio_descriptor ring[RADIO_RING];
static struct entry entries[RADIO_RING];
static unsigned waiting;
static struct radio_counts counts;
static void (*print_line)(const char *text, size_t bytes);

/* CRC-32, as the transmitter computes it over a frame. */
static uint32_t checksum(const void *data, size_t bytes) {
    const uint8_t *at = data;
    uint32_t crc = 0xffffffffu;
    while (bytes-- > 0) {
        crc ^= *at++;
        for (unsigned i = 0; i < 8; i++) {
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
        }
    }
    return ~crc;
}

void radio_open(void (*print)(const char *text, size_t bytes)) {
    print_line = print;
}

unsigned radio_waiting(void) {
    return waiting;
}

struct radio_descriptor *radio_claim(void) {
    if (waiting == RADIO_RING) {
        counts.refused++;
        return NULL;
    }
    return &ring[waiting];
}

void radio_commit(struct radio_descriptor *descriptor, size_t bytes, radio_sent *sent, uint32_t cookie) {
    struct entry *entry = &entries[descriptor - ring];
    descriptor->length = (uint32_t)bytes;
    descriptor->checksum = checksum(descriptor->data, bytes);
    entry->sent = sent;
    entry->cookie = cookie;
    waiting++;
}

bool radio_send(void *data, size_t bytes, radio_sent *sent, uint32_t cookie) {
    struct radio_descriptor *descriptor = radio_claim();
    if (descriptor == NULL) {
        return false;
    }
    descriptor->data = data;
    radio_commit(descriptor, bytes, sent, cookie);
    return true;
}

bool radio_send_copy(const void *data, size_t bytes, radio_sent *sent, uint32_t cookie) {
    struct radio_descriptor *descriptor = radio_claim();
    if (descriptor == NULL) {
        return false;
    }
    if (bytes > RADIO_COPY_BYTES) {
        counts.refused++;
        return false;
    }
    const uint8_t *from = data;
    uint8_t *copy = entries[descriptor - ring].copy;
    for (size_t i = 0; i < bytes; i++) {
        copy[i] = from[i];
    }
    descriptor->data = copy;
    radio_commit(descriptor, bytes, sent, cookie);
    return true;
}

static void put(const char *text) {
    size_t bytes = 0;
    while (text[bytes] != '\0') {
        bytes++;
    }
    print_line(text, bytes);
}

static void put_hex(uint32_t value) {
    char digits[9] = {0};
    for (unsigned i = 0; i < 8; i++) {
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    put(digits);
}

static void put_decimal(uint32_t value) {
    char digits[11] = {0};
    unsigned at = 10;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    put(digits + at);
}

static void report(uint32_t found, uint32_t expected) {
    put("radio: frame ");
    put_decimal(counts.sent);
    put(" corrupted: checksum ");
    put_hex(found);
    put(" expected ");
    put_hex(expected);
    put("\n");
}

static void transmit(unsigned i) {
    struct radio_descriptor *descriptor = &ring[i];
    struct entry *entry = &entries[i];
    uint32_t found = checksum(descriptor->data, descriptor->length);
    counts.sent++;
    if (found != descriptor->checksum) {
        counts.corrupted++;
        report(found, descriptor->checksum);
    }
    if (entry->sent != NULL) {
        entry->sent(descriptor->data == entry->copy ? NULL : descriptor->data, entry->cookie);
    }
    descriptor->data = NULL;
}

void radio_transmit_all(void) {
    for (unsigned i = 0; i < waiting; i++) {
        transmit(i);
    }
    waiting = 0;
}

const struct radio_counts *radio_counts(void) {
    return &counts;
}
