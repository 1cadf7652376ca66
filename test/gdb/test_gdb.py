#!/usr/bin/python3
"""gdb's commands for moat against what the firmware knows itself: live at every stage of a heap, with damage, and on
core files; and the reader that needs no gdb, on the same core file. Run once for each configuration, with the
environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import collections
import os
import re
import sys
from typing import Counter, Dict

import session

from elftools.elf.elffile import ELFFile  # noqa: E402
from moat.firmware import elf_target  # noqa: E402
from moat.heap import graph, reader  # noqa: E402
from support import decode, run, scratch  # noqa: E402

BOARD, RUN, ELF = session.environment()
WORD = 8 if "64" in BOARD else 4
HAS_UNREADABLE_GUARDS = BOARD.startswith("arm")  # QEMU's gdb stub heeds the MPU
HAS_GENERATED_CORE = WORD == 4  # gdb 13 gives up over registers of QEMU's 64-bit RISC-V that it can't read
STAGES = ("before", "built", "mark", "sweep", "collected")
PHASES = ("idle", "mark", "sweep")
COMMANDS = ("status", "heap", "check")

# What keeps an object of the firmware, link by link: patterns of `moat why`.
WHY = {
    "list": ["root list at"],
    "list.last": ["root list at", ".next ->", ".next ->", ".next ->", ".next ->"],
    "tree": [r"root trees\[1\] at"],
    "tree.right.left": [r"root trees\[1\] at", ".right ->", ".left ->"],
    "pairs.node": ["root pairs at", r"\[2\].node ->"],
    "bag.item": ["root bag at", r".items\[8\] ->"],
    "grid.tree": ["root grid at", r".cells\[57\].tree ->"],
    "grid.inner": ["root grid at", r".blocks\[1\]\[2\].cells\[1\].tree ->"],
    "grid.nested": ["root grid at", r".blocks\[1\]\[3\].nodes\[1\] ->"],
    "wide.last": ["root wide at", r".slots\[32768\] ->"],
    "holder.node": [r"root holder.node at"],
    "added.node": [r"root added at run time: added.node at"],
    "pinned": ["pin 0 at"],
    "handled": ["handle {handle} at"],
    "persistent": ["persistent block at"],
    "on_stack": ["a word of worker at"],
}

# What `moat object` says of a member.
MEMBERS = {
    "list": [".value = 4"],
    "pairs": ["[2].key = 7", "[2].node = <pairs.node>  struct node at <pairs.node>"],
    "bag": [".items[0..7] = 0", ".items[8] = <bag.item>  struct node at <bag.item>"],
    "grid": [".cells[0..56] = 0", ".cells[57].tree = <grid.tree>  struct tree at <grid.tree>", ".ratio = 0.75",
             ".blocks[0][0..3] = 0", ".blocks[1][0..1] = 0",
             ".blocks[1][2].cells[1].tree = <grid.inner>  struct tree at <grid.inner>",
             ".last = <grid>  struct grid at <grid>"],
    "wide": [".slots[0..32767] = 0", ".slots[32768] = <wide.last>  struct node at <wide.last>"],
    "tree": ['.name = "d3'],
    "view": [".number = 3", ".owner = <list>  struct node at <list>"],
}

# Damage at stage `built`, as gdb's expressions, what `moat check` says, and whether moat_heap_check says so too.
Damage = collections.namedtuple("Damage", "name set says device")
LIST_GRANULE = "(((unsigned long)list - $home->base) / (2 * sizeof(void *)))"
FENCE = "($arena->granules - 1)"
DAMAGE = [
    Damage("header", ["((unsigned long *)list)[-1] = ~0ul >> 2"], "INV-4 does not hold at", 4),
    Damage("object_freed",
           [f"$home->bits[{LIST_GRANULE} >> 5].{{start,mark}} = {{value}} & ~(1u << ({LIST_GRANULE} & 31))"],
           "INV-8 does not hold at", None),
    Damage("fence", [f"$arena->bits[{FENCE} >> 5].start = 0"], "INV-1 does not hold at", 1),
    Damage("back", ["moat_heap.arenas.table[0]->back[100] = 0"], "INV-3 does not hold at", 3),
    Damage("full", ["moat_heap.arenas.table[0]->full[0] = ~0u"], "INV-12 does not hold at", 12),
    Damage("hole_link", ["$hole->next = (void *)((unsigned long)list - sizeof(void *))"], "INV-5 does not hold at", 5),
    Damage("hole_circle", ["$hole->next = $hole"], "INV-6 does not hold at", 6),
    Damage("free_count", ["moat_heap.listed += 1"], "INV-6 does not hold: the counts of free", 6),
    Damage("grey", [f"$home->grey = {LIST_GRANULE}"], "INV-7 does not hold at", 7),
    Damage("dangling", ["list->next = (void *)((unsigned long)$hole + sizeof(void *))"],
           "a slot points at freed memory", 8),
    Damage("root_dangling", ["list = (void *)((unsigned long)$hole + sizeof(void *))"],
           "a slot points at freed memory", 8),
    Damage("flag", ["moat_heap.marking = 1"], "INV-9 does not hold: the barrier's flag", 9),
    Damage("finalizers", ["moat_heap.finalizers.finalizable = list"], "INV-10 does not hold at", 10),
    Damage("chunk", ["*(unsigned long *)moat_heap.chunk.at = 5"], "INV-11 does not hold at", 11),
    # Where moat_heap_check itself would crash, or does not look:
    Damage("arena", ["$arena->granules = 0xffffffff"], "the description of arena 1 at", None),
    Damage("arena_table", ["moat_heap.arenas.table[1] = 0x10"], "arena 1 ", None),
    Damage("arena_count", ["moat_heap.arenas.count = 0x7fffffff"], "the heap has 2147483647 arenas", None),
    Damage("list", ["moat_heap.lists.holes[3] = 0xfffffff0"], "INV-5 does not hold at", None),
    Damage("pin", ["moat_heap.tables.pins[0].object = 0x10"], "pin 0 holds 0x10, which is no object", None),
    Damage("handle", ["moat_heap.tables.handles[0].object = 0x10"], "handle 1 holds 0x10, which is no object", None),
    Damage("root_type", ["moat_heap.tables.roots[0].type = 0x10"], "is of no type", None),
    Damage("root_start", ["moat_heap.tables.roots[0].start = 0xf0000000"], "the roots added at run time can't be read",
           None),
    Damage("stack", ["worker.next = 0xf0000000"], "the stacks can't be read", None),
    Damage("stack_circle", ["worker.next = &worker"], None, None),
    Damage("stack_ends", ["worker.high = 0"], "is damaged: its low is not below its high", None),
    Damage("chunk_place", ["moat_heap.chunk.at = 0x10"], "INV-11 does not hold", None),
    Damage("chunk_end", ["moat_heap.chunk.limit = ~0"], "INV-11 does not hold", None),
    Damage("phase", ["moat_heap.cycle.phase = 77"], None, None),
]


def facts_of(output):
    """{stage: {name: number}}"""
    found: Dict[str, Dict[str, int]] = collections.defaultdict(dict)
    for line in output.splitlines():
        word, *rest = line.split()[:4] or [""]
        if word == "fact":
            found[rest[0]][rest[1]] = int(rest[2])
    return found


FOLDER = scratch()
HERE = FOLDER.name
LOG = session.run_alone(RUN, ELF)
FACTS = facts_of(LOG)
BUILT = FACTS["built"]


# ---- what gdb is to do ----

def on_objects():
    """Commands at stage `built`, keys first."""
    for name in WHY:
        yield f"why {name}", f"moat why {BUILT[name]}"
    for name in MEMBERS:
        yield f"object {name}", f"moat object {BUILT[name]}"
    yield "why gap", f"moat why {BUILT['gap']}"
    yield "refs list", "moat refs list"
    yield "interior", f"moat object {BUILT['bag'] + 3 * WORD}"
    yield "bytes", f"moat object {BUILT['pinned'] + 7}"
    yield "header", f"moat object {BUILT['list'] - WORD}"
    yield "hole", "moat object moat_heap.border.home + moat_heap.border.home_span - 8 * sizeof(void *)"
    yield "outside", "moat why 12"
    yield "no_argument", "moat why"
    yield "too_many", "moat status now"
    yield "other_build", "set variable *(char *)&moat_build_id_start += 1"
    yield "other_build", "moat check"
    yield "other_build", "set variable *(char *)&moat_build_id_start -= 1"
    yield "unknown", "moat nonsense"
    yield "no_symbol", "moat object nonesuch"
    yield "help", "moat"
    for name in ("status", "heap", "object", "why", "refs", "check", "faults"):
        yield f"help {name}", f"help moat {name}"


def places_of(damage):
    """(key, command) that damage, look, ask the device, and mend."""
    for assignment in damage.set:
        parts = expand(assignment)
        for i, (place, value) in enumerate(parts):
            yield "damage", f"set $kept{i} = {place}"
            yield "damage", f"set variable {place} = {value}"
        yield f"damage {damage.name}", "moat check"
        yield f"damaged why {damage.name}", f"moat why {BUILT['list.last']}"
        if damage.device is not None:
            yield f"device {damage.name}", "output moat_heap_check(&broken) ? broken.invariant : 0"
        for i, (place, _) in reversed(list(enumerate(parts))):
            yield "damage", f"set variable {place} = $kept{i}"


def expand(assignment):
    """[(place, value)] of `place = value` or `place += value`; `{a,b}` in a place stands for both, `{value}` for what
    is there."""
    place, operator, value = re.fullmatch(r"(.*?) (\+?)= (.*)", assignment).groups()
    several = re.search(r"\{(.*?),(.*?)\}", place)
    places = [place.replace(several[0], name) for name in several.groups()] if several else [place]
    return [(each, f"{each} + {value}" if operator else value.replace("{value}", each)) for each in places]


def live_commands():
    yield "source", f"source {session.COMMANDS}"
    yield "break", "break stop_here"
    for stage in STAGES:
        yield "go", "continue"
        for command in COMMANDS:
            yield f"{stage} {command}", f"moat {command}"
        if stage == "built":
            yield from on_objects()
            yield "faults", "moat faults"
            yield from dumps()
            yield "go", "tbreak moat_cycle_start"
            yield "go", "continue"
            yield "go", "set variable moat_heap.marking = 1"
            yield "inside", "moat check"
            yield "go", "set variable moat_heap.marking = 0"
    yield "damage", "set $arena = moat_heap.arenas.table[1]"
    yield "damage", "set $home = moat_heap.arenas.table[0]"
    yield "damage", "python gdb.set_convenience_variable('hole', next(hole for hole in " \
                    "(gdb.parse_and_eval(f'moat_heap.lists.holes[{i}]') for i in range(1, 32)) if int(hole)))"
    for damage in DAMAGE:
        yield from places_of(damage)
    yield "mended", "moat check"
    yield "go", "continue"
    yield "local", f"moat why {FACTS['handler']['local']}"


def dumps():
    """RAM but for the guards below the stacks, which nobody can read."""
    yield "dump", f"dump binary memory {HERE}/handler.ram &moat_handler_stack_start &moat_thread_guard_start"
    yield "dump", f"dump binary memory {HERE}/rest.ram &moat_thread_stack_start &moat_malloc_start"
    yield "handler.ram", "output/x (unsigned long)&moat_handler_stack_start"
    yield "rest.ram", "output/x (unsigned long)&moat_thread_stack_start"
    if HAS_GENERATED_CORE:
        yield "dump", f"generate-core-file {HERE}/generated.core"


# ---- what comes of it ----

def number_in(pattern, text):
    found = re.search(pattern, text)
    return None if found is None else int(found[1])


def check_stage(stage):
    """Status and heap against moat_stats_get and the firmware's own counts."""
    facts, status, heap = FACTS[stage], LIVE[f"{stage} status"], LIVE[f"{stage} heap"]
    rows = {name: (int(count), int(size))
            for name, count, size in re.findall(r"^(\S.*?) +(\d+) +(\d+) +[\d.]+ %$", heap, re.MULTILINE)}
    seen = {
        "arena_bytes": number_in(r"(\d+) bytes for objects, (?:at least )?\d+ free", status),
        "free_bytes": number_in(r"(\d+) free \(", status),
        "cycles": number_in(r"(\d+) cycles? finished", status), "nodes": rows.get("struct node", (0, 0))[0],
        "trees": rows.get("struct tree", (0, 0))[0], "holes": number_in(r"^(\d+) holes?,", heap.splitlines()[-1]),
        "largest": number_in(r"the largest (\d+) bytes", heap),
    }
    wrong = [f"{name} is {value}, the firmware says {facts[name]}" for name, value in seen.items()
             if value != facts[name]]
    if f"collector  {PHASES[facts['phase']]}," not in status:
        wrong.append(f"the phase is not {PHASES[facts['phase']]}")
    total = sum(rows.get(name, (0, 0))[1] for name in ("objects", "free", "dark"))
    if total != facts["arena_bytes"]:
        wrong.append(f"objects, free and dark memory are {total} bytes together, the arenas {facts['arena_bytes']}")
    if ("at least" in status) != (facts["phase"] == PHASES.index("sweep")):
        wrong.append(f"free memory is the least that there can be in a sweep, and nowhere else: {status}")
    in_check = number_in(r", (\d+) holes?,", LIVE[f"{stage} check"])
    if in_check != facts["holes"]:
        wrong.append(f"check counts {in_check} holes, the firmware {facts['holes']}")
    if "warning" in status:
        wrong.append(status.splitlines()[0])
    if facts["broken"] or not LIVE[f"{stage} check"].startswith("nothing is broken"):
        wrong.append(f"check says {LIVE[f'{stage} check']!r}, the firmware {facts['broken']}")
    return "; ".join(wrong) or None


