"""moat-heapmap on ELF files of forms that it does not read, and on damaged ones: a sentence, and never a stack trace or
a wrong page. Runs on the dumps of fixture.c, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import contextlib
import io
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import tempfile

from elftools.elf.elffile import ELFFile
from moments import run_fixture

from lib.cases import as_pytest
from moat.heapmap import cli as heapmap

SCRATCH = tempfile.TemporaryDirectory(prefix="moat-heapmap-")
FOLDER = pathlib.Path(SCRATCH.name)
ELF = pathlib.Path(os.environ["MOAT_ELF"])
OBJCOPY = "arm-none-eabi-objcopy"
SECONDS_MAX = 60


class TooLong(Exception):
    pass


def too_long(*_):
    raise TooLong


def draw(elf):
    """(exit status, standard error, what the page shows or None)"""
    data = FOLDER / "heap.json"
    data.unlink(missing_ok=True)
    errors = io.StringIO()
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS_MAX)
    try:
        with contextlib.redirect_stderr(errors):
            status = heapmap.main([str(elf), str(FOLDER / "log"), "--json", str(data)])
    finally:
        signal.alarm(0)
    return status, errors.getvalue(), json.loads(data.read_text()) if data.exists() else None


def copy(name, *options):
    """The firmware as objcopy makes it."""
    made = FOLDER / f"{name}.elf"
    subprocess.run([OBJCOPY, *options, ELF, made], check=True)
    return made


def patched(name, patch):
    """The firmware with its bytes changed by patch(bytes, sections by name: (offset, size))."""
    with open(ELF, "rb") as file:
        sections = {section.name: (section["sh_offset"], section["sh_size"])
                    for section in ELFFile(file).iter_sections()}
        file.seek(0)
        data = bytearray(file.read())
    patch(data, sections)
    made = FOLDER / f"{name}.elf"
    made.write_bytes(data)
    return made


def refused(words, make):
    def case():
        status, errors, data = draw(make())
        return (None if status == 2 and data is None and words in errors and errors.count("\n") == 1
                else f"status {status}: {errors}")
    return case


def read(make):
    def case():
        status, errors, data = draw(make())
        same = data is not None and data["objects"] == draw(ELF)[2]["objects"]
        return None if status == 0 and same and not errors else f"status {status}: {errors}"
    return case


def units(data, sections):
    """Where each unit of .debug_info begins."""
    start, size = sections[".debug_info"]
    at = start
    while at < start + size:
        yield at
        at += 4 + struct.unpack_from("<I", data, at)[0]


def split(which):
    """Units that say that they are skeletons."""
    def patch(data, sections):
        found = list(units(data, sections))
        for at in found[which:]:
            data[at + 6] = 4
    return patch


def one_unit_left_out():
    """What is drawn without a unit's types, or is not, is said to lack them."""
    status, errors, _ = draw(patched("one", split(-1)))
    return None if status in (1, 2) and errors.count("-gno-split-dwarf") == 1 else f"status {status}: {errors}"


def damaged(section, seed):
    def patch(data, sections):
        chance = random.Random(seed)
        start, size = sections[section]
        for _ in range(200):
            data[start + chance.randrange(size)] = chance.randrange(256)

    def case():
        status, errors, data = draw(patched("damaged", patch))
        if status not in (0, 1, 2) or (status != 0 and not errors) or (data is None) != (status == 2):
            return f"status {status}: {errors}"
        return None
    return case


def cases():
    (FOLDER / "log").write_bytes(run_fixture())
    yield "zlib", read(lambda: copy("zlib", "--compress-debug-sections=zlib"))
    yield "zlib_gnu", read(lambda: copy("zlib_gnu", "--compress-debug-sections=zlib-gnu"))
    yield "zstd", refused("compressed by zstd", lambda: copy("zstd", "--compress-debug-sections=zstd"))
    yield "split", refused("build with -gno-split-dwarf", lambda: patched("split", split(0)))
    yield "one_unit_left_out", one_unit_left_out
    yield "stripped", refused("no debug information: build with -g", lambda: copy("stripped", "--strip-debug"))
    debug = copy("debug", "--only-keep-debug")
    yield "only_debug", refused("before objcopy --only-keep-debug", lambda: debug)
    yield "debug_link", refused("it was split off into debug.elf",
                                lambda: copy("link", "--strip-debug", f"--add-gnu-debuglink={debug}"))
    for seed, section in enumerate((".debug_info", ".debug_abbrev", ".debug_info", ".debug_str", ".debug_abbrev")):
        yield f"damaged_{section[7:]}_{seed}", damaged(section, seed)


test_cases = as_pytest((f"heapmap-forms/{name}", case) for name, case in cases())
