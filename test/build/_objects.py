"""The code of objects, to be compared.

SPDX-License-Identifier: MIT"""
from _checks import expect


def code(compiler, made):
    """The instructions of each function with what they refer to, addresses and file name left out."""
    listing = compiler.tool("objdump", "-d", "-r", "--no-show-raw-insn", "--no-addresses", made)
    return [line.strip() for line in listing.splitlines() if line.strip() and "file format" not in line]


def expect_same(what, one, other, least=10):
    """Both are the same code, of so many lines at least."""
    expect(len(one) >= least, f"{what}: the disassembly has no code")
    for a, b in zip(one, other):
        expect(a == b, f"{what}: '{a}' differs from '{b}'")
    expect(len(one) == len(other), f"{what}: {len(one)} lines of code and not {len(other)}")
