"""A run's figures, for people.

SPDX-License-Identifier: MIT"""
from . import picture as pictures
from .runs import Rate, Run


def text(run: Run, picture: pictures.Picture, hz: Rate | None) -> list[str]:
    """Lines of text."""
    rate = hz or run.clock_hz
    span_of_time = _time(picture.last - picture.first, rate)
    lines = [f"{f'boot {run.boots}' if run.boots else 'run'}: {len(run.raw)} events over {span_of_time}"]
    if picture.unseen:
        lines[0] += f", {picture.unseen} or more between them not known"
    for name in ("slice", "allocate", "moat_gc_collect", "stack scan", "finalizer"):
        found = [span for span in picture.spans if span.name == name]
        if found:
            lines.append(f"  {_row(name, found, rate)}")
    cycles = [span for span in picture.spans if span.track == pictures.PHASES and span.name not in ("mark", "sweep")]
    if cycles:
        lines.append(f"  {_row('cycle', cycles, rate)}")
    if picture.free:
        lines.append(f"  free bytes {min(free for _, free in picture.free)} to {max(free for _, free in picture.free)}")
    for name in sorted({mark.name for mark in picture.marks}):
        lines.append(f"  {name}: {sum(mark.name == name for mark in picture.marks)}")
    return lines


def _row(name: str, spans: list[pictures.Span], rate: Rate) -> str:
    whole = [span for span in spans if span.whole]
    cut = f", {len(spans) - len(whole)} cut" if len(whole) != len(spans) else ""
    longest = max(whole, key=lambda span: span.end - span.start, default=None)
    when = f", longest {_time(longest.end - longest.start, rate)} at {_time(longest.start, rate)}" if longest else ""
    return f"{name}: {len(whole)}{cut}{when}"


def _time(ticks: int, rate: Rate) -> str:
    return f"{float(ticks * 1000000 / rate):g} us" if rate else f"{ticks} ticks"
