"""Cycles, estimated: how many instructions of each class the benchmark ran, times what a class costs on a core by its
maker's documents (docs/performance/cores.tsv).

`make cycles` counts (scripts/bench/blocks.c, a plugin of QEMU's), writes docs/performance/classes.tsv, and rewrites the
tables of docs/cycles.md. test/build/cycles.py compares.

SPDX-License-Identifier: MIT"""
import bisect
import collections
import pathlib
import re
import shlex
import subprocess
import tempfile
from typing import Counter, Dict, List, NamedTuple, Tuple

from . import document
from .run import LINE, TIMEOUT, Failed, Target, build as build_images, image_name, make

CORES, CLASSES = document.FOLDER / "cores.tsv", document.FOLDER / "classes.tsv"
DOCUMENT = pathlib.Path("docs/cycles.md")
CALIBRATIONS = 5  # regions that bench_calibrate measures


class Trace(NamedTuple):
    """A build whose instructions are counted: the board that runs it, a CPU that the board's is one of, its tools."""
    board: str
    cpu: str
    tools: str


TRACES = {
    "armv6m": Trace("arm-mps2-an385", "-mcpu=cortex-m0plus", "arm-none-eabi-"),
    "armv7m": Trace("arm-mps2-an385", "", "arm-none-eabi-"),
    "rv32imac": Trace("riscv32-virt", "", "riscv64-unknown-elf-"),
}


class Row(NamedTuple):
    """A line of the estimates: a workload's metric, in instructions, and whether its longest region is meant."""
    text: str
    workload: str
    metric: str
    longest: bool


ROWS = (
    Row("an object of `trees_keep0`, all costs", "trees_keep0", "insn_per_object", False),
    Row("an object of `mixed50`, all costs", "mixed50", "total_mean", False),
    Row("the longest allocation of up to 64 bytes: `slices_live_3072`", "slices_live_3072", "alloc_max", True),
    Row("a store by macro while no cycle runs", "store_idle", "insn_per_op", False),
    Row("a store by macro while marking", "store_marking", "insn_per_op", False),
)

# ---- classes ----

CONDITIONS = "eq ne cs hs cc lo mi pl vs vc hi ls ge lt gt le".split()
ARM = (
    (r"(ldm|stm|push|pop)", "multiple"), (r"(ldrd|strd)", "pair"), (r"ldr", "load"), (r"str", "store"),
    (r"[us]m(ull|lal)", "long_multiply"), (r"m(ul|la|ls)", "multiply"), (r"[us]div", "divide"),
    (r"(bl?x|tb[bh])", "indirect"), (rf"(cbn?z$|b({'|'.join(CONDITIONS)})$)", "branch"), (r"bl$", "call"),
    (r"b$", "jump"),
)
RISCV = (
    (r"(l[bhw]u?$|lwsp|flw|lr|amo)", "load"), (r"(s[bhw]$|swsp|fsw|sc)", "store"), (r"mulh", "long_multiply"),
    (r"mul", "multiply"), (r"(div|rem)", "divide"), (r"b(eq|ne|lt|ge)", "branch"), (r"j$", "jump"),
    (r"(jr|jalr)$", "indirect"), (r"jal$", "call"), (r"csr", "csr"),
)


def listed_registers(text: str) -> Tuple[int, bool]:
    """How many registers a list like {r4-r7, pc} has, and whether the program counter is one."""
    count = 0
    inside = text.partition("{")[2].partition("}")[0]
    for first, last in re.findall(r"(\w+)(?:-(\w+))?", inside):
        count += int(last[1:]) - int(first[1:]) + 1 if last else 1
    return count, "pc" in inside


def classes_of(mnemonic: str, operands: str, arm: bool) -> List[str]:
    """The classes that an instruction counts in: one, but for those of several registers."""
    name = mnemonic.partition(".")[0] if arm else mnemonic.removeprefix("c.")
    kind = next((kind for pattern, kind in (ARM if arm else RISCV) if re.match(pattern, name)), "other")
    if kind == "pair":
        return ["multiple", "register", "register"]
    if kind == "multiple":
        count, returns = listed_registers(operands)
        return ["multiple", *["register"] * count, *["return_popped"] * (returns and name[0] in "lp")]
    if kind == "call" and not arm and operands.startswith("zero,"):
        return ["jump"]
    return [kind]


