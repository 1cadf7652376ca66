"""The command line of `moat fault`.

SPDX-License-Identifier: MIT"""
import argparse
import functools
import json

from moat import command
from moat.firmware import core_file
from moat.firmware.elf import Firmware
from moat.log import fault as records, framed

from . import report

PROGRAM = "moat fault"
HELP = """Finds moat's fault records in what a firmware printed, and explains them with its ELF file.

exit status:
  0  every record found was explained, and there was one at least
  1  no record, a damaged one, or one of another build; or the ELF file's debug information is not understood
  2  the command line, an ELF file, the input or the core file can't be used"""


def _ram(text: str) -> tuple[int, str]:
    address, separator, path = text.partition(":")
    try:
        if not separator or int(address, 0) < 0:
            raise ValueError
        return int(address, 0), path
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not ADDRESS:FILE") from None


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = command.parser(PROGRAM, HELP)
    parser.add_argument("elf", metavar="ELF", help="the firmware that faulted")
    parser.add_argument("log", metavar="LOG", nargs="?", default="-", help="what it printed; - or none: standard input")
    parser.add_argument("--elf", dest="others", metavar="ELF", action="append", default=[],
                        help="another firmware, whose records the log has too; may be repeated")
    parser.add_argument("--json", action="store_true",
                        help="print one JSON object per record, one per line (docs/fault-record.schema.json)")
    parser.add_argument("--raw", action="store_true",
                        help="LOG is a memory dump: of a record, of retained RAM, of a sink, of all RAM")
    parser.add_argument("--force", action="store_true", help="explain records of another build all the same")
    parser.add_argument("--core", metavar="FILE",
                        help="write the last record as a core file for gdb-multiarch ELF FILE")
    parser.add_argument("--ram", metavar="ADDRESS:FILE", type=_ram, action="append", default=[],
                        help="a dump of RAM from ADDRESS on, for the backtrace and the core file; may be repeated")
    return parser.parse_intermixed_args(arguments)


_say = functools.partial(command.say, PROGRAM)


def _collect(log: bytes, raw: bool, name: str) -> tuple[list[tuple[records.Found, int]], int]:
    """([(Found, times it stands in the input)], number of damaged ones), the latter reported. The same record printed
    twice is one; of its counts the highest is the latest."""
    found: dict[bytes, tuple[records.Found, int]] = {}
    damaged = 0
    for one in (records.find_in_dump if raw else records.find)(log):
        if one.record is None:
            _say(f"{name}:{one.place}: {one.error}")
            damaged += 1
        else:
            best, seen = found.get(one.record.raw, (one, 0))
            found[one.record.raw] = (one if one.count > best.count else best, seen + 1)
    return list(found.values()), damaged


def _firmware_of(record: records.Record, firmwares: list[Firmware], force: bool) -> Firmware | None:
    """The firmware that explains a record, or None; says what is wrong otherwise."""
    for firmware in firmwares:
        if record.build_id == (firmware.build_id or bytes(20)):
            if firmware.build_id is None:
                _say(f"warning: neither fault {record.sequence} nor {firmware.path} has a build id: they may not "
                     "belong together; link with --build-id, by a script that places .note.gnu.build-id")
            return firmware
    first = firmwares[0]
    _say(f"{'warning: ' if force else ''}fault {record.sequence} is of build {record.build_id.hex()}, {first.path} is "
         f"{first.build_id.hex() if first.build_id else 'without a build id'}: "
         f"{'functions and lines may be wrong' if force else 'give the ELF file that was running, or --force'}")
    return first if force else None


def _explain(options: argparse.Namespace, found: list[tuple[records.Found, int]], firmwares: list[Firmware],
             ram: list[tuple[int, bytes]]) -> list[tuple[records.Record, Firmware]]:
    """Prints the reports; returns (record, firmware) of those explained."""
    explained = []
    for one, seen in found:
        record = one.trusted()
        firmware = _firmware_of(record, firmwares, options.force)
        if firmware is not None:
            result = report.build(one, firmware, seen, ram)
            lines = [json.dumps(result)] if options.json else map(command.printable, report.text(result, firmware))
            print("\n".join(lines))
            explained.append((record, firmware))
    return explained


def _run(options: argparse.Namespace) -> int:
    name = command.name_of(options.log)
    firmwares = [Firmware(path) for path in (options.elf, *options.others)]
    ram = [(address, command.read(path)) for address, path in options.ram]
    log = command.read(options.log)
    found, damaged = _collect(log, options.raw, name)
    if not found and not damaged:
        _say(f"{name}: no fault record in it{framed.advice(log)}")
    explained = _explain(options, found, firmwares, ram)
    if options.core and explained:
        record, firmware = explained[-1]
        try:
            with open(options.core, "wb") as file:
                file.write(core_file.build(record, firmware, ram))
        except OSError as error:
            raise command.Unusable(f"{options.core}: {error.strerror}") from error
    used = [firmware for firmware in firmwares if any(firmware is its for _, its in explained)]
    for reason in dict.fromkeys(reason for firmware in used for reason in firmware.missing + firmware.not_understood):
        _say(f"warning: {reason}")
    understood = not any(firmware.not_understood for firmware in used)
    return 0 if explained and not damaged and len(explained) == len(found) and understood else 1


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    return command.finish(PROGRAM, _run, options, core_file.CoreError)
