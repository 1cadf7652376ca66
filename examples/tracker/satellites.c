/* tracker: GSV, the satellites in view.
 *
 * A receiver tells them in groups of sentences, four satellites in each. A group is built as a list; when its last
 * sentence has come, the list replaces the view of that talker and signal, and the old one is garbage.
 *
 * SPDX-License-Identifier: MIT */
#include "counts.h"
#include "gps.h"
#include "text.h"

#define PER_SENTENCE 4

struct satellite {
    MOAT_REF(struct satellite) next;
    int32_t id;
    int32_t elevation; /* degrees; this and the next two may be TEXT_ABSENT */
    int32_t azimuth;   /* degrees */
    int32_t snr;       /* dB */
};

struct view {
    MOAT_REF(struct satellite) first;
    MOAT_REF(struct satellite) last;
    uint32_t seen;     /* index of the group's last sentence */
    int32_t sentences; /* in the group */
    int32_t next;      /* number of the sentence that comes next */
    char talker[2];
    char signal; /* 0 where the receiver tells none */
};

MOAT_TYPE(satellite_type, struct satellite, next);
MOAT_TYPE(view_type, struct view, first, last);

static MOAT_ROOT(struct view) views[GPS_VIEWS_MAX];
static MOAT_ROOT(struct view) group; /* being received, or NULL */

static bool in_range(int32_t value, int32_t low, int32_t high) {
    return value >= low && value <= high;
}

static bool optional_in_range(const char *field, int32_t low, int32_t high, int32_t *out) {
    return nmea_optional(field, 0, out) && (*out == TEXT_ABSENT || in_range(*out, low, high));
}

/* Reads one satellite's four fields into *at. */
static bool read_satellite(const struct nmea_sentence *sentence, uint32_t field, struct satellite *at) {
    return optional_in_range(sentence->field[field], 1, 999, &at->id) &&
           optional_in_range(sentence->field[field + 1], -90, 90, &at->elevation) &&
           optional_in_range(sentence->field[field + 2], 0, 360, &at->azimuth) &&
           optional_in_range(sentence->field[field + 3], 0, 99, &at->snr);
}

/* Appends the sentence's satellites to `view`; false: no memory. */
static bool append(struct view *view, const struct satellite *from, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (from[i].id == TEXT_ABSENT) {
            continue;
        }
        struct satellite *satellite = MOAT_NEW(satellite_type);
        if (satellite == NULL) {
            return false;
        }
        satellite->id = from[i].id;
        satellite->elevation = from[i].elevation;
        satellite->azimuth = from[i].azimuth;
        satellite->snr = from[i].snr;
        if (view->last == NULL) {
            MOAT_STORE(view->first, satellite);
        } else {
            MOAT_STORE(view->last->next, satellite);
        }
        MOAT_STORE(view->last, satellite);
    }
    return true;
}

static bool same_source(const struct view *a, const struct view *b) {
    return a->talker[0] == b->talker[0] && a->talker[1] == b->talker[1] && a->signal == b->signal;
}

/* Whether a sentence goes on with a group: not every sentence of a receiver's tells the signal. */
static bool goes_on(const struct view *with, const struct view *part) {
    return with->talker[0] == part->talker[0] && with->talker[1] == part->talker[1] &&
           (with->signal == part->signal || with->signal == '\0' || part->signal == '\0');
}

/* The place for a finished view: its predecessor's, else a free one, else that of the view not told for longest, which
 * is counted. */
static unsigned place_for(const struct view *view) {
    unsigned place = 0;
    for (unsigned i = 0; i < GPS_VIEWS_MAX; i++) {
        if (views[i] != NULL && same_source(views[i], view)) {
            return i;
        }
        uint32_t seen = views[i] == NULL ? 0 : views[i]->seen;
        uint32_t oldest = views[place] == NULL ? 0 : views[place]->seen;
        place = seen < oldest ? i : place;
    }
    counts.views_evicted += views[place] != NULL;
    return place;
}

