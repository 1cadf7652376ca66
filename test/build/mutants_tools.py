#!/usr/bin/python3
"""Breaks what is around core on purpose, and some of core, one place at a time, and sees that a suite of
test/suites.txt fails: tools, what must not compile, linker scripts, what documents say.

    test/build/mutants_tools.py [--board BOARD] [--part | NAME...]

SPDX-License-Identifier: MIT"""
import dataclasses
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test"), str(ROOT / "scripts")]
from lib import mutants  # noqa: E402
from lib.cases import Failure  # noqa: E402
from test import table  # noqa: E402

TREE = (*(path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in ("build", ".git")),
        "Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CMakeLists.txt", "pyproject.toml")


@dataclasses.dataclass(frozen=True)
class Mutant(mutants.Mutant):
    check: str = "2"


FORMS, DEBUG, DWARF, ELF = "fault/forms", "tools/moat/firmware/debug.py", "tools/moat/firmware/dwarf.py", \
    "tools/moat/firmware/elf.py"
TYPE, REFUSED = "core/include/moat_type.h", "build/types_refused"
SLOTS, GUARD_H = "core/include/moat_barrier.h", "core/include/moat_guard.h"
LINT, CALLS, CASES = "build/lint_sources", "build/core_compiles", "guard_cases"
NO_POINTER = ('MOAT_CLAIM_(MOAT_IS_POINTER_(((T *)0)->f), #T "." #f " is not a slot: it is no pointer, and no array '
              'of them") +')
FRAMED, LINES = "tools/moat/log/framed.py", "tools/lines"

