#!/usr/bin/python3
"""What `make dist` makes: the same bytes each time, sums and a bill of materials that are true, an archive that builds
the queue example, a library that Arduino would compile, a CMSIS-Pack; and the licences that `reuse` asks for.

SPDX-License-Identifier: MIT"""
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import sys
import tarfile
import tempfile
import xml.etree.ElementTree
import zipfile

from _checks import ROOT, Skip, expect, main, run
from _no_script import EXAMPLE
from _schemas import must_be_valid, must_be_valid_xml

sys.path.insert(0, str(ROOT / "tools"))
from moat.version import VERSION  # noqa: E402

ARDUINO = ROOT / "test/config/arduino"
CORTEX_M3 = ["-mcpu=cortex-m3", "-mthumb", "-Os", "-g", "-ffunction-sections", "-fdata-sections"]
QEMU = ["timeout", "60", "qemu-system-arm", "-M", "mps2-an385", "-semihosting", "-nographic", "-icount", "0", "-kernel"]


def make_dist(folder):
    status, output = run(["scripts/dist", str(folder)])
    expect(status == 0, output)


@functools.lru_cache(None)
def release():
    """The folder of one release, for all cases."""
    if run(["git", "rev-parse", "HEAD"])[0] != 0:
        raise Skip("no git repository here, of which a release is made")
    folder = pathlib.Path(SCRATCH) / "dist"
    make_dist(folder)
    return folder


def unpacked(name, scratch):
    with zipfile.ZipFile(release() / name) as archive:
        archive.extractall(scratch)
    return scratch


def sums_are_true_and_the_same_again(scratch):
    sums = release() / "SHA256SUMS"
    status, output = run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=release())
    expect(status == 0 and output.count(": OK") == 5 == len(list(release().iterdir())) - 1, output)
    make_dist(scratch)
    expect((scratch / "SHA256SUMS").read_text() == sums.read_text(), "a second release of the commit has other bytes")


def bill_of_materials(_):
    text = json.loads((release() / f"moat-{VERSION}.spdx.json").read_text())
    lines = [line.split() for line in (release() / "SHA256SUMS").read_text().splitlines()]
    sums = {name: value for value, name in lines}
    for package in text["packages"]:
        expect(package["versionInfo"] == VERSION, str(package))
        expect(package["checksums"][0]["checksumValue"] == sums[package["packageFileName"]], str(package))
    described = {entry["fileName"]: {sum["algorithm"]: sum["checksumValue"] for sum in entry["checksums"]}
                 for entry in text["files"]}
    with tarfile.open(release() / f"moat-{VERSION}.tar.gz") as archive:
        for member in archive:
            if member.isfile():
                content, name = archive.extractfile(member).read(), f"./{member.name.partition('/')[2]}"
                expect(described.pop(name)["SHA256"] == hashlib.sha256(content).hexdigest(), f"{name} has another sum")
    expect(not described, f"files that are not in the archive: {list(described)[:3]}")
    code = "".join(sorted(entry["checksums"][0]["checksumValue"] for entry in text["files"]))
    expect(text["packages"][0]["packageVerificationCode"]["packageVerificationCodeValue"] ==
           hashlib.sha1(code.encode()).hexdigest(), "the verification code is not that of the files")
    names = {"SPDXRef-DOCUMENT", *(each["SPDXID"] for each in (*text["packages"], *text["files"]))}
    for relation in text["relationships"]:
        expect({relation["spdxElementId"], relation["relatedSpdxElement"]} <= names, str(relation))
    must_be_valid(text, "spdx")


def queue_from_the_archive(scratch):
    with tarfile.open(release() / f"moat-{VERSION}.tar.gz") as archive:
        archive.extractall(scratch)
    folder = scratch / f"moat-{VERSION}"
    make = ["make", "-s", "-j2", "-f", "make/firmware.mk", "BOARD=arm-mps2-an385", "EXAMPLE=queue"]
    status, output = run([*make, "example"], cwd=folder)
    expect(status == 0, output[-600:])
    status, output = run(["timeout", "100", *shlex.split(run([*make, "run-command"], cwd=folder)[1]), "-kernel",
                          "build/arm-mps2-an385/check2-Os/examples/queue.elf"], cwd=folder)
    expect(status == 0 and "queue: 99900 nodes taken in order, 100 left" in output, f"status {status}: {output[:300]}")