/* Makes `group` a new one of the same source as `start` on its first sentence; false: dropped and counted. */
static bool begin_or_continue(const struct view *start, int32_t number) {
    if (number == 1) {
        struct view *fresh = MOAT_NEW(view_type);
        if (fresh == NULL) {
            counts_drop(DROP_MEMORY);
            return false;
        }
        fresh->talker[0] = start->talker[0];
        fresh->talker[1] = start->talker[1];
        fresh->signal = start->signal;
        fresh->sentences = start->sentences;
        fresh->next = 1;
        MOAT_STORE(group, fresh);
    }
    if (group == NULL || !goes_on(group, start) || group->next != number || group->sentences != start->sentences) {
        MOAT_CLEAR(group);
        counts_drop(DROP_SEQUENCE);
        return false;
    }
    group->signal = start->signal == '\0' ? group->signal : start->signal;
    return true;
}

/* The contents of one sentence. */
struct part {
    int32_t number; /* in its group */
    uint32_t count; /* of satellites */
    struct satellite satellites[PER_SENTENCE];
    struct view source; /* talker, signal, and the number of sentences */
};

static bool read_part(const struct nmea_sentence *sentence, struct part *part) {
    int32_t in_view;
    if (sentence->count < 4 || !nmea_number(sentence->field[1], 0, &part->source.sentences) ||
        !nmea_number(sentence->field[2], 0, &part->number) || !nmea_number(sentence->field[3], 0, &in_view) ||
        !in_range(part->source.sentences, 1, 9) || !in_range(part->number, 1, part->source.sentences) ||
        !in_range(in_view, 0, 99)) {
        return false;
    }
    uint32_t rest = (sentence->count - 4) % 4;
    const char *signal = rest == 1 ? sentence->field[sentence->count - 1] : "";
    part->count = (sentence->count - 4) / 4;
    if (part->count > PER_SENTENCE || rest > 1 || (signal[0] != '\0' && signal[1] != '\0')) {
        return false;
    }
    part->source.talker[0] = sentence->field[0][0];
    part->source.talker[1] = sentence->field[0][1];
    part->source.signal = signal[0];
    for (uint32_t i = 0; i < part->count; i++) {
        if (!read_satellite(sentence, 4 + 4 * i, &part->satellites[i])) {
            return false;
        }
    }
    return true;
}

bool gps_gsv(const struct nmea_sentence *sentence) {
    struct part part = {0};
    if (!read_part(sentence, &part)) {
        return false;
    }
    if (!begin_or_continue(&part.source, part.number)) {
        return true;
    }
    if (!append(group, part.satellites, part.count)) {
        MOAT_CLEAR(group);
        counts_drop(DROP_MEMORY);
        return true;
    }
    group->next++;
    group->seen = counts.sentences;
    if (part.number == group->sentences) {
        MOAT_STORE(views[place_for(group)], group);
        MOAT_CLEAR(group);
    }
    return true;
}

/* Sorts by talker, then signal. */
static uint32_t rank(const struct view *view) {
    return (uint32_t)(uint8_t)view->talker[0] << 16 | (uint32_t)(uint8_t)view->talker[1] << 8 | (uint8_t)view->signal;
}

static void number_or_dash(int32_t value) {
    if (value == TEXT_ABSENT) {
        text_char('-');
    } else {
        text_fixed(value, 0);
    }
}

static void view_print(const struct view *view) {
    text_string("view ");
    text_char(view->talker[0]);
    text_char(view->talker[1]);
    text_string(" signal ");
    text_char(view->signal == '\0' ? '-' : view->signal);
    text_labelled("seen", (int32_t)view->seen, 0);
    text_char(':');
    for (const struct satellite *at = view->first; at != NULL; at = at->next) {
        text_char(' ');
        number_or_dash(at->id);
        text_char('/');
        number_or_dash(at->elevation);
        text_char('/');
        number_or_dash(at->azimuth);
        text_char('/');
        number_or_dash(at->snr);
    }
    text_char('\n');
}

void gps_views_print(void) {
    uint32_t printed = 0;
    for (;;) {
        const struct view *next = NULL;
        for (unsigned i = 0; i < GPS_VIEWS_MAX; i++) {
            if (views[i] != NULL && rank(views[i]) > printed && (next == NULL || rank(views[i]) < rank(next))) {
                next = views[i];
            }
        }
        if (next == NULL) {
            return;
        }
        view_print(next);
        printed = rank(next);
    }
}
