"""What a run's events mean: spans of time on tracks, marks, and the heap's free bytes.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass, field
from typing import Any

from moat.log.fault import EVENTS

from .runs import Event, Run

KIND = {name: kind for kind, name in EVENTS.items()}

PHASES, SLICES, SCANS, ALLOCATIONS, FINALIZERS = TRACKS = ("phases", "collector", "stack scans", "allocations",
                                                           "finalizers")

# What begins and ends: the track, the name, and what the two arguments are.
SPANS = {
    "slice": (SLICES, "slice", "units", "free"),
    "allocate": (ALLOCATIONS, "allocate", "bytes", "free"),
    "collect": (ALLOCATIONS, "moat_gc_collect", "cycle before", "free"),
    "scan": (SCANS, "stack scan", "bytes", "free"),
    "finalize": (FINALIZERS, "finalizer", "object", "free"),
}
BEGINS = {KIND[f"{name}_begin"]: name for name in SPANS}
ENDS = {KIND[f"{name}_end"]: name for name in SPANS}
TELL_FREE = {KIND["cycle_end"], *ENDS}


@dataclass
class Span:
    track: str
    name: str
    start: int       # ticks
    end: int = -1    # once it has ended
    arguments: dict[str, Any] = field(default_factory=dict)
    whole: bool = True   # both ends were seen


@dataclass(frozen=True)
class Mark:
    track: str | None  # None: of the whole run
    name: str
    time: int
    arguments: dict[str, Any]


@dataclass
class Picture:
    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)  # (time, bytes)
    unseen: int = 0                             # events known to be missing between others
    first: int = 0
    last: int = 0


class Painter:
    """Goes through the events; `open` has the spans under way of each track, the outermost first."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.open: dict[str, list[Span]] = {track: [] for track in TRACKS}
        self.since = 0   # from where on all events are known
        self.now = 0
        self.mode: str | None = None  # "mark" or "sweep": the phase, if it is known

    def begin(self, track: str, name: str, **arguments: Any) -> Span:
        span = Span(track, name, self.now, arguments=arguments)
        self.open[track].append(span)
        self.picture.spans.append(span)
        return span

    def end(self, track: str, name: str, **arguments: Any) -> None:
        """Ends the innermost span of that name, and what is still open inside of it; one whose beginning was not seen
        begins where the events do."""
        found = any(span.name == name for span in self.open[track])
        while self.open[track]:
            span = self.open[track].pop()
            span.end = self.now
            if found and span.name == name:
                span.arguments.update(arguments)
                return
            span.whole = False
        self.picture.spans.append(Span(track, name, self.since, self.now, arguments, whole=False))

    def cut(self) -> None:
        """Ends all that is open: what comes next is not known, or is not there."""
        for spans in self.open.values():
            for span in spans:
                span.end, span.whole = self.now, False
            spans.clear()
        self.mode = None

    def phase(self, event: Event) -> None:
        """A cycle's events: the cycle, and its two halves inside of it."""
        if event.kind == KIND["cycle_begin"]:
            self.cycle_left_open()
            self.begin(PHASES, f"cycle {event.argument}")
            self.begin(PHASES, "mark")
            self.mode = "mark"
        elif event.kind == KIND["sweep_begin"]:
            self.end(PHASES, "mark", units=event.argument)
            self.begin(PHASES, "sweep")
            self.mode = "sweep"
        else:
            self.end(PHASES, "sweep", free=event.argument)
            self.cycle_left_open()
            self.mode = None

    def cycle_left_open(self) -> None:
        if self.open[PHASES]:
            cycle = self.open[PHASES][0].name
            self.end(PHASES, cycle)

    def span(self, event: Event) -> None:
        if event.kind in BEGINS:
            track, name, what, _ = SPANS[BEGINS[event.kind]]
            span = self.begin(track, name, **{what: hex(event.argument) if what == "object" else event.argument})
            if track == SLICES and self.mode:
                span.arguments["phase"] = self.mode
        else:
            track, name, _, what = SPANS[ENDS[event.kind]]
            self.end(track, name, **{what: event.argument})

    def take(self, event: Event) -> None:
        self.now = event.time
        if event.kind in BEGINS or event.kind in ENDS:
            self.span(event)
        elif event.kind in (KIND["cycle_begin"], KIND["sweep_begin"], KIND["cycle_end"]):
            self.phase(event)
        elif event.kind == KIND["exhausted"]:
            self.picture.marks.append(Mark(ALLOCATIONS, "out of memory", self.now, {"bytes": event.argument}))
        else:
            self.picture.marks.append(Mark(None, f"event of unknown kind {event.kind}", self.now,
                                           {"argument": event.argument}))
        if event.kind in TELL_FREE:
            self.picture.free.append((self.now, event.argument))


def paint(run: Run) -> Picture:
    """The Picture of a run."""
    painter, events = Painter(), run.events()
    painter.picture.first = painter.since = painter.now = events[0].time
    for before, event in zip([None, *events], events):
        if before is not None and event.number != before.number + 1:
            painter.picture.unseen += event.number - before.number - 1
            painter.cut()
            painter.since = event.time
        painter.take(event)
    for behind, words in run.faults:
        painter.now = events[-1].time + behind
        painter.picture.marks.append(Mark(None, f"fault: {words}", painter.now, {}))
    painter.cut()
    painter.picture.last = painter.now
    return painter.picture
