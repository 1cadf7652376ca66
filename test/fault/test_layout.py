"""The record's layout: the header's struct, the table in docs/fault-record.md and the decoder must agree.

SPDX-License-Identifier: MIT"""
import os
import re
import struct
import subprocess

from support import ROOT, as_pytest, scratch, records

PROGRAM = """#include <moat_fault.h>
#include <stddef.h>
#include <stdio.h>
int main(void) {{
{prints}
    return 0;
}}
"""


def documented():
    """{field: (offset, bytes)} of the table."""
    with open(os.path.join(ROOT, "docs", "fault-record.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| (\d+) \| (\d+) \| `(\w+)` \|", file.read(), re.MULTILINE)
    return {name: (int(offset), int(size)) for offset, size, name in rows}


def decoded():
    fields, offset = {}, 0
    for name, code in records.FIELDS:
        size = struct.calcsize("<" + code)
        fields[name] = (offset, size)
        offset += size
    return fields


def members():
    """The names of struct moat_fault's members, from the header."""
    with open(os.path.join(ROOT, "core", "include", "moat_fault.h"), encoding="utf-8") as file:
        body = re.search(r"struct moat_fault \{\n(.*?)\n\};", file.read(), re.DOTALL).group(1)
    return re.findall(r"^\s*[a-z]\w* (\w+)(?:\[\w+\])?;", body, re.MULTILINE)


def compiled():
    """What the compiler made of struct moat_fault and of the header's constants."""
    prints = "".join(f'    printf("{name} %zu %zu\\n", offsetof(struct moat_fault, {name}), '
                     f"sizeof(((struct moat_fault *)0)->{name}));\n" for name in members())
    with scratch() as folder:
        source, program = os.path.join(folder, "layout.c"), os.path.join(folder, "layout")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM.format(prints=prints))
        subprocess.run(["gcc", "-std=c11", f"-I{ROOT}/core/include", "-o", program, source], check=True)
        output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return {name: (int(offset), int(size)) for name, offset, size in map(str.split, output.splitlines())}


def differences(what, found, expected):
    wrong = [f"{name}: {what} {found.get(name)}, struct {expected.get(name)}"
             for name in {**found, **expected} if found.get(name) != expected.get(name)]
    return "; ".join(wrong) or None


def constants():
    """The names that header and decoder share have one value."""
    with open(os.path.join(ROOT, "core", "include", "moat_fault.h"), encoding="utf-8") as file:
        header = file.read()
    with open(os.path.join(ROOT, "core", "include", "moat_region.h"), encoding="utf-8") as file:
        header += file.read()
    kinds = {int(value): name.lower() for name, value in re.findall(r"^ +MOAT_FAULT_(\w+) = (\d+)", header,
                                                                    re.MULTILINE)}
    causes = {int(value): name.lower() for name, value in re.findall(r"MOAT_RESET_(\w+) = (\d+)", header)}
    regions = {int(value): name.lower() for name, value in re.findall(r"MOAT_REGION_(\w+) = (\d+)", header)}
    magic = int(re.search(r"MOAT_FAULT_MAGIC (0x\w+)u", header).group(1), 16)
    del kinds[0]
    if kinds != records.KINDS:
        return f"kinds are {kinds} in the header, {records.KINDS} in the decoder"
    expected = {value: name.replace("unknown", "undeclared").replace("_", "-") for value, name in regions.items()}
    if expected != records.REGION_KINDS:
        return f"region kinds are {expected} in the header, {records.REGION_KINDS} in the decoder"
    if causes != records.RESET_CAUSES:
        return f"reset causes are {causes} in the header, {records.RESET_CAUSES} in the decoder"
    layout = int(re.search(r"MOAT_FAULT_LAYOUT (\d+)u", header).group(1))
    if layout != records.LAYOUT:
        return f"layout is {layout} in the header, {records.LAYOUT} in the decoder"
    return None if magic == records.MAGIC else f"magic is {magic:#x} in the header, {records.MAGIC:#x} in the decoder"


def events():
    """The kinds of events in core, in the decoder and in the document."""
    with open(os.path.join(ROOT, "core", "base", "event.h"), encoding="utf-8") as file:
        core = {int(value): name.lower() for name, value in re.findall(r"MOAT_EVENT_(\w+) = (\d+)", file.read())}
    del core[0]
    with open(os.path.join(ROOT, "docs", "trace.md"), encoding="utf-8") as file:
        table = {int(value): name for value, name in re.findall(r"^\| (\d+) \| `(\w+)` \| [^|]* \|$", file.read(),
                                                                re.MULTILINE)}
    if core != records.EVENTS:
        return f"events are {core} in core, {records.EVENTS} in the decoder"
    return None if table == core else f"events are {table} in the document, {core} in core"


def layout_of(source):
    return lambda: differences(source.__name__, source(), compiled())


test_cases = as_pytest([
    ("fault-layout/documented", layout_of(documented)),
    ("fault-layout/decoder", layout_of(decoded)),
    ("fault-layout/constants", constants),
    ("fault-layout/events", events),
])
