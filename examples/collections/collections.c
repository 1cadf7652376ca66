/* A harbour by the helpers of lib/: vessels by name, the order in which they came, messages between an interrupt's
 * place and the main loop, charts in a cache, and one vessel that is watched without being kept.
 *
 * SPDX-License-Identifier: MIT */
#include <moat_cache.h>
#include <moat_list.h>
#include <moat_map.h>
#include <moat_ring.h>
#include <moat_string.h>
#include <stdio.h>

struct vessel {
    MOAT_REF(char) name;
    MOAT_REF(struct moat_link) berth; /* its place in the list of those that came */
    int messages;
};
MOAT_TYPE(vessel_type, struct vessel, name, berth);

struct chart {
    unsigned char pixels[500];
};
MOAT_TYPE(chart_type, struct chart);

MOAT_TEXT_MAP(vessels, struct vessel);
MOAT_LIST(arrivals, struct vessel);
MOAT_RING(messages, struct vessel);
MOAT_CACHE(charts, struct chart);

static MOAT_ROOT(union vessels) by_name;
static MOAT_ROOT(union arrivals) in_port;
static MOAT_ROOT(union messages) received;
static MOAT_ROOT(union charts) drawn;
static MOAT_ROOT(struct moat_weak) watched;

static int start(void) {
    MOAT_STORE(by_name, MOAT_TEXT_MAP_NEW(union vessels));
    MOAT_STORE(in_port, MOAT_LIST_NEW(union arrivals));
    MOAT_STORE(received, MOAT_RING_NEW(union messages, 8));
    MOAT_STORE(drawn, MOAT_CACHE_NEW(union charts, 100));
    return by_name != NULL && in_port != NULL && received != NULL && drawn != NULL ? MOAT_OK : MOAT_ERR_MEMORY;
}

static int arrive(int number) {
    struct vessel *vessel = MOAT_NEW(vessel_type);
    char *name = moat_sprintf("vessel %d", number);
    if (vessel == NULL || name == NULL) {
        return MOAT_ERR_MEMORY;
    }
    MOAT_INIT(vessel->name, name);
    MOAT_STORE(vessel->berth, MOAT_LIST_PUSH(in_port, vessel));
    return vessel->berth == NULL ? MOAT_ERR_MEMORY : MOAT_TEXT_MAP_PUT(by_name, name, vessel);
}

static void leave(const char *name) {
    struct vessel *vessel = MOAT_TEXT_MAP_REMOVE(by_name, name);
    if (vessel != NULL) {
        (void)MOAT_LIST_REMOVE(in_port, vessel->berth);
        MOAT_CLEAR(vessel->berth);
    }
}

/* As a handler would. */
static void receive(const char *name) {
    struct vessel *from = MOAT_TEXT_MAP_GET(by_name, name);
    if (from != NULL) {
        (void)MOAT_RING_PUSH(received, from); /* MOAT_ERR_FULL: the message is lost */
    }
}

static int answer(void) {
    int answered = 0;
    for (struct vessel *from; (from = MOAT_RING_POP(received)) != NULL; answered++) {
        from->messages++;
    }
    return answered;
}

/* More charts than there is memory for: the oldest go. */
static int draw(uintptr_t place) {
    struct chart *chart = MOAT_CACHE_GET(drawn, place);
    if (chart == NULL) {
        chart = MOAT_NEW(chart_type);
    }
    return chart == NULL ? MOAT_ERR_MEMORY : MOAT_CACHE_PUT(drawn, place, chart);
}

static int work(void) {
    for (int i = 0; i < 20; i++) {
        if (arrive(i) != MOAT_OK) {
            return -1;
        }
    }
    MOAT_STORE(watched, MOAT_WEAK_NEW(vessel_type, MOAT_TEXT_MAP_GET(by_name, "vessel 7")));
    receive("vessel 7");
    receive("vessel 12");
    receive("nobody");
    int answered = answer();
    for (uintptr_t place = 0; place < 200; place++) {
        if (draw(place) != MOAT_OK) {
            return -1;
        }
    }
    MOAT_LIST_EACH(in_port, link) {
        if (MOAT_LIST_VALUE(in_port, link)->messages == 0) {
            leave(MOAT_LIST_VALUE(in_port, link)->name);
        }
    }
    return answered;
}

int main(void) {
    if (moat_init() != MOAT_OK || start() != MOAT_OK) {
        return 1;
    }
    int answered = work();
    (void)moat_gc_collect();
    const struct vessel *seventh = MOAT_WEAK_GET(vessel_type, watched);
    printf("harbour: %d answered, %u of 20 in port, %s watched, charts %s\n", answered,
           (unsigned)MOAT_LIST_COUNT(in_port), seventh == NULL ? "nobody" : seventh->name,
           MOAT_CACHE_COUNT(drawn) < 100 ? "were given up" : "are all there");
    return 0;
}
