/* tracker: the generator's fleet, and the AIS messages that it sends.
 *
 * SPDX-License-Identifier: MIT */
#include "generate_parts.h"

#include <stdbool.h>

#define FLEET 58       /* more than the tracker has places for */
#define CLASS_A_END 38 /* ships 0 .. 37 */
#define CLASS_B_END 51
#define BASE_END 53 /* the rest are aids to navigation */

#define DEGREE 600000 /* 1/10000 minutes */
#define HARBOUR_LATITUDE (52 * DEGREE + 505000)
#define HARBOUR_LONGITUDE (5 * DEGREE + 423000)
#define HARBOUR_RADIUS 60000

struct ship {
    uint32_t mmsi;
    int32_t latitude;
    int32_t longitude;
    int32_t speed;      /* 1/10 knots */
    uint32_t direction; /* of 16, clockwise from north */
    uint32_t type;
    uint32_t imo;
    uint32_t number;
};

static struct ship fleet[FLEET];

/* 1000 times the cosine of n * 22.5 degrees. */
static const int32_t cosine[16] = {1000, 924, 707, 383, 0, -383, -707, -924, -1000, -924, -707, -383, 0, 383, 707, 924};

static const char *const first_words[8] = {"NORTH", "SILVER", "OLD", "BRAVE", "GOLDEN", "LITTLE", "EVER", "BLUE"};
static const char *const last_words[8] = {"STAR", "HERON", "TRADER", "WIND", "DIADEM", "GULL", "HARBOUR", "ROSE"};

/* ---- bits ---- */

static void put(struct fleet_bits *bits, uint32_t value, uint32_t width) {
    while (width-- > 0) {
        uint8_t *sextet = &bits->sextet[bits->count / 6];
        uint32_t before = bits->count % 6 == 0 ? 0 : *sextet;
        *sextet = (uint8_t)(before << 1 | (value >> width & 1));
        bits->count++;
    }
}

/* The last character's unused bits follow as zeros when the message is done. */
static void pad(struct fleet_bits *bits) {
    uint32_t unused = (6 - bits->count % 6) % 6;
    bits->sextet[(bits->count - 1) / 6] = (uint8_t)(bits->sextet[(bits->count - 1) / 6] << unused);
}

static void put_text(struct fleet_bits *bits, const char *text, uint32_t characters) {
    for (; characters > 0; characters--) {
        uint32_t c = *text == '\0' ? '@' : (uint8_t)*text++;
        put(bits, c & 63, 6);
    }
}

/* Two words and a number, in one field's characters. */
static void put_name(struct fleet_bits *bits, const struct ship *ship, uint32_t characters) {
    char name[24];
    struct line_text line = {name, 0};
    line_string(&line, first_words[ship->number % 8]);
    line_char(&line, ' ');
    line_string(&line, last_words[ship->number / 8 % 8]);
    line_char(&line, ' ');
    line_number(&line, ship->number, 1);
    line_char(&line, '\0');
    put_text(bits, name, characters);
}

static void put_call(struct fleet_bits *bits, const struct ship *ship) {
    char call[8];
    struct line_text line = {call, 0};
    line_string(&line, "PD");
    line_number(&line, ship->number, 4);
    line_char(&line, '\0');
    put_text(bits, call, 7);
}

static void put_head(struct fleet_bits *bits, uint32_t type, const struct ship *ship) {
    put(bits, type, 6);
    put(bits, 0, 2);
    put(bits, ship->mmsi, 30);
}

static void put_dimensions(struct fleet_bits *bits, const struct ship *ship) {
    put(bits, 20 + ship->number, 9);
    put(bits, 5 + ship->number, 9);
    put(bits, 3 + ship->number % 8, 6);
    put(bits, 4, 6);
}

static void put_position(struct fleet_bits *bits, const struct ship *ship, bool known) {
    put(bits, known, 1);
    put(bits, (uint32_t)(known ? ship->longitude : 181 * DEGREE), 28);
    put(bits, (uint32_t)(known ? ship->latitude : 91 * DEGREE), 27);
}

static void put_course(struct fleet_bits *bits, const struct ship *ship, bool known) {
    put(bits, known ? ship->direction * 225 : 3600, 12);
    put(bits, known ? ship->direction * 45 / 2 : 511, 9);
    put(bits, random_below(60), 6);
}

/* ---- messages ---- */

static void class_a_position(struct fleet_bits *bits, const struct ship *ship, uint32_t type, bool known) {
    put_head(bits, type, ship);
    put(bits, ship->speed == 0 ? 5 : 0, 4);
    put(bits, random_below(256), 8);
    put(bits, known ? (uint32_t)ship->speed : 1023, 10);
    put_position(bits, ship, known);
    put_course(bits, ship, known);
    put(bits, 0, 6);
    put(bits, random_below(1 << 19), 19);
}

static void static_and_voyage(struct fleet_bits *bits, const struct ship *ship) {
    put_head(bits, 5, ship);
    put(bits, 0, 2);
    put(bits, ship->imo, 30);
    put_call(bits, ship);
    put_name(bits, ship, 20);
    put(bits, ship->type, 8);
    put_dimensions(bits, ship);
    put(bits, 1, 4);
    put(bits, 1 + ship->number % 12, 4);
    put(bits, 1 + ship->number % 28, 5);
    put(bits, ship->number % 24, 5);
    put(bits, random_below(60), 6);
    put(bits, 30 + ship->number, 8);
    put_text(bits, last_words[random_below(8)], 20);
    put(bits, 0, 2);
}

static void binary_broadcast(struct fleet_bits *bits, const struct ship *ship) {
    put_head(bits, 8, ship);
    put(bits, 0, 2);
    put(bits, 200 << 6 | 10, 16);
    put(bits, random_below(1 << 16), 16);
}

