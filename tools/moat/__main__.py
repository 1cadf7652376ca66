"""The command `moat`: chooses the sub-command.

SPDX-License-Identifier: MIT"""
import argparse
import importlib
import sys

from moat.version import VERSION

# Sub-command, its module, and what it does.
COMMANDS = {
    "fault": ("moat.fault.cli", "explain fault records: cause, function, line, type and region"),
    "heap": ("moat.heapmap.cli", "draw a heap from a dump or a core file as a page"),
    "trace": ("moat.trace.cli", "make a trace for viewers of the collector's events"),
    "lint": ("moat.lint.cli", "compile sources as lint builds and name the macros to use"),
    "typecheck": ("moat.typecheck.cli", "compare the types in an ELF file with their structs"),
    "gdb-init": ("moat.gdb.init", "print the line for .gdbinit that loads gdb's commands"),
}
PACKAGES = {"elftools": "python3-pyelftools"}  # Debian's, by the module that it brings


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {does}" for name, (_, does) in COMMANDS.items())
    parser = argparse.ArgumentParser(prog="moat", usage="moat [--help] [--version] COMMAND ...",
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description=f"The tools of moat on the computer.\n\ncommands:\n{listed}",
                                     epilog="moat COMMAND --help says more of each.")
    parser.add_argument("--version", action="version", version=f"moat {VERSION}")
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help="one of the above")
    # A command reads its own options: some mix them with what is no option, which argparse's sub-parsers can't.
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    try:
        module = importlib.import_module(COMMANDS[options.command][0])
    except ModuleNotFoundError as error:
        package = PACKAGES.get(str(error.name).split(".", maxsplit=1)[0])
        if package is None:
            raise
        print(f"moat {options.command}: the Python module {error.name} is missing: install Debian's {package} "
              f"and run this with /usr/bin/python3", file=sys.stderr)
        return 2
    status: int = module.main(options.arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
