"""C types and variables by name, from DWARF. What is of a form that is not understood raises errors.DebugError, and so
does whatever pyelftools stumbles over.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import functools
import math
from typing import Any, Callable, Iterable, Iterator, TypeVar

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE, AttributeValue
from elftools.dwarf.dwarf_expr import DWARFExprParser

from .errors import DebugError, FirmwareError
from .fields import CType

TAGS = {"struct": "DW_TAG_structure_type", "union": "DW_TAG_union_type", "class": "DW_TAG_class_type"}
NAMED_TAGS = {**TAGS, "enum": "DW_TAG_enumeration_type"}
TRANSPARENT = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_atomic_type",
               "DW_TAG_restrict_type")
DECLARED_BY = ("DW_AT_specification", "DW_AT_abstract_origin")
ENCODING_FLOAT = 4
NAME_KEPT = 23  # characters of a type's name that a record keeps
DEPTH_MAX = 64  # typedefs of typedefs: a damaged type may lead to itself
CONSTANTS = ("DW_FORM_data1", "DW_FORM_data2", "DW_FORM_data4", "DW_FORM_data8", "DW_FORM_udata", "DW_FORM_sdata",
             "DW_FORM_implicit_const")
EXPRESSIONS = ("DW_FORM_exprloc", "DW_FORM_block", "DW_FORM_block1", "DW_FORM_block2", "DW_FORM_block4")

Result = TypeVar("Result")


def understood(read: Callable[..., Result]) -> Callable[..., Result]:
    """A function that raises DebugError whatever goes wrong in it."""
    @functools.wraps(read)
    def reads(*arguments: Any) -> Result:
        try:
            return read(*arguments)
        except FirmwareError:
            raise
        except Exception as error:  # pyelftools raises whatever a damaged file makes it stumble over
            raise DebugError(f"the debug information can't be read ({error or type(error).__name__})") from error
    return reads


class Index:
    """What stands at file scope, by name."""

    @understood
    def __init__(self, units: Iterable[CompileUnit]) -> None:
        self._types: dict[tuple[str, bytes], list[DIE]] = {}
        self._variables: dict[bytes, list[tuple[DIE, DIE]]] = {}
        for unit in units:
            for die, scope in in_namespaces(unit.get_top_DIE()):
                declared = declared_by(die)
                name = declared.attributes.get("DW_AT_name")
                if name is None:
                    continue
                if die.tag == "DW_TAG_variable":
                    self._variables.setdefault(name.value, []).append((die, declared))
                elif "DW_AT_declaration" not in die.attributes:
                    self._types.setdefault((die.tag, scope + name.value), []).append(die)

    @understood
    def type(self, name: str, near: tuple[str, int] | None = None) -> Type | None:
        """The complete type that is written `name` in C, or None. A name as long as a record keeps may have been cut:
        it finds the one type that begins so, if there is one only. near: (name, address) of a variable, in whose file
        the name may mean another type than elsewhere"""
        keyword, _, tag_name = name.partition(" ")
        tags: tuple[str, ...]
        if keyword in NAMED_TAGS:
            tags, wanted = (NAMED_TAGS[keyword],), tag_name.strip().encode()
        else:
            # C++ writes no keyword.
            tags, wanted = ("DW_TAG_typedef", "DW_TAG_base_type", *TAGS.values()), name.strip().encode()
        variable = self._variable(*near) if near is not None else None
        for tag in tags:
            found = self._types.get((tag, wanted), ())
            same_file = [die for die in found if variable is not None and die.cu.cu_offset == variable.cu.cu_offset]
            for die in (*same_file, *found):
                return Type(die)
        begun = [dies[0] for (tag, found), dies in self._types.items() if tag in tags and found.startswith(wanted)]
        return Type(begun[0]) if len(name) == NAME_KEPT and len(begun) == 1 else None

    @understood
    def variable_type(self, name: str, address: int) -> Type | None:
        """The type of the variable at an address, or None."""
        declared = self._variable(name, address)
        return None if declared is None or "DW_AT_type" not in declared.attributes else \
            Type(declared.get_DIE_from_attribute("DW_AT_type"))

    def _variable(self, name: str, address: int) -> DIE | None:
        """The DIE that declares it."""
        return next((declared for die, declared in self._variables.get(name.encode(), ())
                     if address_of(die) == address), None)


class Type:
    """A type as fields.py has it, of a DIE. `skip` dimensions of an array are behind whoever asks."""

    def __init__(self, die: DIE | None, skip: int = 0) -> None:
        self._die = resolve(die)
        self._skip = skip

    @functools.cached_property
    @understood
    def kind(self) -> str:
        if self._die is None:
            return "integer"
        tag = self._die.tag
        for name, named in NAMED_TAGS.items():
            if tag == named:
                return "struct" if name == "class" else name
        if tag == "DW_TAG_base_type":
            return "float" if self._die.attributes["DW_AT_encoding"].value == ENCODING_FLOAT else "integer"
        return {"DW_TAG_array_type": "array", "DW_TAG_pointer_type": "pointer"}.get(tag, "integer")

    @functools.cached_property
    @understood
    def size(self) -> int | None:
        if not self._skip:
            return size_of(self._die)
        count, element = _product(dimensions_of(self._die)[self._skip:]), size_of(type_of(self._die))
        return None if count is None or element is None else count * element

    @functools.cached_property
    @understood
    def members(self) -> list[tuple[str | None, int, CType]]:
        return [(member.attributes["DW_AT_name"].value.decode("utf-8", "replace") if "DW_AT_name" in member.attributes
                 else None,
                 offset_of(member), Type(type_of(member))) for member in members_of(self._die)]

    @functools.cached_property
    @understood
    def element(self) -> Type:
        inner = self._skip + 1 < len(dimensions_of(self._die))
        return Type(self._die, self._skip + 1) if inner else Type(type_of(self._die))

    @functools.cached_property
    @understood
    def enumerators(self) -> dict[str, int]:
        """Of an enum: {name: value}."""
        return {child.attributes["DW_AT_name"].value.decode("utf-8", "replace"): constant(child, "DW_AT_const_value")
                for child in (children_of(self._die) if self._die is not None else ())
                if child.tag == "DW_TAG_enumerator"}


# ---- entries ----

def children_of(die: DIE) -> Iterator[DIE]:
    """A damaged entry may say that its next sibling is one that has been."""
    last = die.offset
    for child in die.iter_children():
        if child.offset <= last:
            raise DebugError("the debug information is damaged: its entries run in a circle")
        last = child.offset
        yield child


def in_namespaces(die: DIE, scope: bytes = b"", depth: int = 0) -> Iterator[tuple[DIE, bytes]]:
    """The children of a unit, and of its namespaces, each with what stands before its name: `app::`."""
    for child in children_of(die):
        if child.tag != "DW_TAG_namespace":
            yield child, scope
        elif depth < DEPTH_MAX:
            name = child.attributes.get("DW_AT_name")
            within = scope + name.value + b"::" if name is not None else scope
            yield from in_namespaces(child, within, depth + 1)


def linkage_name(die: DIE) -> bytes:
    """The symbol of a variable's declaration."""
    name: bytes = die.attributes["DW_AT_linkage_name" if "DW_AT_linkage_name" in die.attributes else "DW_AT_name"].value
    return name


