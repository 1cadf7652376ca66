"""The command line of `moat typecheck`.

SPDX-License-Identifier: MIT"""
import argparse

from elftools.common.exceptions import ELFError

from moat import command
from moat.lint.image import Image

from .compare import compare

PROGRAM = "moat typecheck"
HELP = """Compares each MOAT_TYPE of a linked firmware with the struct that it describes, by the file's debug
information: a pointer to a type of moat's that the map lacks, a word in the map that is no pointer, a size that is not
the struct's. Each finding names the struct, the member and its line, and the macro as it should be.

exit status:
  0  nothing found
  1  something found
  2  the file can't be used"""


def _check(options: argparse.Namespace) -> int:
    found = types = 0
    for path in options.elf:
        try:
            with open(path, "rb") as file:
                findings, count = compare(Image(file, path))
        except (OSError, ELFError) as error:
            reason = getattr(error, "strerror", None) or f"not an ELF file ({error})"
            raise command.Unusable(f"{path}: {reason}") from error
        for finding in findings:
            print(finding)
        found += len(findings)
        types += count
    print(f"{PROGRAM}: types compared {types}, found {found}")
    return 1 if found else 0


def main(arguments: list[str] | None = None) -> int:
    parser = command.parser(PROGRAM, HELP)
    parser.add_argument("elf", metavar="FIRMWARE.elf", nargs="+", help="linked, with debug information (-g)")
    return command.finish(PROGRAM, _check, parser.parse_args(arguments))
