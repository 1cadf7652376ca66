"""Which charts are drawn of build/bench.tsv: moat beside each other allocator, pauses, utilisation.

SPDX-License-Identifier: MIT"""
from . import chart
from .plan import BUMP, MOAT, NANO, NEWLIB

COSTS = [*((f"replace_{s}", "total_mean") for s in (16, 64, 256)),
         *((f"scatter_{s}", "total_mean") for s in (16, 64, 256)),
         ("mixed50", "total_mean"), *((f"trees_keep{k}", "insn_per_object") for k in (0, 2, 4))]
LONGEST = [(bench, "alloc_max") for bench in ("scatter_16", "mixed50", "checkerboard_8", "checkerboard_16",
                                              "checkerboard_32", "checkerboard_64")]
COUNTED = "guest instructions counted under QEMU's -icount, not cycles"


class Values:
    """The values of one target, by bench, metric and allocator; moat's are CHECK0's."""

    def __init__(self, rows, target, opt):
        self.title = f"{target}, -{opt}"
        self.of = {(r.bench, r.metric, r.allocator): float(r.value) for r in rows
                   if r.target == target and r.opt == opt and r.config == "check0"}

    def allocators(self):
        names = list(dict.fromkeys(allocator for _, _, allocator in self.of))
        order = [MOAT, NEWLIB, NANO, *sorted(set(names) - {MOAT, NEWLIB, NANO, BUMP}), BUMP]
        return [name for name in order if name in names]

    def groups(self, metrics, names):
        """(bench, values) of the benches where all the names but the last may lack a value."""
        rows = [(bench, [self.of.get((bench, metric, name)) for name in names]) for bench, metric in metrics]
        return [(bench, values) for bench, values in rows if values[0] is not None and any(values[1:])]


def draw(rows, target, opt):
    """{file name: SVG}"""
    values = Values(rows, target, opt)
    names = values.allocators()
    charts = {}
    for peer in names[1:]:
        groups = values.groups(COSTS, [MOAT, peer])
        if groups:
            charts[f"cost-{peer}.svg"] = chart.bars(f"All costs of an object: moat and {peer}",
                                                    f"{values.title}; {COUNTED}", [MOAT, peer], groups)
    groups = values.groups(COSTS, names)
    if groups and len(names) > 1:
        charts["cost.svg"] = chart.bars("All costs of an object", f"{values.title}; {COUNTED}", names, groups)
    freeing = [name for name in names if name != BUMP]
    groups = values.groups(LONGEST, freeing)
    if groups:
        charts["longest.svg"] = chart.bars("The longest allocation", f"{values.title}; logarithmic; {COUNTED}", freeing,
                                           groups,
                                           log=True)
    windows = sorted(int(metric[4:]) for bench, metric, name in values.of if metric.startswith("mmu_")
                     and bench == "mixed50")
    benches = [b for b in ("mixed50", "trees_keep0", "trees_keep2", "trees_keep4")
               if (b, "mmu_1000", MOAT) in values.of]
    if windows and benches:
        charts["utilisation.svg"] = chart.curves(
            "What the collector leaves to the firmware, at the worst",
            f"{values.title}; share of any window of so many instructions",
            benches, windows, [[values.of[b, f"mmu_{w}", MOAT] for w in windows] for b in benches])
    return charts


def write_all(rows, folder):
    """Draws the charts of all targets into FOLDER/TARGET-OPT/. Returns their paths."""
    paths = []
    for target, opt in dict.fromkeys((row.target, row.opt) for row in rows):
        for name, svg in draw(rows, target, opt).items():
            paths.append(folder / f"{target}-{opt}" / name)
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
            paths[-1].write_text(svg)
    return paths
