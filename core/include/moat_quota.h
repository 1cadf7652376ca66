/* moat: a budget of bytes for a module, told by the types that are its own.
 *
 *   static const struct moat_type *const radio_types[] = {&frame_type, &packet_type};
 *   static struct moat_quota radio = {.name = "radio", .budget = 4096, .types = radio_types, .type_count = 2};
 *
 *   struct frame *frame = MOAT_QUOTA_NEW(&radio, frame_type);       NULL: the budget or the memory does not do
 *
 * Nothing is added to objects, to other allocations or to the collector: what a quota's objects take is counted, behind
 * each cycle, and what was taken since is added. So `counted + since` is never less than what lives, and a request is
 * refused only after a collection and a count have told exactly.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_QUOTA_H
#define MOAT_QUOTA_H

#include "moat_answers.h"

MOAT_C_BEGIN_

struct moat_quota;

/* Called in thread mode before a request is refused: more than the budget lives. May drop references and return true,
 * to have one more collection and count; false: it is refused. It must not ask for this quota's memory. */
typedef bool moat_quota_hook(struct moat_quota *quota, size_t bytes);

/* The firmware's, in static memory. It gives the first five; the rest is zero. */
struct moat_quota {
    const char *name;                     /* for messages */
    size_t budget;                        /* bytes, headers and padding included */
    const struct moat_type *const *types; /* the module's own: all objects of these types count, whoever made them */
    uint32_t type_count;
    moat_quota_hook *hook; /* or NULL */
    size_t counted;        /* by the last count */
    size_t since;          /* asked for since that count began */
    uint32_t refused;      /* requests */
    size_t now;            /* core's, from here on: the count under way, */
    size_t before;         /* and what of `since` was asked for before it began */
    struct moat_census census;
};

/* Asks for `bytes` of an object's payload, right before an allocation of one of the quota's types: arrays and the like.
 * Returns whether the budget does, and counts it as taken. Context: thread. Cost: constant; where the budget does not
 * do, a collection and a count, and the same again if the hook asks for it: a module that lives at its budget pays for
 * that at each request. Where it is refused moat_last_error is MOAT_ERR_MEMORY. */
bool moat_quota_ask(struct moat_quota *quota, size_t bytes);

/* moat_new, if the budget does; else NULL. Context and cost: as moat_quota_ask's and moat_new's. */
void *moat_quota_new(struct moat_quota *quota, const struct moat_type *type);
#define MOAT_QUOTA_NEW(quota, type) ((MOAT_OBJECT_OF_(type) *)moat_quota_new((quota), &(type)))

/* For an idle loop: counts behind each cycle, so that what has died is the module's again without a collection of its
 * own. Returns whether a count is under way. Context: thread. Cost: so many steps, and for each object a search of the
 * types. */
bool moat_quota_step(struct moat_quota *quota, uint32_t steps);

/* Prints it in one line. Context: thread. */
void moat_quota_print(const struct moat_quota *quota);

MOAT_C_END_

#endif