static void class_b_position(struct fleet_bits *bits, const struct ship *ship, uint32_t type) {
    put_head(bits, type, ship);
    put(bits, 0, 8);
    put(bits, (uint32_t)ship->speed, 10);
    put_position(bits, ship, true);
    put_course(bits, ship, true);
}

static void class_b(struct fleet_bits *bits, const struct ship *ship) {
    class_b_position(bits, ship, 18);
    put(bits, 0x16, 8);
    put(bits, random_below(2), 1);
    put(bits, 1 << 19 | 393222, 20);
}

static void extended_class_b(struct fleet_bits *bits, const struct ship *ship) {
    class_b_position(bits, ship, 19);
    put(bits, 0, 4);
    put_name(bits, ship, 20);
    put(bits, ship->type, 8);
    put_dimensions(bits, ship);
    put(bits, 1 << 7, 11);
}

static void static_data_a(struct fleet_bits *bits, const struct ship *ship) {
    put_head(bits, 24, ship);
    put(bits, 0, 2);
    put_name(bits, ship, 20);
    put(bits, 0, 8);
}

static void static_data_b(struct fleet_bits *bits, const struct ship *ship) {
    put_head(bits, 24, ship);
    put(bits, 1, 2);
    put(bits, ship->type, 8);
    put_text(bits, "MOA", 3);
    put(bits, 1 << 20 | ship->number, 24);
    put_call(bits, ship);
    put_dimensions(bits, ship);
    put(bits, 0, 6);
}

static void base_station(struct fleet_bits *bits, const struct ship *ship) {
    put_head(bits, 4, ship);
    put(bits, 2026, 14);
    put(bits, 6, 4);
    put(bits, 21, 5);
    put(bits, random_below(24), 5);
    put(bits, random_below(60), 6);
    put(bits, random_below(60), 6);
    put_position(bits, ship, true);
    put(bits, 7, 4);
    put(bits, 0, 11);
    put(bits, random_below(1 << 19), 19);
}

static void aid_to_navigation(struct fleet_bits *bits, const struct ship *ship) {
    bool extended = random_below(2) == 0;
    put_head(bits, 21, ship);
    put(bits, 1 + ship->number % 31, 5);
    if (extended) {
        put_text(bits, "HARBOUR APPROACH BUO", 20);
    } else {
        put_name(bits, ship, 20);
    }
    put_position(bits, ship, true);
    put_dimensions(bits, ship);
    put(bits, 7, 4);
    put(bits, random_below(60), 6);
    put(bits, 0, 13);
    if (extended) {
        put_text(bits, "Y NUMBER", 8);
        put_call(bits, ship);
    }
}

/* ---- the fleet ---- */

void fleet_start(uint32_t seed) {
    static const uint32_t series[4] = {244000000, 338000000, 2440000, 992440000};
    random_seed(seed);
    for (uint32_t i = 0; i < FLEET; i++) {
        struct ship *ship = &fleet[i];
        uint32_t kind = i < CLASS_A_END ? 0 : i < CLASS_B_END ? 1 : i < BASE_END ? 2 : 3;
        ship->number = i;
        ship->mmsi = series[kind] + 1013 * i + random_below(1000);
        ship->latitude = HARBOUR_LATITUDE - HARBOUR_RADIUS + (int32_t)random_below(2 * HARBOUR_RADIUS);
        ship->longitude = HARBOUR_LONGITUDE - HARBOUR_RADIUS + (int32_t)random_below(2 * HARBOUR_RADIUS);
        ship->speed = (int32_t)random_below(250);
        ship->direction = random_below(16);
        ship->type = 30 + random_below(60);
        ship->imo = 9000000 + random_below(900000);
    }
}

static bool far(int32_t position, int32_t from) {
    return position < from - HARBOUR_RADIUS || position > from + HARBOUR_RADIUS;
}

/* Ten seconds' way, and now and then another course. */
static void sail(struct ship *ship) {
    if (random_below(4) == 0) {
        ship->direction = (ship->direction + 15 + random_below(3)) % 16;
    }
    if (far(ship->latitude, HARBOUR_LATITUDE) || far(ship->longitude, HARBOUR_LONGITUDE)) {
        ship->direction = (ship->direction + 8) % 16;
    }
    ship->latitude += ship->speed * cosine[ship->direction] * 3 / 1000;
    ship->longitude += ship->speed * cosine[(ship->direction + 12) % 16] * 5 / 1000;
}

static void class_a_message(struct fleet_bits *bits, struct ship *ship) {
    uint32_t roll = random_below(16);
    sail(ship);
    if (roll < 11) {
        class_a_position(bits, ship, roll < 9 ? 1 : roll - 7, true);
    } else if (roll < 14) {
        static_and_voyage(bits, ship);
    } else if (roll == 14) {
        class_a_position(bits, ship, 1, false);
    } else {
        binary_broadcast(bits, ship);
    }
}

static void class_b_message(struct fleet_bits *bits, struct ship *ship) {
    uint32_t roll = random_below(16);
    sail(ship);
    if (roll < 9) {
        class_b(bits, ship);
    } else if (roll < 11) {
        extended_class_b(bits, ship);
    } else if (roll < 13) {
        static_data_a(bits, ship);
    } else {
        static_data_b(bits, ship);
    }
}

void fleet_message(struct fleet_bits *bits) {
    struct ship *ship = &fleet[random_below(FLEET)];
    bits->count = 0;
    if (ship->number < CLASS_A_END) {
        class_a_message(bits, ship);
    } else if (ship->number < CLASS_B_END) {
        class_b_message(bits, ship);
    } else if (ship->number < BASE_END) {
        base_station(bits, ship);
    } else {
        aid_to_navigation(bits, ship);
    }
    pad(bits);
}
