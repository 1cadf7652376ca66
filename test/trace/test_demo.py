"""scripts/demo on one board: the story comes true, and the three files that it leaves are sound.

SPDX-License-Identifier: MIT"""
import html.parser
import json
import os
import shutil
import subprocess

import tracing
from lib.cases import as_pytest
from lib.paths import ROOT

BOARD = "arm-mps2-an385"
LEFT = os.path.join(ROOT, "build", "demo")
NAMES = ("fault.json", "heap.html", "trace.json")


def path(name):
    return os.path.join(LEFT, name)


def tell():
    """The demo's exit status and the lines that it printed."""
    shutil.rmtree(LEFT, ignore_errors=True)
    done = subprocess.run(["scripts/demo", "--board", BOARD], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


STATUS, LINES = tell()


def story_comes_true():
    wanted = f"demo: {BOARD} trap examples/tracker/report_bug.c:"
    return (None if STATUS == 0 and LINES[-1].startswith(wanted) and LINES[-1].endswith(" ok")
            else f"exit {STATUS}: {LINES[-5:]}")


def files_are_named():
    """Its last lines say what each is for, and a document explains it."""
    for name in NAMES:
        said = [line for line in LINES[-8:] if line.split()[:1] == [name]]
        document = said[0].split()[-1] if said else ""
        if not os.path.isfile(path(name)) or not os.path.isfile(os.path.join(ROOT,
                                                                             document)) or not document.endswith(".md"):
            return f"{name}: {said or LINES[-8:]}"
    return None


def fault_is_explained():
    with open(path("fault.json"), encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    kinds = [(one["kind"], one["file"], one["build_id_verified"], bool(one["events"])) for one in found]
    return None if kinds == [("store", "examples/tracker/report_bug.c", True, True)] else f"{kinds}"


def trace_is_sound():
    """Whole cycles, with slices in them, and pauses that say how long they are."""
    with open(path("trace.json"), encoding="ascii") as file:
        trace = json.load(file)
    sweeps = [one for one in tracing.spans(trace, "sweep") if one[1] > 0]
    slices = [one for one in tracing.spans(trace, "slice") if one[1] > 0]
    pauses = [one for one in tracing.spans(trace, "allocate") if one[1] > 0]
    counts = len(sweeps), len(slices), len(pauses)
    return tracing.problem(trace) or (None if min(counts) >= 2 else f"{counts} sweeps, slices, allocations")


def heap_is_drawn():
    """A page of its own: HTML with a picture in it, that fetches nothing."""
    class Page(html.parser.HTMLParser):
        tags, fetched = set(), []

        def handle_starttag(self, tag, attrs):
            self.tags.add(tag)
            self.fetched += [value for name, value in attrs if name == "src" or name == "href" and tag != "a"
                             and not value.startswith(("#", "data:"))]
    page = Page()
    with open(path("heap.html"), encoding="utf-8") as file:
        page.feed(file.read())
    fine = {"html", "svg", "title"} <= page.tags and not page.fetched
    return None if fine else f"tags {sorted(page.tags)}, it fetches {page.fetched}"


test_cases = as_pytest([(f"demo/{case.__name__}", case) for case in (
    story_comes_true, files_are_named, fault_is_explained, trace_is_sound, heap_is_drawn)])
