/* tracker: the table of tracks.
 *
 * SPDX-License-Identifier: MIT */
#include "track.h"

#include "counts.h"
#include "text.h"

MOAT_TYPE(point_type, struct point);
MOAT_TYPE(identity_type, struct identity);
MOAT_TYPE(track_type, struct track, trail, identity);

static MOAT_ROOT(struct track) tracks[TRACKS_MAX];

/* The track's place; else a free one; else that of the track not heard for longest. */
static unsigned place_for(uint32_t mmsi) {
    unsigned place = 0;
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        if (tracks[i] != NULL && tracks[i]->mmsi == mmsi) {
            return i;
        }
        uint32_t seen = tracks[i] == NULL ? 0 : tracks[i]->seen;
        uint32_t oldest = tracks[place] == NULL ? 0 : tracks[place]->seen;
        place = seen < oldest ? i : place;
    }
    return place;
}

static struct track *track_for(uint32_t mmsi) {
    unsigned place = place_for(mmsi);
    if (tracks[place] != NULL && tracks[place]->mmsi == mmsi) {
        return tracks[place];
    }
    counts.tracks_evicted += tracks[place] != NULL;
    MOAT_CLEAR(tracks[place]);
    struct track *track = MOAT_NEW(track_type);
    if (track != NULL) {
        track->mmsi = mmsi;
        MOAT_STORE(tracks[place], track);
    }
    return track;
}

int32_t point_value(int16_t value) {
    return value == POINT_ABSENT ? TEXT_ABSENT : value;
}

/* The message's value for a field, if it has one and that is below `limit`. */
static int16_t known_below(const struct ais_message *message, enum ais_name name, int32_t limit) {
    int32_t value = ais_number(message, name, limit);
    return (int16_t)(value < limit ? value : POINT_ABSENT);
}

#define DEGREE 600000

/* Adds the message's position to the trail. False: it has none that is on Earth, or no memory. */
static bool add_point(struct track *track, const struct ais_message *message) {
    int32_t latitude = ais_number(message, AIS_LATITUDE, 91 * DEGREE);
    int32_t longitude = ais_number(message, AIS_LONGITUDE, 181 * DEGREE);
    if (latitude > 90 * DEGREE || latitude < -90 * DEGREE || longitude > 180 * DEGREE || longitude < -180 * DEGREE) {
        return false;
    }
    struct point *point = MOAT_NEW(point_type);
    if (point == NULL) {
        counts_drop(DROP_MEMORY);
        return false;
    }
    point->latitude = latitude;
    point->longitude = longitude;
    point->seen = counts.sentences;
    point->speed = known_below(message, AIS_SPEED, 1023);
    point->course = known_below(message, AIS_COURSE, 3600);
    point->heading = known_below(message, AIS_HEADING, 360);
    point->status = known_below(message, AIS_STATUS, 16);
    point->turn = known_below(message, AIS_TURN, 128);
    point->accuracy = known_below(message, AIS_ACCURACY, 2);
    MOAT_STORE(track->trail[track->points % TRAIL_MAX], point);
    track->points++;
    return true;
}

/* Copies `from` to text[at] on, as far as `bytes` allow. Returns where it ended. */
static uint32_t copy(char *text, uint32_t at, uint32_t bytes, const char *from) {
    while (*from != '\0' && at + 1 < bytes) {
        text[at++] = *from++;
    }
    text[at] = '\0';
    return at;
}

static bool tells_identity(uint32_t type) {
    return type == 5 || type == 19 || type == 21 || type == 24;
}

/* Overwrites in *identity what the message tells. */
static void read_identity(struct identity *identity, const struct ais_message *message) {
    const char *name = ais_text(message, AIS_SHIP_NAME, NULL);
    if (name != NULL) {
        uint32_t end = copy(identity->name, 0, sizeof identity->name, name);
        copy(identity->name, end, sizeof identity->name, ais_text(message, AIS_EXTENSION, ""));
    }
    copy(identity->call, 0, sizeof identity->call, ais_text(message, AIS_CALL, identity->call));
    copy(identity->destination, 0, sizeof identity->destination,
         ais_text(message, AIS_DESTINATION, identity->destination));
    identity->imo = ais_number(message, AIS_IMO, identity->imo);
    identity->ship_type = ais_number(message, AIS_SHIP_TYPE, identity->ship_type);
    identity->ship_type = ais_number(message, AIS_AID_TYPE, identity->ship_type);
}

static void update_identity(struct track *track, const struct ais_message *message) {
    struct identity *identity = MOAT_NEW(identity_type);
    if (identity == NULL) {
        counts_drop(DROP_MEMORY);
        return;
    }
    if (track->identity != NULL) {
        *identity = *track->identity;
    } else {
        identity->ship_type = TEXT_ABSENT;
        identity->imo = TEXT_ABSENT;
    }
    read_identity(identity, message);
    MOAT_STORE(track->identity, identity);
}

static char kind_of(uint32_t type) {
    switch (type) {
    case 4:
        return 'S';
    case 21:
        return 'N';
    case 18:
    case 19:
    case 24:
        return 'B';
    default:
        return 'A';
    }
}

struct track *track_update(const struct ais_message *message) {
    struct track *track = track_for(message->mmsi);
    if (track == NULL) {
        counts_drop(DROP_MEMORY);
        return NULL;
    }
    track->kind = kind_of(message->type);
    track->seen = counts.sentences;
    if (tells_identity(message->type)) {
        update_identity(track, message);
    }
    return add_point(track, message) ? track : NULL;
}

const struct point *track_position(const struct track *track) {
    return track->points == 0 ? NULL : track->trail[(track->points - 1) % TRAIL_MAX];
}

const struct point *track_some_position(void) {
    const struct point *point = NULL;
    for (unsigned i = 0; i < TRACKS_MAX && point == NULL; i++) {
        point = tracks[i] == NULL ? NULL : track_position(tracks[i]);
    }
    return point;
}

/* The track with the lowest MMSI from `mmsi` up, or NULL. */
static const struct track *next_track(uint32_t mmsi) {
    const struct track *next = NULL;
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        const struct track *track = tracks[i];
        if (track != NULL && track->mmsi >= mmsi && (next == NULL || track->mmsi < next->mmsi)) {
            next = track;
        }
    }
    return next;
}

void track_print_all(void) {
    const struct track *track = next_track(0);
    while (track != NULL) {
        track_print(track);
        track = next_track(track->mmsi + 1);
    }
}
