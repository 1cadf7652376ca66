/* moat: types whose objects become more. See moat_answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "base/text.h"
#include "inspect/order.h"
#include "inspect/type_name.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "space/walk.h"

static void clear(struct moat_growth_row *row, const struct moat_type *type) {
    row->type = type;
    row->first = row->last = row->now = row->rises = 0;
    row->first_bytes = row->last_bytes = row->now_bytes = 0;
}

MOAT_ENTRY int moat_growth_begin(struct moat_growth *growth, struct moat_growth_row *rows, uint32_t room) {
    const enum moat_refused call = MOAT_IN_GROWTH_BEGIN;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (growth == NULL || (rows == NULL && room != 0)) {
        return moat_refuse(call, MOAT_REASON_NO_STRUCT, 0);
    }
    growth->rows = rows;
    growth->room = room;
    growth->count = 0;
    growth->counts = 0;
    growth->marked = false;
    clear(&growth->others, NULL);
    moat_census_begin(&growth->census);
    return MOAT_OK;
}

/* A type that comes later had no objects at the mark. */
static struct moat_growth_row *row_of(struct moat_growth *growth, const struct moat_type *type) {
    uint32_t i = 0;
    while (i < growth->count && growth->rows[i].type != type) {
        i++;
    }
    if (i == growth->room) {
        return &growth->others;
    }
    if (i == growth->count) {
        clear(&growth->rows[i], type);
        growth->count++;
    }
    return &growth->rows[i];
}

static void end_row(struct moat_growth_row *row, bool is_mark) {
    if (is_mark) {
        row->first = row->now;
        row->first_bytes = row->now_bytes;
    } else if (row->now > row->last) {
        row->rises++;
    }
    row->last = row->now;
    row->last_bytes = row->now_bytes;
    row->now = 0;
    row->now_bytes = 0;
}

static void end_count(struct moat_growth *growth) {
    for (uint32_t i = 0; i < growth->count; i++) {
        end_row(&growth->rows[i], !growth->marked);
    }
    end_row(&growth->others, !growth->marked);
    growth->counts += growth->marked;
    growth->marked = true;
}

bool moat_growth_step(struct moat_growth *growth, uint32_t steps) {
    struct moat_piece piece;
    if (!moat_census_walks(&growth->census)) {
        return false;
    }
    for (uint32_t done = 0; done < steps; done += moat_piece_steps(&piece)) {
        if (!moat_census_next(&growth->census, &piece)) {
            end_count(growth);
            return false;
        }
        if (piece.kind == MOAT_PIECE_OBJECT) {
            struct moat_growth_row *row = row_of(growth, moat_header_type(piece.header));
            row->now++;
            row->now_bytes += moat_bytes(piece.granules);
        }
    }
    return true;
}

static bool has_grown(const struct moat_growth_row *row) {
    return row->last > row->first;
}

/* Fewer bytes of more objects are none. */
static uintptr_t more_bytes(const struct moat_growth_row *row) {
    return row->last_bytes > row->first_bytes ? row->last_bytes - row->first_bytes : 0;
}

static uintptr_t bytes_of(const void *rows, uint32_t i) {
    return more_bytes(&((const struct moat_growth_row *)rows)[i]);
}

void moat_growth_each(const struct moat_growth *growth, moat_growth_out *out, void *context) {
    uint32_t i = growth->count;
    while ((i = moat_order_next(growth->rows, growth->count, i, bytes_of)) != growth->count) {
        if (has_grown(&growth->rows[i])) {
            out(&growth->rows[i], context);
        }
    }
    if (has_grown(&growth->others)) {
        out(&growth->others, context);
    }
}

void moat_growth_print_row(const struct moat_growth_row *row, void *unused) {
    struct moat_text text;
    (void)unused;
    moat_text_begin(&text);
    moat_text_string(&text, "growth: from ");
    moat_text_decimal(&text, row->first);
    moat_text_string(&text, " to ");
    moat_text_decimal(&text, row->last);
    moat_text_string(&text, " objects, ");
    moat_text_decimal(&text, more_bytes(row));
    moat_text_string(&text, " bytes more, ");
    moat_text_decimal(&text, row->rises);
    moat_text_string(&text, row->rises == 1 ? " rise: " : " rises: ");
    if (row->type == NULL) {
        moat_text_string(&text, "other types, for which the table has no row");
    } else {
        moat_text_type(&text, row->type);
    }
    moat_text_end(&text);
}

void moat_growth_print(const struct moat_growth *growth) {
    struct moat_text text;
    moat_growth_each(growth, moat_growth_print_row, NULL);
    moat_text_begin(&text);
    moat_text_string(&text, "growth: ");
    moat_text_decimal(&text, growth->counts);
    moat_text_string(&text, growth->counts == 1 ? " count since the mark" : " counts since the mark");
    moat_text_end(&text);
}
