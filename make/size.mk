# Code size: see scripts/size-report.
#
# SPDX-License-Identifier: MIT
NARROW_SIZE = $(call option,core,CORE) $(call option,opt,OPT) $(call option,check,CHECK)

.PHONY: size
size: | setup ## measures code, data, stack and headers [CORE= OPT=s CHECK= SET_BUDGET=]
	@scripts/size-report $(NARROW_SIZE) $(if $(SET_BUDGET),--set-budget)

.PHONY: size-diff
size-diff: | setup ## compares sizes with another commit: REF=... [CORE= OPT= CHECK=]
	@test -n '$(REF)' || { echo 'size-diff: name a commit: make size-diff REF=HEAD~1' >&2; exit 2; }
	@scripts/size-report --ref '$(REF)' $(NARROW_SIZE)