def declared_by(die: DIE) -> DIE:
    """The entry that declares what this one defines: itself, mostly."""
    reference = next((name for name in DECLARED_BY if name in die.attributes), None)
    return die if reference is None else die.get_DIE_from_attribute(reference)


def resolve(die: DIE | None) -> DIE | None:
    """A type without typedefs and qualifiers; None: void."""
    return bare(die)[0]


def bare(die: DIE | None) -> tuple[DIE | None, set[str]]:
    """The same, and the tags of what was taken off."""
    taken: set[str] = set()
    for _ in range(DEPTH_MAX):
        if die is None or die.tag not in TRANSPARENT:
            return die, taken
        taken.add(die.tag)
        die = die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None
    raise DebugError("the debug information is damaged: a type leads to itself")


def type_of(die: DIE) -> DIE | None:
    return resolve(die.get_DIE_from_attribute("DW_AT_type")) if "DW_AT_type" in die.attributes else None


def constant(die: DIE, name: str) -> int:
    """An attribute that is a number."""
    attribute: AttributeValue = die.attributes[name]
    if attribute.form not in CONSTANTS:
        raise DebugError(f"a {name} of the debug information is no constant ({attribute.form})")
    value: int = attribute.value
    return value


def _operations(die: DIE, attribute: AttributeValue) -> list[tuple[str, int]] | None:
    """An expression whose operations have one argument each, or None."""
    if attribute.form not in EXPRESSIONS:
        return None
    parsed = DWARFExprParser(die.cu.structs).parse_expr(attribute.value)
    return [(each.op_name, each.args[0]) for each in parsed] if all(len(each.args) == 1 for each in parsed) else None


