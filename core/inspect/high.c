/* moat: the most that there was. See moat_answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "base/result.h"
#include "base/text.h"
#include "mark/deepest.h"
#include "space/granule.h"
#include "space/walk.h"

static struct moat_high high, now;

/* Zeroed: the first is due when a cycle has ended. */
static struct moat_census census;

static void forget(struct moat_high *out) {
    moat_clear_words((uintptr_t)out, (uintptr_t)(out + 1));
}

static void end_count(void) {
    high.bytes = now.bytes > high.bytes ? now.bytes : high.bytes;
    high.objects = now.objects > high.objects ? now.objects : high.objects;
    forget(&now);
}

bool moat_high_step(uint32_t steps) {
    struct moat_piece piece;
    if (!moat_census_walks(&census)) {
        return false;
    }
    for (uint32_t done = 0; done < steps; done += moat_piece_steps(&piece)) {
        if (!moat_census_next(&census, &piece)) {
            end_count();
            return false;
        }
        if (piece.kind == MOAT_PIECE_OBJECT) {
            now.objects++;
            now.bytes += moat_bytes(piece.granules);
        }
    }
    return true;
}

int moat_high_get(struct moat_high *out) {
    if (out == NULL) {
        return moat_refuse(MOAT_IN_HIGH_GET, MOAT_REASON_NO_STRUCT, 0);
    }
    out->bytes = high.bytes;
    out->objects = high.objects;
    out->stack_bytes = moat_stack_deepest;
    return MOAT_OK;
}

void moat_high_restart(void) {
    forget(&high);
    forget(&now);
    moat_stack_deepest = 0;
    moat_census_begin(&census);
}

void moat_high_print(void) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "high: ");
    moat_text_decimal(&text, high.bytes);
    moat_text_string(&text, " bytes, ");
    moat_text_decimal(&text, high.objects);
    moat_text_string(&text, " objects, a stack of ");
    moat_text_decimal(&text, moat_stack_deepest);
    moat_text_string(&text, " bytes");
    moat_text_end(&text);
}
