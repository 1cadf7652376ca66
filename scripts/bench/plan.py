"""Which workloads there are, and which run with which allocator.

SPDX-License-Identifier: MIT"""
import dataclasses
import re

SIZES = (8, 16, 32, 64, 256, 1024)
SEEDS = tuple(0x12345678 + i for i in range(10))
SHAPES = ("list", "trees", "graph", "array", "bytes", "comb", "roots", "stacks", "live", "dead")
GUARDS = ("heap", "heap_null", "heap_static", "root", "root_null", "root_static", "stack", "stack_null", "arenas",
          "move", "call",
          "call_static")
ARENAS_KIB = (8, 64, 1024, 3072)
MOAT, NEWLIB, NANO, BUMP, FIRST_FIT = "moat", "newlib", "newlib-nano", "bump", "first-fit"


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    peers: bool = True          # runs with other allocators too
    probe: bool = False         # needs the build that measures masked stretches
    seeds: tuple = ()           # one run for each, and the mean is reported, or
    worst: bool = False         # the largest value
    measure: str = ""           # an allocator that runs here and nowhere else


def all_workloads():
    for size in SIZES:
        yield Workload(f"replace_{size}")
    for size in SIZES:
        yield Workload(f"scatter_{size}")
    yield Workload("mixed50")
    yield Workload("mixed_raise", seeds=SEEDS)
    for keep in (0, 2, 4):
        yield Workload(f"trees_keep{keep}")
        yield Workload(f"trees_stale{keep}", peers=False)
    for kib in (64, 256):
        yield Workload(f"firmware_{kib}", peers=False)
        yield Workload(f"burst_{kib}", peers=False, seeds=SEEDS[:5], worst=True)
    yield Workload("wide_mix", measure=FIRST_FIT)
    yield Workload("every_second")
    for size in (8, 16, 32, 64):
        yield Workload(f"checkerboard_{size}")
    for name in ("store_idle", "store_marking", "store_full", "swap4096", "rotate1000", "reverse1000"):
        yield Workload(name, peers=False)
    for kind in GUARDS:
        yield Workload(f"guard_{kind}", peers=False)
    yield Workload("memory", peers=False)
    yield Workload("stack", peers=False, probe=True)
    for name in ("mixed50", "trees_keep0", "trees_keep2", "trees_keep4"):
        yield Workload(name, peers=False, probe=True)
    for shape in SHAPES:
        for kib in ARENAS_KIB:
            yield Workload(f"slices_{shape}_{kib}", peers=False)
            yield Workload(f"slices_{shape}_{kib}", peers=False, probe=True)


def chosen(words):
    """Those whose name is one of the words or begins with one; all if there is none."""
    workloads = list(all_workloads())
    for word in words:
        if not any(w.name.startswith(word) for w in workloads):
            names = dict.fromkeys(re.sub(r"^slices_.*", "slices_SHAPE_KIB", w.name) for w in workloads)
            raise ValueError(f"no workload '{word}': choose from {' '.join(names)}")
    return [w for w in workloads if not words or any(w.name.startswith(word) for word in words)]