def check_before():
    refused = "there is no heap yet: moat_init has not been called"
    wanted = {"before status": f"heap       {refused}", "before heap": f"moat heap: {refused}",
              "before check": f"moat check: {refused}"}
    wrong = [f"{key}: {LIVE[key]!r}" for key, text in wanted.items() if not LIVE[key].startswith(text)]
    return "; ".join(wrong) or (None if "1 in the log" in LIVE["before status"] else "status does not count the fault")


def check_why(name):
    lines = LIVE[f"why {name}"].splitlines()
    wanted = [filled(pattern) for pattern in WHY[name]]
    if not lines[0].endswith(f"{BUILT[name]:#010x} is kept by"):
        return f"it begins {lines[0]!r}"
    links = [line.strip() for line in lines[1:] if "->" in line]
    root = links[0].split(" -> ")[0]
    if len(links) != max(len(wanted), 1) or not all(re.match(pattern, text)
                                                    for pattern, text in zip(wanted, [root, *links[1:]])):
        return f"the path is {links}, not {wanted}"
    return None if f"{BUILT[name]:#010x}" in links[-1] else f"the path ends in {links[-1]!r}"


def check_object(name):
    output = LIVE[f"object {name}"]
    lacking = [filled(text) for text in MEMBERS[name] if filled(text) not in output]
    bytes_taken = number_in(r": (\d+) bytes, ", output.splitlines()[0])
    if bytes_taken != BUILT[f"{name}.bytes"] + WORD:
        return f"it takes {bytes_taken} bytes, moat_object_find says {BUILT[f'{name}.bytes']} and a header"
    return f"no {lacking} in {output!r}" if lacking else None


