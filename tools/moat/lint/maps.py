"""Compares the slots of each struct, as its members are declared, with its MOAT_TYPE, as it was compiled.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import itertools
from typing import Iterator

from elftools.dwarf.die import DIE

from moat.firmware.dwarf import Type, members_of, offset_of, resolve, size_of, understood
from moat.firmware.fields import field_at

from .compiler import Diagnostic
from .image import Image, ImageError
from .members import Slot, extent_of, slots_of

PREFIX = "moat_lint_"  # of the variable that ties a struct to its type: see core/include/moat_lint.h


class Structure:
    """A struct of core's in an image, read member by member."""

    def __init__(self, image: Image, die: DIE, address: int) -> None:
        die = resolve(die)
        self._image, self._address = image, address
        self._members = {member.attributes["DW_AT_name"].value.decode(): member for member in members_of(die)}
        self._size = size_of(die) or 0

    def __getitem__(self, name: str) -> int:
        member = self._members[name]
        return self._image.integer(self._address + offset_of(member),
                                   size_of(member.get_DIE_from_attribute("DW_AT_type")) or 0)

    def array(self, name: str, count: int) -> list[Structure]:
        """The `count` structs that a member points at."""
        element = self._members[name].get_DIE_from_attribute("DW_AT_type").get_DIE_from_attribute("DW_AT_type")
        first = Structure(self._image, element, self[name])
        return [Structure(self._image, element, self[name] + i * first._size) for i in range(count)]


def mapped_words(kind: Structure, word: int, extent: int) -> set[int]:
    """Offsets of the words within `extent` bytes that the pointer map of the type `kind` calls slots."""
    found = {i * word for i in range(8 * word) if kind["map"] >> i & 1}
    for run in kind.array("runs", kind["run_count"]):
        inner = [run["inner_offset"] + i * run["inner_stride"] for i in range(run["inner_count"])] or [0]
        offsets = [start + i * word for start in inner for i in range(8 * word) if run["map"] >> i & 1]
        if not offsets:
            continue
        # A tail has as many pieces as a 32-bit number can count.
        starts = itertools.takewhile(lambda start: start < extent,
                                     (run["offset"] + i * run["stride"] for i in range(run["count"])))
        found.update(start + offset for start in starts for offset in offsets if start + offset < extent)
    return found


@understood
def compare(image: Image) -> tuple[list[Diagnostic], int]:
    """Diagnostics: an error for each member that is a MOAT_REF and not in its type's map, a warning for each word that
    is in the map and no MOAT_REF. And how many types were compared."""
    variables = dict(image.variables())
    found: list[Diagnostic] = []
    names = [name for name in image.names() if name.startswith(PREFIX)]
    for name in names:
        if name not in variables:
            raise ImageError(f"the map of {name.removeprefix(PREFIX)} can't be compared: the lint build has no debug "
                             "information of it")
        variable = variables[name]
        type_name = name.removeprefix(PREFIX)
        kind = Structure(image, variables[type_name].get_DIE_from_attribute("DW_AT_type"), image.address(type_name))
        pointer = variable.get_DIE_from_attribute("DW_AT_type")
        while pointer.tag != "DW_TAG_pointer_type":
            pointer = pointer.get_DIE_from_attribute("DW_AT_type")
        struct = pointer.get_DIE_from_attribute("DW_AT_type")
        found += _compare(image, variable, type_name, kind, struct)
    return found, len(names)


def _compare(image: Image, variable: DIE, type_name: str, kind: Structure, struct: DIE) -> Iterator[Diagnostic]:
    written = image.string(kind["name"])
    slots = slots_of(struct)
    mapped = mapped_words(kind, image.word, extent_of(struct))
    groups: dict[tuple[str, int], list[Slot]] = {}
    for slot in slots:
        groups.setdefault((slot.shape, slot.member.offset), []).append(slot)
    for group in groups.values():
        lacking = [slot for slot in group if slot.offset not in mapped]
        if lacking:
            path = lacking[0].path
            more = f" (and {len(lacking) - 1} more like it)" if len(lacking) > 1 else ""
            yield _diagnostic(image, lacking[0].member, variable, "error",
                              f"`{path}`{more} of {written} is a MOAT_REF that the map of {type_name} lacks: what it "
                              f"points at can be freed under it; name it in the MOAT_TYPE of {type_name}")
    bare = sorted(mapped - {slot.offset for slot in slots})
    if bare:
        more = f" (and {len(bare) - 1} more)" if len(bare) > 1 else ""
        yield _diagnostic(image, variable, variable, "warning",
                          f"`{field_at(Type(struct), bare[0])}`{more} of {written} is in the map of {type_name}, but "
                          f"is no MOAT_REF: lint does not see what is stored to it; declare it as MOAT_REF(T)")


def _diagnostic(image: Image, where: DIE, variable: DIE, kind: str, text: str) -> Diagnostic:
    """At a member's declaration, with a note of where the map is."""
    file, line = image.place(where)
    block = f"{file}:{line}: {kind}: {text}"
    if where is not variable:
        map_file, map_line = image.place(variable)
        block += f"\n{map_file}:{map_line}: note: the map is made here"
    return Diagnostic(file, line, 1, kind, text, block)
