"""Cores that no emulator here runs: test/build/cores_linked.py links for each, README.md lists them.

SPDX-License-Identifier: MIT"""
from typing import NamedTuple

# Instructions that a core lacks, as patterns of ENCODING:MNEMONIC of a disassembly.
WIDE_V6M = r"\w{4} \w{4}:(?!bl$|msr$|mrs$|dsb$|isb$|dmb$|udf)"
WIDE_V8M = r"\w{4} \w{4}:(?!bl$|msr$|mrs$|dsb$|isb$|dmb$|udf|movw$|movt$|[us]div$|b\.w$)"
MULTIPLY = r".*:(mul|div|rem)"
ATOMIC = r".*:(amo|lr\.|sc\.)"
COMPRESSED = r"\w{4}:"
FLOAT = r".*:(f[a-z]*\.[sd]|fl[wd]$|fs[wd]$|v[a-z]+\.f)"


class Core(NamedTuple):
    target: str
    flags: str
    lacks: tuple  # instructions
    why: str      # no emulator runs it here


CORES = {
    "cortex_m0plus": Core("armv6m", "-mcpu=cortex-m0plus", (WIDE_V6M,),
                          "QEMU has no Cortex-M0+: microbit runs the same instructions on a Cortex-M0"),
    "cortex_m23": Core("armv8m", "-mcpu=cortex-m23", (WIDE_V8M,),
                       "QEMU has no Cortex-M23, the baseline of ARMv8-M"),
    "rv32i": Core("rv32imac", "-march=rv32i -mabi=ilp32", (MULTIPLY, ATOMIC, COMPRESSED, FLOAT),
                  "no machine of QEMU's lacks the M, A and C extensions: it would not tell a wrong instruction"),
    "rv32e": Core("rv32imac", "-march=rv32e -mabi=ilp32e", (MULTIPLY, ATOMIC, COMPRESSED, FLOAT),
                  "no board's RISC-V has 16 registers only: elsewhere a wrong register would go unseen"),
    "rv64gc": Core("rv64imac", "-march=rv64imafdc -mabi=lp64d", (ATOMIC,),
                   "newlib is built for rv64imac only; riscv32f-virt runs the port's registers of floating point"),
}
