"""What is found broken, as sentences: those of moat_heap_check where it would find it too (core/check*.c).

SPDX-License-Identifier: MIT"""
KEPT = 20  # one stray write breaks much that follows it


class Problems:
    def __init__(self) -> None:
        self._sentences: list[str] = []
        self._more = 0

    def add(self, what: str, where: int | None = None) -> None:
        place = "" if where is None else f" at 0x{where:08x}"
        if len(self._sentences) < KEPT:
            self._sentences.append(f"{what}{place}")
        else:
            self._more += 1

    def broken(self, invariant: int, where: int | None, what: str) -> None:
        """An invariant of docs/design.md does not hold."""
        place = "" if where is None else f" at 0x{where:08x}"
        self.add(f"INV-{invariant} does not hold{place}: {what}")

    def sentences(self) -> list[str]:
        return self._sentences + ([f"and {self._more} more"] if self._more else [])
