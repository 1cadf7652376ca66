"""build/size.tsv, and the tables that people read.

SPDX-License-Identifier: MIT"""
from typing import Dict, NamedTuple

from bench.table import aligned


class Row(NamedTuple):
    core: str
    opt: str
    check: str
    part: str
    section: str
    bytes: int


COLUMNS = Row._fields
FEATURE = "feature_"


def rows(sizes):
    """From {(core, opt, check): sections}: part heap is CHECK0's, part guard what a level adds."""
    result = []
    for (core, opt, check), sections in sizes.items():
        base = sizes[core, opt, "0"]
        for section, size in sections.items():
            result.append(Row(core, opt, check, "heap", section, base[section]))
            result.append(Row(core, opt, check, "guard", section, size - base[section]))
    return result


def save(table, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in (COLUMNS, *table)))


def load(path):
    found = []
    for line in path.read_text().splitlines()[1:]:
        core, opt, check, part, section, size = line.split("\t")
        found.append(Row(core, opt, check, part, section, int(size)))
    return found


def features(rows_):
    """{feature: {core: bytes}} at -Os and CHECK0."""
    found: Dict[str, Dict[str, int]] = {}
    for row in rows_:
        if row.section.startswith(FEATURE) and (row.opt, row.check, row.part) == ("Os", "0", "heap"):
            found.setdefault(row.section[len(FEATURE):], {})[row.core] = row.bytes
    return found


def readable_features(sizes):
    """What each feature adds to the minimal program at -Os, one line each."""
    found = features(rows(sizes))
    cores = list(next(iter(found.values()), {}))
    return aligned([["feature", *cores], *([name, *(str(of[core]) for core in cores)] for name, of in found.items())])


def readable(sizes):
    """One line for each configuration, heap and guard together."""
    sections = [name for name in next(iter(sizes.values())) if not name.startswith(FEATURE)]
    lines = [["core", "opt", "check", *sections]]
    lines += [[*key, *(str(sections_of[s]) for s in sections)] for key, sections_of in sizes.items()]
    return aligned(lines)


def difference(old, new):
    """Lines of what changed: sections, then functions, the largest change first."""
    changed = []
    for key, now in new.items():
        was = old[key]
        where = "{} -{} CHECK{}".format(*key)
        for section, size in now.sections.items():
            before = was.sections.get(section, 0)
            if size != before:
                changed.append([f"{where} {section}", str(before), str(size), f"{size - before:+d}"])
        names = sorted(now.functions.keys() | was.functions.keys(),
                       key=lambda n: -abs(now.functions.get(n, 0) - was.functions.get(n, 0)))
        for name in names:
            before, size = was.functions.get(name, 0), now.functions.get(name, 0)
            if size != before:
                changed.append([f"{where}   {name}", str(before), str(size), f"{size - before:+d}"])
    return aligned([["what", "before", "now", "change"], *changed]) if changed else ["nothing changed"]