def filled(text):
    """With the firmware's numbers: addresses for `<name>`, `{name}` as it is."""
    text = re.sub(r"<([\w.]+)>", lambda name: f"{BUILT[name[1]]:#010x}", text)
    return re.sub(r"\{([a-z]+)\}", lambda name: str(BUILT[name[1]]), text)


def check_refs():
    lines = [line.strip() for line in LIVE["refs list"].splitlines()]
    wanted = [rf"struct node at {BUILT['list']:#010x}: \d+ roots?, 2 slots of objects", r"root list at 0x",
              rf"struct view at {BUILT['view']:#010x}, \.owner$", rf"struct node at {BUILT['garbage']:#010x}, \.next$"]
    lacking = [pattern for pattern in wanted if not any(re.match(pattern, line) for line in lines)]
    return f"no {lacking} in {lines}" if lacking else None


SAYS = {
    "why gap": "nothing keeps it",
    "interior": "struct bag at <bag>",
    "bytes": "bytes [",
    "header": "it is in an arena, before an object's payload",
    "hole": "free memory of ",
    "outside": "no object is at 0x0000000c: it is in no arena",
    "no_argument": "which object? Give its address",
    "too_many": 'it takes no argument, and was given "now"',
    "other_build": "warning: the firmware in memory is build ",
    "unknown": 'There is no command "moat nonsense"',
    "no_symbol": 'No symbol "nonesuch"',
    "help": "List of moat subcommands",
    "inside": "note: the firmware stands inside of moat, in moat_cycle_start",
    "mended": "nothing is broken",
    "local": "a word of thread stack",
    **{f"help {name}": "" for name in ("status", "heap", "object", "why", "refs", "check", "faults")},
}