def address_of(variable: DIE) -> int | None:
    """Where a variable lies; None where that is not known, or not one place."""
    attribute = variable.attributes.get("DW_AT_location")
    operations = _operations(variable, attribute) if attribute is not None else None
    if not operations:
        return None
    (base, address), *offsets = operations
    if base == "DW_OP_addrx":
        address = variable.dwarfinfo.get_addr(variable.cu, address)
    elif base != "DW_OP_addr":
        return None
    return None if any(name != "DW_OP_plus_uconst" for name, _ in offsets) else address + sum(by for _, by in offsets)


def dimensions_of(array: DIE) -> list[int | None]:
    """Elements of an array in each dimension, None for that of a flexible one."""
    found: list[int | None] = []
    for dimension in children_of(array):
        if "DW_AT_count" in dimension.attributes:
            found.append(constant(dimension, "DW_AT_count"))
        elif "DW_AT_upper_bound" in dimension.attributes:
            found.append(constant(dimension, "DW_AT_upper_bound") + 1)
        else:
            found.append(None)
    return found


def count_of(array: DIE) -> int | None:
    """Elements of an array, or None for a flexible one."""
    return _product(dimensions_of(array))


def _product(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return math.prod(known) if len(known) == len(counts) else None


def size_of(die: DIE | None, depth: int = 0) -> int | None:
    """Bytes of a type; None where it has no size of its own, as a flexible array."""
    die = resolve(die)
    if die is None:
        return None
    if "DW_AT_byte_size" in die.attributes:
        return constant(die, "DW_AT_byte_size")
    if die.tag == "DW_TAG_array_type":
        if depth > DEPTH_MAX:
            raise DebugError("the debug information is damaged: a type leads to itself")
        count, element = count_of(die), size_of(type_of(die), depth + 1)
        return None if count is None or element is None else count * element
    return die.cu["address_size"] if die.tag == "DW_TAG_pointer_type" else None


def members_of(die: DIE) -> list[DIE]:
    """Of C++ also the base classes, which have no name and, unless they are virtual, a place; not the static ones."""
    return [child for child in children_of(die)
            if child.tag in ("DW_TAG_member", "DW_TAG_inheritance") and "DW_AT_external" not in child.attributes
            and "DW_AT_virtuality" not in child.attributes]


def offset_of(member: DIE) -> int:
    """Bytes from its struct's beginning. DWARF 2 tells it as what to do with the struct's address."""
    if "DW_AT_data_bit_offset" in member.attributes:
        return constant(member, "DW_AT_data_bit_offset") // 8
    attribute = member.attributes.get("DW_AT_data_member_location")
    if attribute is None:
        return 0
    operations = _operations(member, attribute)
    if operations and all(name == "DW_OP_plus_uconst" for name, _ in operations):
        return sum(by for _, by in operations)
    return constant(member, "DW_AT_data_member_location")