def disassembled(elf: pathlib.Path, trace: Trace) -> Dict[int, List[str]]:
    """{address: classes} of all instructions."""
    arm = trace.tools.startswith("arm")
    command = [f"{trace.tools}objdump", "-d", "--no-show-raw-insn", *([] if arm else ["-M", "no-aliases"]), str(elf)]
    text = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    found = re.findall(r"^ *([0-9a-f]+):\t([\w.]+)[ \t]*(.*)$", text, re.MULTILINE)
    return {int(address, 16): classes_of(mnemonic, operands, arm) for address, mnemonic, operands in found}


# ---- counting ----

class Code:
    """A program's instructions."""

    def __init__(self, elf: pathlib.Path, trace: Trace) -> None:
        self._classes = disassembled(elf, trace)
        self._addresses = sorted(self._classes)

    def count(self, block: "Block", runs: int, taken: int) -> Counter[str]:
        """The instructions of some runs of a block, by class."""
        first = bisect.bisect_left(self._addresses, block.start)
        found: Counter[str] = collections.Counter()
        for address in self._addresses[first:first + block.instructions]:
            for name in self._classes[address]:
                if name == "branch":  # the last of its block
                    found["taken"] += taken
                    found["untaken"] += runs - taken
                else:
                    found[name] += runs
        return found


class Block(NamedTuple):
    """A line of the plugin's."""
    start: int
    instructions: int
    next: int
    runs: int
    taken: int
    longest_runs: int
    longest_taken: int


class Counted(NamedTuple):
    """A run of the benchmark's: what it printed, and the plugin's counts."""
    metrics: Dict[str, str]
    calibrated: int  # instructions of an empty region
    longest: int     # of the longest, those included
    blocks: List[Block]


def plugin(folder: pathlib.Path) -> pathlib.Path:
    built = folder / "blocks.so"
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(built),
                    "scripts/bench/blocks.c"], check=True)
    return built


def build(trace: Trace, scratch: pathlib.Path) -> pathlib.Path:
    """The benchmark's firmware at -O2, CHECK0."""
    if not trace.cpu:
        build_images(Target(trace.board, "O2"), "0", False, ["newlib"], scratch)
        return scratch / image_name("newlib", "0", False)
    folder = pathlib.Path("build/bench") / trace.board / f"check0-O2{trace.cpu.replace('-mcpu=', '-')}"
    make(f"BOARD={trace.board}", "OPT=O2", "CHECK=0", f"OUT={folder}", "-j2", f"CPU={trace.cpu}",
         f"{folder}/bench/newlib.elf")
    return folder / "bench/newlib.elf"


