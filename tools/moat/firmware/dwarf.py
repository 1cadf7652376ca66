"""C types and variables by name, from DWARF.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import functools
import math

from elftools.dwarf.die import DIE
from elftools.dwarf.dwarf_expr import DWARFExprParser
from elftools.dwarf.dwarfinfo import DWARFInfo

from .fields import CType

TAGS = {"struct": "DW_TAG_structure_type", "union": "DW_TAG_union_type"}
NAMED_TAGS = {**TAGS, "enum": "DW_TAG_enumeration_type"}
TRANSPARENT = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_atomic_type")
ENCODING_FLOAT = 4
NAME_KEPT = 23  # characters of a type's name that a record keeps


class Index:
    """What stands at file scope, by name."""

    def __init__(self, dwarf: DWARFInfo) -> None:
        self._types: dict[tuple[str, bytes], list[DIE]] = {}
        self._variables: dict[bytes, list[tuple[DIE, DIE]]] = {}
        for unit in dwarf.iter_CUs():
            for die in unit.get_top_DIE().iter_children():
                declared = (die.get_DIE_from_attribute("DW_AT_specification") if "DW_AT_specification" in die.attributes
                            else die)
                name = declared.attributes.get("DW_AT_name")
                if name is None:
                    continue
                if die.tag == "DW_TAG_variable":
                    self._variables.setdefault(name.value, []).append((die, declared))
                elif "DW_AT_declaration" not in die.attributes:
                    self._types.setdefault((die.tag, name.value), []).append(die)

    def type(self, name: str, near: tuple[str, int] | None = None) -> Type | None:
        """The complete type that is written `name` in C, or None. A name as long as a record keeps may have been cut:
        it finds the one type that begins so, if there is one only. near: (name, address) of a variable, in whose file
        the name may mean another type than elsewhere"""
        keyword, _, tag_name = name.partition(" ")
        tags: tuple[str, ...]
        if keyword in NAMED_TAGS:
            tags, wanted = (NAMED_TAGS[keyword],), tag_name.strip().encode()
        else:
            tags, wanted = ("DW_TAG_typedef", "DW_TAG_base_type"), name.strip().encode()
        variable = self._variable(*near) if near is not None else None
        for tag in tags:
            found = self._types.get((tag, wanted), ())
            same_file = [die for die in found if variable is not None and die.cu.cu_offset == variable.cu.cu_offset]
            for die in (*same_file, *found):
                return Type(die)
        begun = [dies[0] for (tag, found), dies in self._types.items() if tag in tags and found.startswith(wanted)]
        return Type(begun[0]) if len(name) == NAME_KEPT and len(begun) == 1 else None

    def variable_type(self, name: str, address: int) -> Type | None:
        """The type of the variable at an address, or None."""
        declared = self._variable(name, address)
        return None if declared is None or "DW_AT_type" not in declared.attributes else \
            Type(declared.get_DIE_from_attribute("DW_AT_type"))

    def _variable(self, name: str, address: int) -> DIE | None:
        """The DIE that declares it."""
        for die, declared in self._variables.get(name.encode(), ()):
            if "DW_AT_location" not in die.attributes:
                continue
            place = DWARFExprParser(die.cu.structs).parse_expr(die.attributes["DW_AT_location"].value)
            if len(place) == 1 and place[0].op_name == "DW_OP_addr" and place[0].args[0] == address:
                return declared
        return None


class Type:
    """A type as fields.py has it, of a DIE. `skip` dimensions of an array are behind whoever asks."""

    def __init__(self, die: DIE | None, skip: int = 0) -> None:
        self._die = _resolve(die)
        self._skip = skip

    @functools.cached_property
    def kind(self) -> str:
        if self._die is None:
            return "integer"
        tag = self._die.tag
        for name, named in NAMED_TAGS.items():
            if tag == named:
                return name
        if tag == "DW_TAG_base_type":
            return "float" if self._die.attributes["DW_AT_encoding"].value == ENCODING_FLOAT else "integer"
        return {"DW_TAG_array_type": "array", "DW_TAG_pointer_type": "pointer"}.get(tag, "integer")

    @functools.cached_property
    def size(self) -> int | None:
        if not self._skip:
            return size_of(self._die)
        count, element = _product(dimensions_of(self._die)[self._skip:]), size_of(_type_of(self._die))
        return None if count is None or element is None else count * element

    @functools.cached_property
    def members(self) -> list[tuple[str | None, int, CType]]:
        return [(member.attributes["DW_AT_name"].value.decode("utf-8", "replace") if "DW_AT_name" in member.attributes
                 else None,
                 offset_of(member), Type(_type_of(member))) for member in members_of(self._die)]

    @functools.cached_property
    def element(self) -> Type:
        inner = self._skip + 1 < len(dimensions_of(self._die))
        return Type(self._die, self._skip + 1) if inner else Type(_type_of(self._die))

    @functools.cached_property
    def enumerators(self) -> dict[str, int]:
        """Of an enum: {name: value}."""
        return {child.attributes["DW_AT_name"].value.decode("utf-8", "replace"):
                child.attributes["DW_AT_const_value"].value
                for child in (self._die.iter_children() if self._die is not None else ())
                if child.tag == "DW_TAG_enumerator"}


def _resolve(die: DIE | None) -> DIE | None:
    while die is not None and die.tag in TRANSPARENT:
        die = die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None
    return die


def _type_of(die: DIE) -> DIE | None:
    return _resolve(die.get_DIE_from_attribute("DW_AT_type")) if "DW_AT_type" in die.attributes else None


def dimensions_of(array: DIE) -> list[int | None]:
    """Elements of an array in each dimension, None for that of a flexible one."""
    found = []
    for dimension in array.iter_children():
        if "DW_AT_count" in dimension.attributes:
            found.append(dimension.attributes["DW_AT_count"].value)
        elif "DW_AT_upper_bound" in dimension.attributes:
            found.append(dimension.attributes["DW_AT_upper_bound"].value + 1)
        else:
            found.append(None)
    return found


def count_of(array: DIE) -> int | None:
    """Elements of an array, or None for a flexible one."""
    return _product(dimensions_of(array))


def _product(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return math.prod(known) if len(known) == len(counts) else None


def size_of(die: DIE | None) -> int | None:
    """Bytes of a type; None where it has no size of its own, as a flexible array."""
    die = _resolve(die)
    if die is None:
        return None
    if "DW_AT_byte_size" in die.attributes:
        return die.attributes["DW_AT_byte_size"].value
    if die.tag == "DW_TAG_array_type":
        count, element = count_of(die), size_of(_type_of(die))
        return None if count is None or element is None else count * element
    return die.cu["address_size"] if die.tag == "DW_TAG_pointer_type" else None


def members_of(die: DIE) -> list[DIE]:
    return [child for child in die.iter_children() if child.tag == "DW_TAG_member"]


def offset_of(member: DIE) -> int:
    attribute = member.attributes.get("DW_AT_data_member_location")
    return attribute.value if attribute is not None and isinstance(attribute.value, int) else 0
