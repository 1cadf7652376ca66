"""A page in headless Chromium, driven through chromedriver's HTTP interface (W3C WebDriver).

SPDX-License-Identifier: MIT"""
import atexit
import base64
import contextlib
import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from lib.cases import Skip

SECONDS = 60
ENTER, ESCAPE, TAB, RIGHT, DOWN = "\ue007", "\ue00c", "\ue004", "\ue014", "\ue015"
STARTED = re.compile(rb"started successfully on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing():
    """What is not installed, or None."""
    for command, package in (("chromium", "chromium"), ("chromedriver", "chromium-driver")):
        if shutil.which(command) is None:
            return f"{command} is not installed: make setup, or Debian's {package}"
    return None


class BrowserError(Exception):
    pass


@functools.cache
def shared():
    """One browser for all cases of a run."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(Browser("--window-size=1400,1000"))


def with_browser(case, *arguments):
    """The case with a browser: skipped where there is none, and failed where the page does."""
    def run_case():
        if missing():
            raise Skip(missing())
        try:
            return case(shared(), *arguments)
        except BrowserError as error:
            return str(error)
    return run_case


class Browser:
    """with Browser() as browser: browser.open(path)"""

    def __init__(self, *arguments):
        self._profile = tempfile.TemporaryDirectory(prefix="moat-chromium-")
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._session = None
        for line in self._driver.stdout:
            match = STARTED.search(line)
            if match:
                self._url = f"http://127.0.0.1:{match.group(1).decode()}"
                break
        else:
            raise BrowserError("chromedriver ended before it said where it listens")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   f"--user-data-dir={self._profile.name}", *arguments]
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": options},
                                  "goog:loggingPrefs": {"browser": "ALL"}}}
        self._session = self._ask("POST", "/session", {"capabilities": wanted})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._session:
            try:
                self._command("DELETE", "")
            except BrowserError:
                pass  # it is ended below all the same
        self._driver.terminate()
        self._driver.wait(SECONDS)
        self._profile.cleanup()

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError(f"{path}: {json.load(error)['value']['message'].splitlines()[0]}") from error

    def _command(self, method, path, body=None):
        return self._ask(method, f"/session/{self._session}{path}", body)

    def open(self, path):
        self._command("POST", "/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def run(self, script, *arguments):
        """What a function's body, run in the page, returns."""
        return self._command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def keys(self, selector, keys):
        """Types into an element."""
        element = self._command("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self._command("POST", f"/element/{element}/value", {"text": keys})

    def move(self, selector, x, y, click=False):
        """Moves the mouse to an offset, in pixels, from the middle of an element."""
        element = self._command("POST", "/element", {"using": "css selector", "value": selector})
        actions = [{"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": element}]
        if click:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._command("POST", "/actions",
                      {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
                                    "actions": actions}]})

    def complaints(self):
        """What the page's console has of warnings and errors."""
        return [entry["message"] for entry in self._command("POST", "/se/log", {"type": "browser"})
                if entry["level"] != "INFO"]

    def media(self, features, media=""):
        """Emulates media features such as {"prefers-color-scheme": "dark"}, or the media "print"."""
        self._devtools("Emulation.setEmulatedMedia", media=media,
                       features=[{"name": name, "value": value} for name, value in features.items()])

    def size(self, width, height, scale=1):
        self._devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                       mobile=False)

    def screenshot(self):
        """PNG bytes of the window."""
        return base64.b64decode(self._command("GET", "/screenshot"))

    def _devtools(self, command, **parameters):
        return self._command("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})
