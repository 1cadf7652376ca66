/* tracker: what arrived and what was dropped. See counts.h.
 *
 * SPDX-License-Identifier: MIT */
#include "counts.h"

#include "text.h"

struct counts counts;

static const char *const kind_names[SENTENCE_KINDS] = {
    [SENTENCE_GGA] = "GGA", [SENTENCE_RMC] = "RMC", [SENTENCE_VTG] = "VTG",     [SENTENCE_GSV] = "GSV",
    [SENTENCE_VDM] = "VDM", [SENTENCE_VDO] = "VDO", [SENTENCE_OTHER] = "other",
};

static const char *const drop_names[DROP_REASONS] = {
    [DROP_TRUNCATED] = "truncated",   [DROP_OVERLONG] = "overlong",   [DROP_CONTROL] = "control",
    [DROP_CHECKSUM] = "checksum",     [DROP_MALFORMED] = "malformed", [DROP_SEQUENCE] = "sequence",
    [DROP_SUPERSEDED] = "superseded", [DROP_EXPIRED] = "expired",     [DROP_EVICTED] = "evicted",
    [DROP_SHORT] = "short",           [DROP_MEMORY] = "memory",
};

void counts_drop(enum drop_reason reason) {
    counts.dropped[reason]++;
}

static void count(const char *label, uint32_t value) {
    text_labelled(label, (int32_t)value, 0);
}

void counts_print(void) {
    text_string("sentences");
    count("all", counts.sentences);
    for (unsigned i = 0; i < SENTENCE_KINDS; i++) {
        count(kind_names[i], counts.by_kind[i]);
    }
    text_string("\nais");
    for (uint32_t type = 0; type < AIS_TYPES; type++) {
        if (counts.ais[type] != 0) {
            text_string(" type ");
            text_unsigned(type);
            text_char(':');
            text_unsigned(counts.ais[type]);
        }
    }
    text_string("\ndropped");
    for (unsigned i = 0; i < DROP_REASONS; i++) {
        count(drop_names[i], counts.dropped[i]);
    }
    count("tracks", counts.tracks_evicted);
    count("views", counts.views_evicted);
    count("noise", counts.noise);
    text_char('\n');
}
