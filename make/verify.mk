# The model of the collector, checked by spin: see test/verify/collector.pml.
#
# SPDX-License-Identifier: MIT
.PHONY: verify-model
verify-model: | setup ## checks the model of barrier, phases and sweep; exhaustive within its bounds, takes minutes
	@test/verify/run.py
