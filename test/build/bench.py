#!/usr/bin/python3
"""The benchmark: its sizes are those of the formula, its counts the same each time, an adaptor needs nothing but its
file.

SPDX-License-Identifier: MIT"""
import os
import re
import subprocess
import sys
import xml.etree.ElementTree
from decimal import Decimal, getcontext

from _checks import ROOT, expect, main

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from bench import table  # noqa: E402

WIDE_LEAST = 1550  # live objects

# What the adaptor of the README wraps.
MY_HEAP = """
#include <stddef.h>
struct my_heap { char first; };
static struct my_heap *my_heap_init(void *arena, size_t bytes) { (void)bytes; return arena; }
static void *my_heap_alloc(struct my_heap *heap, size_t bytes) { return bytes < 256 ? heap : NULL; }
static void my_heap_free(struct my_heap *heap, void *object) { (void)heap; (void)object; }
"""


def run(*options):
    return subprocess.run(["scripts/bench-report", *options], text=True, capture_output=True, check=False)


def sizes_are_those_of_the_formula(_):
    source = (ROOT / "test/bench/mixed.c").read_text()
    growth = float(re.search(r"growth = ([\d.]+);", source).group(1))
    size = float(re.search(r"double size = ([\d.]+);", source).group(1))
    getcontext().prec = 40
    for i in range(1024):
        exact = (Decimal(32).ln() * (2 * i + 1) / 2048).exp() * 8
        expect(int(size) == int(exact), f"size {i} is {int(size)}, not {int(exact)}")
        size *= growth


def counts_are_repeatable(scratch):
    for board in ("arm-mps2-an385", "riscv32-virt"):
        found = []
        for name in ("first.tsv", "second.tsv"):
            done = run("--board", board, "--bench", "mixed50,scatter_16", "--allocator", "moat,newlib",
                       "--check", "0", "--table", str(scratch / board / name))
            expect(done.returncode == 0, done.stderr)
            found.append(table.load(scratch / board / name))
        expect(found[0] and found[0] == found[1], f"{board}: two runs differ")


def readme_adaptor_runs(scratch):
    peers = scratch / "peers"
    peers.mkdir()
    readme = (ROOT / "test/bench/README.md").read_text()
    adaptor = re.search(r"```c\n(.*?)```", readme, re.DOTALL).group(1)
    (peers / "my_adaptor.c").write_text(adaptor)
    (peers / "my_heap.h").write_text(MY_HEAP)
    done = run("--bench", "mixed50", "--check", "0", "--allocator", "moat my-heap", "--peers", str(peers),
               "--table", str(scratch / "bench.tsv"))
    expect(done.returncode == 0, done.stderr)
    names = {row.allocator for row in table.load(scratch / "bench.tsv")}
    expect(names == {"moat", "my-heap"}, f"allocators in the table: {names}")
    chart = scratch / "charts/arm-mps2-an385-O2/cost-my-heap.svg"
    xml.etree.ElementTree.parse(chart)


# As stock allocators are: it prints what it finds, and does not have the memory that a workload needs.
SMALL = """
#include "allocator.h"
#include <stdio.h>
static int left;
static void init(void *arena, size_t bytes) { left = 100; (void)arena, (void)bytes; }
static void *alloc(size_t bytes) {
    static char object[65536];
    return left-- > 0 ? object : (printf("small: %d left for %u bytes\\n", left, (unsigned)bytes), (void *)0);
}
static void release(void *object) { (void)object; }
static struct bench_allocator small = {"small", init, alloc, release, NULL};
BENCH_ALLOCATOR(small);
"""


def an_allocator_may_print_and_run_out(scratch):
    peers = scratch / "peers"
    peers.mkdir()
    (peers / "small.c").write_text(SMALL)
    done = run("--bench", "mixed50 trees_keep0 mixed_raise", "--check", "0", "--allocator", "newlib small", "--peers",
               str(peers), "--table", str(scratch / "bench.tsv"))
    expect(done.returncode == 0, done.stderr)
    found = {(row.bench, row.metric) for row in table.load(scratch / "bench.tsv") if row.allocator == "small"}
    expect(found == {("mixed50", "out_of_memory"), ("trees_keep0", "out_of_memory"), ("mixed_raise", "live_percent")},
           f"rows: {found}")


def wide_mixes_fit(scratch):
    """Objects that live when a request fails at first: 512 KiB, requests of 8 bytes to 4 KB. docs/performance.md says
    how many first fit has."""
    done = run("--bench", "wide_mix", "--check", "0", "--allocator", "moat", "--table", str(scratch / "bench.tsv"))
    expect(done.returncode == 0, done.stderr)
    live = next(int(row.value) for row in table.load(scratch / "bench.tsv") if row.metric == "live_objects")
    expect(live >= WIDE_LEAST, f"wide_mix: {live} objects, not {WIDE_LEAST}")


def checks_are_cheap(scratch):
    """What the guard may cost on the Cortex-M3 at -O2: instructions more than at CHECK0, or times as many."""
    done = run("--bench", "guard swap4096 rotate1000", "--check", "0 2", "--table", str(scratch / "guard.tsv"))
    expect(done.returncode == 0, done.stderr)
    cost = {(row.bench, row.config): float(row.value) for row in table.load(scratch / "guard.tsv")}
    for name, most in (("heap", 12), ("heap_null", 6), ("heap_static", 6), ("root", 12), ("root_null", 6),
                       ("stack_null", 6)):
        more = cost[f"guard_{name}", "check2"] - cost[f"guard_{name}", "check0"]
        expect(0 < more <= most, f"guard_{name}: {more} instructions more than at CHECK0, {most} are allowed")
    for name, times_most in (("swap4096", 2.5), ("rotate1000", 3.0)):
        times = cost[name, "check2"] / cost[name, "check0"]
        expect(1 < times <= times_most, f"{name}: {times:.2f} times what it takes at CHECK0, {times_most} are allowed")


def a_wrong_choice_is_refused(_):
    for option, value, status, what in (("--bench", "nothing", 1, "no workload 'nothing'"),
                                        ("--allocator", "nobody", 1, "no allocator 'nobody'"),
                                        ("--opt", "fast", 1, "no optimisation 'Ofast'"),
                                        ("--peers", "/nowhere", 1, "no adaptor"),
                                        ("--speed", "1", 2, "unrecognized arguments")):
        done = run(option, value)
        expect(done.returncode == status and what in done.stderr, f"{option}: {done.returncode} {done.stderr}")


main(sizes_are_those_of_the_formula, a_wrong_choice_is_refused, readme_adaptor_runs,
     an_allocator_may_print_and_run_out,
     wide_mixes_fit,
     counts_are_repeatable,
     checks_are_cheap)
