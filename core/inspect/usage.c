/* moat: bytes and objects by type. See moat_answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "base/text.h"
#include "inspect/order.h"
#include "inspect/type_name.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "space/walk.h"

static void clear(struct moat_usage_row *row, const struct moat_type *type) {
    row->type = type;
    row->objects = 0;
    row->bytes = 0;
}

MOAT_ENTRY int moat_usage_begin(struct moat_usage *usage, struct moat_usage_row *rows, uint32_t room) {
    const enum moat_refused call = MOAT_IN_USAGE_BEGIN;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (usage == NULL || (rows == NULL && room != 0)) {
        return moat_refuse(call, MOAT_REASON_NO_STRUCT, 0);
    }
    usage->rows = rows;
    usage->room = room;
    usage->count = 0;
    clear(&usage->others, NULL);
    clear(&usage->all, NULL);
    moat_walk_begin(&usage->walk);
    return MOAT_OK;
}

static struct moat_usage_row *row_of(struct moat_usage *usage, const struct moat_type *type) {
    uint32_t i = 0;
    while (i < usage->count && usage->rows[i].type != type) {
        i++;
    }
    if (i == usage->room) {
        return &usage->others;
    }
    if (i == usage->count) {
        clear(&usage->rows[i], type);
        usage->count++;
    }
    return &usage->rows[i];
}

static void add(struct moat_usage_row *row, uintptr_t bytes) {
    row->objects++;
    row->bytes += bytes;
}

bool moat_usage_step(struct moat_usage *usage, uint32_t steps) {
    struct moat_piece piece;
    for (uint32_t done = 0; done < steps; done += moat_piece_steps(&piece)) {
        if (!moat_walk_next(&usage->walk, &piece)) {
            return false;
        }
        if (piece.kind == MOAT_PIECE_OBJECT) {
            add(row_of(usage, moat_header_type(piece.header)), moat_bytes(piece.granules));
            add(&usage->all, moat_bytes(piece.granules));
        }
    }
    return true;
}

static uintptr_t bytes_of(const void *rows, uint32_t i) {
    return ((const struct moat_usage_row *)rows)[i].bytes;
}

void moat_usage_each(const struct moat_usage *usage, moat_usage_out *out, void *context) {
    uint32_t i = usage->count;
    while ((i = moat_order_next(usage->rows, usage->count, i, bytes_of)) != usage->count) {
        out(&usage->rows[i], context);
    }
    if (usage->others.objects != 0) {
        out(&usage->others, context);
    }
}

static void print(const struct moat_usage_row *row, const char *what) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "usage: ");
    moat_text_decimal(&text, row->objects);
    moat_text_string(&text, row->objects == 1 ? " object, " : " objects, ");
    moat_text_decimal(&text, row->bytes);
    moat_text_string(&text, " bytes: ");
    if (what == NULL) {
        moat_text_type(&text, row->type);
    } else {
        moat_text_string(&text, what);
    }
    moat_text_end(&text);
}

void moat_usage_print_row(const struct moat_usage_row *row, void *unused) {
    (void)unused;
    print(row, row->type == NULL ? "other types, for which the table has no row" : NULL);
}

void moat_usage_print(const struct moat_usage *usage) {
    moat_usage_each(usage, moat_usage_print_row, NULL);
    print(&usage->all, "all");
}
