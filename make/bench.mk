# The benchmark: see test/bench/README.md.
#
# SPDX-License-Identifier: MIT
.PHONY: bench
bench: | setup ## counts instructions beside other allocators [BOARD= OPT=s BENCH= ALLOCATOR= CHECK= BENCH_PEERS=]
	@scripts/bench-report $(call option,board,BOARD) $(call option,opt,OPT) $(call option,bench,BENCH) \
	    $(call option,allocator,ALLOCATOR) $(call option,check,CHECK) $(call option,peers,BENCH_PEERS)

.PHONY: bench-pace
bench-pace: | setup ## measures what MOAT_CONFIG_PACE trades; rewrites the table and chart of docs/pacing.md
	@scripts/bench-pace

.PHONY: cycles
cycles: | setup ## counts instructions by class and estimates cycles by public tables; rewrites docs/cycles.md
	@scripts/cycles-report

.PHONY: performance
performance: | setup ## measures all that docs/performance.md tells and rewrites its tables and charts
	@scripts/performance-report
