"""The tables of docs/performance.md, made from the files in docs/performance/.

A table stands between `<!-- table NAME -->` and `<!-- end -->`. `make performance` measures, rewrites them and draws
the charts; test/build/performance.py fails where they differ from the files.

SPDX-License-Identifier: MIT"""
import pathlib
import re
import subprocess

from size import table as size_table

from . import plan, table

FOLDER = pathlib.Path("docs/performance")
DOCUMENT = pathlib.Path("docs/performance.md")
BENCH, SIZE, TOOLS = FOLDER / "bench.tsv", FOLDER / "size.tsv", FOLDER / "tools.tsv"
ARM, RISCV = "arm-mps2-an385", "riscv32-virt"
MARKED = re.compile(r"(<!-- table (\S+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
ALLOCATORS = (plan.MOAT, plan.NEWLIB, plan.NANO, plan.BUMP)


class Bench:
    """The benchmark's values as numbers; None where there is none."""

    def __init__(self, rows):
        self.values = {tuple(row[:6]): float(row.value) for row in rows}

    def get(self, bench, metric, allocator=plan.MOAT, check="0", target=ARM, opt="O2"):
        return self.values.get((bench, target, opt, f"check{check}", allocator, metric))

    def most(self, metric, wanted, **where):
        """The largest value of a metric over the benches that `wanted` accepts."""
        benches = dict.fromkeys(key[0] for key in self.values if key[5] == metric and wanted(key[0]))
        found = [self.get(bench, metric, **where) for bench in benches]
        return max((value for value in found if value is not None), default=None)


def number(value, digits=1):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.{digits}f}"


def ratio(a, b):
    return "" if a is None or not b else f"{a / b:.2f}"


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| --- |" + " ---: |" * (len(rows[0]) - 1), *lines[1:]])


def slices_of(shape="", kib=""):
    def wanted(bench):
        words = bench.split("_")
        return words[0] == "slices" and (not shape or words[1] == shape) and (not kib or words[2] == str(kib))
    return wanted


def size_of(size, core, check, section, opt="Os"):
    return sum(row.bytes for row in size if (row.core, row.check, row.section, row.opt) == (core, check, section, opt))


