# Lint of this repository (scripts/lint), and of a firmware's own sources (docs/lint.md).
#
# SPDX-License-Identifier: MIT
.PHONY: lint
lint: | setup ## checks format, C (clang-tidy, cppcheck), Python (flake8, mypy), line lengths, wording [ONLY=tidy,words]
	@scripts/lint $(subst $(comma), ,$(ONLY))

.PHONY: docs
docs: | setup ## makes the API reference of the headers by Doxygen: build/docs/html/index.html
	@scripts/docs

.PHONY: format
format: | setup ## formats all C and C++ as .clang-format says
	@find core lib port bsp wrap examples integration test -name '*.[ch]' -o -name '*.[ch]pp' | xargs clang-format -i

comma := ,

# make's own default is the computer's compiler.
LINT_CC := $(if $(filter default,$(origin CC)),arm-none-eabi-gcc,$(CC))

.PHONY: lint-user
lint-user: | setup ## finds slots written without a macro or not in a map: SRC='a.c b.c' [CC= FLAGS='-mcpu=... -I...']
	@test -n '$(SRC)' || { echo "lint-user: name the sources: make lint-user SRC='a.c b.c' FLAGS='...'" >&2; exit 2; }
	@tools/moat-lint $(LINT_CC) $(FLAGS) -Icore/include -Ilib/include $(SRC)
