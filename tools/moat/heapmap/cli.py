"""The command line of `moat heap`.

SPDX-License-Identifier: MIT"""
import argparse
import functools
import io
import json
import os
import sys

from moat import command
from moat.firmware.elf import Firmware
from moat.firmware.elf_target import ElfTarget, open_core
from moat.firmware.target import Context, TargetError
from moat.heap import reader
from moat.heap.model import Heap
from moat.log import dump as dumps, framed

from .document import Document, export

PROGRAM = "moat heap"
HELP = """Draws a firmware's heap: a page (HTML) with a map of its objects and holes, what keeps what alive, and the
figures.

INPUT is what the firmware printed, with heap dumps in it (moat_heap_dump), or an ELF core file.
docs/heap-map.md has more.

exit status:
  0  the heap is drawn, all of it
  1  drawn, but something of it is missing or broken; the page and standard error say what
  2  nothing is drawn: the command line, a file, another firmware's dump"""

ELF_MAGIC = b"\x7fELF"


_say = functools.partial(command.say, PROGRAM)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = command.parser(PROGRAM, HELP)
    parser.add_argument("elf", metavar="FIRMWARE.elf", help="the firmware, with its debug information")
    parser.add_argument("input", metavar="INPUT",
                        help="a serial log with heap dumps, or a core file; -: standard input")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="where the page goes; -: standard output; heap.html if there is no --json either")
    parser.add_argument("--json", metavar="FILE", help="write what the page shows as JSON; -: standard output")
    parser.add_argument("--dump", metavar="N", type=int, help="draw the log's N-th dump, from 1; the last if not given")
    parser.add_argument("--list", action="store_true", help="list the dumps in the log and draw none")
    parser.add_argument("--force", action="store_true",
                        help="take dumps of another build for this firmware's: names and types may be wrong")
    return parser.parse_args(arguments)


def _write(path: str, text: str) -> None:
    try:
        if path == "-":
            sys.stdout.write(text)
            return
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise command.Unusable(f"{path}: {error.strerror}") from error


# ---- dumps ----

def _belongs(dump: dumps.Dump, firmware: Firmware) -> bool:
    return dump.begin is None or dump.begin.build_id == (firmware.build_id or bytes(20))


def _label(dump: dumps.Dump) -> str:
    return f"dump {dump.begin.number}" if dump.begin else "a dump whose first frame is lost"


def _list(log: dumps.Log, firmware: Firmware, name: str) -> None:
    for number, dump in enumerate(log.dumps, 1):
        notes = dump.problems() + ([] if _belongs(dump, firmware) else ["of another build"])
        cycle = f", cycle {dump.begin.cycle}" if dump.begin else ""
        objects = "" if dump.objects is None else f", {dump.objects} objects"
        print(f"{number}: {name}:{dump.place}: {_label(dump)}{cycle}{objects}{''.join(f'; {note}' for note in notes)}")


def _choose(data: bytes, log: dumps.Log, firmware: Firmware, options: argparse.Namespace,
            name: str) -> tuple[dumps.Dump, list[dumps.Dump]]:
    """(the dump to draw, those of the same run before it)"""
    if not log.dumps:
        hint = f" ({log.damaged} lines look like damaged frames of one)" if log.damaged else ""
        raise command.Unusable(f"{name}: no heap dump in it{hint}: the firmware prints one where it calls "
                               f"moat_heap_dump(){framed.advice(data)}")
    if options.dump is not None:
        if not 1 <= options.dump <= len(log.dumps):
            raise command.Unusable(f"{name}: there is no dump {options.dump}: it has {len(log.dumps)}; --list lists "
                                   "them")
        chosen = log.dumps[options.dump - 1]
    else:
        own = [dump for dump in log.dumps if _belongs(dump, firmware)]
        chosen = own[-1] if own else log.dumps[-1]
    if not _belongs(chosen, firmware):
        ours = firmware.build_id.hex() if firmware.build_id else "without a build id"
        text = f"the dump is of build {chosen.begin.build_id.hex()}, {firmware.path} is {ours}"
        if not options.force:
            raise command.Unusable(f"{text}: give the ELF file that was running, or --force")
        _say(f"warning: {text}: names and types may be wrong")
    if chosen.begin is not None and chosen.begin.word * 8 != firmware.word_bits:
        raise command.Unusable(f"the dump is of a machine of {8 * chosen.begin.word} bits, {firmware.path} of one of "
                               f"{firmware.word_bits}")
    return chosen, _same_run(chosen, log.dumps[:log.dumps.index(chosen)])


