"""Writes a release: see scripts/dist.

SPDX-License-Identifier: MIT"""
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import time
from typing import Sequence

from moat.version import VERSION

from . import archive, manifests, sbom

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    folder = pathlib.Path(arguments[0]) if arguments else ROOT / "build/dist"
    try:
        commit, seconds = archive.git(ROOT, "log", "-1", "--format=%H %ct").decode().split()
    except (OSError, subprocess.CalledProcessError):
        print("dist: a release is made from a commit, and git has none here", file=sys.stderr)
        return 1
    if archive.git(ROOT, "status", "--porcelain"):
        print("dist: what is not committed is not in it", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        write(folder, pathlib.Path(scratch), commit, int(seconds))
    lines = [f"{archive.sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(lines))
    print("".join(lines), end="")
    return 0


def write(folder: pathlib.Path, scratch: pathlib.Path, commit: str, seconds: int) -> None:
    """All but the sums. What is made from the sources is made from those of the commit, in the scratch folder."""
    tar = archive.of_commit(ROOT, f"moat-{VERSION}")
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        opened.extractall(scratch)
        contents = {member.name.partition("/")[2]: (scratch / member.name).read_bytes()
                    for member in opened if member.isfile()}
    root = scratch / f"moat-{VERSION}"
    source = folder / f"moat-{VERSION}.tar.gz"
    source.write_bytes(tar)

    values = {"VERSION": VERSION, "HOME": manifests.HOME, "DATE": time.strftime("%Y-%m-%d", time.gmtime(seconds))}
    sources = manifests.one_file(root)
    made = {f"moat-one-file-{VERSION}.zip": {**sources, "LICENSE": (root / "LICENSE").read_bytes()},
            f"moat-arduino-{VERSION}.zip": manifests.arduino(root, sources, values),
            f"moat.moat.{VERSION}.pack": manifests.pack(root, sources, values)}
    for name, inside in made.items():
        archive.write_zip(folder / name, inside, seconds)
    document = sbom.document(VERSION, commit, seconds, source, contents, [folder / name for name in made])
    (folder / f"moat-{VERSION}.spdx.json").write_text(json.dumps(document, indent=1) + "\n")
