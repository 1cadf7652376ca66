"""Framed lines, in which the firmware prints bytes among other text: a tag, the bytes in hex, numbers of 8 hex digits,
and the CRC-32 of all that stands between tag and CRC, with spaces between them. What may damage a console's lines is
found here for fault records, heap dumps and traces alike.

SPDX-License-Identifier: MIT"""
import re
import zlib
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

SOURCE_MAX = 200  # bytes before a tag that tell where the line came from
WORD_DIGITS = 8


@dataclass(frozen=True)
class Framed:
    """What follows a tag."""
    line: int                 # of the log, from 1
    source: str               # what stood before it on the line: often a device's name or a time
    raw: bytes                # nothing if it is damaged
    numbers: Tuple[int, ...]
    error: Optional[str]      # what is wrong with it, or None


def find(log: bytes, tag: bytes, numbers: int = 0) -> Iterator[Framed]:
    """Yields what is Framed after each `tag` in a log, with so many numbers behind the bytes."""
    pattern = re.compile(rb"%s ([0-9a-f]*)((?: [0-9a-f]{%d}){0,%d})" % (tag, WORD_DIGITS, numbers + 1))
    for line, text in enumerate(log.split(b"\n"), 1):
        for match in pattern.finditer(text):
            source = text[max(0, match.start() - SOURCE_MAX):match.start()].decode("utf-8", "replace").strip()
            digits, words = match[1], match[2].split()
            error = _error(digits, words, numbers)
            if error is None:
                yield Framed(line, source, bytes.fromhex(digits.decode("ascii")),
                             tuple(int(word, 16) for word in words[:-1]), None)
            else:
                yield Framed(line, source, b"", (), error)


def _error(digits: bytes, words: List[bytes], numbers: int) -> Optional[str]:
    if len(words) <= numbers:
        return f"the line is cut or damaged after {len(digits)} hex digits"
    if zlib.crc32(b" ".join([digits, *words[:-1]])) != int(words[-1], 16):
        return "the line's checksum is wrong: it was damaged on the way"
    return "the line has an odd number of hex digits" if len(digits) % 2 else None


def frame(tag: bytes, raw: bytes, *numbers: int) -> bytes:
    """The framed line, without its newline, as the firmware prints it."""
    text = b" ".join([raw.hex().encode("ascii"), *(b"%08x" % number for number in numbers)])
    return b"%s %s %08x" % (tag, text, zlib.crc32(text))