def arduino(scratch):
    """As Arduino's builder does it: all of src/, which is the include path, and the sketch's files; the sketch itself
    is C++ behind an #include of Arduino.h."""
    library = unpacked(f"moat-arduino-{VERSION}.zip", scratch) / "moat"
    lines = (library / "library.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    must_be_valid(properties, "arduino-library")
    expect(properties["version"] == VERSION and "@" not in "".join(lines), str(properties))
    sketch = library / "examples/queue"
    text = (sketch / "queue.ino").read_text()
    (scratch / "sketch.cpp").write_text(f'#include <Arduino.h>\n#line 1 "queue.ino"\n{text}')
    sources = [path for path in (library / "src").rglob("*") if path.suffix in (".c", ".cpp", ".S")]
    objects = []
    for source in (*sources, sketch / "list.c", scratch / "sketch.cpp", ARDUINO / "core.cpp"):
        objects.append(str(scratch / f"{source.name}.o"))
        compiler = ["arm-none-eabi-g++", "-std=gnu++11", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"] \
            if source.suffix == ".cpp" else ["arm-none-eabi-gcc"]
        status, output = run([*compiler, *CORTEX_M3, "-Wall", "-Wextra", "-Werror", f"-I{library}/src", f"-I{ARDUINO}",
                              "-c", "-o", objects[-1], str(source)])
        expect(status == 0, output[:600])
    elf = scratch / "sketch.elf"
    status, output = run(["arm-none-eabi-gcc", *CORTEX_M3, *objects, "-nostdlib", "-T", f"{EXAMPLE}/vendor.ld",
                          "-Wl,--gc-sections", "-Wl,--defsym=flash_origin=0,--defsym=ram_origin=0x20000000",
                          "-Wl,--defsym=__StackTop=board_stack_high", "-lgcc", "-o", str(elf)])
    expect(status == 0, output[:600])
    status, output = run([*QEMU, str(elf)])
    expect(status == 0 and output == "1000\n2000\n", f"status {status}: {output[:300]}")


def cmsis_pack(scratch):
    folder = unpacked(f"moat.moat.{VERSION}.pack", scratch)
    description = folder / "moat.moat.pdsc"
    root = xml.etree.ElementTree.parse(description).getroot()
    for path in [*(file.get("name") for file in root.iter("file")), root.findtext("license")]:
        expect((folder / path).exists(), f"the pack has no {path}")
    versions = {root.find("releases/release").get("version"), root.find("components/component").get("Cversion")}
    expect(versions == {VERSION} and "@" not in description.read_text(), f"the pack has version {versions}")
    must_be_valid_xml(description, "pack")
    (scratch / "wrong.pdsc").write_text(re.sub(r"Cversion=\"[^\"]*\"", 'Cversion="one"', description.read_text()))
    try:
        must_be_valid_xml(scratch / "wrong.pdsc", "pack")
    except Exception as error:
        expect("Cversion" in str(error), str(error))
    else:
        expect(False, "a description that is wrong is valid")


def licences(_):
    expect((ROOT / "LICENSE").read_text() == (ROOT / "LICENSES/MIT.txt").read_text(), "LICENSES/MIT.txt differs")
    try:
        status, output = run(["reuse", "lint"])
    except FileNotFoundError as error:
        raise Skip("no reuse here: apt-get install reuse") from error
    expect(status == 0, output[-600:])


os.chdir(ROOT)
with tempfile.TemporaryDirectory() as SCRATCH:
    main(sums_are_true_and_the_same_again, bill_of_materials, queue_from_the_archive, arduino, cmsis_pack, licences)
