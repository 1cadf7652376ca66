# Code size: see scripts/size-report.
#
# SPDX-License-Identifier: MIT
.PHONY: size
size: | setup ## measures code, data, stack and headers [CORE= OPT=s CHECK= SET_BUDGET=]
	@scripts/size-report $(foreach v,CORE OPT CHECK SET_BUDGET,$(if $($(v)),'$(v)=$($(v))'))

.PHONY: size-diff
size-diff: | setup ## compares sizes with another commit: REF=... [CORE= OPT= CHECK=]
	@test -n '$(REF)' || { echo 'size-diff: name a commit: make size-diff REF=HEAD~1' >&2; exit 2; }
	@scripts/size-report 'REF=$(REF)' $(foreach v,CORE OPT CHECK,$(if $($(v)),'$(v)=$($(v))'))
