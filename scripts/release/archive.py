"""Archives whose bytes depend on what is in them, and not on when and where they were made.

SPDX-License-Identifier: MIT"""
import datetime
import gzip
import hashlib
import pathlib
import subprocess
import zipfile
from typing import Dict

Contents = Dict[str, bytes]  # by path in the archive


def git(root: pathlib.Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(root), *words], check=True, stdout=subprocess.PIPE).stdout


def of_commit(root: pathlib.Path, prefix: str) -> bytes:
    """A .tar.gz of the last commit, with its time."""
    tar = git(root, "-c", "tar.umask=0022", "archive", "--format=tar", f"--prefix={prefix}/", "HEAD")
    return gzip.compress(tar, mtime=0)


def write_zip(path: pathlib.Path, contents: Contents, seconds: int) -> None:
    """A .zip whose entries are in order and have one time, in UTC."""
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).timetuple()[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever this runs
            archive.writestr(entry, contents[name])


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
