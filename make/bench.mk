# The benchmark: see test/bench/README.md.
#
# SPDX-License-Identifier: MIT
.PHONY: bench
bench: | setup ## counts instructions beside other allocators [BOARD= OPT=s BENCH= ALLOCATOR= CHECK= BENCH_PEERS=]
	@scripts/bench-report $(foreach v,BOARD OPT BENCH ALLOCATOR CHECK BENCH_PEERS,$(if $($(v)),'$(v)=$($(v))'))

.PHONY: performance
performance: | setup ## measures all that docs/performance.md tells and rewrites its tables and charts
	@scripts/performance-report