def goals(bench, size):
    def trees(kind, allocator):
        return " / ".join(number(bench.get(f"trees_{kind}{k}", "insn_per_object", allocator)) for k in (0, 2, 4))

    def longest(shapes, sizes):
        return bench.most("alloc_max", lambda name: any(slices_of(s, str(k))(name) for s in shapes for k in sizes))

    def check_ratio(name, metric="insn_per_op"):
        return ratio(bench.get(name, metric, check="2"), bench.get(name, metric))

    program = "program"
    barrier = (bench.get("store_idle", "insn_per_op") or 0) - (bench.get("store_idle", "insn_per_assignment") or 0)
    slices = {metric: bench.most(metric, slices_of()) for metric in ("slice_max", "masked_max")}
    rows = [["what", "newlib", "newlib-nano", "moat", "floor", "aim"]]
    for name, floor, aim in (("mixed50", "240", "180"), ("scatter_16", "165", "135"), ("replace_64", "195", "160")):
        rows.append([f"`{name}`, all costs of an object",
                     *(number(bench.get(name, "total_mean", a)) for a in (plan.NEWLIB, plan.NANO, plan.MOAT)), floor,
                     aim])
    rows.append(["`trees_keep0/2/4`, per object", *(trees("keep", a) for a in (plan.NEWLIB, plan.NANO, plan.MOAT)),
                 "65 / 95 / 165", "55 / 78 / 135"])
    rows += [
        ["`trees_stale0/2/4`, per object", "", "", trees("stale", plan.MOAT), "75 / 118 / 245", ""],
        ["`firmware_64/256`, per object", "", "",
         " / ".join(number(bench.get(f"firmware_{kib}", "insn_per_object")) for kib in (64, 256)), "560 / 440",
         "440 / 350"],
        ["longest slice", "", "", number(slices["slice_max"]), "500", "300"],
        ["longest allocation of up to 64 bytes: list to comb, dead; 64 KiB and more", "", "",
         number(longest(("list", "trees", "graph", "array", "bytes", "comb", "dead"), (64, 1024, 3072))), "1,500",
         "1,000"],
        ["the same, 8 KiB", "", "",
         number(longest(("list", "trees", "graph", "array", "bytes", "comb", "dead"), (8,))), "2,500", "1,500"],
        ["the same, live and roots; 64 KiB and more", "", "", number(longest(("live", "roots"), (64, 1024, 3072))),
         "4,500",
         "2,400"],
        ["the same, 64 registered stacks", "", "", number(longest(("stacks",), plan.ARENAS_KIB)),
         "a stack's scan + 1,500", ""],
        ["`mixed50`, longest / 99.9 %",
         *(" / ".join(number(bench.get("mixed50", f"alloc_{m}", a)) for m in ("max", "p999"))
           for a in (plan.NEWLIB, plan.NANO, plan.MOAT)), "5,000 / 3,000", "1,500 / 1,200"],
        ["`burst_64/256`, longest allocation, worst of 5 seeds", "", "",
         " / ".join(number(bench.get(f"burst_{kib}", "alloc_max")) for kib in (64, 256)), "12,000 / 6,000",
         "3,000 / 3,000"],
        ["longest stretch with interrupts masked", "", "", number(slices["masked_max"]), "500", "300"],
        ["stack scan, a word that is no pointer", "", "", number(bench.get("stack", "insn_per_word_miss")), "5", "4"],
        ["stack scan, more for a hit", "", "", number(bench.get("stack", "insn_per_hit")), "100", "50"],
        ["barrier, idle: more than an assignment", "", "", number(round(barrier, 1)), "3", "3"],
        ["CHECK2 over CHECK0: swap, rotate", "", "",
         f"{check_ratio('swap4096')}, {check_ratio('rotate1000')}", "1.5, 2.5", "1.3, 2"],
        ["CHECK2 over CHECK0: trees_keep2", "", "", check_ratio("trees_keep2", "insn_per_object"), "1.06", "1.03"],
        ["`mixed_raise`, live payload at the first failure, %",
         *(number(bench.get("mixed_raise", "live_percent", a)) for a in (plan.NEWLIB, plan.NANO, plan.MOAT)), "≥ 76",
         "≥ 79"],
        ["`wide_mix`, live objects at the first failure",
         *(number(bench.get("wide_mix", "live_objects", a)) for a in (plan.NEWLIB, plan.NANO, plan.MOAT)),
         f"≥ {number(bench.get('wide_mix', 'live_objects', plan.FIRST_FIT))} (first fit)", ""],
        ["`every_second`, of the dropped objects that can be made again, %",
         *(number(bench.get("every_second", "usable_percent", a)) for a in (plan.NEWLIB, plan.NANO, plan.MOAT)), "100",
         ""],
        ["fixed RAM outside the arena, bytes", "", "", number(size_of(size, "armv7m", "0", "bss")), "640", "512"],
        ["metadata in the arena, headers apart, %", "", "", number(bench.get("memory", "metadata_percent")), "4",
         "3.6"],
        ["code at -Os, armv7m, bytes", "", "", number(size_of(size, "armv7m", "0", program)), "5,632", "4,608"],
        ["code at -Os, rv32imac, bytes", "", "", number(size_of(size, "rv32imac", "0", program)), "6,656", "5,632"],
    ]
    return markdown(rows)