MUTANTS = (
    Mutant("a stack's end is on no stack", "tools/moat/firmware/target.py", "if low < sp <= high",
           "if low <= sp < high", "tools/bounds"),
    Mutant("a member's offset is a number only", DWARF,
           'if operations and all(name == "DW_OP_plus_uconst" for name, _ in operations):', "if False:", FORMS,
           "gcc_dwarf2"),
    Mutant("call frames of version 4 are as those of version 3", DEBUG, "bytes([CIE_NEW])", "bytes([99])", FORMS,
           "clang_dwarf"),
    Mutant("an address by its number is no address", DWARF, 'if base == "DW_OP_addrx":', "if False:", FORMS,
           "clang_dwarf5"),
    Mutant("an address by its number is taken for one", DWARF,
           "address = variable.dwarfinfo.get_addr(variable.cu, address)", "pass", FORMS, "clang_dwarf5"),
    Mutant("zstd is read", DEBUG, 'READABLE = ("zlib",)', 'READABLE = ("zlib", "zstd")', FORMS, "zstd"),
    Mutant("zstd is read by the heap map", DEBUG, 'READABLE = ("zlib",)', 'READABLE = ("zlib", "zstd")',
           "heapmap/forms", "zstd"),
    Mutant("a skeleton of DWARF 4 is a unit", DEBUG, "if any(name in unit.get_top_DIE().attributes for name in "
           "DWO_NAMES):", "if False:", FORMS, "split4"),
    Mutant("a skeleton of DWARF 5 is a unit", DEBUG, '4: "split"', '4: "compile"', "heapmap/forms", "split"),
    Mutant("the section of type units is not seen", DEBUG, 'elif elf.get_section_by_name(".debug_types"):',
           "elif False:", FORMS, "type_units4"),
    Mutant("type units are read", DEBUG, '2: "type"', '2: "compile"', FORMS, "type_units5"),
    Mutant("damage ends in a traceback", DWARF, "        except Exception as error:  # pyelftools raises whatever a "
           "damaged file makes it stumble over\n            raise DebugError", "        except ZeroDivisionError as "
           "error:\n            raise DebugError", FORMS, "damaged"),
    Mutant("damage ends the heap map in a traceback", DWARF, "        except Exception as error:  # pyelftools raises "
           "whatever a damaged file makes it stumble over\n            raise DebugError",
           "        except ZeroDivisionError as error:\n            raise DebugError", "heapmap/forms", "damaged"),
    Mutant("units that can't be opened end in a traceback", DEBUG, "except Exception as error:",
           "except ZeroDivisionError as error:", FORMS, "cuts"),
    Mutant("zlib-gnu is no debug information", DEBUG, '(".debug_info", ".zdebug_info")', '(".debug_info",)', FORMS,
           "gcc_zlib_gnu"),
    Mutant("zlib-gnu is no debug information for the heap map", DEBUG, '(".debug_info", ".zdebug_info")',
           '(".debug_info",)', "heapmap/forms", "zlib_gnu"),
    Mutant("what is not understood ends with 0", "tools/moat/fault/cli.py",
           "len(explained) == len(found) and understood", "len(explained) == len(found)", FORMS, "split5"),
    Mutant("lint that can't compare a map goes on", "tools/moat/lint/maps.py", "raise ImageError(f\"the map of "
           "{name.removeprefix(PREFIX)} can't be compared: the lint build has no debug \" \"information of it\")",
           "continue", "build/lint_maps", "nothing_to_compare"),
    Mutant("lint's objects are split", "tools/moat/lint/compiler.py", '"-gno-split-dwarf", ', "", "build/lint_maps",
           "gsplit"),
    Mutant("a build id has 20 bytes", ELF, "return build_id[:BUILD_ID_BYTES].ljust(BUILD_ID_BYTES, b\"\\0\")",
           "return build_id", FORMS, "build_id"),
    Mutant("addr2line's failure is ignored", ELF, "if done.returncode != 0:", "if False:", FORMS, "failing_addr2line"),
    Mutant("a return address of 0 is code", "tools/moat/firmware/unwind.py",
           'if by in ("call", "link") and registers[self._machine.pc] & ~1 == 0:', "if False:", FORMS,
           "zero_return_address"),
    Mutant("lines that were broken are not joined", FRAMED, "if rest else None", "if False else None", LINES,
           "broken_lines"),
    Mutant("lines are joined without a proof", FRAMED, "if end >= 0 and _error(whole[:end], words, numbers) is None:",
           "if end >= 0 and len(words) > numbers:", LINES, "not_proved"),
    Mutant("quoted-printable is not joined", FRAMED, "(?:=20| *)=?", "(?:=20| *)", LINES, "broken_lines"),
    Mutant("UTF-16 gets no hint", FRAMED, '        return "; it is UTF-16', '        return "" and "; it is UTF-16',
           LINES, "utf16"),
    Mutant("a file whose debug information was split off has none", DEBUG, "if link is not None:", "if False:",
           "heapmap/forms", "debug_link"),
    Mutant("a file of debug information alone is a firmware", ELF, "        if not self.has_code:\n            "
           "self.missing", "        if False:\n            self.missing", FORMS, "only_debug"),
    Mutant("reports have escapes", "tools/moat/fault/cli.py", "map(command.printable, report.text(result, firmware))",
           "report.text(result, firmware)", LINES, "escapes"),
    Mutant("complaints have escapes", "tools/moat/command.py", '"\\n".join(map(printable, str(text).split("\\n")))',
           "str(text)", LINES, "not_obeyed"),
    Mutant("lines are looked for without an end", FRAMED, "PIECES_MAX, JOINED_MAX = 4096, 1 << 18",
           "PIECES_MAX, JOINED_MAX = 1 << 30, 1 << 30", LINES, "takes_long"),
    Mutant("a pointer to the object itself has a field", "tools/moat/fault/report.py",
           'if result["type"] and result["offset"]:', 'if result["type"] and result["offset"] is not None:',
           "fault/decoder"),
    Mutant("a pointer to the object itself has an offset", "tools/moat/fault/report.py",
           'if result["offset"] else ""', 'if True else ""', "fault/decoder"),
    Mutant("the demo takes any log", "scripts/demo", "POSITIONS_MIN = 64", "POSITIONS_MIN = 0", "tracker/demo", "gps"),
    Mutant("views that give way are not counted", "examples/tracker/satellites.c",
           "    counts.views_evicted += views[place] != NULL;\n", "", "tracker"),
    Mutant("a group of which each sentence tells a signal, or none", "examples/tracker/satellites.c",
           "(with->signal == part->signal || with->signal == '\\0' || part->signal == '\\0')",
           "with->signal == part->signal", "tracker"),
    Mutant("the heap map knows ids of 20 bytes", ELF,
           "return build_id[:BUILD_ID_BYTES].ljust(BUILD_ID_BYTES, b\"\\0\")", "return build_id", "heapmap",
           "page_is_whole"),
    Mutant("gdb knows ids of 20 bytes", "tools/moat/gdb/commands.py",
           "running = target.memory.read(start, end - start).hex()\n        if running[:len(known)] != known:",
           "running = target.memory.read(start, 20).hex()\n        if running != known:", "gdb"),
    Mutant("gdb's zeros are memory", "tools/moat/gdb/target.py",
           '_core_memory() if connection is not None and connection.type == "core" else Paged(GdbMemory())',
           "Paged(GdbMemory())", "gdb"),
    Mutant("a stack of zeros is a stack", "tools/moat/heap/roots.py", "len(words) >= FRAME_WORDS and not any(words)",
           "len(words) >= FRAME_WORDS and False", "gdb"),
    Mutant("an allocator that runs out loses its row", "test/bench/output.c",
           "    if (bench_managed) {\n        bench_fail(why);\n    }\n", "    bench_fail(why);\n",
           "build/bench", "print_and_run_out"),
    Mutant("an allocator can't print", "bsp/common/syscalls.c", "int _write(int file, const char *text, int bytes) {",
           "static __attribute__((unused)) int unwritten(int file, const char *text, int bytes) {",
           "build/bench", "print_and_run_out"),
    Mutant("gdb's pointer to the object itself has an offset", "tools/moat/gdb/commands.py",
           "if pointer > found.address else", "if pointer >= found.address else", "gdb"),

    # What must not compile.
    Mutant("a member may be a number", TYPE, NO_POINTER, "", REFUSED, "member_is_no_pointer"),
    Mutant("a member may lie at an odd address", TYPE, 'MOAT_CLAIM_(offsetof(T, f) % MOAT_WORD_BYTES == 0, #T "." #f '
           '" is not a slot: it is not aligned") +', "", REFUSED, "packed_field"),
    Mutant("a type may be packed", TYPE, "MOAT_CLAIM_(_Alignof(T) % MOAT_WORD_BYTES == 0,", "MOAT_CLAIM_(1,", REFUSED,
           "packed_type"),
    Mutant("a new object is of any type", "core/include/moat.h",
           "((MOAT_OBJECT_OF_(type) *)moat_new(&(type)))", "moat_new(&(type))", REFUSED, "new_of_another_type"),
    Mutant("a root is of any type", TYPE,
           '_Static_assert(__builtin_types_compatible_p(T, MOAT_OBJECT_OF_(type)), #type " is no type of " #T);', "",
           REFUSED, "new_of_another_type"),
    Mutant("slots to const warn", SLOTS, "((moat_slot *)(uintptr_t) & (slot))", "((moat_slot *)&(slot))", REFUSED,
           "slots_to_const"),
    Mutant("values that are const warn", SLOTS,
           "#define MOAT_VALUE_(slot, value) ((void *)(uintptr_t) __builtin_choose_expr(1, (value), ",
           "#define MOAT_VALUE_(slot, value) ((void *)__builtin_choose_expr(1, (value), ", REFUSED, "slots_to_const"),
    Mutant("a value may be of another type", SLOTS,
           "((void *)(uintptr_t) __builtin_choose_expr(1, (value), MOAT_TARGET_(slot) = (value)))",
           "((void *)(uintptr_t)(value))", REFUSED, "store_of_another_type"),
    Mutant("members beyond the last are a riddle", TYPE, "MOAT_SECOND_(MOAT_JOIN_(MOAT_KIND_, pick), MANY_, 0)", "pick",
           REFUSED, "too_many_members"),
    Mutant("a static type is a riddle", TYPE,
           "__attribute__((weak)) void MOAT_TYPE_of_##name_##_must_not_be_static(void);", "", REFUSED, "static_type"),
    Mutant("a type in a function is a riddle", TYPE, "__attribute__((unused)) static inline void "
           "MOAT_TYPE_of_##name_##_must_stand_outside_of_functions(void) { \\\n }", "", REFUSED, "type_in_a_function"),
    Mutant("the second of two roots is no pointer", TYPE,
           'MOAT_SECTION_(".bss.moat_roots", "moat_roots"))) __typeof__(T *)',
           'MOAT_SECTION_(".bss.moat_roots", "moat_roots"))) T *', REFUSED, "several_roots"),
    Mutant("a refusal hides a map", "tools/moat/lint/cli.py",
           "self._report_refused(source, self._refused(source))\n        self._compare_types(source)",
           "refused = self._refused(source)\n        self._report_refused(source, refused)\n        if not refused:\n"
           "            self._compare_types(source)", LINT, "a_refusal_hides_no_map"),
    Mutant("lint refuses slots to slots", "core/include/moat_lint.h",
           "#define MOAT_LINT_VALUE_(p) __typeof__(((void)0, *(p)))", "#define MOAT_LINT_VALUE_(p) __typeof__(*(p))",
           LINT, "a_refusal_hides_no_map"),
    Mutant("core does not build with -flto", "core/include/moat_heap.h",
           "    moat_word granules;     /* only where there are",
           "    struct moat_hole **link;\n    moat_word granules;     /* only where there are", "smoke/builds",
           opt="Os-lto"),
    Mutant("an array of no known length is no argument", GUARD_H,
           "__builtin_types_compatible_p(__typeof__(x), __typeof__(__typeof__(MOAT_FIRST_(x))[0]))", "0", CALLS,
           "gcc_armv7m"),
    Mutant("an argument is read", GUARD_H, "    moat_check_argument_(argument, bytes);\n",
           "    void moat_look_at_(const void *argument);\n    moat_look_at_((const void *)argument);\n"
           "    moat_check_argument_(argument, bytes);\n", CALLS, "gcc_armv7m"),
    Mutant("a result is read", GUARD_H, "    moat_check_result_(result, bytes);\n",
           "    void moat_look_at_(const void *result);\n    moat_look_at_((const void *)result);\n"
           "    moat_check_result_(result, bytes);\n", CALLS, "gcc_armv7m"),

    # The guard.
    Mutant("a flexible object shows no tail", "core/guard/call.c",
           "(holder->type->flexible != 0 && *start == holder->start)", "false", CASES, "flexible_tail_by_its_type"),
    Mutant("all words of a struct are pointers to objects", "core/guard/call.c",
           "return inside ? MOAT_WORD_BYTES : 0;", "return inside ? 0 : 0;", CASES, "struct_of_bytes_and_length"),
    Mutant("the members that are named are not looked at", GUARD_H,
           ", (void)MOAT_ARGUMENT_((variable).member)", ", (void)0", CASES, "members_of_a_struct_by_value"),
    Mutant("the members that are not named are looked at", GUARD_H, "&& !MOAT_IS_LISTED_(x)", "", CASES,
           "members_of_a_struct_by_value_legal"),
    Mutant("what C keeps is an argument like others", "core/guard/call.c",
           "        check_kept(MOAT_FAULT_ARGUMENT, argument, MOAT_CALLER());\n",
           "        check_pointee(MOAT_FAULT_ARGUMENT, argument, 0, MOAT_CALLER());\n", CASES, "argument_that_is_kept"),
    Mutant("a root is not followed", "core/guard/call.c",
           "if (!moat_guard_is_near(range->value) && moat_guard_holder_of(range->value, &root)) {",
           "if (false && moat_guard_holder_of(range->value, &root)) {", CASES, "root_that_an_argument_leads_to"),
    Mutant("what was filled is not looked at", "core/guard/call.c", "if (enabled && argument != 0) {",
           "if (enabled && argument == 1) {", CASES, "local_struct_that_is_filled"),
    Mutant("a pointer with a tag is none", "core/guard/border.c", "moat_object_find(value, object) && !is_past",
           "moat_object_find(value, object) && (uintptr_t)value % 2 == 0 && !is_past", CASES, "tagged_pointer"),
    Mutant("each word of a type is a slot", "core/space/slot_map.c",
           "bool found = map_has(type->map, at / MOAT_WORD_BYTES);", "bool found = true;", "guard_slots",
           "beside_a_union"),
    Mutant("the audit passes static memory", "core/guard/audit.c",
           "(MOAT_CONFIG_AUDIT_STATIC != 0 && region->kind == MOAT_REGION_STATIC)", "false", "guard_audit/static"),
    Mutant("core's own words are findings", "core/guard/audit.c", "(MOAT_CONFIG_AUDIT_STATIC == 0 || !is_cores(at))",
           "(is_cores(at), true)", "guard_audit/static"),
    Mutant("the list of weak references is a finding", "core/guard/audit.c",
           "at - weak < sizeof moat_weak_refs", "at == 0", "guard_audit/static",
           "the_list_of_weak_references_is_not"),
    Mutant("a C library's zeros are nobody's", "linker/sections.ld",
           "INCLUDE moat_c_owned_bss.ld\n *(.sbss .sbss.* .scommon)\n INCLUDE moat_bss.ld\n *(.bss .bss.* COMMON)\n",
           "*(.sbss .sbss.* .scommon)\n INCLUDE moat_bss.ld\n *(.bss .bss.* COMMON)\n INCLUDE moat_c_owned_bss.ld\n",
           "c_library"),

    # Core.
    Mutant("a grey object may be of no type", "core/mark/grey.c",
           "MOAT_REQUIRE(moat_header_known(header) && moat_header_has_slots(header), 4, at);", "",
           "attacks", "a_grey_object_of_no_type"),
    Mutant("an object of no type is looked up", "core/space/object.c",
           "        MOAT_REQUIRE(moat_header_known(header), 4, begin);\n", "", "attacks",
           "an_object_of_no_type_is_looked_up"),
    Mutant("an object may be longer than its type", "core/space/sweep.c", "moat_header_known(header) && "
           "has_its_length(moat_header_type(header), granule & 31u,\n moat_inside(&arena->bits[granule >> 5])),",
           "moat_header_known(header) && (has_its_length(moat_header_type(header), 0, 0), true),", "attacks",
           "a_type_that_is_smaller_than_its_struct"),
    Mutant("the chunk's memory is not looked at", "core/heap/alloc.h", "MOAT_REQUIRE_CHECK1(*moat_header_at(at) == 0, "
           "11, at);", "", "attacks", "twelve_bytes_over_the_chunk"),
    Mutant("a handle's entry is taken again at once", "core/mark/handle.c", "uint32_t i = turn;", "uint32_t i = tries;",
           "handles", "entries_are_taken_in_turn"),
    Mutant("NMI may use moat", "port/armv7m/port.c", "if (ipsr <= IPSR_HARD_FAULT) {",
           "if (ipsr == IPSR_HARD_FAULT) {",
           "priorities/nmi", check="1"),
    Mutant("HardFault may use moat", "port/armv7m/port.c", "if (ipsr <= IPSR_HARD_FAULT) {",
           "if (ipsr < IPSR_HARD_FAULT) {", "priorities/fault", check="1"),
    Mutant("an interrupt above the mask may use moat", "port/armv7m/port.c", "return priority >= MOAT_PORT_BASEPRI;",
           "return priority != 0;", "priorities/above", check="1"),
    Mutant("an allocation asks for no mask", "core/heap/raw_bytes.c", "    MOAT_REQUIRE_CONTEXT();\n", "",
           "priorities/bytes", check="1"),
    Mutant("a tag is no part of a pointer", "core/mark/mark.c",
           "(moat_raw *)(address & ~(uintptr_t)(MOAT_WORD_BYTES - 1)) - 1", "(moat_raw *)address - 1", "ambiguous",
           "a_slot_keeps_by_a_pointer_with_a_tag", opt="O2"),
    Mutant("the stack below its pointer is scanned", "core/mark/stack.c",
           "(void)moat_stack_scan_words(sp, stack.high);", "(void)moat_stack_scan_words(sp - 1024, stack.high);",
           "ambiguous", "a_list_of_a_function_that_returned_is_freed"),
    Mutant("the end of an empty stack is on the one above", "core/fault/callers.c", "find(sp - 1, bounds, false);",
           "find(sp, bounds, false);", "fault/roundtrip"),
    Mutant("the small end keeps no return address", "port/small/small_end.c", "    retained.lr = exception->lr;\n", "",
           "small_end", check="0"),
    Mutant("the small end is told twice", "port/small/small_end.c", "    retained.magic = 0;\n", "", "small_end",
           check="0"),
    Mutant("the first store of a slot reads it", SLOTS, "        moat_barrier_(NULL, value);\n",
           "        moat_barrier_(*slot, value);\n", "build/check0", "macros_are_the_barrier_by_hand"),

    Mutant("a trap loses vector registers without a word", "port/riscv/word.h",
           '#error "moat: trap.S does not save the vector registers', '#define MOAT_LOST "vector registers',
           "build/port_cores", "is_refused"),
    Mutant("cores that are no Cortex-M lose registers without a word", "port/armv7m/spill.S",
           '#error "moat: port/armv7m is for Cortex-M', '#define MOAT_LOST "Cortex-M', "build/port_cores",
           "is_refused"),
    Mutant("memcpy is not checked", "wrap/memory.c", "WRAP_CHECK(to, from, bytes);\n    return __real_memcpy",
           "return __real_memcpy", "guard_wrap", "memcpy_out"),

    # Documents.
    Mutant("the flags for RISC-V name no ISA", "docs/porting.md", "-march=rv32imac -mabi=ilp32 -misa-spec=2.2",
           "-march=rv32imac -mabi=ilp32", "build/isa_flags"),
    Mutant("the flags for RISC-V name no extension", "docs/porting.md", "-march=rv32imac_zicsr", "-march=rv32imac",
           "build/isa_flags"),
    Mutant("the log's cost is told wrongly", "docs/fault-record.md", "| ARMv7-M | 5,020 | 3,568 |",
           "| ARMv7-M | 5,020 | 2,568 |", "build/small_end", "costs_are_told"),
    Mutant("a step tells another cost of the log", "docs/porting.md", "5 KB of flash and 3.6 KB",
           "4 KB of flash and 3.6 KB", "build/small_end", "steps"),
    Mutant("the README has no word on dead words", "README.md", "what a dead word in a standing frame leads to",
           "nothing", "build/claims"),
    Mutant("no document says what helps against dead words", "docs/mistakes.md", "(`__attribute__((noinline))`)", "",
           "build/claims"),
    Mutant("the guide has no word on what C has freed", "docs/guard.md", "memory that C has freed keeps what it held",
           "it may err", "build/claims"),
)

