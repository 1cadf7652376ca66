#!/usr/bin/python3
"""Shows a trace in speedscope, a viewer that knows nothing of moat, and takes a picture of it: docs/images/trace.png.

    npm install --prefix FOLDER speedscope
    test/trace/speedscope.py FOLDER/node_modules/speedscope build/demo/trace.json docs/images/trace.png

speedscope shows one track at a time: the picture has a pane for each, all of the same time, the trace's last whole
cycle, which a bar above each pane's spans stands for. Needs Debian's chromium and chromium-driver.

SPDX-License-Identifier: MIT"""
import base64
import json
import pathlib
import sys
import tempfile
import time

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST), str(TEST / "heapmap")]

from browser import Browser, missing  # noqa: E402

WIDTH, HEIGHT = 1200, 208
TRACKS = ("phases", "collector", "stack scans", "allocations")
SECONDS = 20


def window(events):
    """(start, end) of the last cycle that is whole, and some time around it."""
    cycle = [event for event in events if event["name"].startswith("cycle ") and event["args"].get("whole", True)][-1]
    return cycle["ts"] - cycle["dur"] / 10, cycle["ts"] + cycle["dur"] * 1.1


def of_track(trace, name, start, end):
    """The trace of one track within a time."""
    title = next(event for event in trace["traceEvents"] if event["name"] == "thread_name"
                 and event["args"]["name"] == name)
    inside = [event for event in trace["traceEvents"] if event["ph"] == "X" and event["tid"] == title["tid"]
              and start <= event["ts"] and event["ts"] + event["dur"] <= end]
    return {"traceEvents": [title, {**title, "ph": "X", "name": "a cycle", "ts": start, "dur": end - start, "args": {}},
                            *inside]}


def main(viewer, source, picture):
    if missing():
        sys.exit(f"speedscope.py: {missing()}")
    index = (pathlib.Path(viewer) / "dist/release/index.html").resolve()
    trace = json.loads(pathlib.Path(source).read_text(encoding="ascii"))
    start, end = window(trace["traceEvents"])
    options = ("--allow-file-access-from-files", "--disable-web-security")
    with tempfile.TemporaryDirectory(prefix="moat-speedscope-") as folder, Browser(*options) as browser:
        frames = []
        for name in TRACKS:
            data = base64.b64encode(json.dumps(of_track(trace, name, start, end)).encode()).decode()
            script = pathlib.Path(folder) / f"{name.replace(' ', '-')}.js"
            script.write_text(f"speedscope.loadFileFromBase64({json.dumps(name)}, {json.dumps(data)})",
                              encoding="ascii")
            frames.append(f'<iframe src="{index.as_uri()}#localProfilePath={script}" '
                          f'style="border:0;width:{WIDTH}px;height:{HEIGHT}px"></iframe>')
        page = pathlib.Path(folder) / "page.html"
        page.write_text('<body style="margin:0;display:grid;gap:4px;background:#888">' + "".join(frames),
                        encoding="ascii")
        browser.size(WIDTH, len(TRACKS) * (HEIGHT + 4))
        browser.open(page)
        time.sleep(SECONDS)  # speedscope draws on a canvas: there is nothing in the page to wait for
        pathlib.Path(picture).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(picture).write_bytes(browser.screenshot())


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
