"""Which stack a stack pointer is on: its end is on it, for a stack that nothing is on yet.

SPDX-License-Identifier: MIT"""
import pytest

from moat.firmware.elf_target import ElfTarget
from moat.firmware.target import Context, stack_of

HANDLER, THREAD, TASK = STACKS = ((0x1000, 0x2000), (0x2000, 0x3000), (0x8000, 0x9000))


@pytest.mark.parametrize("sp, stack", [
    (0x1ffc, HANDLER), (0x2000, HANDLER), (0x2004, THREAD), (0x3000, THREAD), (0x1000, HANDLER), (0x8000, TASK),
    (0x9000, TASK), (0xffc, None), (0x3004, None), (0x9004, None)])
def test_end_belongs_to_the_stack_below(sp, stack):
    found = stack_of(sp, STACKS)
    assert stack == (None if found is None else STACKS[found])


def test_context_of_an_empty_stack_is_found():
    target = ElfTarget.__new__(ElfTarget)
    target._contexts = [Context(0x500, {}), Context(TASK[1], {"r4": 1})]
    assert target.context_in(STACKS).registers == {"r4": 1}
