"""Compares the map of each MOAT_TYPE with the pointers of its struct.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

from typing import Iterable

from elftools.dwarf.die import DIE

from moat.firmware.dwarf import TAGS, Type, in_namespaces, resolve, size_of, type_of, understood
from moat.firmware.fields import field_at
from moat.lint.image import Image
from moat.lint.maps import Structure, mapped_words
from moat.lint.members import Slot, extent_of, slots_of

from .correct import corrected

TYPEDEF = "moat_object_of_"  # of the struct that a MOAT_TYPE describes: core/include/moat_type.h


@understood
def compare(image: Image) -> tuple[list[str], int]:
    """What is wrong, each as a line or two; and how many types were compared."""
    described: list[tuple[str, DIE, DIE, Structure]] = []
    for symbol, die in image.constants("moat_type"):
        kind = Structure(image, die.get_DIE_from_attribute("DW_AT_type"), image.address(symbol))
        own = die.attributes["DW_AT_name"].value.decode()
        struct = _struct_of(die, own, image.string(kind["name"]))
        if struct is not None:
            described.append((own, die, struct, kind))
    managed = {_name_of(struct) for _, _, struct, _ in described} - {None}
    return [line for found in described for line in _compare(image, *found, managed)], len(described)


def _struct_of(variable: DIE, name: str, written: str) -> DIE | None:
    """The struct or union that a type describes, in its unit; None if the debug information does not have it."""
    keyword, _, tag = written.partition(" ")
    found = None
    for die, scope in in_namespaces(variable.cu.get_top_DIE()):
        named = (scope + die.attributes["DW_AT_name"].value).decode() if "DW_AT_name" in die.attributes else None
        if die.tag == "DW_TAG_typedef" and named in (TYPEDEF + name, written):
            found = resolve(die)
        elif "DW_AT_declaration" not in die.attributes and (
                die.tag == TAGS.get(keyword) and named == tag or die.tag in TAGS.values() and named == written):
            found = die
        if found is not None and found.tag in TAGS.values():
            return found
    return None


def _name_of(die: DIE | None) -> tuple[str, bytes] | None:
    """What makes a struct the same in all units."""
    if die is None or die.tag not in TAGS.values() or "DW_AT_name" not in die.attributes:
        return None
    return die.tag, die.attributes["DW_AT_name"].value


def _compare(image: Image, name: str, variable: DIE, struct: DIE, kind: Structure,
             managed: set[tuple[str, bytes] | None]) -> list[str]:
    written = image.string(kind["name"])
    pointers = slots_of(struct, lambda pointer, _: not _is_to_function(pointer))
    wanted = slots_of(struct, lambda pointer, _: _name_of(type_of(pointer)) in managed)
    mapped = mapped_words(kind, image.word, extent_of(struct))
    found: list[tuple[tuple[str, int], str]] = []
    for slot in _first_of_each(slot for slot in wanted if slot.offset not in mapped):
        found.append((image.place(slot.member), f"`{slot.path}` of {written} points at what has a type, and the map of "
                      f"{name} lacks it: what it points at can be freed under it"))
    for offset in sorted(mapped - {slot.offset for slot in pointers})[:1]:
        found.append((image.place(variable), f"`{field_at(Type(struct), offset) or f'+{offset}'}` of {written} is in "
                      f"the map of {name}, but is no pointer: the collector takes its value for one"))
    if kind["size"] != (size_of(struct) or 0):
        found.append((image.place(variable), f"{name} has {kind['size']} bytes, and {written} has {size_of(struct)}"))
    if not found:
        return []
    slots = mapped | {slot.offset for slot in wanted}
    use = corrected(name, written, struct, kind["finalize"] != 0, [slot for slot in pointers if slot.offset in slots])
    return [f"{file}:{line}: error: {text}\n{file}:{line}: note: use {use}" for (file, line), text in found]


def _is_to_function(pointer: DIE) -> bool:
    pointee = type_of(pointer)
    return pointee is not None and pointee.tag == "DW_TAG_subroutine_type"


def _first_of_each(slots: Iterable[Slot]) -> list[Slot]:
    """One slot of each member and shape."""
    found: dict[tuple[str, int], Slot] = {}
    for slot in slots:
        found.setdefault((slot.shape, slot.member.offset), slot)
    return list(found.values())
