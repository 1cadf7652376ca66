"""Lists on command lines: words separated by commas or spaces, each one of those that are known.

SPDX-License-Identifier: MIT"""
import difflib
from typing import Iterable, List


def words(text: str) -> List[str]:
    return text.replace(",", " ").split()


def _advice(word: str, names: List[str]) -> str:
    close = difflib.get_close_matches(word, names, 3)
    return f"did you mean {' or '.join(close)}?" if close else f"choose from {', '.join(names)}"


def choose(text: str, known: Iterable[str], what: str, prefix: str = "") -> List[str]:
    """The words of a list; all that are known if it is empty. A prefix may be left out or have a dash before it: s, Os
    and -Os are one optimisation."""
    names = list(known)
    chosen = [prefix + word.lstrip("-").removeprefix(prefix) for word in words(text)]
    for word in chosen:
        if word not in names:
            raise ValueError(f"no {what} '{word}': {_advice(word, names)}")
    return chosen or names