def costs(bench, _):
    names = [f"{kind}_{size}" for kind in ("replace", "scatter") for size in plan.SIZES] + ["mixed50"]
    rows = [["all costs of an object", *ALLOCATORS, "moat CHECK2"]]
    for name in names:
        rows.append([f"`{name}`", *(number(bench.get(name, "total_mean", a)) for a in ALLOCATORS),
                     number(bench.get(name, "total_mean", check="2"))])
    for keep in (0, 2, 4):
        rows.append([f"`trees_keep{keep}`", *(number(bench.get(f"trees_keep{keep}", "insn_per_object", a))
                                              for a in ALLOCATORS),
                     number(bench.get(f"trees_keep{keep}", "insn_per_object", check="2"))])
    return markdown(rows)


def spread(bench, _):
    rows = [["one allocation", "mean", "median", "99.9 %", "longest"]]
    for name in ("mixed50", "scatter_16", "replace_64"):
        for allocator in (plan.MOAT, plan.NEWLIB, plan.NANO):
            rows.append([f"`{name}`, {allocator}", *(number(bench.get(name, f"alloc_{m}", allocator))
                                                     for m in ("mean", "median", "p999", "max"))])
    return markdown(rows)


def pauses(bench, _):
    metrics = (("slice_max", "slice"), ("masked_max", "masked"), ("alloc_max", "allocation"))
    rows = [["longest, by shape", *(f"{label}, {kib} KiB" for _, label in metrics for kib in plan.ARENAS_KIB)]]
    for shape in plan.SHAPES:
        rows.append([shape, *(number(bench.get(f"slices_{shape}_{kib}", metric)) for metric, _ in metrics
                              for kib in plan.ARENAS_KIB)])
    return markdown(rows)


def utilisation(bench, _):
    windows = (1000, 10000, 100000)
    rows = [["least share left to the firmware, %", *(f"{window:,} instructions" for window in windows)]]
    for name in ("mixed50", "trees_keep0", "trees_keep2", "trees_keep4"):
        rows.append([f"`{name}`", *(number(bench.get(name, f"mmu_{window}")) for window in windows)])
    return markdown(rows)


def guard(bench, _):
    rows = [["", "CHECK0", "CHECK2", "CHECK2 over CHECK0"]]
    for name, metric in (("store_idle", "insn_per_op"), ("store_marking", "insn_per_op"), ("store_full", "insn_per_op"),
                         ("swap4096", "insn_per_op"), ("rotate1000", "insn_per_op"), ("reverse1000", "insn_per_op"),
                         ("trees_keep2", "insn_per_object")):
        with_guard, without = bench.get(name, metric, check="2"), bench.get(name, metric)
        rows.append([f"`{name}`", number(without), number(with_guard), ratio(with_guard, without)])
    return markdown(rows)


def families(bench, _):
    rows = [["moat, -O2", "Cortex-M3", "rv32imac", "rv32imac over Cortex-M3"]]
    for name, metric in (("mixed50", "total_mean"), ("scatter_16", "total_mean"), ("replace_64", "total_mean"),
                         ("trees_keep0", "insn_per_object"), ("trees_keep2", "insn_per_object"),
                         ("trees_keep4", "insn_per_object"), ("stack", "insn_per_word_miss"),
                         ("stack", "insn_per_hit")):
        arm, riscv = bench.get(name, metric), bench.get(name, metric, target=RISCV)
        rows.append([f"`{name}` {metric}", number(arm), number(riscv), ratio(riscv, arm)])
    return markdown(rows)


def sizes(_, size):
    sections = ("text", "rodata", "data", "bss", "stack", "header")
    rows = [["bytes at -Os", *sections, "text and rodata at -O2"]]
    for core, check in dict.fromkeys((row.core, row.check) for row in size):
        rows.append([f"{core}, CHECK{check}", *(number(size_of(size, core, check, s)) for s in sections),
                     number(size_of(size, core, check, "program", "O2"))])
    return markdown(rows)


