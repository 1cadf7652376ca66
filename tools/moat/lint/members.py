"""The words of a C type that are slots in the object that moat lint makes: volatile pointers.

SPDX-License-Identifier: MIT"""
import itertools
from dataclasses import dataclass, replace
from typing import Callable

from elftools.dwarf.die import DIE

from moat.firmware.dwarf import TAGS, bare, count_of, dimensions_of, members_of, offset_of, resolve, size_of

# Elements of a flexible array that stand for all of them.
TAIL_ELEMENTS = 3


@dataclass(frozen=True)
class Slot:
    offset: int
    path: str       # as in `inner.next` or `pieces[2].value`
    shape: str      # the path with its indices left out: `pieces[].value`
    member: DIE     # the one of the member that was declared as a MOAT_REF


# Whether a pointer is a slot, by its DIE and whether it is volatile.
Accepts = Callable[[DIE, bool], bool]


def is_declared_slot(_: DIE, volatile: bool) -> bool:
    """As the lint build declares slots."""
    return volatile


def slots_of(die: DIE, accepts: Accepts = is_declared_slot) -> list[Slot]:
    """The slots of the type `die`, by offset. A tail has TAIL_ELEMENTS elements."""
    found = _walk(die, False, None, accepts)
    return [replace(slot, path=slot.path.lstrip("."), shape=slot.shape.lstrip(".")) for slot in found]


def _is_ref(die: DIE) -> bool:
    """Whether a type is a moat::ref, which is a slot whatever it points at."""
    if die.tag not in TAGS.values() or "DW_AT_name" not in die.attributes:
        return False
    scope = die.get_parent()
    named = scope.attributes.get("DW_AT_name") if scope is not None else None
    return die.attributes["DW_AT_name"].value.startswith(b"ref<") and named is not None and named.value == b"moat"


def extent_of(die: DIE) -> int:
    """Bytes of a type, its tail's TAIL_ELEMENTS elements included."""
    die = resolve(die)
    if die.tag == "DW_TAG_array_type" and count_of(die) is None:
        return TAIL_ELEMENTS * (size_of(die.get_DIE_from_attribute("DW_AT_type")) or 0)
    ends = [offset_of(member) + extent_of(member.get_DIE_from_attribute("DW_AT_type"))
            for member in (members_of(die) if die.tag in TAGS.values() else ())]
    return max([size_of(die) or 0, *ends])


def _walk(die: DIE, volatile: bool, member: DIE | None, accepts: Accepts) -> list[Slot]:
    die, qualifiers = bare(die)
    volatile = volatile or "DW_TAG_volatile_type" in qualifiers
    if die is None:
        return []
    if die.tag == "DW_TAG_pointer_type":
        return [Slot(0, "", "", member)] if member is not None and accepts(die, volatile) else []
    if die.tag == "DW_TAG_array_type":
        return _elements(die, volatile, member, accepts)
    if member is not None and _is_ref(die):
        return [Slot(0, "", "", member)]
    if die.tag in TAGS.values():
        return [_within(slot, offset_of(inner), name, name) for inner in members_of(die)
                for name in ["." + inner.attributes["DW_AT_name"].value.decode() if "DW_AT_name" in inner.attributes
                             else ""]
                for slot in _walk(inner.get_DIE_from_attribute("DW_AT_type"), False, inner, accepts)]
    return []


def _elements(array: DIE, volatile: bool, member: DIE | None, accepts: Accepts) -> list[Slot]:
    element = array.get_DIE_from_attribute("DW_AT_type")
    slots = _walk(element, volatile, member, accepts)
    if not slots:
        return []  # however many they are
    stride = size_of(element) or 0
    ranges = [range(TAIL_ELEMENTS if count is None else count) for count in dimensions_of(array)]
    return [_within(slot, i * stride, "".join(f"[{j}]" for j in indices), "[]" * len(indices))
            for i, indices in enumerate(itertools.product(*ranges)) for slot in slots]


def _within(slot: Slot, offset: int, path: str, shape: str) -> Slot:
    return replace(slot, offset=offset + slot.offset, path=path + slot.path, shape=shape + slot.shape)
