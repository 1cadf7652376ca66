"""A device's memory, as far as it is known.

SPDX-License-Identifier: MIT"""
import bisect
import heapq
from typing import Callable, Iterable

PAGE = 1024


class Unreadable(Exception):
    """Memory that a reader needs is not there."""

    def __init__(self, address: int, size: int = 1) -> None:
        super().__init__(f"no memory is known at {address:#x}" + (f" ({size} bytes)" if size > 1 else ""))
        self.address = address


class Memory:
    """What readers ask; subclasses say where bytes come from."""

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes; raises Unreadable."""
        raise NotImplementedError


class Dump(Memory):
    """Ranges of bytes, and constants of the firmware behind them."""

    def __init__(self, ranges: Iterable[tuple[int, bytes | bytearray]],
                 constant_at: Callable[[int, int], bytes | None]) -> None:
        """ranges: (address, bytes), the first that has an address counts. constant_at(address, size): bytes or None."""
        self._ranges = joined(ranges)
        self._starts = [start for start, _ in self._ranges]
        self._constant_at = constant_at

    def read(self, address: int, size: int) -> bytes:
        last = bisect.bisect_right(self._starts, address) - 1
        if last >= 0:
            start, data = self._ranges[last]
            if address + size <= start + len(data):
                return bytes(data[address - start:address - start + size])
        found = self._constant_at(address, size)
        if found is None:
            raise Unreadable(address, size)
        return found


def joined(ranges: Iterable[tuple[int, bytes | bytearray]]) -> list[tuple[int, bytearray]]:
    """Ranges that neither overlap nor touch, by address; where (address, bytes) overlap the first counts. A sweep from
    low addresses to high: its cost is that of sorting, however they overlap."""
    waiting = sorted(((start, order, data) for order, (start, data) in enumerate(ranges) if data),
                     key=lambda piece: piece[:2], reverse=True)
    there: list[tuple[int, int, int, bytes | bytearray]] = []  # a heap: the first that was given is at its head
    whole: list[tuple[int, bytearray]] = []
    at = 0
    while waiting or there:
        if not there:
            at = max(at, waiting[-1][0])
        while waiting and waiting[-1][0] <= at:
            start, order, data = waiting.pop()
            heapq.heappush(there, (order, start, start + len(data), data))
        while there and there[0][2] <= at:
            heapq.heappop(there)
        if there:
            _, start, end, data = there[0]
            until = min(end, waiting[-1][0]) if waiting else end
            if not whole or whole[-1][0] + len(whole[-1][1]) != at:
                whole.append((at, bytearray()))
            whole[-1][1].extend(memoryview(data)[at - start:until - start])
            at = until
    return whole


class Paged(Memory):
    """Reads slow memory a page at a time, and each page once."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._pages: dict[int, bytes] = {}

    def read(self, address: int, size: int) -> bytes:
        first, last = address // PAGE, (address + size - 1) // PAGE
        try:
            pages = b"".join(self._page(number) for number in range(first, last + 1))
        except Unreadable:  # something else may lie beside what is asked for
            return self._memory.read(address, size)
        return pages[address - first * PAGE:address - first * PAGE + size]

    def _page(self, number: int) -> bytes:
        if number not in self._pages:
            self._pages[number] = self._memory.read(number * PAGE, PAGE)
        return self._pages[number]
