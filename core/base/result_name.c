/* moat: the names of results. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat.h"

const char *moat_result_name(int result) {
    static const char *const names[] = {
        "MOAT_OK",         "MOAT_ERR_NOT_READY", "MOAT_ERR_READY",   "MOAT_ERR_NULL",  "MOAT_ERR_FOREIGN",
        "MOAT_ERR_SIZE",   "MOAT_ERR_ALIGN",     "MOAT_ERR_OVERLAP", "MOAT_ERR_FULL",  "MOAT_ERR_HANDLER",
        "MOAT_ERR_ABSENT", "MOAT_ERR_MEMORY",    "MOAT_ERR_TYPE",    "MOAT_ERR_BUILD", "MOAT_ERR_START",
    };
    int last = (int)(sizeof names / sizeof names[0]) - 1;
    return result <= 0 && result >= -last ? names[-result] : "not a moat result";
}