EVIDENCE = 240  # characters
NOTHING_CHOSEN = "ended with status 5 after 0 cases"  # pytest's: it knows no such case

os.chdir(ROOT)
SUITES = table.load()


def passes(tree, mutant):
    """Runs a suite in one configuration, as `make test` does; says what failed first."""
    suite = SUITES[mutant.suite]
    script = suite.script or suite.pytest
    command = ["scripts/run-tests", f"--suite={suite.name}", f"--board={mutant.board}", f"--check={mutant.check}",
               f"--opt={mutant.opt}", *([f"--case={mutant.case}"] if mutant.case and not script else [])]
    narrowed = {"MOAT_CASE": mutant.case, "PYTEST_ADDOPTS": f"-k {mutant.case}"} if mutant.case and script else {}
    done = subprocess.run(command, cwd=tree, env={**os.environ, **narrowed, "PYTHONDONTWRITEBYTECODE": "1"}, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    evidence = next((line for line in done.stdout.splitlines() if line.startswith("FAIL ")), done.stdout.strip())
    evidence = evidence[:EVIDENCE]
    unbuilt = " build of " in evidence and not suite.name.endswith("/builds")
    if done.returncode != 0 and (unbuilt or NOTHING_CHOSEN in evidence or not evidence.startswith("FAIL ")):
        raise Failure(f"the suite did not run: {evidence}")
    return done.returncode == 0, evidence


def part(chosen):
    """One that takes a second or two."""
    return [mutant for mutant in chosen if mutant.suite == "tools/bounds"]


mutants.main(MUTANTS, TREE, passes, part)
