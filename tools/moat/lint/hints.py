"""The macro to use in place of what the compiler refused.

SPDX-License-Identifier: MIT"""
import re

from .compiler import Diagnostic

# The end of a text that is an lvalue: `a->b[i].c`, `*p`, `(*p).c`.
LVALUE = re.compile(r"(?:\*\s*)*(?:\w+|\([^()]*\))(?:\s*(?:->|\.)\s*\w+|\[[^\[\]]*\]|\([^()]*\))*\s*$")
CALL = re.compile(r"(?:__builtin_)?(memcpy|memmove|mempcpy|memccpy|bcopy|memset\w*|bzero|explicit_bzero)\s*\(")
FILLS = ("memset", "memset_explicit", "bzero", "explicit_bzero")
NULL = re.compile(r"(?:\([^()]*\)\s*)?(?:NULL|0)")

SLOT = "MOAT_STORE({slot}, {value})"
CLEAR = "MOAT_CLEAR({slot})"
STRUCT = "MOAT_MOVE(type of the struct, {to}, {source})"
OR_STRUCT = ", or MOAT_MOVE if it is a struct"
CHANGE = "MOAT_STORE({slot}, its new value)"
COPY = "MOAT_MOVE(type, to, from), MOAT_MOVE_ARRAY for several elements; copy members that are no slots one by one"
FILL = "MOAT_ZERO(type, at)"
ONE = "MOAT_STORE(slot, value); MOAT_MOVE or MOAT_ZERO for several slots"
ATOMIC = "MOAT_ATOMIC_STORE, MOAT_EXCHANGE or MOAT_CAS"
ADDRESS = "MOAT_STORE at the slot itself, or take its address as `MOAT_REF(T) *slot` and MOAT_STORE(*slot, value)"
CAST = "MOAT_STORE to write a slot, or &MOAT_RAW(slot) if nothing is written through this address"
ASSEMBLY = "MOAT_STORE from a local variable that the assembly writes"
BYTES = "MOAT_STORE, MOAT_MOVE or MOAT_ZERO: this function writes bytes"


def hint(diagnostic: Diagnostic, source: list[str], of_struct: bool | None) -> str | None:
    """What to use, for an error of the lint build that the ordinary build has not. source: its file's lines;
    of_struct: whether it is an assignment of a struct, None: not known."""
    text, block = diagnostic.text, diagnostic.block
    line = source[diagnostic.line - 1] if diagnostic.line <= len(source) else ""
    before, after = line[:diagnostic.column - 1], line[diagnostic.column - 1:]
    call = CALL.match(after)
    if call and re.search(r"needs?_MOAT|moat_lint\.h|argument|parameter", block):
        return FILL if call[1] in FILLS and "a_slot_needs" not in block else ONE if "a_slot_needs" in block else COPY
    if "cast-qual" in text:
        return CAST
    if re.search(r"__(atomic|sync)_|atomic (operation|builtin)", text):
        return ATOMIC
    if re.search(r"\basm\b|inline asm", text):
        return ASSEMBLY
    if "discards" in text:
        return ADDRESS
    if "incompatible" in text:
        return BYTES
    if re.search(r"read-only|cannot assign", text):
        return _assignment(before, after, of_struct)
    return None


def lvalue_before(text: str) -> str | None:
    """The lvalue that a text ends with, or None."""
    found = LVALUE.search(text)
    return found[0].strip() if found else None


def _assignment(before: str, after: str, of_struct: bool | None) -> str:
    """For `before after`, split at the operator that writes."""
    lvalue = lvalue_before(before) or "slot"
    if not re.match(r"=[^=]", after + " "):
        return CHANGE.format(slot=lvalue)
    value, end, _ = after[1:].partition(";")
    value = value.strip() if end else "value"
    if of_struct:
        return STRUCT.format(to=_address(lvalue), source=_address(value))
    if NULL.fullmatch(value):
        return CLEAR.format(slot=lvalue)
    return SLOT.format(slot=lvalue, value=value) + (OR_STRUCT if of_struct is None else "")


def _address(lvalue: str) -> str:
    return lvalue[1:].strip() if lvalue.startswith("*") else f"&{lvalue}"
