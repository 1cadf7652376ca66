"""Core's call graph, from GCC's -fcallgraph-info=su.

SPDX-License-Identifier: MIT"""
import re
from typing import Dict, Set, Tuple

from _checks import CORE, CORE_FLAGS, ROOT, Failure

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
FRAME = re.compile(r"(\d+) bytes \((\w+(?:,\w+)?)\)")


class CallGraph:
    """Who calls whom in core, and the bytes of each function's frame. A static function is FILE:NAME."""

    def __init__(self, compiler, scratch, *flags):
        self.calls: Dict[str, Set[str]] = {}
        self.frames: Dict[str, int] = {}
        self.known: Dict[str, Tuple[int, Tuple[str, ...]]] = {}
        for made in compiler.must_compile_all(CORE, scratch, *flags, *CORE_FLAGS, "-fcallgraph-info=su"):
            self._read(made.with_suffix(".ci").read_text().replace(f"{ROOT}/", ""))
        # The port calls what it is given: the one call back into core.
        for source in (ROOT / "core").rglob("*.c"):
            for visit in re.findall(r"moat_port_spill_and_call\((\w+)", source.read_text()):
                target = f"{source.relative_to(ROOT)}:{visit}"
                self.calls.setdefault("moat_port_spill_and_call", set()).add(target if target in self.frames else visit)

    def _read(self, text):
        for title, label in NODE.findall(text):
            frame = FRAME.search(label)
            if frame:
                if frame.group(2) not in ("static", "dynamic,bounded"):
                    raise Failure(f"{title} has a frame without bound ({frame.group(2)})")
                self.frames[title] = int(frame.group(1))
        for caller, callee in EDGE.findall(text):
            self.calls.setdefault(caller, set()).add(callee)

    def deepest(self, function, above=()):
        """Bytes of stack that a call needs at most, ports and hooks apart, and the chain of calls that needs them."""
        if function in above:
            raise Failure("recursion: " + " -> ".join((*above[above.index(function):], function)))
        if function in self.known:
            return self.known[function]
        worst = 0
        chain: Tuple[str, ...] = ()
        for callee in sorted(self.calls.get(function, ())):
            need, below = self.deepest(callee, (*above, function))
            if need > worst or not chain:
                worst, chain = need, below
        self.known[function] = self.frames.get(function, 0) + worst, (function, *chain)
        return self.known[function]