# What docs/performance.md calls the files of test/size/features, in its order.
FEATURES = {
    "messages": "messages: the texts of refused calls (`MOAT_USE_MESSAGES`)",
    "finalizers": "finalizers (`MOAT_TYPE_FINALIZED`)",
    "stacks": "registered stacks (`moat_stack_add`)",
    "runs": "runs and nested repeats (`MOAT_TYPE_RUNS`, fields behind the first 32 words)",
    "arrays": "arrays (`MOAT_NEW_ARRAY`), and with them large objects",
    "flexible": "flexible objects (`MOAT_NEW_FLEX`), with runs and large objects",
    "bytes": "raw bytes (`MOAT_NEW_BYTES`), with large objects",
    "large": "types of more than 32 granules",
    "arenas": "arenas beside the linker's (`moat_arena_add`)",
    "hook": "the out-of-memory hook",
    "typed_roots": "structs that are roots (`MOAT_ROOT_OF`)",
    "roots": "roots that come and go (`moat_root_add`)",
    "pins": "pins",
    "handles": "handles",
    "atomics": "`MOAT_CAS`, `MOAT_SWAP`, `MOAT_EXCHANGE`",
    "moves": "`MOAT_MOVE`, `MOAT_ZERO`",
    "stats": "`moat_stats_get`",
    "audit": "the audit of what C owns",
    "kinds": "arenas of kinds (`moat_arena_kinds`)",
    "weak": "weak references (`moat_weak.h`)",
    "objects": "the walk over all objects (`moat_object_next`)",
    "usage": "bytes and objects by type (`moat_usage_begin`)",
    "space": "the largest hole, fragmentation (`moat_space_begin`)",
    "why": "what keeps an object (`moat_why_begin`)",
    "growth": "types that grow (`moat_growth_begin`)",
    "high": "high-water marks (`moat_high_get`)",
    "quota": "budgets of modules (`moat_quota.h`)",
}


def features(_, size):
    bytes_of = size_table.features(size)
    cores = ("armv7m", "rv32imac")
    rows = [["bytes at -Os, CHECK0", *cores]]
    rows.append(["the minimal program", *(number(size_of(size, core, "0", "program")) for core in cores)])
    rows += [[f"+ {text}", *(number(bytes_of[name][core]) for core in cores)] for name, text in FEATURES.items()
             if name in bytes_of]
    return markdown(rows)


def tools(_, __):
    return markdown([["tool", "version"], *recorded_versions()])


TABLES = {"goals": goals, "costs": costs, "spread": spread, "pauses": pauses, "utilisation": utilisation,
          "guard": guard,
          "families": families, "sizes": sizes, "features": features, "tools": tools}


# ---- the tools that measured ----

def tool_versions():
    """(tool, version) of what makes a difference to the figures."""
    found = []
    for command in ("arm-none-eabi-gcc", "riscv64-unknown-elf-gcc", "qemu-system-arm", "qemu-system-riscv32"):
        done = subprocess.run([command, "--version"], text=True, capture_output=True, check=False)
        version = re.search(r"\d+(\.\w+)+[^\s)]*", done.stdout)
        found.append((command, version.group() if version else "none"))
    return found


def recorded_versions():
    return [tuple(line.split("\t")) for line in TOOLS.read_text().splitlines()]


def record_versions():
    TOOLS.write_text("".join("\t".join(pair) + "\n" for pair in tool_versions()))


# ---- the document ----

def tables():
    """{name: Markdown} from the files."""
    bench, size = Bench(table.load(BENCH)), size_table.load(SIZE)
    return {name: make(bench, size) for name, make in TABLES.items()}


def shown_tables():
    """(name, Markdown) as the document has them."""
    return [(match.group(2), match.group(3).rstrip("\n")) for match in MARKED.finditer(DOCUMENT.read_text())]


def linked_charts():
    return re.findall(r"!\[[^]]*\]\(([^)]*\.svg)\)", DOCUMENT.read_text())


def rewrite():
    made = tables()
    DOCUMENT.write_text(MARKED.sub(lambda m: f"{m.group(1)}{made[m.group(2)]}\n{m.group(4)}", DOCUMENT.read_text()))
