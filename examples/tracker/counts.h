/* tracker: what arrived and what was dropped, and why.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_COUNTS_H
#define TRACKER_COUNTS_H

#include <stdint.h>

enum sentence_kind {
    SENTENCE_GGA,
    SENTENCE_RMC,
    SENTENCE_VTG,
    SENTENCE_GSV,
    SENTENCE_VDM,
    SENTENCE_VDO,
    SENTENCE_OTHER,
    SENTENCE_KINDS
};

/* Why input was dropped. The first four are found by the framing, a byte at a time. */
enum drop_reason {
    DROP_TRUNCATED,  /* a line ended, or another sentence began, before the checksum */
    DROP_OVERLONG,   /* no checksum within NMEA_TEXT_MAX bytes */
    DROP_CONTROL,    /* a byte inside the sentence that is not printable ASCII */
    DROP_CHECKSUM,   /* the checksum is wrong or not two hexadecimal digits */
    DROP_MALFORMED,  /* a field that must be there is missing, or is not what it must be */
    DROP_SEQUENCE,   /* a GSV sentence that does not continue its group */
    DROP_SUPERSEDED, /* an AIS message whose fragments met a newer one's under the same sequence id and channel */
    DROP_EXPIRED,    /* an AIS message whose missing fragment did not come for PARTIAL_AGE_MAX sentences */
    DROP_EVICTED,    /* an AIS message given up for a newer one: PARTIALS_MAX were waiting */
    DROP_SHORT,      /* an AIS message with fewer bits than its type has */
    DROP_MEMORY,     /* no memory for it */
    DROP_REASONS
};

#define AIS_TYPES 28 /* types 1..27; [0] counts the values that are none */

struct counts {
    uint32_t sentences; /* with a right checksum: the index of the last one */
    uint32_t noise;     /* bytes outside sentences and comments */
    uint32_t by_kind[SENTENCE_KINDS];
    uint32_t dropped[DROP_REASONS];
    uint32_t ais[AIS_TYPES]; /* complete messages */
    uint32_t tracks_evicted;
    uint32_t views_evicted;
};

extern struct counts counts;

void counts_drop(enum drop_reason reason);

/* Prints the lines "sentences", "ais" and "dropped". */
void counts_print(void);

#endif
