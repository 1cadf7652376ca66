/* moat: the audit: heap pointers that raw stores, or DMA, left in memory that C owns. See moat_guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/audit.h"

#include "guard/guard.h"
#include "guard/region.h"
#include "base/result.h"
#include "mark/stack.h"
#include "mark/weak.h"
#include "space/granule.h"
#include "base/text.h"

#pragma weak moat_weak_refs /* where weak references are made */

static void print_finding(const struct moat_audit_finding *finding) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "moat: audit: heap pointer ");
    moat_text_address(&text, (uintptr_t)finding->value);
    moat_text_string(&text, " (");
    moat_text_string(&text, finding->object.type->name);
    moat_text_string(&text, ", +");
    moat_text_decimal(&text, (uintptr_t)finding->value - (uintptr_t)finding->object.start);
    moat_text_string(&text,
                     finding->region->kind == MOAT_REGION_C_OWNED ? ") in c-owned region \"" : ") in static region \"");
    moat_text_string(&text, finding->region->name);
    moat_text_string(&text, "\" at ");
    moat_text_address(&text, (uintptr_t)finding->at);
    moat_text_end(&text);
}

void moat_audit_begin(struct moat_audit *audit, moat_audit_report *report) {
    audit->report = report == NULL ? print_finding : report;
    audit->region = 0;
    audit->next = 0;
    audit->changes = moat_region_changes();
    audit->found = 0;
}

static bool is_audited(const struct moat_region *region) {
    return region->kind == MOAT_REGION_C_OWNED || (MOAT_CONFIG_AUDIT_STATIC != 0 && region->kind == MOAT_REGION_STATIC);
}

/* Whether a word is of those in which core keeps objects' addresses: its state, the list of weak references, the
 * handles, what an arena has beside its granules. */
static bool is_cores(uintptr_t at) {
    uintptr_t handles = (uintptr_t)moat_heap.tables.handles, weak = (uintptr_t)&moat_weak_refs;
    return at - (uintptr_t)&moat_heap < sizeof moat_heap || (weak != 0 && at - weak < sizeof moat_weak_refs) ||
           (handles != 0 && at - handles < MOAT_CONFIG_HANDLES_MAX * sizeof *moat_heap.tables.handles) ||
           moat_arena_around(at) != NULL;
}

/* A word of a region. Where regions nest, the smallest one's turn is when its words are looked at; roots,
 * stacks and arenas may lie in what malloc gave. The memory may be poisoned by a sanitizer: it is read all the same. */
__attribute__((no_sanitize_address)) static void look(struct moat_audit *audit, const struct moat_region *region,
                                                      uintptr_t at) {
    struct moat_audit_finding finding;
    finding.value = *(const moat_slot *)at; /* NOLINT(clang-analyzer-core.NullDereference): C may own address 0 */
    if (moat_guard_is_kept_in(finding.value, &finding.object) && moat_region_of(at) == region &&
        !moat_guard_is_managed((const void *)at) && (MOAT_CONFIG_AUDIT_STATIC == 0 || !is_cores(at))) {
        finding.region = region;
        finding.at = (const void *)at;
        audit->found++;
        audit->report(&finding);
    }
}

/* Thread mode, which may be inside an allocation. */
static int step(struct moat_audit *audit, size_t words) {
    if (audit->changes != moat_region_changes()) {
        moat_audit_begin(audit, audit->report);
    }
    const struct moat_region *region = moat_region_at(audit->region);
    for (; region != NULL && words != 0; region = moat_region_at(audit->region)) {
        uintptr_t start = ((uintptr_t)region->start + MOAT_WORD_BYTES - 1) & ~(uintptr_t)(MOAT_WORD_BYTES - 1);
        uintptr_t at = audit->next < start ? start : audit->next, end = (uintptr_t)region->end;
        bool audited = is_audited(region);
        for (; audited && words != 0 && at < end && end - at >= MOAT_WORD_BYTES; at += MOAT_WORD_BYTES) {
            look(audit, region, at);
            words--;
        }
        audit->next = at;
        if (!audited || at >= end || end - at < MOAT_WORD_BYTES) {
            audit->region++;
            audit->next = 0;
        }
    }
    return region == NULL ? 0 : 1;
}

MOAT_ENTRY int moat_audit_step(struct moat_audit *audit, size_t words) {
    int result = moat_require_thread(MOAT_IN_AUDIT_STEP, MOAT_CALLER());
    return result == MOAT_OK ? step(audit, words) : result;
}

int moat_audit(moat_audit_report *report) {
    struct moat_audit audit;
    moat_audit_begin(&audit, report);
    int result = moat_audit_step(&audit, SIZE_MAX);
    return result < 0 ? result : (int)audit.found;
}

void moat_audit_slice(uint32_t words) {
    static struct moat_audit audit;
    static uint32_t cycle;
    static bool under_way;
    if (!under_way && cycle != moat_heap.cycle.number) {
        cycle = moat_heap.cycle.number;
        under_way = true;
        moat_audit_begin(&audit, NULL);
    }
    if (under_way) {
        under_way = step(&audit, words) == 1;
    }
}
