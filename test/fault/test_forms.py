"""moat-fault on ELF files of every form that compilers make: it reads it, or says once that it does not and ends with
1, but never shows what is wrong.

SPDX-License-Identifier: MIT"""
import json
import os
import random
import shutil
import subprocess

from support import ROOT, ELFFile, FLAGS, Fixture, Skip, as_pytest, decode, records, scratch, store

_folder = scratch()
AT = 0x20001000  # the stack of the records
CLANG = ["clang", "--target=arm-none-eabi", "-mcpu=cortex-m3", "-mthumb", "-fuse-ld=lld"]
CLANG_RISCV = ["clang", "--target=riscv32-none-elf", "-march=rv32imac", "-mabi=ilp32", "-fuse-ld=lld"]
CHAIN = ["moat_store_", "fixture_send", "_start"]


class Built(Fixture):
    """fixture.c by any compiler; `after` turns the ELF file into another."""

    def __init__(self, name, command, flags, after=()):
        if shutil.which(command[0]) is None:
            raise Skip(f"{command[0]} is not installed")
        self.target, self.path = "arm", os.path.join(_folder.name, f"{name}.elf")
        kept = [flag for flag in FLAGS if flag not in ("-g", *(f"-Wl,{flag[4:]}" for flag in flags))]
        done = subprocess.run([*command, *kept, *flags, "-o", self.path, os.path.join(ROOT, "test/fault/fixture.c")],
                              capture_output=True, text=True, check=False, cwd=_folder.name)
        if done.returncode != 0:
            raise Skip(f"{command[0]} does not build it: {done.stderr.splitlines()[0]}")
        self._read()
        if after:
            subprocess.run([*after, self.path], check=True)

    def record(self):
        """Of a store to what fixture_ring[2] is, from within fixture_guard, called by fixture_send, by _start."""
        arm = self.machine == "EM_ARM"
        pc, sp, link, frame = (15, 13, 14, 7) if arm else (32, 2, 1, 8)
        top = 8 if arm else 16
        stack = bytearray(64)
        stack[top - 4:top] = (self.address("fixture_start_return") | arm).to_bytes(4, "little")
        registers = {pc: self.address("fixture_guard"), sp: AT, link: self.address("fixture_return") | arm,
                     frame: AT + (0 if arm else top)}
        return records.frame(store(self, value=self.address("fixture_frame") + 8, stacks=[(AT, bytes(stack))],
                                   registers=registers))


def decoded(elf):
    status, output, errors = decode(elf.path, elf.record(), "--json")
    if "Traceback" in errors or not output:
        return status, None, errors
    return status, json.loads(output), errors


def understood(name, command, *flags, after=()):
    def case():
        elf = Built(name, command, flags, after)
        status, result, errors = decoded(elf)
        if status != 0 or errors:
            return f"exit {status}, {errors!r}"
        seen = {key: result[key] for key in ("function", "field", "destination_field", "build_id_verified")}
        wanted = {"function": "fixture_send", "field": "positions[0].latitude", "destination_field": "fixture_ring[2]",
                  "build_id_verified": True}
        names = [entry["function"] for entry in result["backtrace"]]
        chain = [name for name in CHAIN if name in names]
        return None if seen == wanted and chain[-2:] == CHAIN[-2:] else f"{seen}, {names}, {result['backtrace_end']}"
    return name, case


def told(name, words, command, *flags, after=(), status=1, sentences=1):
    """What is not understood is said once, and what the record itself says is still shown."""
    def case():
        elf = Built(name, command, flags, after)
        actual, result, errors = decoded(elf)
        if actual != status or result is None or words not in errors or errors.count("\n") != sentences:
            return f"exit {actual}, {errors!r}"
        wrong = {key: result[key] for key, right in (("field", "positions[0].latitude"),
                                                     ("destination_field", "fixture_ring[2]"))
                 if result[key] not in (None, right)}
        return f"it says {wrong}" if wrong or result["function"] != "fixture_send" else None
    return name, case


GCC = ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"]
GCC_RISCV = ["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32"]
OBJCOPY = "arm-none-eabi-objcopy"


def damaged():
    """Bytes of its debug information changed, in each section that is read: nothing falls over, hangs, or is silent."""
    elf = Built("damaged", GCC, ["-g"])
    with open(elf.path, "rb") as file:
        whole = file.read()
        file.seek(0)
        sections = {section.name: (section["sh_offset"], section["sh_size"])
                    for section in ELFFile(file).iter_sections()}
    for seed, name in enumerate((".debug_info", ".debug_abbrev", ".debug_info", ".debug_frame", ".debug_abbrev",
                                 ".debug_info", ".debug_line", ".debug_str")):
        chance, data = random.Random(seed), bytearray(whole)
        start, size = sections[name]
        for _ in range(40):
            data[start + chance.randrange(size)] = chance.randrange(256)
        with open(elf.path, "wb") as file:
            file.write(data)
        status, result, errors = decoded(elf)
        if status not in (0, 1) or result is None:
            return f"{name}, seed {seed}: exit {status}, {errors!r}"
        if status == 1 and not errors:
            return f"{name}, seed {seed}: exit 1, and not a word"
    return None


