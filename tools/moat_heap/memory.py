"""A device's memory, as far as it is known.

SPDX-License-Identifier: MIT"""
import bisect

PAGE = 1024


class Unreadable(Exception):
    """Memory that a reader needs is not there."""

    def __init__(self, address, size=1):
        super().__init__(f"no memory is known at {address:#x}" + (f" ({size} bytes)" if size > 1 else ""))
        self.address = address


class Memory:
    """What readers ask; subclasses say where bytes come from."""

    def read(self, address, size):
        """`size` bytes; raises Unreadable."""
        raise NotImplementedError


class Dump(Memory):
    """Ranges of bytes, and constants of the firmware behind them."""

    def __init__(self, ranges, constant_at):
        """ranges: (address, bytes), the first that has an address counts. constant_at(address, size): bytes or None."""
        self._ranges = _joined(ranges)
        self._starts = [start for start, _ in self._ranges]
        self._constant_at = constant_at

    def read(self, address, size):
        last = bisect.bisect_right(self._starts, address) - 1
        if last >= 0:
            start, data = self._ranges[last]
            if address + size <= start + len(data):
                return bytes(data[address - start:address - start + size])
        found = self._constant_at(address, size)
        if found is None:
            raise Unreadable(address, size)
        return found


def _joined(ranges):
    """Ranges that neither overlap nor touch, by address: a core file has one for each section."""
    pieces = []
    for start, data in ranges:
        for low, high in _gaps(pieces, start, start + len(data)):
            pieces.append((low, data[low - start:high - start]))
        pieces.sort()
    joined = []
    for start, data in pieces:
        if joined and joined[-1][0] + len(joined[-1][1]) == start:
            joined[-1][1].extend(data)
        else:
            joined.append((start, bytearray(data)))
    return joined


def _gaps(pieces, low, high):
    """The parts of [low, high) that no piece has."""
    for start, data in pieces:
        if low < start and low < high:
            yield low, min(start, high)
        if start <= high:
            low = max(low, start + len(data))
    if low < high:
        yield low, high


class Paged(Memory):
    """Reads slow memory a page at a time, and each page once."""

    def __init__(self, memory):
        self._memory = memory
        self._pages = {}

    def read(self, address, size):
        first, last = address // PAGE, (address + size - 1) // PAGE
        try:
            pages = b"".join(self._page(number) for number in range(first, last + 1))
        except Unreadable:  # something else may lie beside what is asked for
            return self._memory.read(address, size)
        return pages[address - first * PAGE:address - first * PAGE + size]

    def _page(self, number):
        if number not in self._pages:
            self._pages[number] = self._memory.read(number * PAGE, PAGE)
        return self._pages[number]