def check_says(key):
    text = filled(SAYS[key])
    return (None if LIVE[key].strip() and text in LIVE[key] and "not documented" not in LIVE[key]
            else f"it says {LIVE[key]!r}, without {text!r}")


def check_pins():
    return None if "2 pins" in LIVE["bytes"].splitlines()[0] else LIVE["bytes"]


def check_garbage():
    return (None if FACTS["collected"]["gap.alive"] == 0
            else "the firmware still has what `moat why` finds nothing to keep: the case says nothing")


def check_damage(damage):
    output = LIVE[f"damage {damage.name}"]
    if damage.says is not None and damage.says not in output:
        return f"check says {output!r}, without {damage.says!r}"
    noted = LIVE[f"damaged why {damage.name}"].startswith(("note: the heap is damaged", "moat why: "))
    if damage.says is not None and not noted:
        return f"why does not say that the heap is damaged: {LIVE[f'damaged why {damage.name}']!r}"
    device = None if damage.device is None else LIVE[f"device {damage.name}"]
    return (None if device is None or device == str(damage.device)
            else f"moat_heap_check says INV-{device}, not INV-{damage.device}")


def check_documented():
    """docs/debugging.md shows every command, and no other."""
    with open(os.path.join(session.ROOT, "docs", "debugging.md"), encoding="utf-8") as file:
        shown = set(re.findall(r"^\(gdb\) moat (\w+)", file.read(), re.MULTILINE))
    known = set(re.findall(r"^moat (\w+) -- ", LIVE["help"], re.MULTILINE))
    return None if shown == known else f"the commands are {sorted(known)}, those in docs/debugging.md {sorted(shown)}"


