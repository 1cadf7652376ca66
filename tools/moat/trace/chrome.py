"""A trace in the Trace Event Format, which ui.perfetto.dev, chrome://tracing and speedscope read.

SPDX-License-Identifier: MIT"""
import json
from typing import Any, Iterator, TextIO

from . import picture as pictures
from .runs import Rate, Run

NANOSECONDS = 10**9
THREADS = {track: number for number, track in enumerate(pictures.TRACKS, 1)}


class Time:
    """Ticks as the format's microseconds, in whole nanoseconds; a tick is a microsecond where its length is not
    known."""

    def __init__(self, hz: Rate | None) -> None:
        self._hz = hz

    def at(self, ticks: int) -> float:
        return self._shown(self._nanoseconds(ticks))

    def between(self, start: int, end: int) -> float:
        return self._shown(self._nanoseconds(end) - self._nanoseconds(start))

    def _nanoseconds(self, ticks: int) -> int:
        return round(ticks * NANOSECONDS / self._hz) if self._hz else ticks * 1000

    @staticmethod
    def _shown(nanoseconds: int) -> float:
        return nanoseconds // 1000 if nanoseconds % 1000 == 0 else nanoseconds / 1000


def document(painted: list[tuple[Run, pictures.Picture]], hz: Rate | None, firmware: str,
             build_id: str | None) -> dict[str, Any]:
    """painted: [(Run, Picture)]; hz: ticks a second, or None for what the runs say. A dictionary for dump()."""
    events: list[dict[str, Any]] = []
    for process, (run, picture) in enumerate(painted, 1):
        events += _names(process, run)
        events += sorted(_events(process, run, picture, Time(hz or run.clock_hz)),
                         key=lambda event: (event["ts"], -event.get("dur", 0)))
    rates = {float(hz or run.clock_hz) for run, _ in painted}
    known = rates - {0.0}
    return {
        "traceEvents": events,
        "displayTimeUnit": "ns",
        "otherData": {"firmware": firmware, "build id": build_id,
                      "time": f"{' and '.join(f'{rate:g}' for rate in sorted(known))} ticks of moat_port_clock are a "
                              "second" if known == rates
                      else "1 us stands for one tick of moat_port_clock"},
    }


def dump(trace: dict[str, Any], file: TextIO) -> None:
    """One event a line, for those who look into it or compare two."""
    head = {key: value for key, value in trace.items() if key != "traceEvents"}
    file.write('{"traceEvents":[\n' + ",\n".join(json.dumps(event) for event in trace["traceEvents"]) + "\n],")
    file.write(json.dumps(head)[1:] + "\n")


def _names(process: int, run: Run) -> Iterator[dict[str, Any]]:
    def named(what: str, thread: int = 0, **arguments: Any) -> dict[str, Any]:
        return {"name": what, "ph": "M", "pid": process, "tid": thread, "args": arguments}

    yield named("process_name", name=f"moat, boot {run.boots}" if run.boots else "moat")
    yield named("process_labels", labels=f"build {run.build_id.hex()[:12]}")
    yield named("process_sort_index", sort_index=process)
    for track, thread in THREADS.items():
        yield named("thread_name", thread, name=track)
        yield named("thread_sort_index", thread, sort_index=thread)


def _events(process: int, run: Run, picture: pictures.Picture, time: Time) -> Iterator[dict[str, Any]]:
    for span in picture.spans:
        arguments = span.arguments if span.whole else {**span.arguments, "whole": False}
        yield {"name": span.name, "cat": span.track, "ph": "X", "ts": time.at(span.start),
               "dur": time.between(span.start, span.end),
               "pid": process, "tid": THREADS[span.track], "args": arguments}
    for mark in picture.marks:
        where = {"s": "t", "tid": THREADS[mark.track]} if mark.track else {"s": "p", "tid": THREADS[pictures.PHASES]}
        yield {"name": mark.name, "cat": "marks", "ph": "i", "ts": time.at(mark.time), "pid": process, **where,
               "args": mark.arguments}
    for at, free in picture.free:
        used = {"used": max(run.arena_bytes - free, 0)} if run.arena_bytes else {}
        yield {"name": "heap bytes", "cat": "heap", "ph": "C", "ts": time.at(at), "pid": process, "tid": 0,
               "args": {**used, "free": free}}