def cuts():
    """.debug_info that ends anywhere, as a file has it that was not copied to its end."""
    elf = Built("cut", GCC, ["-g"])
    with open(elf.path, "rb") as file:
        whole = bytearray(file.read())
        file.seek(0)
        parsed = ELFFile(file)
        number = next(n for n, section in enumerate(parsed.iter_sections()) if section.name == ".debug_info")
        at = parsed["e_shoff"] + number * parsed["e_shentsize"] + 20  # of sh_size
    for size in (0, 3, 11, 40, 200):
        whole[at:at + 4] = size.to_bytes(4, "little")
        with open(elf.path, "wb") as file:
            file.write(whole)
        status, result, errors = decoded(elf)
        if result is None or result["field"] or not errors or status != 1:
            return f"{size} bytes: exit {status}, {errors!r}"
    return None


def zero_return_address():
    """Where flash is at 0 a return address of 0 is code: no line of the report may be lost by it."""
    elf = Built("zero", GCC, ["-g", "-Wl,-Ttext=0"])
    log = records.frame(store(elf, kind=records.EXCEPTION, pc=elf.address("fixture_instruction"), registers={
        15: elf.address("fixture_instruction"), 13: AT, 14: 0}, stacks=[(AT, bytes(64))], callers=(0, 1)))
    status, output, errors = decode(elf.path, log, "--json")
    result = json.loads(output)
    names = [entry["function"] for entry in result["backtrace"]]
    return (None if status == 0 and not errors and result["line"] and names == ["fixture_fault"]
            and "return address is 0" in result["backtrace_end"] else f"exit {status}, {errors!r}, {result}")


def failing_addr2line():
    """It is said, with its first words."""
    elf = Built("failing", GCC, ["-g"])
    tool = os.path.join(_folder.name, "arm-none-eabi-addr2line")
    with open(tool, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho out of memory >&2\nexit 1\n")
    os.chmod(tool, 0o755)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{_folder.name}:{before}"
    try:
        status, _, errors = decoded(elf)
    finally:
        os.environ["PATH"] = before
        os.remove(tool)
    said = "arm-none-eabi-addr2line failed (out of memory)" in errors
    return None if status == 1 and said else f"{status} {errors!r}"


SPLIT, UNITS = "build with -gno-split-dwarf", "build with -fno-debug-types-section"
test_cases = as_pytest([
    *(understood(f"gcc_dwarf{version}{'_strict' if strict else ''}", GCC, f"-gdwarf-{version}",
                 *(["-gstrict-dwarf"] if strict else []))
      for version in (2, 3, 4, 5) for strict in (False, True)),
    *(understood(f"clang_dwarf{version}", CLANG, f"-gdwarf-{version}") for version in (2, 3, 4, 5)),
    *(understood(f"clang_riscv_dwarf{version}", CLANG_RISCV, f"-gdwarf-{version}") for version in (2, 4, 5)),
    understood("gcc_riscv", GCC_RISCV, "-g"),
    understood("gcc_dwarf64", GCC, "-g", "-gdwarf64"),
    understood("gcc_macros", GCC, "-g3"),
    understood("gcc_zlib", GCC, "-g", "-gz=zlib"),
    understood("gcc_zlib_gnu", GCC, "-g", "-gz=zlib-gnu"),
    *(understood(f"build_id_{kind}", GCC, "-g", f"-Wl,--build-id={kind}") for kind in ("md5", "uuid", "0x1234abcd")),
    understood("build_id_of_lld", CLANG, "-g", "-Wl,--build-id=fast"),
    told("zstd", "compressed by zstd", GCC, "-g", after=(OBJCOPY, "--compress-debug-sections=zstd")),
    *(told(f"split{version}", SPLIT, GCC, f"-gdwarf-{version}", "-gsplit-dwarf") for version in (4, 5)),
    told("split_clang", SPLIT, CLANG, "-gdwarf-5", "-gsplit-dwarf"),
    *(told(f"type_units{version}", UNITS, GCC, f"-gdwarf-{version}", "-fdebug-types-section") for version in (4, 5)),
    told("stripped", "no debug information: build with -g", GCC, "-g", after=(OBJCOPY, "--strip-debug"), status=0,
         sentences=2),
    told("only_debug", "before objcopy --only-keep-debug", GCC, "-g", after=(OBJCOPY, "--only-keep-debug"), status=0),
    *((case.__name__, case) for case in (damaged, cuts, zero_return_address, failing_addr2line)),
])
