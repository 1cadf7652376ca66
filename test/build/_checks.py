"""What the checks of this folder share: the compilers, and printing cases as test/harness.h does.

SPDX-License-Identifier: MIT"""
import functools
import pathlib
import re
import subprocess
import sys
from typing import Dict, List, Tuple
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lib.cases import Failure, Skip, as_pytest, run as run_cases  # noqa: E402, F401 (for those who import this)
from lib.paths import ROOT  # noqa: E402


def make_variable(name):
    """The words that make/warnings.mk gives a variable."""
    text = (ROOT / "make/warnings.mk").read_text()
    return re.findall(rf"^{name} := (.*)$", text, re.MULTILINE)[0].split()


CORE = sorted((ROOT / "core").rglob("*.c"))
WARNINGS = ["-std=c11", *make_variable("WARNINGS"), "-Werror"]
CORE_FLAGS = make_variable("CORE_FLAGS")

# What core is compiled with for each family; the folder of its port (the inline half of armv7m's is right for all of
# Cortex-M); the prefix of its GNU tools; clang's target.
TARGETS: Dict[str, Tuple[List[str], str, str, str]] = {
    "armv6m": (["-mcpu=cortex-m0", "-mthumb"], "armv7m", "arm-none-eabi-", "--target=armv6m-none-eabi"),
    "armv7m": (["-mcpu=cortex-m3", "-mthumb"], "armv7m", "arm-none-eabi-", "--target=armv7m-none-eabi"),
    "armv8m": (["-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=soft"], "armv7m", "arm-none-eabi-",
               "--target=armv8m.main-none-eabi"),
    "rv32imac": (["-march=rv32imac", "-mabi=ilp32"], "riscv", "riscv64-unknown-elf-", "--target=riscv32-unknown-elf"),
    "rv64imac": (["-march=rv64imac", "-mabi=lp64", "-mcmodel=medany"], "riscv", "riscv64-unknown-elf-",
                 "--target=riscv64-unknown-elf"),
    "host": ([], "host", "", "--target=x86_64-linux-gnu"),
}


class Compiler:
    """A C compiler for one target, with the include path and the flags of our code."""

    def __init__(self, target, clang=False):
        cpu, port, self.prefix, triple = TARGETS[target]
        self.name = f"{'clang' if clang else 'gcc'}/{target}"
        self.port = f"port/{port}"
        # As the boards do: with ISA 2.2 the base includes the CSR instructions. clang 14 knows no other.
        if port == "riscv" and not clang:
            cpu = [*cpu, "-misa-spec=2.2"]
        command = ["clang", triple] if clang else [f"{self.prefix}gcc"]
        # Freestanding: moat's headers need no C library, and Debian's compiler for RISC-V comes without one.
        self.command = [*command, *cpu, "-ffreestanding", f"-I{ROOT}/core/include", f"-I{ROOT}/port/{port}",
                        f"-I{ROOT}/core", f"-I{ROOT}/lib/include"]

    def compile(self, source, output, *flags, text=None):
        """Compiles a file, or `text` if source is "-". Returns the compiler's status and messages."""
        extra = ["-x", "c"] if text is not None else []
        return run([*self.command, *WARNINGS, *flags, *extra, "-c", "-o", str(output), str(source)], text)

    def must_compile(self, source, output, *flags, text=None):
        status, messages = self.compile(source, output, *flags, text=text)
        if status != 0:
            raise Failure(f"{self.name}: {source} does not compile: {first_error(messages)}")

    def must_compile_all(self, sources, folder, *flags):
        """Compiles files whose names differ, by one command. Returns the objects, which are in the folder."""
        command = [*self.command, *WARNINGS, *flags, "-c", *(str(ROOT / source) for source in sources)]
        status, messages = run(command, cwd=folder)
        if status != 0:
            raise Failure(f"{self.name} {' '.join(flags)}: {first_error(messages)}")
        return [folder / f"{source.stem}.o" for source in sources]

    def in_place_of_core(self, scratch, *flags):
        """Objects of what the port has in place of a part of core: core/mark/grey.h."""
        objects = []
        for source in (ROOT / self.port).glob("grey.S"):
            objects.append(scratch / f"{source.stem}-port.o")
            self.must_compile(source.relative_to(ROOT), objects[-1], *flags)
        return objects

    def tool(self, name, *arguments):
        """The output of one of the GNU tools."""
        status, output = run([self.prefix + name, *map(str, arguments)])
        if status != 0:
            raise Failure(f"{self.prefix}{name}: {first_error(output)}")
        return output


CXX_FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef", "-Werror", "-fno-pie",
             "-fno-exceptions", "-fno-rtti", "-c"]


def compile_cxx(compiler, source, output, *flags, text=None):
    """The status and messages of the C++ compiler that belongs to one for C."""
    name, *rest = compiler.command
    extra = ["-x", "c++"] if text is not None else []
    return run([name.replace("clang", "clang++").replace("gcc", "g++"), *rest, *CXX_FLAGS, *flags, *extra, "-o",
                str(output), str(source)], text)


def run(command, text=None, cwd=ROOT):
    done = subprocess.run(command, input=text, text=True, errors="replace", cwd=cwd, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def options():
    """Rows of test/config/options.txt: option, lowest, highest, message."""
    for line in (ROOT / "test/config/options.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split(None, 3)


def first_error(messages):
    """The line of the messages that says what is wrong."""
    lines = messages.strip().splitlines() or ["no message"]
    return next((line for line in lines if "error" in line or "multiple definition" in line), lines[0])


def expect(condition, what):
    if not condition:
        raise Failure(what)


def in_scratch(*cases):
    """Pairs of a name and a case from functions that take a scratch folder, or pairs of a name and such a function."""
    def call(function):
        with tempfile.TemporaryDirectory() as scratch:
            function(pathlib.Path(scratch))
    named = [case if isinstance(case, tuple) else (case.__name__, case) for case in cases]
    return [(name, functools.partial(call, function)) for name, function in named]


def main(*cases):
    """Runs such cases as a script."""
    run_cases(in_scratch(*cases))


def pytest_of(*cases):
    """Such cases as a test of pytest."""
    return as_pytest(in_scratch(*cases))
