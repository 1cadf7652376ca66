"""The command line of `moat gdb-init`.

SPDX-License-Identifier: MIT"""
import argparse
import pathlib

from moat import command

PROGRAM = "moat gdb-init"
HELP = """Prints the line that loads moat's commands into gdb, for ~/.gdbinit:

    moat gdb-init >> ~/.gdbinit

docs/debugging.md describes the commands."""


def _run(_: argparse.Namespace) -> int:
    print(f"source {pathlib.Path(__file__).resolve().parent / 'load.py'}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    return command.finish(PROGRAM, _run, command.parser(PROGRAM, HELP).parse_args(arguments))
