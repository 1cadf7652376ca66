# moat. `make help` lists the targets; make/firmware.mk builds, scripts/run-tests runs the suites.
#
# SPDX-License-Identifier: MIT
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Narrowing, from the command line: lists separated by commas.
# $(call option,NAME,VARIABLE): the scripts have options where make has variables.
option = $(if $($(2)),--$(1) '$($(2))')
NARROW := $(call option,suite,SUITE) $(call option,board,BOARD) $(call option,check,CHECK) $(call option,opt,OPT) \
          $(call option,case,CASE) $(call option,seed,SEED)

# An example is for one board.
ONE_EXAMPLE = $(MAKE) --no-print-directory -f make/firmware.mk BOARD=$(or $(BOARD),arm-mps2-an385) EXAMPLE='$(EXAMPLE)'

.PHONY: help
help: ## lists the targets
	@echo 'moat: a managed heap for firmware. Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile make/*.mk | expand -t 20
	@echo 'Boards (BOARD=...): $(sort $(basename $(notdir $(wildcard bsp/*/*.mk))))'
	@echo 'Where they are not given: run and build EXAMPLE= take BOARD=arm-mps2-an385 CHECK=2 OPT=Os; test and build take'
	@echo '  all boards, CHECK=0,1,2 and OPT=Os,O2; bench takes BOARD=arm-mps2-an385 OPT=O2 CHECK=0,2; size takes OPT=s,O2'
	@echo 'Options of core (CONFIG=EVENTS=64,AUDIT=16), for run and build EXAMPLE=: core/include/moat_defaults.h'

.PHONY: setup
setup: ## installs the Debian packages that are missing and builds newlib for RISC-V
	@scripts/setup

.PHONY: demo
demo: | setup ## runs the example on three QEMU targets: a bug, its trap and its report [INPUT=my.nmea]
	@scripts/demo $(if $(INPUT),'$(INPUT)')

.PHONY: test
test: | setup ## builds and runs every suite [SUITE= BOARD= CHECK= OPT= CASE= SEED=]
	@scripts/run-tests $(NARROW)

.PHONY: test-all
test-all: | setup ## runs every suite on every board, of which `make test` runs a core set on most; takes hours
	@scripts/run-tests --everywhere $(NARROW)

.PHONY: test-long
test-long: | setup ## runs the sweeps, power cuts and mutants of which `make test` runs a part; takes half an hour
	@scripts/run-tests --long $(NARROW)

.PHONY: build
build: | setup ## builds all programs of the configurations chosen, or one example [EXAMPLE= BOARD= CHECK= OPT=]
	@$(if $(EXAMPLE),$(ONE_EXAMPLE) example,scripts/run-tests --build $(NARROW))

.PHONY: run
run: | setup ## builds an example and runs it: EXAMPLE=queue [BOARD= CHECK= OPT= ARGS=]
	@test -n '$(EXAMPLE)' || { echo 'run: name an example: make run EXAMPLE=queue BOARD=riscv32-virt' >&2; exit 2; }
	@$(ONE_EXAMPLE) run

.PHONY: one-file
one-file: ## writes moat as moat.c, moat.h and moat_port.S into build/one-file [TO=folder]
	@scripts/one-file $(TO)

.PHONY: dist
dist: ## makes the release of the last commit in build/dist: archives, SBOM, checksums [TO=folder]
	@scripts/dist $(TO)

.PHONY: clean
clean: ## removes what was built, newlib excepted
	@find build -mindepth 1 -maxdepth 1 ! -name newlib -exec rm -rf {} + 2>/dev/null || true

-include make/bench.mk make/lint.mk make/size.mk make/verify.mk
