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
PIECES_MAX, JOINED_MAX = 4096, 1 << 18  # lines that a frame is looked for in, and digits
PIECE = re.compile(rb"([0-9a-f ]*[0-9a-f])(?:=20| *)=?\s*\Z")


def advice(log: bytes) -> str:
    """What may be wrong with a log in which nothing is found, to go on with after that sentence, or nothing."""
    if log[:2] in (b"\xff\xfe", b"\xfe\xff") or b"M\0O\0A\0T\0" in log:
        return "; it is UTF-16, as PowerShell writes it: iconv -f UTF-16 -t UTF-8 makes it readable"
    return ""


@dataclass(frozen=True)
class Framed:
    """What follows a tag."""
    line: int                 # of the log, from 1
    source: str               # what stood before it on the line: often a device's name or a time
    raw: bytes                # nothing if it is damaged
    numbers: Tuple[int, ...]
    error: Optional[str]      # what is wrong with it, or None


def find(log: bytes, tag: bytes, numbers: int = 0) -> Iterator[Framed]:
    """Yields what is Framed after each `tag` in a log, with so many numbers behind the bytes. A line that was broken
    on its way, as terminals, loggers and mail break long ones, is joined if its checksum proves that it is that one."""
    pattern = re.compile(rb"%s ([0-9a-f]*)((?: [0-9a-f]{%d}){0,%d})" % (tag, WORD_DIGITS, numbers + 1))
    lines = log.split(b"\n")
    for line, text in enumerate(lines):
        for match in pattern.finditer(text):
            source = text[max(0, match.start() - SOURCE_MAX):match.start()].decode("utf-8", "replace").strip()
            digits, words = match[1], match[2].split()
            error = _error(digits, words, numbers)
            if error is not None:
                rest = PIECE.match(text, match.start() + len(tag) + 1)
                joined = _joined(rest[0], lines, line + 1, numbers) if rest else None
                if joined is not None:
                    (digits, words), error = joined, None
            if error is None:
                yield Framed(line + 1, source, bytes.fromhex(digits.decode("ascii")),
                             tuple(int(word, 16) for word in words[:-1]), None)
            else:
                yield Framed(line + 1, source, b"", (), error)


def _joined(text: bytes, lines: List[bytes], following: int, numbers: int) -> Optional[Tuple[bytes, List[bytes]]]:
    """(digits, numbers) of a frame that goes on in the lines that follow, or None. Spaces are lost where lines break:
    the numbers' lengths tell where they stood."""
    tail = (numbers + 1) * WORD_DIGITS
    whole = _piece(text)
    for at in range(following, min(following + PIECES_MAX, len(lines))):
        piece = _piece(lines[at])
        if not whole or not piece or len(whole) > JOINED_MAX:
            return None
        whole += piece
        end = len(whole) - tail
        words = [whole[i:i + WORD_DIGITS] for i in range(max(end, 0), len(whole), WORD_DIGITS)]
        if end >= 0 and _error(whole[:end], words, numbers) is None:
            return whole[:end], words
    return None


def _piece(line: bytes) -> bytes:
    """The digits of a line that holds nothing else, or nothing. Quoted-printable ends a broken line with `=`."""
    found = PIECE.match(line)
    return b"".join(found[1].split()) if found else b""


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
