/* tracker: AIS messages from VDM sentences, one or several.
 *
 * Fragments may come in any order, and those of several messages interleaved: a partial message is known by its
 * sequence id and channel. A message that never becomes whole is given up by age, by count, or for a newer one of the
 * same id; its fragments are garbage then.
 *
 * SPDX-License-Identifier: MIT */
#include "ais.h"
#include "counts.h"

struct partial {
    MOAT_REF(char) fragment[AIS_FRAGMENTS_MAX]; /* armoured text */
    uint32_t last;                              /* index of the sentence that brought the latest fragment */
    uint32_t total;                             /* fragments in the message */
    uint32_t held;                              /* fragments that came */
    uint32_t fill;                              /* fill bits of the last fragment */
    char sequence;                              /* id, or 0 */
    char channel;                               /* or 0 */
};

MOAT_TYPE(partial_type, struct partial, fragment);

static MOAT_ROOT(struct partial) partials[AIS_PARTIALS_MAX];

/* The values of a sentence's fields. */
struct fragment {
    char *text;
    uint32_t length;
    uint32_t total;
    uint32_t number;
    uint32_t fill;
    char sequence;
    char channel;
};

static bool read_fragment(const struct nmea_sentence *sentence, struct fragment *out) {
    int32_t total;
    int32_t number;
    int32_t fill;
    if (sentence->count < 7 || !nmea_number(sentence->field[1], 0, &total) ||
        !nmea_number(sentence->field[2], 0, &number) || !nmea_number(sentence->field[6], 0, &fill)) {
        return false;
    }
    const char *sequence = sentence->field[3];
    const char *channel = sentence->field[4];
    *out = (struct fragment){.text = sentence->field[5],
                             .length = ais_armour_length(sentence->field[5]),
                             .total = (uint32_t)total,
                             .number = (uint32_t)number,
                             .fill = (uint32_t)fill,
                             .sequence = sequence[0],
                             .channel = channel[0]};
    return total >= 1 && total <= AIS_FRAGMENTS_MAX && number >= 1 && number <= total && fill >= 0 && fill <= 5 &&
           out->length > 0 && (sequence[0] == '\0' || sequence[1] == '\0') &&
           (channel[0] == '\0' || channel[1] == '\0');
}

static void expire(void) {
    for (unsigned i = 0; i < AIS_PARTIALS_MAX; i++) {
        if (partials[i] != NULL && counts.sentences - partials[i]->last > AIS_PARTIAL_AGE_MAX) {
            MOAT_CLEAR(partials[i]);
            counts_drop(DROP_EXPIRED);
        }
    }
}

/* The place of the fragment's message; else a free one; else that of the message that waited longest. */
static unsigned place_for(const struct fragment *fragment) {
    unsigned place = 0;
    for (unsigned i = 0; i < AIS_PARTIALS_MAX; i++) {
        struct partial *partial = partials[i];
        if (partial != NULL && partial->sequence == fragment->sequence && partial->channel == fragment->channel) {
            return i;
        }
        uint32_t last = partial == NULL ? 0 : partial->last;
        uint32_t oldest = partials[place] == NULL ? 0 : partials[place]->last;
        place = last < oldest ? i : place;
    }
    return place;
}

static bool continues(const struct partial *partial, const struct fragment *fragment) {
    return partial->sequence == fragment->sequence && partial->channel == fragment->channel &&
           partial->total == fragment->total && partial->fragment[fragment->number - 1] == NULL;
}

/* The partial message that the fragment belongs to, a new one if need be; NULL: no memory. */
static struct partial *partial_for(const struct fragment *fragment, unsigned place) {
    struct partial *partial = partials[place];
    if (partial != NULL && continues(partial, fragment)) {
        return partial;
    }
    if (partial != NULL) {
        bool same = partial->sequence == fragment->sequence && partial->channel == fragment->channel;
        counts_drop(same ? DROP_SUPERSEDED : DROP_EVICTED);
    }
    partial = MOAT_NEW(partial_type);
    if (partial != NULL) {
        partial->sequence = fragment->sequence;
        partial->channel = fragment->channel;
        partial->total = fragment->total;
    }
    MOAT_STORE(partials[place], partial);
    return partial;
}

/* The payload of all fragments. False: longer than any message is. */
static bool join(char *const *fragments, uint32_t count, uint32_t fill, struct ais_payload **out) {
    uint32_t characters = 0;
    for (uint32_t i = 0; i < count; i++) {
        characters += ais_armour_length(fragments[i]);
    }
    if (characters > AIS_PAYLOAD_MAX) {
        return false;
    }
    struct ais_payload *payload = ais_payload_new(characters);
    if (payload == NULL) {
        counts_drop(DROP_MEMORY);
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        ais_payload_append(payload, fragments[i]);
    }
    payload->bits -= fill;
    *out = payload;
    return true;
}

bool ais_assemble(const struct nmea_sentence *sentence, struct ais_payload **out) {
    struct fragment fragment;
    *out = NULL;
    if (!read_fragment(sentence, &fragment)) {
        return false;
    }
    expire();
    if (fragment.total == 1) {
        return join(&fragment.text, 1, fragment.fill, out);
    }
    unsigned place = place_for(&fragment);
    struct partial *partial = partial_for(&fragment, place);
    if (partial == NULL) {
        counts_drop(DROP_MEMORY);
        return true;
    }
    MOAT_STORE(partial->fragment[fragment.number - 1], fragment.text);
    partial->last = counts.sentences;
    partial->held++;
    if (fragment.number == fragment.total) {
        partial->fill = fragment.fill;
    }
    if (partial->held < partial->total) {
        return true;
    }
    MOAT_CLEAR(partials[place]);
    return join(partial->fragment, partial->total, partial->fill, out);
}

uint32_t ais_partials(void) {
    uint32_t waiting = 0;
    for (unsigned i = 0; i < AIS_PARTIALS_MAX; i++) {
        waiting += partials[i] != NULL;
    }
    return waiting;
}
