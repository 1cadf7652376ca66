"""make bench-pace: what MOAT_CONFIG_PACE trades, measured for several values; rewrites the table and the chart of
docs/pacing.md.

SPDX-License-Identifier: MIT"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import tempfile

from . import chart, plan, run

PACES = (40, 60, 80, 100, 120, 131, 160, 240, 400)
DEFAULT = re.compile(r"#define MOAT_CONFIG_PACE (\d+)")
DEFAULTS = pathlib.Path("core/include/moat_defaults.h")
DOCUMENT = pathlib.Path("docs/pacing.md")
CHART = pathlib.Path("docs/performance/charts/arm-mps2-an385-O2/pace.svg")
TABLE = re.compile(r"(<!-- table pace -->\n).*?(<!-- end -->)", re.S)
MEANS = (("mixed50", "total_mean"), ("scatter_16", "total_mean"), ("trees_keep4", "insn_per_object"),
         ("firmware_64", "insn_per_object"))
SHAPES = ("list", "trees", "graph", "array", "bytes", "comb", "dead")
LONGEST = tuple(f"slices_{shape}_64" for shape in SHAPES)
TARGET = run.Target("arm-mps2-an385", "O2")


def build(pace, keep):
    """Builds core with this PACE, and keeps the image."""
    folder = pathlib.Path(f"build/bench/pace-{pace}")
    image = folder / "bench/newlib.elf"
    run.make(f"BOARD={TARGET.board}", f"OPT={TARGET.opt}", "CHECK=0", f"CONFIG=PACE={pace}", f"OUT={folder}",
             f"-j{os.cpu_count() or 1}", str(image))
    images = keep / str(pace)
    images.mkdir()
    shutil.copy(image, images / run.image_name(plan.NEWLIB, "0", False))
    return images


def measure(images):
    """The means, the longest allocation of up to 64 bytes over the shapes, and mixed50's longest."""
    runner = run.run_command(TARGET)
    names = [*(name for name, _ in MEANS), *LONGEST]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = dict(zip(names, pool.map(
            lambda name: run.execute(runner, images, "0", plan.Workload(name), plan.MOAT), names)))
    means = [float(results[name][metric]) for name, metric in MEANS]
    return [*means, max(float(results[name]["alloc_max"]) for name in LONGEST),
            float(results["mixed50"]["alloc_p999"]), float(results["mixed50"]["alloc_max"])]


def markdown(rows, default):
    head = ["PACE", *(name for name, _ in MEANS), "longest, shapes", "`mixed50`, 99.9 %", "`mixed50`, longest"]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---:"] * len(head)) + " |"]
    for pace, values in rows:
        name = f"**{pace}**" if pace == default else str(pace)
        lines.append("| " + " | ".join([name, *(f"{value:,.0f}" for value in values)]) + " |")
    return "\n".join(lines) + "\n"


def main(argv=None):
    summary = __doc__.split("\n\n", maxsplit=1)[0]
    argparse.ArgumentParser(prog="scripts/bench-pace", description=summary).parse_args(argv)
    with tempfile.TemporaryDirectory() as keep:
        rows = [(pace, measure(build(pace, pathlib.Path(keep)))) for pace in PACES]
    default = int(DEFAULT.findall(DEFAULTS.read_text())[0])
    table = markdown(rows, default)
    print(table, end="")
    DOCUMENT.write_text(TABLE.sub(lambda match: match.group(1) + table + match.group(2), DOCUMENT.read_text()))
    series = [[(str(pace), values[len(MEANS)], values[i]) for pace, values in rows] for i in range(len(MEANS))]
    CHART.write_text(chart.trade(
        "What PACE trades: cost of an object, longest allocation",
        "arm-mps2-an385, -O2, 64 KiB; guest instructions, not cycles; each point is a value of MOAT_CONFIG_PACE",
        [name for name, _ in MEANS], "longest allocation of up to 64 bytes", series))