def execute(trace: Trace, elf: pathlib.Path, workload: str, folder: pathlib.Path, library: pathlib.Path) -> Counted:
    names = subprocess.run([f"{trace.tools}nm", str(elf)], text=True, capture_output=True, check=True).stdout
    begin, end = (re.findall(rf"^(\w+) T bench_{name}$", names, re.MULTILINE)[0] for name in ("begin", "end"))
    out = folder / "blocks"
    command = shlex.split(make(f"BOARD={trace.board}", "OUT=build/bench/none", "run-command"))
    done = subprocess.run([*command, "-plugin", f"{library},begin=0x{begin},end=0x{end},skip={CALIBRATIONS},out={out}",
                           "-kernel", str(elf), "-append", f"bench={workload} allocator=moat"], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
    metrics = {found[1]: found[2] for found in map(LINE.fullmatch, done.stdout.splitlines()) if found}
    if done.returncode != 0 or "end" not in metrics:
        raise Failed(f"{workload}: {done.stdout}{done.stderr}")
    first, longest, *lines = out.read_text().splitlines()
    blocks = []
    for line in lines:
        _, start, count, behind, *rest = line.split()
        blocks.append(Block(int(start, 16), int(count), int(behind, 16), *map(int, rest)))
    return Counted(metrics, int(first.split()[1]), int(longest.split()[1]), blocks)


def mix(code: Code, counted: Counted, longest: bool) -> Counter[str]:
    """The classes of all regions together, or of the longest."""
    found: Counter[str] = collections.Counter()
    for block in counted.blocks:
        found += (code.count(block, block.longest_runs, block.longest_taken) if longest
                  else code.count(block, block.runs, block.taken))
    return found


EXTRAS = ("register", "return_popped")  # what an instruction costs beside its class


def instructions(counts: Counter[str]) -> int:
    return sum(count for name, count in counts.items() if name not in EXTRAS)


def measure() -> None:
    """Writes CLASSES: for each trace and row the instructions of the benchmark's metric, and of each class the share
    in a thousand instructions."""
    lines = ["# Instructions of each class in a thousand, under emulation. Written by `make cycles`.\n"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        library = plugin(folder)
        for name, trace in TRACES.items():
            elf = build(trace, folder)
            code = Code(elf, trace)
            for row in ROWS:
                counted = execute(trace, elf, row.workload, folder, library)
                counts = mix(code, counted, row.longest)
                whole = instructions(counts)
                lines.append(f"row\t{name}\t{row.workload}\t{counted.metrics[row.metric]}\n")
                lines += [f"class\t{name}\t{row.workload}\t{kind}\t{1000 * count / whole:.2f}\n"
                          for kind, count in sorted(counts.items()) if count]
    CLASSES.write_text("".join(lines))


# ---- the estimates ----

class Core(NamedTuple):
    name: str
    trace: str
    mhz: int
    document: str
    costs: Dict[str, Tuple[int, int]]


def read(path: pathlib.Path) -> List[List[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def cores() -> List[Core]:
    rows = read(CORES)
    return [Core(name, trace, int(mhz), text, {row[2]: (int(row[3]), int(row[4])) for row in rows
                                               if row[:2] == ["cost", name]})
            for kind, name, trace, mhz, text in (row for row in rows if row[0] == "core")]


def shares() -> Dict[Tuple[str, str], Tuple[float, Dict[str, float]]]:
    """{(trace, workload): (instructions, {class: in a thousand})}"""
    found: Dict[Tuple[str, str], Tuple[float, Dict[str, float]]] = {}
    for kind, trace, workload, *rest in read(CLASSES):
        if kind == "row":
            found[trace, workload] = (float(rest[0]), {})
        else:
            found[trace, workload][1][rest[0]] = float(rest[1])
    return found


def estimate(core: Core, row: Row) -> Tuple[float, float]:
    """The least and the most cycles."""
    count, classes = shares()[core.trace, row.workload]
    least, most = (sum(share * core.costs[name][side] for name, share in classes.items()) / 1000 for side in (0, 1))
    return count * least, count * most


def span(low: float, high: float, digits: int = 0) -> str:
    first, last = (f"{value:,.{digits}f}" for value in (low, high))
    return first if first == last else f"{first} to {last}"


def estimates() -> str:
    rows = [["estimated", *(f"{core.name}, {core.mhz} MHz" for core in cores())]]
    for row in ROWS:
        cells = []
        for core in cores():
            low, high = estimate(core, row)
            digits = 0 if low >= 100 * core.mhz else 1 if low >= core.mhz else 2
            cells.append(f"{span(low, high)}: {span(low / core.mhz, high / core.mhz, digits)} µs")
        rows.append([row.text, *cells])
    return document.markdown(rows)


def classes() -> str:
    """The mixes, of what is counted as instructions."""
    found = shares()
    names = [name for name in dict.fromkeys(name for _, counts in found.values() for name in counts)
             if name not in EXTRAS]
    rows = [["of 1,000 instructions", "in all", *names]]
    for trace in TRACES:
        for row in ROWS:
            whole, counts = found[trace, row.workload]
            rows.append([f"{trace}, `{row.workload}`", document.number(whole),
                         *(f"{counts.get(name, 0):.0f}" for name in names)])
    return document.markdown(rows)


def sources() -> str:
    rows = [["core", "cycles, by class", "from"]]
    for core in cores():
        costs = ", ".join(f"{name} {span(*pair)}" for name, pair in core.costs.items())
        rows.append([core.name, costs, core.document])
    return document.markdown(rows)


TABLES = {"estimates": estimates, "classes": classes, "sources": sources}


def expected() -> str:
    """The page with the tables that it ought to have."""
    return document.MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[4]}", DOCUMENT.read_text())


def main() -> int:
    measure()
    DOCUMENT.write_text(expected())
    print(f"rewrote the tables of {DOCUMENT}")
    return 0
