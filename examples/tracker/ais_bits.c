/* tracker: AIS payloads, six bits to a character.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"

MOAT_TYPE_FLEX(ais_payload_type, struct ais_payload, MOAT_TAIL_BYTES(struct ais_payload, sextet));

struct ais_payload *ais_payload_new(uint32_t characters) {
    return MOAT_NEW_FLEX(ais_payload_type, characters);
}

/* The armour is '0'..'W' for 0..39 and '`'..'w' for 40..63. */
static bool is_armour(char c) {
    return (c >= '0' && c <= 'W') || (c >= '`' && c <= 'w');
}

uint32_t ais_armour_length(const char *armoured) {
    uint32_t length = 0;
    for (; armoured[length] != '\0'; length++) {
        if (!is_armour(armoured[length])) {
            return 0;
        }
    }
    return length;
}

void ais_payload_append(struct ais_payload *payload, const char *armoured) {
    for (; *armoured != '\0'; armoured++) {
        uint8_t base = *armoured < '`' ? '0' : '`' - 40;
        payload->sextet[payload->characters++] = (uint8_t)(*armoured - base);
    }
    payload->bits = 6 * payload->characters;
}

static uint32_t bit(const struct ais_payload *payload, uint32_t at) {
    return at < payload->bits ? (uint32_t)payload->sextet[at / 6] >> (5 - at % 6) & 1u : 0;
}

uint32_t ais_bits(const struct ais_payload *payload, uint32_t first, uint32_t width) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++) {
        value = value << 1 | bit(payload, first + i);
    }
    return value;
}

int32_t ais_signed_bits(const struct ais_payload *payload, uint32_t first, uint32_t width) {
    uint32_t sign = 1u << (width - 1);
    uint32_t value = ais_bits(payload, first, width);
    return (int32_t)(value & (sign - 1)) - (int32_t)(value & sign);
}
