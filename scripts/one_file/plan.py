"""moat as one file: all of core, and the ports for Cortex-M and RISC-V, of which the compiler's macros choose. Code and
comments stay as they are, but for the names that files have for themselves where they clash: `find` of pin.c is
pin_find. #line names the file that a line comes from, so that warnings, traps and debuggers do.

SPDX-License-Identifier: MIT"""
import functools
import graphlib
import pathlib
import shutil
from typing import Dict, Iterable, List, Sequence, Set

from moat.version import VERSION

from .names import Names, clashing, labels, names_of, renamed
from .text import CPU_HEADER, PORTS, ROOT, WEAK, Text

PUBLIC = ("core/include", "lib/include")
PORT_HEADERS = ("port_board.h", CPU_HEADER)

# Defaults as a program without moat's linker script wants them (docs/no-script.md): option, the default in
# moat_defaults.h, and what stands in place of its line.
DEFAULTS = (("LINKER_SCRIPT", "1", "#define MOAT_CONFIG_LINKER_SCRIPT 0"),
            ("BOARD_IN_HANDLER", "0", "#if defined(__riscv) && !MOAT_CONFIG_LINKER_SCRIPT\n"
                                      "#define MOAT_CONFIG_BOARD_IN_HANDLER 1\n"
                                      "#else\n#define MOAT_CONFIG_BOARD_IN_HANDLER 0\n#endif"))


def write(text: Text, path: pathlib.Path, what: str) -> None:
    path.write_text(f"/* moat {VERSION}: {what}. Written by scripts/one-file.\n *\n"
                    " * SPDX-License-Identifier: MIT */\n" + "\n".join(text.lines) + "\n")


def with_defaults(text: Text) -> None:
    for option, default, instead in DEFAULTS:
        at = text.lines.index(f"#define MOAT_CONFIG_{option} {default}")
        text.lines[at:at + 1] = instead.splitlines()


def header() -> Text:
    """All that a firmware includes, a port's and a board's headers with it."""
    text = Text()
    text.lines += ["#ifndef MOAT_ONE_FILE_H", "#define MOAT_ONE_FILE_H"]
    text.include("moat.h", ROOT / "core/include")
    taken = "\n".join(text.lines)
    for folder in PUBLIC:
        for file in sorted((ROOT / folder).glob("*.h")):
            if f'#line 1 "{folder}/{file.name}"' not in taken:  # those in an #if of moat.h are there
                text.include(file.name, file.parent)
    for name in PORT_HEADERS:
        text.include(name, ROOT / "port")
    text.lines.append("#endif")
    with_defaults(text)
    return text


def weak_names(files: Iterable[pathlib.Path]) -> Set[str]:
    return {match[1] for file in files for match in map(WEAK.match, file.read_text().splitlines()) if match}


def optional(names: Dict[pathlib.Path, Names], headers: Iterable[pathlib.Path]) -> List[pathlib.Path]:
    """Files that the others refer to weakly, so that a firmware may do without (docs/design.md, "Pay as you go"). One
    that refers to another comes first: behind a definition, the test of its address is one that compilers warn of."""
    weak = {file: weak_names([file]) for file in names}
    asked_for = weak_names(headers).union(*weak.values())
    has = {file: names[file].shared & asked_for for file in names}
    order = graphlib.TopologicalSorter({file: [other for other in names if other != file and weak[other] & has[file]]
                                        for file in names})
    return [file for file in order.static_order() if has[file]]


def without(file: pathlib.Path) -> str:
    """The macro that leaves a file out."""
    return f"MOAT_WITHOUT_{file.stem.upper()}"


def source(public: Set[pathlib.Path]) -> Text:
    """All C files, behind all headers of core."""
    core, lib, common = (sorted(ROOT.glob(pattern)) for pattern in ("core/*/*.c", "lib/*.c", "port/*.c"))
    ports = {port: sorted((ROOT / "port" / port).glob("*.c")) for port in PORTS}
    headers = sorted(file for pattern in ("core/*/*.h", "lib/*/*.h", "port/*.h") for file in ROOT.glob(pattern))
    names = names_of([*core, *lib, *common, *(file for files in ports.values() for file in files)])
    clashes = clashing(names, [*headers, *(file for port in PORTS for file in (ROOT / "port" / port).glob("*.h"))])

    def take(text: Text, file: pathlib.Path) -> None:
        text.take_source(file, lambda code: renamed(code, sorted(clashes[file]), names[file].members, file.stem))

    last = [*optional({file: names[file] for file in core}, headers), *lib]
    text = Text(done={*public, ROOT / CPU_HEADER})
    text.lines += ["/* What firmware may leave out, and its calls then don't link, by definitions of", " *", *(
        f" * {without(file)}  {file.relative_to(ROOT)}" for file in sorted(last)), " */"]
    text.lines += ['#include "moat.h"', *(f"#pragma weak {name}" for name in sorted(weak_names([*core, *headers])))]
    for file in headers:
        if file.parent.name != "include":
            text.include(file.name, file.parent)
    for file in [*(file for file in core if file not in last), *common]:
        take(text, file)
    for file in last:
        text.lines.append(f"#ifndef {without(file)}")
        take(text, file)
        text.lines.append("#endif")
    for port, files in ports.items():
        text.by_port(port)
        part = Text(port, {*text.done, ROOT / "port" / port / CPU_HEADER})
        for file in files:
            take(part, file)
        text.lines += part.lines
    text.end_ports()
    return text


def assembly() -> Text:
    """The ports' assembly, whose labels are each file's own."""
    text = Text()
    for port in PORTS:
        files = sorted((ROOT / "port" / port).glob("*.S"))
        own = {file: labels(file.read_text()) for file in files}
        text.by_port(port)
        part = Text(port, assembly=True)
        for file in files:
            clash = sorted(name for name in own[file] if any(name in own[other] for other in files if other != file))
            part.take_source(file, functools.partial(renamed, names=clash, members=set(), stem=file.stem))
        text.lines += part.lines
    text.end_ports()
    return text


def main(arguments: Sequence[str]) -> None:
    folder = pathlib.Path(arguments[0]) if arguments else ROOT / "build/one-file"
    folder.mkdir(parents=True, exist_ok=True)
    public = header()
    write(public, folder / "moat.h", "all headers of a firmware as one")
    write(source(public.done), folder / "moat.c", "all of core and its ports as one file, which moat_port.S goes with")
    shutil.copy(ROOT / "core/include/moat.hpp", folder)
    write(assembly(), folder / "moat_port.S", "the assembly of its ports as one file")
