"""What all parts of a heap's reader share.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass

from moat.firmware.target import Members, Target

from .kinds import Kinds
from .layout import Layout
from .problems import Problems


@dataclass(frozen=True)
class Place:
    """The firmware, how its heap lies in memory, the heap's state, its types and what is found broken."""
    target: Target
    layout: Layout
    state: Members  # struct moat_heap
    phase: str
    kinds: Kinds
    problems: Problems