def _same_run(chosen: dumps.Dump, before: list[dumps.Dump]) -> list[dumps.Dump]:
    """The dumps before it of the same build, back to where the board started again: their numbers go up."""
    run, number = [], chosen.begin.number if chosen.begin else 0
    for dump in reversed(before):
        if dump.begin and chosen.begin and dump.begin.build_id == chosen.begin.build_id and dump.begin.number < number:
            run.append(dump)
            number = dump.begin.number
    return run[::-1]


def _heap(dump: dumps.Dump, firmware: Firmware) -> Heap:
    contexts = [Context(dump.begin.sp, {})] if dump.begin else []
    return reader.read(ElfTarget(firmware, dump.ranges, contexts))


def _history(run: list[dumps.Dump], firmware: Firmware) -> list[tuple[str, Heap]]:
    """(label, heap) of dumps that can be read."""
    found = []
    for dump in run:
        try:
            if not dump.problems():
                found.append((_label(dump), _heap(dump, firmware)))
        except TargetError:
            pass  # too little of it: the chosen one is what matters
    return found


def _from_log(data: bytes, options: argparse.Namespace, firmware: Firmware, name: str) -> Document | None:
    log = dumps.find(data, firmware.word_bits // 8)
    if options.list:
        _list(log, firmware, name)
        return None
    dump, run = _choose(data, log, firmware, options, name)
    heap = _heap(dump, firmware)
    problems = dump.problems() + heap.problems
    if dump.objects is not None and dump.objects != len(heap.objects):
        problems.append(f"the firmware counted {dump.objects} objects, {len(heap.objects)} were read")
    if log.damaged:
        problems.append(f"{log.damaged} damaged frames are in the log, of this dump or of others")
    problems += firmware.not_understood
    source = f"{_label(dump)} in {os.path.basename(name)}"
    build_id = dump.begin.build_id if dump.begin else firmware.build_id
    return Document(os.path.basename(firmware.path), build_id.hex() if build_id else "", source, heap,
                    [*_history(run, firmware), (_label(dump), heap)], problems)


def _from_core(options: argparse.Namespace, firmware: Firmware, name: str) -> Document:
    if options.list or options.dump is not None:
        raise command.Unusable(f"{name} is a core file, which is one picture of the heap: --list and --dump are for "
                               "logs")
    if name == "standard input":
        raise command.Unusable("a core file can't come from standard input: give its name")
    target = open_core(options.elf, name)
    heap = reader.read(target)
    return Document(os.path.basename(firmware.path), firmware.build_id.hex() if firmware.build_id else "",
                    f"core file {os.path.basename(name)}", heap, [("core file", heap)], heap.problems + target.notes)


def _page(document: Document) -> str:
    try:
        from . import page  # here, since all else does without Jinja2
    except ModuleNotFoundError as error:
        raise command.Unusable(f"the page needs Python's {error.name}: install Debian's python3-jinja2 and run this "
                               "with /usr/bin/python3; --json FILE and --list do without it") from error
    return page.render(document)


def _run(options: argparse.Namespace) -> int:
    name = command.name_of(options.input)
    firmware = Firmware(options.elf)
    data = command.read(options.input)
    core = data.startswith(ELF_MAGIC)
    document = _from_core(options, firmware, name) if core else _from_log(data, options, firmware, name)
    if document is None:
        return 0
    if options.json:
        _write(options.json, json.dumps(export(document)) + "\n")
    if options.output or not options.json:
        _write(options.output or "heap.html", _page(document))
    for problem in document.problems:
        _say(problem)
    return 1 if document.problems else 0


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return command.finish(PROGRAM, _run, options, TargetError)
