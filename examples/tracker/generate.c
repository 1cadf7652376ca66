/* tracker: the generator: a GPS receiver's second, AIS sentences between, and the damage of a real line.
 *
 * SPDX-License-Identifier: MIT */
#include "generate.h"

#include "generate_parts.h"

#include <stdbool.h>

#define PENDING 2
#define FRAGMENT_CHARACTERS 60 /* of payload in a sentence */
#define SECOND_FRAGMENT_BYTES 48

/* A message's second fragment, waiting for its turn. */
struct pending {
    uint32_t length; /* 0: none */
    char text[SECOND_FRAGMENT_BYTES];
};

static struct {
    uint32_t second;    /* of the day */
    uint32_t step;      /* in the receiver's cycle */
    uint32_t latitude;  /* 1/100000 minutes beyond 52 degrees */
    uint32_t longitude; /* beyond 5 degrees */
    uint32_t speed;     /* 1/1000 knots */
    uint32_t course;    /* 1/100 degrees */
    uint32_t sequence;  /* of the last message in fragments */
    struct pending pending[PENDING];
} receiver;

void generate_start(uint32_t seed) {
    fleet_start(seed);
    receiver.second = 36000;
    receiver.step = 0;
    receiver.latitude = 5053669;
    receiver.longitude = 4234920;
    receiver.speed = 4200;
    receiver.course = 9000;
    receiver.sequence = 0;
    receiver.pending[0].length = 0;
    receiver.pending[1].length = 0;
}

/* ---- GPS ---- */

static void put_time(struct line_text *line) {
    line_char(line, ',');
    line_number(line, receiver.second / 3600, 2);
    line_number(line, receiver.second / 60 % 60, 2);
    line_number(line, receiver.second % 60, 2);
    line_string(line, ".00");
}

static void put_position(struct line_text *line) {
    line_string(line, ",52");
    line_number(line, receiver.latitude / 100000, 2);
    line_char(line, '.');
    line_number(line, receiver.latitude % 100000, 5);
    line_string(line, ",N,005");
    line_number(line, receiver.longitude / 100000, 2);
    line_char(line, '.');
    line_number(line, receiver.longitude % 100000, 5);
    line_string(line, ",E,");
}

static void rmc(struct line_text *line) {
    receiver.second = (receiver.second + 1) % 86400;
    receiver.latitude += random_below(41) - 20;
    receiver.longitude += random_below(61) - 20;
    receiver.longitude %= 6000000;
    receiver.speed = 4000 + random_below(500);
    receiver.course = 8800 + random_below(400);
    line_string(line, "$GNRMC");
    put_time(line);
    line_string(line, ",A");
    put_position(line);
    line_fixed(line, receiver.speed, 3);
    line_char(line, ',');
    line_fixed(line, receiver.course, 2);
    line_string(line, ",210626,,,A");
}

static void gga(struct line_text *line) {
    line_string(line, "$GNGGA");
    put_time(line);
    put_position(line);
    line_string(line, "1,");
    line_number(line, 7 + random_below(6), 2);
    line_char(line, ',');
    line_fixed(line, 60 + random_below(80), 2);
    line_char(line, ',');
    line_fixed(line, 20 + random_below(30), 1);
    line_string(line, ",M,45.8,M,,");
}

static void vtg(struct line_text *line) {
    line_string(line, "$GNVTG,");
    if (random_below(4) != 0) {
        line_fixed(line, receiver.course, 2);
    }
    line_string(line, ",T,,M,");
    line_fixed(line, receiver.speed, 3);
    line_string(line, ",N,");
    line_fixed(line, receiver.speed * 463 / 250, 3);
    line_string(line, ",K,A");
}

/* Sentence `number` of `all` about four satellites each, from `id` up. */
static void gsv(struct line_text *line, const char *talker, uint32_t number, uint32_t all, uint32_t id,
                const char *end) {
    line_string(line, talker);
    line_number(line, all, 1);
    line_char(line, ',');
    line_number(line, number, 1);
    line_char(line, ',');
    line_number(line, 4 * all, 2);
    for (uint32_t i = id + 4 * (number - 1); i < id + 4 * number; i++) {
        line_char(line, ',');
        line_number(line, i, 2);
        line_char(line, ',');
        line_number(line, (i * 7 + receiver.second / 60) % 90, 2);
        line_char(line, ',');
        line_number(line, (i * 37 + receiver.second / 30) % 360, 3);
        line_char(line, ',');
        if (random_below(5) != 0) {
            line_number(line, 20 + random_below(30), 2);
        }
    }
    line_string(line, end);
}

