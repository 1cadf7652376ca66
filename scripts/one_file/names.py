"""Names that files of core have for themselves, and that clash where all are one file.

SPDX-License-Identifier: MIT"""
import json
import pathlib
import re
import subprocess
from typing import Dict, Iterable, NamedTuple, Sequence, Set

NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")


class Names(NamedTuple):
    """What a C file has at file scope."""
    own: Set[str]      # static functions and variables, tags, types, enumerators
    members: Set[str]  # of its structs
    shared: Set[str]   # functions and variables for other files


def words(text: str) -> Set[str]:
    """The words of C that are neither in a comment nor in a string."""
    return set(WORD.findall(NOT_CODE.sub(" ", text)))


def names_of(sources: Iterable[pathlib.Path]) -> Dict[pathlib.Path, Names]:
    """By ctags, which takes some macros' arguments for functions of the file: what is called moat_ is for all."""
    command = ["ctags", "--language-force=C", "--kinds-C=efgmstuv", "--output-format=json", "--fields=+{file}", "-f-"]
    try:
        tags = subprocess.run([*command, *map(str, sources)], check=True, text=True, stdout=subprocess.PIPE).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise SystemExit("one-file: it takes Universal Ctags, with JSON: apt-get install universal-ctags") from error
    found = {source: Names(set(), set(), set()) for source in sources}
    for tag in map(json.loads, tags.splitlines()):
        names = found[pathlib.Path(tag["path"])]
        own = tag.get("file") and not tag["name"].startswith("moat_")
        kind = names.members if tag["kind"] == "member" else names.own if own else names.shared
        kind.add(tag["name"])
    return found


def clashing(names: Dict[pathlib.Path, Names], headers: Iterable[pathlib.Path]) -> Dict[pathlib.Path, Set[str]]:
    """Those of a file's own names that another file has as well, for whatever."""
    used = {file: words(file.read_text()) for file in (*names, *headers)}
    return {file: {name for name in names[file].own if any(name in used[other] for other in used if other != file)}
            for file in names}


def labels(text: str) -> Set[str]:
    """What a file of assembly has for itself: all that it does not say is global."""
    found = re.findall(r"^(?:([A-Za-z_]\w*):|\s+\.equ (\w+),)", NOT_CODE.sub(" ", text), re.MULTILINE)
    return {name for pair in found for name in pair if name} - set(re.findall(r"\.global (\w+)", text))


def renamed(text: str, names: Sequence[str], members: Set[str], stem: str) -> str:
    """The text with the file's name in front of these. A word behind a dot or an arrow is a member's, and another's
    member unless the file has one of this name itself."""
    if not names:
        return text
    pattern = re.compile(rf"{NOT_CODE.pattern}|(?P<arrow>\.|->)?\b(?P<name>{'|'.join(sorted(names))})\b", re.DOTALL)

    def new(match: "re.Match[str]") -> str:
        name, arrow = match["name"], match["arrow"] or ""
        return match[0] if name is None or arrow and name not in members else f"{arrow}{stem}_{name}"

    return pattern.sub(new, text)
