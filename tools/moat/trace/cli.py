"""The command line of `moat trace`.

SPDX-License-Identifier: MIT"""
import argparse
import fractions
import functools
import os
import sys
from typing import Any, Iterable, Sequence, TypeVar

from moat import command
from moat.firmware.elf import Firmware
from moat.log import fault as records, framed, trace as lines

from . import chrome, core_file, picture, runs, summary

PROGRAM = "moat trace"
HELP = """Turns what moat's collector did into a trace: JSON for ui.perfetto.dev, chrome://tracing or speedscope.

INPUT is what a firmware printed (the lines of moat_trace_print; fault records have the last 16 events too), or an
ELF core file. docs/trace.md describes the events.

exit status:
  0  the trace is written
  1  there is nothing to draw, or something in the input is damaged or of another build and was left out
  2  the command line, the ELF file, the input or the output can't be used"""


AnyFound = TypeVar("AnyFound", lines.Found, records.Found)

_say = functools.partial(command.say, PROGRAM)


def _rate(text: str) -> fractions.Fraction:
    try:
        if len(text) > 20 or not 1e-6 <= float(text) <= 1e12:
            raise ValueError
        rate = fractions.Fraction(text)
        return rate
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"'{text}' is no number above 0, of ticks in a second: 1e-6 to 1e12") from None


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = command.parser(PROGRAM, HELP)
    parser.add_argument("elf", metavar="ELF", help="the firmware, as it ran")
    parser.add_argument("input", metavar="INPUT", nargs="?", default="-",
                        help="what it printed, or a core file; - or none: standard input")
    parser.add_argument("-o", "--output", metavar="FILE", default="-",
                        help="where the trace goes; - or none: standard output")
    parser.add_argument("--hz", type=_rate, metavar="N",
                        help="ticks of moat_port_clock in a second, if the firmware does not say; else a tick is drawn "
                             "as 1 us")
    parser.add_argument("--summary", action="store_true", help="print counts and longest times to standard error")
    parser.add_argument("--force", action="store_true", help="draw what another build printed all the same")
    return parser.parse_intermixed_args(arguments)


def _damaged(name: str, found: Sequence[AnyFound]) -> tuple[list[AnyFound], int]:
    """Says which are damaged; returns the others and how many are not there."""
    bad = [one for one in found if one.error is not None]
    for one in bad[:3]:
        _say(f"{name}:{one.place}: {one.error}")
    if len(bad) > 3:
        _say(f"{name}: {len(bad) - 3} more lines are damaged")
    return [one for one in found if one.error is None], len(bad)


def _of_this_build(name: str, what: str, build_ids: Iterable[bytes], firmware: Firmware, force: bool) -> bool:
    """Whether all are of the firmware; says what is wrong otherwise."""
    own = firmware.build_id or bytes(20)
    others = sorted({build_id.hex() for build_id in build_ids if build_id != own})
    if others:
        _say(f"{'warning: ' if force else ''}{name} has {what} of build {', '.join(others)}, {firmware.path} is "
             f"{own.hex()}: "
             f"{'drawn all the same' if force else 'give the ELF file that was running, or --force'}")
    return not others or force


def _from_log(log: bytes, name: str, firmware: Firmware, force: bool) -> tuple[list[runs.Run], bool]:
    """(Runs, whether all of the log was used)."""
    found, damaged = _damaged(name, list(lines.find(log)))
    faults, damaged_faults = _damaged(name, list(records.find(log)))
    own = firmware.build_id or bytes(20)
    told = [one.line for one in found if one.line is not None]
    faulted = list({one.record.raw: one.record for one in faults if one.record is not None
                    and one.record.events}.values())
    whole = _of_this_build(name, "events", [line.build_id for line in told], firmware, force)
    whole &= _of_this_build(name, "fault records", [record.build_id for record in faulted], firmware, force)
    told = [line for line in told if force or line.build_id == own]
    ended = [(record, records.KINDS.get(record.kind, f"kind {record.kind}")) for record in faulted
             if force or record.build_id == own]
    gathered = runs.gather(told, ended)
    if not gathered and whole and not damaged:
        _say(f"{name}: no events in it; build the firmware with MOAT_CONFIG_EVENTS and let it call moat_trace_print"
             f"{framed.advice(log)}")
    return gathered, whole and not damaged and not damaged_faults


def _from_core(options: argparse.Namespace, firmware: Firmware) -> tuple[list[runs.Run], bool]:
    ring = core_file.read(options.elf, options.input, firmware.build_id or bytes(20))
    gathered = runs.gather([ring])
    if not gathered:
        _say(f"{options.input}: the ring of events is empty")
    return gathered, True


def _write(trace: dict[str, Any], path: str) -> None:
    if path == "-":
        chrome.dump(trace, sys.stdout)
        sys.stdout.flush()
        return
    try:
        with open(path, "w", encoding="ascii") as file:
            chrome.dump(trace, file)
    except OSError as error:
        raise command.Unusable(f"{path}: {error.strerror}") from error


def _run(options: argparse.Namespace) -> int:
    firmware = Firmware(options.elf)
    name = command.name_of(options.input)
    data = command.read(options.input)
    if data[:4] == b"\x7fELF" and options.input == "-":
        raise command.Unusable("a core file can't come by standard input: give its name")
    gathered, whole = _from_core(options, firmware) if data[:4] == b"\x7fELF" else _from_log(data, name, firmware,
                                                                                             options.force)
    painted = [(run, picture.paint(run)) for run in gathered]
    for run, _ in painted:
        lost = run.lost()
        if lost:
            _say(f"warning: {lost} events were printed and are not in {name}, or handlers pushed them out while it was "
                 "printed")
    if options.summary:
        for run, drawn in painted:
            print("\n".join(map(command.printable, summary.text(run, drawn, options.hz))), file=sys.stderr)
    if painted:
        build_id = firmware.build_id.hex() if firmware.build_id else None
        _write(chrome.document(painted, options.hz, os.path.basename(options.elf), build_id), options.output)
    return 0 if painted and whole else 1


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    return command.finish(PROGRAM, _run, options, core_file.CoreError)
