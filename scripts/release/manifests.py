"""The libraries that are moat as one file with a manifest: for Arduino, and as a CMSIS-Pack.

SPDX-License-Identifier: MIT"""
import pathlib
import subprocess
import sys
import tempfile
from typing import Dict

from .archive import Contents

# Both manifests ask for an address. moat is not published anywhere yet.
HOME = "https://moat.invalid/"


def one_file(root: pathlib.Path) -> Contents:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(root / "scripts/one-file"), folder], check=True)
        return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


def filled_in(template: pathlib.Path, values: Dict[str, str]) -> bytes:
    text = template.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text.encode()


def arduino(root: pathlib.Path, sources: Contents, values: Dict[str, str]) -> Contents:
    """Arduino compiles all of src/, with src/ as the include path."""
    folder = root / "integration/arduino"
    return {"moat/library.properties": filled_in(folder / "library.properties.in", values),
            "moat/LICENSE": (root / "LICENSE").read_bytes(),
            **{f"moat/examples/queue/{path.name}": path.read_bytes()
               for path in (root / "examples/builds/arduino/queue").iterdir()},
            **{f"moat/src/{name}": content for name, content in sources.items()}}


def pack(root: pathlib.Path, sources: Contents, values: Dict[str, str]) -> Contents:
    return {"moat.moat.pdsc": filled_in(root / "integration/cmsis/moat.pdsc.in", values),
            "LICENSE": (root / "LICENSE").read_bytes(),
            **{f"src/{name}": content for name, content in sources.items()}}