def check_no_traceback():
    found = re.search(r".*(Traceback|Python Exception|Error while executing Python).*", "\n".join(EVERYTHING))
    return None if found is None else found[0]


def check_faults():
    """But for backtraces: moat-fault had RAM from long after the fault, for the core file, and may have gone on in it.
    The uptime is that of another run."""
    shown, wanted = ([re.sub(r"up [\d.]+ s", "up", line) for line in text.strip().splitlines()
                      if not line.startswith("    ")]
                     for text in (LIVE["faults"], REPORT))
    if "#0" not in LIVE["faults"] or " main  test/gdb/firmware.c:" not in LIVE["faults"]:
        return f"there is no backtrace to main in {LIVE['faults']!r}"
    return None if shown == wanted else f"{shown} is not moat-fault's {wanted}"


# ---- core files ----

def decode_record():
    """moat-fault's report of the fault, and its core file with RAM."""
    path = os.path.join(HERE, "record.core")
    ram = [f"--ram={LIVE[name].strip()}:{HERE}/{name}" for name in ("handler.ram", "rest.ram")]
    status, report, errors = decode(ELF, LOG.encode(), "--core", path, *ram)
    return (report, path) if status == 0 else sys.exit(f"moat-fault --core failed: {errors}")


def without_ram(path):
    """The path of a core file like another, but for its memory."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        file.seek(0)
        data = bytearray(file.read())
        size_at = 0x10 if elf.elfclass == 32 else 0x20  # of p_filesz and p_memsz in a program header
        for number, segment in enumerate(elf.iter_segments()):
            if segment["p_type"] == "PT_LOAD":
                at = elf["e_phoff"] + number * elf["e_phentsize"] + size_at
                data[at:at + 2 * WORD] = bytes(2 * WORD)
    bare = f"{path}.bare"
    with open(bare, "wb") as file:
        file.write(data)
    return bare


def core_session(path, more=()):
    commands = [("source", f"source {session.COMMANDS}"), ("core", f"core-file {path}")]
    commands += [(command, f"moat {command}") for command in (*COMMANDS, *more)]
    commands += [(f"why {name}", f"moat why {BUILT[name]}") for name in WHY]
    found, output = session.gdb(commands, ELF)
    EVERYTHING.append(output)
    return found


# gdb's own core file of a board whose guards below stacks nobody can read: that section is zeros.
LOST = "the thread stack is all zeros"


def check_core(path):
    """What keeps a stack's object may be another word: registers are others."""
    found = core_session(path)
    if path.endswith("generated.core") and HAS_UNREADABLE_GUARDS:
        if found["check"].count("\n") or LOST not in found["check"]:
            return f"check says {found['check']!r}, without {LOST!r}"
        said = [found[f"why {name}"].startswith("note: the heap is damaged") for name in WHY]
        return None if all(said) else "why does not say that something is missing"
    same = ("heap", *(f"why {name}" for name in WHY))
    live = {**LIVE, "heap": LIVE["built heap"]}
    wrong = [f"{key}: {found[key]!r}, live {live[key]!r}" for key in same if found[key] != live[key]]
    if not found["check"].startswith("nothing is broken"):
        wrong.append(found["check"])
    return "; ".join(wrong) or None


