/* moat: the audit that each cycle runs: MOAT_CONFIG_AUDIT. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_AUDIT_H
#define MOAT_AUDIT_H

#include "moat.h"

/* Thread mode, interrupts on: audits `words` words more. One audit begins with each cycle, unless the last one is still
 * under way. For the collector, once after each slice. */
void moat_audit_slice(uint32_t words);

#endif
