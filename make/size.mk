# Code size: see tools/size-report.
#
# SPDX-License-Identifier: MIT
.PHONY: size
size: | setup ## measures code, data, stack and headers for each family and check level

.PHONY: size-diff
size-diff: | setup ## compares sizes with another commit: REF=...
