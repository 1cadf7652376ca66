"""The command line of moat-fault.

SPDX-License-Identifier: MIT"""
import argparse
import json
import sys

from . import record as records, report
from .elf import Firmware, FirmwareError

HELP = """Finds moat's fault records in what a firmware printed, and explains them with its ELF file.

exit status:
  0  every record found was explained, and there was one at least
  1  no record, a damaged one, or one of another build
  2  the command line, the ELF file or the input can't be used"""


def _arguments(arguments):
    parser = argparse.ArgumentParser(prog="moat-fault", description=HELP,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("elf", metavar="ELF", help="the firmware that faulted")
    parser.add_argument("log", metavar="LOG", nargs="?", default="-", help="what it printed; - or none: standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object per record, one per line")
    parser.add_argument("--raw", action="store_true", help=f"LOG is a memory dump of the {records.BYTES} record bytes")
    parser.add_argument("--force", action="store_true", help="explain records of another build all the same")
    return parser.parse_args(arguments)


def _say(text):
    print(f"moat-fault: {text}", file=sys.stderr)


def _read(path):
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def _collect(log, raw, name):
    """({record: times seen}, number of damaged ones), the latter reported."""
    found, damaged = {}, 0
    if raw:
        try:
            return {records.parse(log): 1}, 0
        except records.RecordError as error:
            _say(f"{name}: {error}")
            return {}, 1
    for number, result in records.find(log):
        if isinstance(result, records.RecordError):
            _say(f"{name}:{number}: {result}")
            damaged += 1
        else:
            found[result] = found.get(result, 0) + 1
    return found, damaged


def _accept(record, firmware, force):
    """True if the record may be explained with this ELF file; says what is wrong otherwise."""
    known = firmware.build_id or bytes(20)
    if record.build_id == known:
        if firmware.build_id is None:
            _say(f"warning: neither fault {record.sequence} nor {firmware.path} has a build id: they may not belong "
                 f"together; link with --build-id")
        return True
    _say(f"{'warning: ' if force else ''}fault {record.sequence} is of build {record.build_id.hex()}, {firmware.path} is "
         f"{firmware.build_id.hex() if firmware.build_id else 'without a build id'}: "
         f"{'functions and lines may be wrong' if force else 'give the ELF file that was running, or --force'}")
    return force


def main(arguments=None):
    options = _arguments(arguments)
    name = "standard input" if options.log == "-" else options.log
    try:
        firmware = Firmware(options.elf)
        log = _read(options.log)
    except FirmwareError as error:
        _say(error)
        return 2
    except OSError as error:
        _say(f"{name}: {error.strerror}")
        return 2

    found, failed = _collect(log, options.raw, name)
    if not found and not failed:
        _say(f"{name}: no fault record in it")
    explained = 0
    for record, seen in found.items():
        if not _accept(record, firmware, options.force):
            failed += 1
            continue
        result = report.build(record, firmware, seen)
        print(json.dumps(result) if options.json else "\n".join(report.text(result, firmware)))
        explained += 1
    for reason in dict.fromkeys(firmware.missing) if explained else ():
        _say(f"warning: {reason}")
    return 0 if explained and not failed else 1
