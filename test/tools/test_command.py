"""The command `moat`: each sub-command answers for itself, and says what its shim says.

SPDX-License-Identifier: MIT"""
import re
import subprocess

from lib.cases import Failure, Skip, as_pytest
from lib.paths import ROOT

PYTHON = "/usr/bin/python3"
SHIMS = {"fault": "moat-fault", "heap": "moat-heapmap", "trace": "moat-trace", "lint": "moat-lint"}
COMMANDS = (*SHIMS, "gdb-init")
SOURCE = "#include <stdlib.h>\nint main(void)\n{\n    return 0;\n}\n"


def run(*words, log=b"", **more):
    done = subprocess.run([str(word) for word in words], input=log, capture_output=True, timeout=60, check=False,
                          cwd=ROOT, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def moat(*words, **more):
    return run(PYTHON, "-B", "-m", "moat", *words, env={"PYTHONPATH": f"{ROOT}/tools", "PATH": "/usr/bin:/bin"}, **more)


def expect(truth, text):
    if not truth:
        raise Failure(text)


def version():
    digits = re.search(r"MOAT_VERSION 0x(..)(..)(..)u", (ROOT / "core/include/moat.h").read_text())
    return ".".join(str(int(part, 16)) for part in digits.groups())


def helps(command):
    def case():
        status, output, errors = moat(command, "--help")
        expect(status == 0 and output.startswith(f"usage: moat {command}") and not errors,
               f"{status}: {output} {errors}")
        status, output, errors = moat(command, "--version")
        expect((status, output, errors) == (0, f"moat {version()}\n", ""), f"--version: {status}: {output} {errors}")
    return case


def agrees(command):
    """One input that the command finds something to say about: a program without moat, and a log without frames."""
    def case(folder=ROOT / "build/test/tools"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plain.c").write_text(SOURCE)
        status, _, errors = run("gcc", "-g", "-o", folder / "plain.elf", folder / "plain.c")
        expect(status == 0, errors)
        words = ("gcc", "-Icore/include", folder / "plain.c") if command == "lint" else (folder / "plain.elf", "-")
        results = [run(PYTHON, ROOT / "tools" / SHIMS[command], *words, log=b"nothing\n"),
                   run(PYTHON, ROOT / "tools/bin/moat", command, *words, log=b"nothing\n"),
                   moat(command, *words, log=b"nothing\n")]
        expect(len(set(results)) == 1, f"they differ: {results}")
        expect(f"moat {command}: " in results[0][1] + results[0][2], f"not what it should say: {results[0]}")
        expect("Traceback" not in results[0][2], results[0][2])
    return case


def top_level():
    status, output, errors = moat("--help")
    expect(status == 0 and all(f"  {command} " in output for command in COMMANDS), f"{status}: {output} {errors}")
    status, _, errors = moat("fautl")
    expect(status == 2 and "'fautl'" in errors and "'fault'" in errors, f"{status}: {errors}")


def gdb_init_loads():
    status, output, _ = moat("gdb-init")
    expect(status == 0 and re.fullmatch(r"source /\S+\n", output), f"{status}: {output}")
    status, said, errors = run("gdb-multiarch", "-nx", "-batch", "-ex", output.strip(), "-ex", "help moat")
    expect(status == 0 and "moat" in said and "rror" not in errors, f"{status}: {said} {errors}")


def packaged():
    """The package has the command and all modules of the checkout."""
    text = (ROOT / "pyproject.toml").read_text()
    expect('moat = "moat.__main__:main"' in text, "pyproject.toml has no command moat")
    try:
        from setuptools import find_packages
    except ImportError:
        raise Skip("python3-setuptools is not installed") from None
    found = {name.replace(".", "/") for name in find_packages(str(ROOT / "tools"), include=["moat", "moat.*"])}
    modules = {str(path.parent.relative_to(ROOT / "tools")) for path in (ROOT / "tools/moat").rglob("*.py")}
    expect(found == modules, f"no package is {modules - found}")


test_cases = as_pytest([("tools-command/top_level", top_level), ("tools-command/gdb_init_loads", gdb_init_loads),
                        ("tools-command/packaged", packaged),
                        *((f"tools-command/helps_{command}", helps(command)) for command in COMMANDS),
                        *((f"tools-command/agrees_{command}", agrees(command)) for command in SHIMS)])
