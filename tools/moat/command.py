"""What the sub-commands have in common: options, inputs, complaints, the end.

SPDX-License-Identifier: MIT"""
import argparse
import os
import sys
from typing import Any, Callable

from moat.firmware.errors import FirmwareError
from moat.version import VERSION


class Unusable(Exception):
    """What was asked for can't be done; str() says why and what to do."""


def parser(program: str, description: str, **more: Any) -> argparse.ArgumentParser:
    """A command's parser, which knows --help and --version; the description is kept as it is written."""
    made = argparse.ArgumentParser(prog=program, description=description,
                                   formatter_class=argparse.RawDescriptionHelpFormatter, **more)
    made.add_argument("--version", action="version", version=f"moat {VERSION}")
    return made


def printable(text: str) -> str:
    """A line with what a terminal would obey in the place of printing it, such as escapes, as \\x1b: names come from
    logs and from memory that may be damaged."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
                   for character in text)


def say(program: str, text: object) -> None:
    print(f"{program}: " + "\n".join(map(printable, str(text).split("\n"))), file=sys.stderr)


def name_of(path: str) -> str:
    return "standard input" if path == "-" else path


def read(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error


def finish(program: str, run: Callable[[argparse.Namespace], int], options: argparse.Namespace,
           *errors: type[Exception]) -> int:
    """The exit status of run(options): 2, and a sentence, if it raises one of these errors."""
    expected: tuple[type[Exception], ...] = (FirmwareError, Unusable, *errors)
    try:
        return run(options)
    except expected as error:
        say(program, error)
        return 2
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