def check_core_without_ram():
    found = core_session(without_ram(RECORD_CORE), more=["faults"])
    if not found["status"].startswith("moat status: moat's state can't be read") or "--ram" not in found["status"]:
        return found["status"]
    return None if found["faults"].startswith("moat faults: no memory is known at 0x") else found["faults"]


def check_nothing_loaded():
    source = ("source", f"source {session.COMMANDS}")
    bare, output = session.gdb([source, ("status", "moat status")])
    EVERYTHING.append(output)
    unconnected, output = session.gdb([source, ("status", "moat status")], ELF)
    EVERYTHING.append(output)
    if "there are no symbols: load the firmware's ELF file" not in bare["status"]:
        return bare["status"]
    return None if "there is no target: connect with" in unconnected["status"] else unconnected["status"]


def check_reader(path):
    """The reader without gdb, on the same core file."""
    heap = reader.read(elf_target.open_core(ELF, path))
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for found in heap.objects:
        name = found.type + ("[]" if found.array and found.type != "bytes" else "")
        counts[name] += 1
        sizes[name] += found.bytes
    lacking = [name for name in counts if not re.search(rf"^{re.escape(name)} +{counts[name]} +{sizes[name]} ",
                                                        LIVE["built heap"], re.MULTILINE)]
    kinds = collections.Counter(root.kind for root in heap.roots if root.kind not in ("stack", "register"))
    status = LIVE["built status"]
    lacking += [kind for kind, count in kinds.items() if f"{count} {kind}" not in status]
    lacking += [f"{name}: {heap.stats[name]}" for name in ("arena_bytes", "free_bytes", "cycles")
                if heap.stats[name] != BUILT[name]]
    lacking += [root.name for root in heap.roots if "not known" in root.name]
    lacking += [name for name in WHY if not names_path(heap, name)]
    # core and the firmware each have a struct of these names
    block = next(root.address for root in heap.roots if root.kind == "persistent")
    for address, name in ((BUILT["view"], "owner"), (block, "start")):
        names = [slot.name for slot in heap.object_at(address).slots]
        lacking += [] if name in names else [f"members {names}: there is no {name}"]
    return f"gdb's commands have no {lacking}" if lacking else "; ".join(heap.problems) or None


def names_path(heap, name):
    """Whether the reader's own path to an object is the one that `moat why` must name."""
    path = graph.path(heap, heap.object_at(BUILT[name]))
    if path is None:
        return False
    root, links = path
    members = [link.slot.name if link.slot.name.startswith("[") else "." + link.slot.name for link in links]
    wanted_root, *wanted = [filled(pattern) for pattern in WHY[name]]
    return root.name.split()[0] in wanted_root.replace("\\", "") and len(wanted) == len(members) and \
        all(re.match(pattern, f"{member} ->") for pattern, member in zip(wanted, members))


EVERYTHING = []
try:
    LIVE, OUTPUT = session.run_live(live_commands(), HERE, RUN, ELF)
except session.SessionError as problem:
    run([("session", lambda text=str(problem): text)])
EVERYTHING.append(OUTPUT)
REPORT, RECORD_CORE = decode_record()
CORES = [("record", RECORD_CORE)] + ([("generated", os.path.join(HERE, "generated.core"))] if HAS_GENERATED_CORE
                                     else [])

run([
    ("before_init", check_before),
    *((f"stage_{stage}", lambda stage=stage: check_stage(stage)) for stage in STAGES[1:]),
    *((f"why_{name}", lambda name=name: check_why(name)) for name in WHY),
    *((f"object_{name}", lambda name=name: check_object(name)) for name in MEMBERS),
    ("references", check_refs),
    ("pins", check_pins),
    ("garbage_dies", check_garbage),
    *((f"says_{key.replace(' ', '_')}", lambda key=key: check_says(key)) for key in SAYS),
    *((f"damage_{damage.name}", lambda damage=damage: check_damage(damage)) for damage in DAMAGE),
    ("faults", check_faults),
    ("documented", check_documented),
    *((f"core_{name}", lambda path=path: check_core(path)) for name, path in CORES),
    ("core_without_ram", check_core_without_ram),
    ("nothing_loaded", check_nothing_loaded),
    ("reader_without_gdb", lambda: check_reader(RECORD_CORE)),
    ("no_traceback", check_no_traceback),
])
