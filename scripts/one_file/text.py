"""Text in which each of our headers stands once, where it is first included, and lines say which file they are from.

SPDX-License-Identifier: MIT"""
import pathlib
import re
from typing import Callable, Iterable, List, Optional, Set

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPU_HEADER = "moat_port_cpu.h"

# The folders of port/ that are there, and what the compiler says of itself where one is to be taken.
PORTS = {"armv7m": "(defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M') || defined(__ARM_ARCH_6M__)",
         "riscv": "defined(__riscv)"}

INCLUDE = re.compile(r'\s*#\s*include\s+["<]([^">]+)[">]')
DEFINE = re.compile(r"\s*#\s*define (\w+)")
CONDITION = re.compile(r"\s*#\s*(if|endif)")
WEAK = re.compile(r"\s*#pragma weak (\w+)")


class Text:
    """What was taken so far. Of a port, if one is named, the headers are found too."""

    def __init__(self, port: Optional[str] = None, done: Iterable[pathlib.Path] = (), assembly: bool = False):
        self.lines: List[str] = []
        self.done: Set[pathlib.Path] = set(done)
        self._port = port
        self._assembly = assembly  # which needs nothing of what headers have in an #if, for C
        self._open: List[pathlib.Path] = []

    def take(self, file: pathlib.Path, conditional: bool, change: Callable[[str], str] = str) -> None:
        """The text of a file, with that of the headers that it includes. `conditional`: it stands within an #if."""
        name = str(file.relative_to(ROOT))
        self.lines.append(f'#line 1 "{name}"')
        depth = -1 if file.suffix == ".h" else 0  # all of a header stands in the #ifndef of its guard
        for number, line in enumerate(change(file.read_text()).splitlines(), 1):
            condition, include = CONDITION.match(line), INCLUDE.match(line)
            if condition:
                depth += 1 if condition[1] == "if" else -1
            if include and self.include(include[1], file.parent, conditional or depth > 0):
                self.lines.append(f'#line {number + 1} "{name}"')
            else:
                self.lines.append("" if WEAK.match(line) else line)  # these stand at the head of moat.c

    def include(self, name: str, folder: pathlib.Path, conditional: bool = False) -> bool:
        """Takes a header, unless it is there for sure, or needs to be. False: it is not one of ours."""
        header = self._find(name, folder)
        if header is None:
            return False
        if header not in self.done and header not in self._open and not (conditional and self._assembly):
            if not conditional:
                self.done.add(header)
            self._open.append(header)
            if header.name == CPU_HEADER and self._port is None:
                self._take_cpu_headers()
            else:
                self.take(header, conditional)
            self._open.pop()
        return True

    def _find(self, name: str, folder: pathlib.Path) -> Optional[pathlib.Path]:
        if name == CPU_HEADER and self._port is None:
            return ROOT / CPU_HEADER  # stands for those of all ports
        folders = [folder, *([ROOT / "port" / self._port] if self._port else []),
                   ROOT / "core/include", ROOT / "lib/include", ROOT / "core", ROOT / "port"]
        return next(((folder / name).resolve() for folder in folders if (folder / name).exists()), None)

    def _take_cpu_headers(self) -> None:
        for port in PORTS:
            self.by_port(port)
            self.take(ROOT / "port" / port / CPU_HEADER, True)
        self.end_ports("moat: Cortex-M and RISC-V have a port in here: what the compiler compiles for is neither")

    def by_port(self, port: str) -> None:
        """What follows is for one port: a chain that end_ports ends."""
        self.lines.append(f"#{'if' if port == next(iter(PORTS)) else 'elif'} {PORTS[port]}")

    def end_ports(self, error: str = "") -> None:
        self.lines += [*(["#else", f'#error "{error}"'] if error else []), "#endif"]

    def take_source(self, file: pathlib.Path, change: Callable[[str], str]) -> None:
        """A C or assembly file, whose macros end with it."""
        self.take(file, False, change)
        defined = {match[1] for match in map(DEFINE.match, change(file.read_text()).splitlines()) if match}
        self.lines += [f"#undef {name}" for name in sorted(defined)]
