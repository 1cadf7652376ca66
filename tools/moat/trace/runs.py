"""Puts lines, which come in any order and more than once, together to runs: what one boot of one device did, in order.

SPDX-License-Identifier: MIT"""
import bisect
import fractions
from dataclasses import dataclass, field
from typing import Iterable, Tuple, Union

from moat.log.fault import Record
from moat.log.trace import Line

CLOCK = 1 << 32
RawEvent = Tuple[int, int, int]  # (clock, kind, argument)
Rate = Union[int, fractions.Fraction]


@dataclass(frozen=True)
class Event:
    number: int     # events that stand next to each other in a run have numbers that do, too
    time: int       # ticks since the clock was 0, as far as its 32 bits tell
    kind: int
    argument: int


@dataclass
class Run:
    build_id: bytes
    boots: int
    source: str
    clock_hz: int = 0
    arena_bytes: int = 0
    end: int = 0                                   # one past the last number that was there when it was last printed
    raw: dict[int, RawEvent] = field(default_factory=dict)             # by number
    printed: list[tuple[int, int]] = field(default_factory=list)       # (first number, end) of the lines
    # (ticks behind the last event, words) of the fault that ended it
    faults: list[tuple[int, str]] = field(default_factory=list)

    def unwrapped(self, number: int) -> int:
        """A number mod 2^32 as the integer nearest to the run's end."""
        ahead = (number - self.end) % CLOCK
        return self.end + (ahead - CLOCK if ahead >= CLOCK // 2 else ahead)

    def takes(self, line: Line) -> bool:
        """Whether a line can be of this run: what both have is the same, and there is more of it than before."""
        if (line.build_id, line.boots) != (self.build_id, self.boots):
            return False
        first = self.unwrapped(line.number)
        both = [(self.raw[first + i], event) for i, event in enumerate(line.events) if first + i in self.raw]
        return all(ours == theirs for ours, theirs in both) and (bool(both) or self.unwrapped(line.end) >= self.end)

    def take(self, line: Line) -> None:
        first, end = self.unwrapped(line.number), self.unwrapped(line.end)
        self.raw.update((first + i, event) for i, event in enumerate(line.events))
        self.printed.append((first, end))
        self.end = max(self.end, end)
        self.clock_hz = line.clock_hz or self.clock_hz
        self.arena_bytes = line.arena_bytes or self.arena_bytes

    def take_record(self, events: tuple[RawEvent, ...]) -> None:
        """The last events of a fault record, which have no numbers: they continue the run where they overlap it."""
        for ahead in range(len(events)):
            kept = events[:len(events) - ahead]
            first = self.end - len(kept)
            both = [(self.raw[first + i], event) for i, event in enumerate(kept) if first + i in self.raw]
            if both and all(ours == theirs for ours, theirs in both):
                break
        else:
            first = self.end + (1 if self.raw else 0)  # how many there were between is not known: one at least
        self.raw.update((first + i, event) for i, event in enumerate(events))
        self.end = first + len(events)

    def events(self) -> list[Event]:
        """All that is known, oldest first, as Events."""
        found: list[Event] = []
        time: int | None = None
        before = 0
        for number in sorted(self.raw):
            clock, kind, argument = self.raw[number]
            time = clock if time is None else time + (clock - before) % CLOCK
            before = clock
            found.append(Event(number, time, kind, argument))
        return found

    def lost(self) -> int:
        """How many events were printed, as far as the lines tell, and are not there."""
        lost, known = 0, sorted(self.raw)
        reached: int | None = None
        for first, end in sorted(self.printed):
            first = first if reached is None else max(first, reached)
            if end > first:
                lost += end - first - (bisect.bisect_left(known, end) - bisect.bisect_left(known, first))
                reached = end
        return lost


def gather(lines: Iterable[Line], records: Iterable[tuple[Record, str]] = ()) -> list[Run]:
    """The Runs of lines and fault records (moat.log.fault.Record), in the order in which they first appear."""
    runs: list[Run] = []
    for line in lines:
        fitting = [run for run in runs if run.takes(line)]
        run = next((run for run in fitting if run.source == line.source), fitting[0] if fitting else None)
        if run is None:
            run = Run(line.build_id, line.boots, line.source, end=line.end)
            runs.append(run)
        run.take(line)
    for record, words in records:
        run = next((run for run in reversed(runs) if (run.build_id, run.boots) == (record.build_id, record.boots)
                    and not run.faults),
                   None)
        if run is None:
            run = Run(record.build_id, record.boots, "")
            runs.append(run)
        if record.events:
            run.take_record(record.events)
        if run.raw:
            run.faults.append(((record.clock - run.raw[max(run.raw)][0]) % CLOCK, words))
    return [run for run in runs if run.raw]