static void gps(struct line_text *line) {
    uint32_t step = receiver.step;
    receiver.step = (step + 1) % 11;
    switch (step) {
    case 0:
        rmc(line);
        break;
    case 1:
        vtg(line);
        break;
    case 2:
        gga(line);
        break;
    case 3:
        line_string(line, "$GNGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83");
        break;
    case 4:
    case 5:
    case 6:
        gsv(line, "$GPGSV,", step - 3, 3, 3, "");
        break;
    case 7:
    case 8:
        gsv(line, "$GLGSV,", step - 6, 2, 66, "");
        break;
    default:
        gsv(line, "$GAGSV,", step - 8, 2, 3, ",7");
        break;
    }
    line_finish(line);
}

/* ---- AIS ---- */

static void put_payload(struct line_text *line, const struct fleet_bits *bits, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        uint8_t sextet = bits->sextet[i];
        line_char(line, (char)(sextet + (sextet < 40 ? '0' : '`' - 40)));
    }
}

static void fragment(struct line_text *line, char number, char channel, const struct fleet_bits *bits, uint32_t from,
                     uint32_t to) {
    bool last = number == '2';
    line_string(line, "!AIVDM,2,");
    line_char(line, number);
    line_char(line, ',');
    line_number(line, receiver.sequence, 1);
    line_char(line, ',');
    line_char(line, channel);
    line_char(line, ',');
    put_payload(line, bits, from, to);
    line_char(line, ',');
    line_number(line, last ? (6 - bits->count % 6) % 6 : 0, 1);
    line_finish(line);
}

/* The second fragment waits; one message in ten loses it, and others when too many wait. */
static void two_fragments(struct line_text *line, char channel, const struct fleet_bits *bits, uint32_t characters) {
    receiver.sequence = (receiver.sequence + 1) % 10;
    fragment(line, '1', channel, bits, 0, FRAGMENT_CHARACTERS);
    struct pending *pending = &receiver.pending[random_below(PENDING)];
    struct line_text second = {pending->text, 0};
    fragment(&second, '2', channel, bits, FRAGMENT_CHARACTERS, characters);
    pending->length = random_below(10) == 0 ? 0 : second.length;
}

static void ais(struct line_text *line) {
    struct pending *pending = &receiver.pending[random_below(PENDING)];
    if (pending->length > 0) {
        for (uint32_t i = 0; i < pending->length; i++) {
            line_char(line, pending->text[i]);
        }
        pending->length = 0;
        return;
    }
    struct fleet_bits bits;
    fleet_message(&bits);
    uint32_t characters = (bits.count + 5) / 6;
    char channel = random_below(2) == 0 ? 'A' : 'B';
    if (characters > FRAGMENT_CHARACTERS) {
        two_fragments(line, channel, &bits, characters);
        return;
    }
    line_string(line, "!AIVDM,1,1,,");
    line_char(line, channel);
    line_char(line, ',');
    put_payload(line, &bits, 0, characters);
    line_char(line, ',');
    line_number(line, (6 - bits.count % 6) % 6, 1);
    line_finish(line);
}

/* ---- damage ---- */

#define LINE_END_BYTES 2
#define CHECKSUM_BYTES 5 /* asterisk, two digits, line end */
#define OVERLONG_BYTES 120

static void overlong(struct line_text *line) {
    line->length = 1;
    for (uint32_t i = 0; i < OVERLONG_BYTES; i++) {
        line_char(line, 'X');
    }
    line_finish(line);
}

static void noise_before(struct line_text *line) {
    uint32_t noise = 1 + random_below(12);
    for (uint32_t i = line->length; i > 0; i--) {
        line->text[i - 1 + noise] = line->text[i - 1];
    }
    for (uint32_t i = 0; i < noise; i++) {
        line->text[i] = (char)('a' + random_below(26));
    }
    line->length += noise;
}

/* A byte between the start character and the checksum. */
static char *random_byte(struct line_text *line) {
    return &line->text[1 + random_below(line->length - 6)];
}

static void damage(struct line_text *line) {
    char *at;
    switch (random_below(100)) {
    case 0: /* one bit */
        at = random_byte(line);
        *at = (char)(*at ^ 1);
        break;
    case 1: /* cut off */
        line->length = 1 + random_below(line->length - 5);
        line_string(line, "\r\n");
        break;
    case 2:
        overlong(line);
        break;
    case 3: /* a byte that is not printable */
        at = random_byte(line);
        *at = (char)(0x80 + random_below(64));
        break;
    case 4:
        noise_before(line);
        break;
    case 5: /* the next line follows at once */
        line->length -= LINE_END_BYTES;
        break;
    case 6: /* a field that is not what it should be, under a right checksum */
        *random_byte(line) = 'x';
        line->length -= CHECKSUM_BYTES;
        line_finish(line);
        break;
    case 7: /* too few fields, under a right checksum */
        line->length = 7 + random_below(line->length - 12);
        line_finish(line);
        break;
    default:
        break;
    }
}

uint32_t generate_line(char *text) {
    struct line_text line = {text, 0};
    if (random_below(16) < 5) {
        gps(&line);
    } else {
        ais(&line);
    }
    damage(&line);
    return line.length;
}
