"""Which suites there are and where each of them runs: test/suites.txt, test/suite/*.c and test/build/*.

SPDX-License-Identifier: MIT"""
import dataclasses
import pathlib
import re
import shlex
from typing import Callable, Dict, List, Tuple

from lib import boards

BOARDS = tuple(boards.load())
CORE_BOARDS = tuple(boards.core())  # where the suites of the core set run, and those that name one
CORE_CHECK, CORE_OPT = "2", "Os"
FEW_BOARDS = tuple(boards.few())
FEW = (("0", "O2"), ("2", "Os"))  # (check level, optimisation) where they run suites that name no -O
SELDOM = (("1", "O2"),)  # where such suites run on no board, unless it is asked for
BOARD_GROUPS = {"all": BOARDS, "qemu": boards.of_kind("qemu"), "hosts": boards.of_kind("host"), "none": ()}
CHECKS = ("0", "1", "2")
OPTS = ("Os", "O2")  # where a suite does not say
OPTS_KNOWN = tuple(level + tools for tools in ("", "-lto", "-clang") for level in ("O0", "Os", "O2", "O3"))

TABLE = pathlib.Path("test/suites.txt")


class TableError(Exception):
    pass


@dataclasses.dataclass
class Suite:
    """One line of the table, or a file that needs none."""

    name: str
    program: str = ""  # the ELF file in the build folder, without .elf
    script: str = ""  # runs on this computer, once for each configuration, or once at all with boards=none
    boards: tuple = BOARDS
    core: bool = False  # of the core set
    checks: tuple = CHECKS
    opts: tuple = OPTS
    config: tuple = ()  # OPTION=VALUE of core's configuration
    pytest: str = ""  # like a script: this file, run by pytest, each of whose cases is a case here
    args: str = ""  # the program's command line
    input: str = ""  # file that the console receives
    timeout: int = 120  # seconds
    exit: int = 0  # status expected; one of these two makes the whole run one case
    output: str = ""  # regular expression that the output must match
    plugin: bool = False  # built with the compiler plugin
    long: bool = False  # runs if it is named, or long suites are asked for
    fixed: bool = False  # has an expected status or output
    default_opts: bool = True  # the table does not say which
    default_boards: bool = True  # nor names a board

    def where(self, opts=(), everywhere=False, seldom=True):
        """The configurations that the suite runs in; [None] if it has to do with no board.
        opts: the optimisations asked for. A suite that names none runs in any of them.
        everywhere: in all configurations on the boards of the core set, too
        seldom: in those that are left out unless they are asked for, too"""
        if not self.boards:
            return [None]
        chosen = opts if self.default_opts and opts else self.opts
        places = [Configuration(b, c, o, self.config) for b in self.boards for c in self.checks for o in chosen]
        if everywhere and set(self.boards) >= set(BOARD_GROUPS["qemu"]):
            places += [Configuration(b, c, o, self.config) for b in CORE_BOARDS for c in self.checks for o in chosen]
        elif self.core:
            places += [Configuration(b, CORE_CHECK, CORE_OPT, self.config) for b in CORE_BOARDS]
        return [p for p in dict.fromkeys(places) if seldom or not self._is_seldom(p)]

    def _is_seldom(self, place):
        """Whether a configuration is left out: the boards of few run core with its own options only, but for suites
        that name the board."""
        level = (place.check, place.opt)
        few = place.board in FEW_BOARDS
        return (self.default_opts and (level in SELDOM or few and level not in FEW)
                or few and self.default_boards and place.config != ())


@dataclasses.dataclass(frozen=True)
class Configuration:
    board: str
    check: str
    opt: str
    config: tuple = ()

    def __str__(self):
        return " ".join([self.board, f"CHECK{self.check}", f"-{self.opt}", *self.config])

    def folder(self):
        """The build folder, as make/firmware.mk names it."""
        options = "".join("+" + option.replace("=", "-") for option in self.config)
        return pathlib.Path(f"build/{self.board}/check{self.check}-{self.opt}{options}")

    def make(self):
        """The command that builds in this configuration."""
        return ["make", "-f", "make/firmware.mk", f"BOARD={self.board}", f"CHECK={self.check}", f"OPT={self.opt}",
                f"CONFIG={' '.join(self.config)}"]


def _boards(text):
    boards = []
    for word in text.split(","):
        boards += BOARD_GROUPS.get(word, (word,))
    return tuple(boards)


def _yes(text):
    return text == "yes"


def _words(text):
    return tuple(word for word in text.split(",") if word)


def _line(text, where):
    """The suite that a line of the table describes."""
    name, *settings = shlex.split(text, comments=True)
    suite = Suite(name)
    readers: Dict[str, Callable[[str], object]] = {
        "boards": _boards, "checks": _words, "opts": _words, "config": _words, "timeout": int, "exit": int,
        "long": _yes, "core": _yes,
        "plugin": _yes}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or key not in ("program", "script", "pytest", "args", "input", "output", *readers):
            raise TableError(f"{where}: '{setting}' is no setting: the head of the file lists them")
        setattr(suite, key, readers[key](value) if key in readers else value)
        suite.fixed = suite.fixed or key in ("exit", "output")
        suite.default_opts = suite.default_opts and key != "opts"
        suite.default_boards = suite.default_boards and (key != "boards" or set(value.split(",")) <= set(BOARD_GROUPS))
    for choice, known in ((suite.boards, BOARDS + CORE_BOARDS), (suite.checks, CHECKS), (suite.opts, OPTS_KNOWN)):
        for word in choice:
            if word not in known:
                raise TableError(f"{where}: '{word}' is none of {', '.join(known)}")
    if suite.output:
        re.compile(suite.output)
    if not suite.program and not suite.script and not suite.pytest:
        suite.program = f"test/{name}"
    elif suite.program and "/" not in suite.program:
        suite.program = f"test/{suite.program}"
    return suite


def _entries():
    """The table's entries without comments, each on one line, with the number of its first."""
    found: List[Tuple[int, str]] = []
    for number, text in enumerate(TABLE.read_text().splitlines() if TABLE.exists() else [], 1):
        if text.startswith(" "):
            found[-1] = (found[-1][0], found[-1][1] + text)
        elif text and not text.startswith("#"):
            found.append((number, text))
    return found


def load():
    """All suites, by name."""
    suites = {}
    used = set()
    for number, text in _entries():
        suite = _line(text, f"{TABLE}:{number}")
        if suite.name in suites:
            raise TableError(f"{TABLE}:{number}: suite '{suite.name}' is there twice")
        suites[suite.name] = suite
        used |= {suite.script or suite.pytest or suite.program}
    for path in sorted([*pathlib.Path("test/suite").glob("*.c"), *pathlib.Path("test/suite").glob("*.cpp")]):
        if f"test/{path.stem}" not in used:
            suites[path.stem] = Suite(path.stem, program=f"test/{path.stem}")
    for path in sorted(pathlib.Path("test/build").iterdir()):
        if path.suffix in (".py", ".sh") and str(path) not in used and not path.name.startswith("_"):
            name = f"build/{path.stem}"
            suites[name] = Suite(name, script=str(path), boards=(), timeout=900)
    return dict(sorted(suites.items()))
