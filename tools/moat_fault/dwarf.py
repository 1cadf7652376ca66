"""Which field of a C type lies at an offset, from DWARF.

SPDX-License-Identifier: MIT"""
import math

from elftools.dwarf.dwarf_expr import DWARFExprParser

TAGS = {"struct": "DW_TAG_structure_type", "union": "DW_TAG_union_type"}
TRANSPARENT = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_atomic_type")
NAME_KEPT = 23  # characters of a type's name that a record keeps


def find_type(dwarf, name):
    """The DIE of the complete type that is written `name` in C, or None. A name as long as a record keeps may
    have been cut: it finds the one type that begins so, if there is one only."""
    keyword, _, tag_name = name.partition(" ")
    tag = TAGS.get(keyword, "DW_TAG_typedef")
    wanted = (tag_name if keyword in TAGS else name).strip().encode()
    begun = {}
    for unit in dwarf.iter_CUs():
        for die in unit.get_top_DIE().iter_children():
            if die.tag != tag or "DW_AT_name" not in die.attributes or "DW_AT_declaration" in die.attributes:
                continue
            found = die.attributes["DW_AT_name"].value
            if found == wanted:
                return die
            if len(name) == NAME_KEPT and found.startswith(wanted):
                begun[found] = die
    return next(iter(begun.values())) if len(begun) == 1 else None


def find_variable_type(dwarf, name, address):
    """The DIE of the type of the variable at an address, or None."""
    for unit in dwarf.iter_CUs():
        parser = DWARFExprParser(unit.structs)
        for die in unit.get_top_DIE().iter_children():
            if die.tag != "DW_TAG_variable" or "DW_AT_type" not in die.attributes or "DW_AT_name" not in die.attributes or \
                    die.attributes["DW_AT_name"].value != name.encode() or "DW_AT_location" not in die.attributes:
                continue
            place = parser.parse_expr(die.attributes["DW_AT_location"].value)
            if len(place) == 1 and place[0].op_name == "DW_OP_addr" and place[0].args[0] == address:
                return die.get_DIE_from_attribute("DW_AT_type")
    return None


def field_at(die, offset):
    """What lies `offset` bytes into a `die`, e.g. `next`, `satellites[3].azimuth`, `[2].next` in an array of them,
    or `length+1` where it is not a field's first byte. None where nothing is."""
    size = size_of(die)
    prefix = ""
    if size and offset >= size and not _flexible(die):
        prefix, offset = f"[{offset // size}]", offset % size
    path = _path(die, offset)
    return None if path is None else (prefix + path).lstrip(".") or None


def _resolve(die):
    while die is not None and die.tag in TRANSPARENT:
        die = die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None
    return die


def _type_of(die):
    return _resolve(die.get_DIE_from_attribute("DW_AT_type")) if "DW_AT_type" in die.attributes else None


def dimensions_of(array):
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


def count_of(array):
    """Elements of an array, or None for a flexible one."""
    dimensions = dimensions_of(array)
    return None if None in dimensions else math.prod(dimensions)


def size_of(die):
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


def members_of(die):
    return [child for child in die.iter_children() if child.tag == "DW_TAG_member"]


def _flexible(die):
    members = members_of(_resolve(die))
    last = _type_of(members[-1]) if members else None
    return last is not None and last.tag == "DW_TAG_array_type" and not size_of(last)


def _path(die, offset):
    """The path from `die` to `offset` with its leading dot or bracket; None where there is only padding."""
    path = ""
    die = _resolve(die)
    while die is not None:
        if die.tag in TAGS.values():
            member = _member_at(die, offset)
            if member is None:
                return None
            offset -= offset_of(member)
            if "DW_AT_name" in member.attributes:
                path += "." + member.attributes["DW_AT_name"].value.decode("utf-8", "replace")
            die = _type_of(member)
        elif die.tag == "DW_TAG_array_type":
            element = _type_of(die)
            size = size_of(element)
            if not size:
                return path
            path += f"[{offset // size}]"
            offset %= size
            die = element
        else:
            break
    return path + (f"+{offset}" if offset else "")


def offset_of(member):
    attribute = member.attributes.get("DW_AT_data_member_location")
    return attribute.value if attribute is not None and isinstance(attribute.value, int) else 0


def _member_at(die, offset):
    for member in members_of(die):
        start, size = offset_of(member), size_of(_type_of(member))
        if start <= offset and (not size or offset < start + size):
            return member
    return None
