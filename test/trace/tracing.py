"""What the tests of traces share: the tool, and what a trace must be like whatever it shows.

SPDX-License-Identifier: MIT"""
import collections
import json
import os
import subprocess
from typing import Any, Dict, List

from lib.paths import ROOT

TOOL = os.path.join(ROOT, "tools", "moat-trace")

WHOLE: Dict[str, Any] = {"name": str, "ph": str, "pid": int, "tid": int}
REQUIRED: Dict[str, Dict[str, Any]] = {  # by phase, beyond WHOLE: the Trace Event Format
    "X": {"ts": (int, float), "dur": (int, float), "cat": str, "args": dict},
    "i": {"ts": (int, float), "s": str, "cat": str, "args": dict},
    "C": {"ts": (int, float), "cat": str, "args": dict},
    "M": {"args": dict},
}
NAMES = {"process_name": "name", "thread_name": "name", "process_labels": "labels", "process_sort_index": "sort_index",
         "thread_sort_index": "sort_index"}


def convert(elf, data, *options):
    """Runs moat-trace on the bytes of a log; (exit status, the trace or None, standard error)."""
    done = subprocess.run(["/usr/bin/python3", TOOL, *options, elf, "-"], input=data, capture_output=True, timeout=120,
                          check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr.decode()


def of(trace, phase, name=None, pid=None):
    return [event for event in trace["traceEvents"] if event["ph"] == phase and name in (None, event["name"])
            and pid in (None, event["pid"])]


def spans(trace, name, whole=True, pid=None):
    """(start, duration, arguments) of those with both ends, or of the others."""
    return [(event["ts"], event["dur"], event["args"]) for event in of(trace, "X", name, pid)
            if event["args"].get("whole", True) == whole]


def _keys(event):
    kinds = REQUIRED.get(event.get("ph"))
    if kinds is None:
        return f"phase {event.get('ph')!r}"
    for key, kind in {**WHOLE, **kinds}.items():
        if not isinstance(event.get(key), kind) or isinstance(event[key], bool):
            return f"{key} is {event.get(key)!r}"
    if set(event) - {*WHOLE, *kinds}:
        return f"keys {sorted(set(event) - {*WHOLE, *kinds})}"
    if event["ph"] == "M" and NAMES.get(event["name"]) not in event["args"]:
        return f"metadata {event['name']} {event['args']}"
    if event["ph"] == "i" and event["s"] not in "gpt":
        return f"scope {event['s']!r}"
    if event["ph"] == "C" and not all(isinstance(value, int) and value >= 0 for value in event["args"].values()):
        return f"counter {event['args']}"
    return None


def _nested(events):
    """Two spans of one track lie in each other or apart. Compared in nanoseconds: microseconds with decimals do not add
    up."""
    ends: List[int] = []
    for event in events:
        start = round(event["ts"] * 1000)
        end = start + round(event["dur"] * 1000)
        while ends and ends[-1] <= start:
            ends.pop()
        if ends and ends[-1] < end:
            return f"{event['name']} at {event['ts']} ends behind what it lies in"
        ends.append(end)
    return None


def problem(trace):
    """What is wrong with a trace by its format, or None."""
    if not isinstance(trace.get("traceEvents"), list) or trace.get("displayTimeUnit") not in ("ms", "ns"):
        return f"the keys are {sorted(trace)}"
    tracks: Dict[Any, List[Any]] = collections.defaultdict(list)
    times: Dict[Any, int] = collections.defaultdict(int)
    named = set()
    for event in trace["traceEvents"]:
        wrong = _keys(event)
        if wrong:
            return f"{event}: {wrong}"
        if event["ph"] == "M":
            named.add((event["name"], event["pid"], event["tid"]))
            continue
        if event["ts"] < times[event["pid"]] or event.get("dur", 0) < 0:
            return f"{event}: time goes back, it was {times[event['pid']]}"
        times[event["pid"]] = event["ts"]
        if ("process_name", event["pid"], 0) not in named or event["ph"] != "C" and ("thread_name", event["pid"],
                                                                                     event["tid"]) not in named:
            return f"{event}: its track has no name"
        if event["ph"] == "X":
            tracks[event["pid"], event["tid"]].append(event)
    return next(filter(None, map(_nested, tracks.values())), None)
