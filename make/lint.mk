# Lint of a firmware's own sources: see docs/lint.md.
#
# SPDX-License-Identifier: MIT

# make's own default is the computer's compiler.
LINT_CC := $(if $(filter default,$(origin CC)),arm-none-eabi-gcc,$(CC))

.PHONY: lint-user
lint-user: | setup ## finds slots written without a macro or not in a map: SRC='a.c b.c' [CC= FLAGS='-mcpu=... -I...']
	@test -n '$(SRC)' || { echo "lint-user: name the sources: make lint-user SRC='a.c b.c' FLAGS='...'" >&2; exit 2; }
	@tools/moat-lint $(LINT_CC) $(FLAGS) -Icore/include $(SRC)
