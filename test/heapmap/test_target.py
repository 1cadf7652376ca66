"""The page of a firmware's heap, as Chromium has it, against what the firmware knows of its heap: at each moment that
fixture.c dumps. Run once for each board, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import contextlib
import functools
import io
import json
import os
import pathlib
import re
import tempfile

from moments import SECRET, parse, run_fixture

from browser import ENTER, ESCAPE, RIGHT, with_browser
from lib.cases import as_pytest
from lib.paths import ROOT
from moat.firmware import core_file
from moat.heapmap import cli as heapmap, looks
from moat.log import dump as frames, fault as record, framed
from support import make

setattr(heapmap, "Firmware", functools.cache(heapmap.Firmware))  # one index of the debug information for all pages
ELF = os.environ["MOAT_ELF"]
LOG = run_fixture()
MOMENTS, LABELS, INSTRUCTIONS = parse(LOG)
SCRATCH = tempfile.TemporaryDirectory(prefix="moat-heapmap-")
FOLDER = pathlib.Path(SCRATCH.name)
(FOLDER / "console.log").write_bytes(LOG)

# What must be said to keep the objects that fixture.c labels, from the root on.
KEPT_BY = {
    "pinned": ["pin"], "handled": ["handle"], "typed-root": ["both.first"], "added-root": ["added.second"],
    "stack": ["stack", "worker"],
    "persistent": ["persistent"], "leaf": ["root tree", ".branch[1]", ".branch[0]", ".branch[1]", ".label"],
}

FIGURES = """
const figures = {};
document.querySelectorAll("[data-figure]").forEach((one) => {
    figures[one.dataset.figure] = Number(one.textContent.replace(/,/g, ""));
});
const rows = (name) => [...document.querySelectorAll(`#${name} tbody tr`)].map((row) =>
    [...row.cells].map((cell) => cell.textContent.trim()));
return {figures, types: rows("types"), holes: rows("hole-sizes"), objects: rows("object-sizes"),
        roots: rows("roots"), dumps: rows("dumps"),
        shapes: document.querySelectorAll("[data-o]").length, dark: document.querySelectorAll(".map .h.dark").length,
        pins: document.querySelectorAll(".map .pin").length, carets: document.querySelectorAll(".map .caret").length}"""


def draw(number, name="heap", *options):
    """Draws the log's number-th dump; (page, what --json writes)."""
    page, data = FOLDER / f"{name}.html", FOLDER / f"{name}.json"
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = heapmap.main([ELF, str(FOLDER / "console.log"), "-o", str(page), "--json", str(data), "--dump",
                               str(number), *options])
    if status != 0:
        raise AssertionError(f"moat-heapmap ended with {status}: {errors.getvalue()}")
    return page, json.loads(data.read_text())


def integer(text):
    return int(text.replace(",", ""))


def differences(found, wanted):
    return "; ".join(f"{name} is {found.get(name)}, not {value}" for name, value in wanted.items()
                     if found.get(name) != value) or None


def figures_of(browser, number):
    """The page's numbers against the firmware's, and against what was dumped."""
    moment = MOMENTS[number - 1]
    page, data = draw(number)
    browser.open(page)
    shown = browser.run(FIGURES)
    known = moment.figures
    wanted = {"objects": known["objects"], "used": known["bytes"], "free": known["free"], "largest": known["largest"],
              "pins": known["pins"],
              "dark": known["arena"] - known["bytes"] - known["free"], "handles": 1,
              "pinned": len([o for o in data["objects"] if o["pins"]]),
              "holes": len([hole for hole in data["holes"] if hole["kind"] != "dark"]),
              "fragmentation": round(100 * (1 - known["largest"] / known["free"]), 1)}
    types = {row[0]: (integer(row[1]), integer(row[2])) for row in shown["types"]}
    shapes = {"shapes": known["objects"], "pins": 2,
              "dark": len([hole for hole in data["holes"] if hole["kind"] == "dark"])}
    holes = {"count": wanted["holes"], "bytes": known["free"]}
    objects = {"count": known["objects"], "bytes": known["bytes"]}
    return (differences(shown["figures"], wanted)
            or differences(types, {name: row for name, row in moment.types.items() if row[0]})
            or differences(shown, shapes) or differences(_sums(shown["holes"]), holes)
            or differences(_sums(shown["objects"]), objects)
            or differences({"dumps": len(shown["dumps"])}, {"dumps": number if number > 1 else 0})
            or differences({"roots": len(shown["roots"])}, {"roots": len(data["roots"])})
            or complaint(browser))


def complaint(browser):
    messages = browser.complaints()
    return f"the page complains: {messages[0]}" if messages else None


def _sums(rows):
    return {"count": sum(integer(row[2]) for row in rows), "bytes": sum(integer(row[3]) for row in rows)}


def inspected(browser):
    return browser.run("return document.getElementById('inspector').innerText")


def hover(browser, number, click=False):
    """Points at the first cell of an object."""
    browser.run("document.querySelector(`[data-o='${arguments[0]}']`).scrollIntoView({block: 'center'})", number)
    arena, x, y = browser.run("""
        const shape = document.querySelector(`[data-o='${arguments[0]}']`), svg = shape.closest("svg");
        const box = svg.getBoundingClientRect();
        const at = shape.getPointAtLength(1).matrixTransform(shape.getScreenCTM());
        return [svg.id, Math.round(at.x + 2 - box.x - box.width / 2), Math.round(at.y + 2 - box.y - box.height / 2)]""",
                              number)
    browser.move(f"#{arena}", x, y, click)


def what_keeps_it(browser):
    """By the mouse: each labelled object says what it is and what keeps it, and its path is highlighted."""
    page, data = draw(len(MOMENTS))
    browser.open(page)
    numbers = {found["address"]: number for number, found in enumerate(data["objects"])}
    for name, words in KEPT_BY.items():
        number = numbers[LABELS[name]]
        found = data["objects"][number]
        hover(browser, number)
        text = inspected(browser)
        kept = browser.run("return document.getElementById('kept-by').innerText.replace(/\\s+/g, ' ')")
        at = 0
        for word in words:
            at = kept.find(word, at)
            if at < 0:
                return f"{name} is said to be kept by '{kept}', not by {' '.join(words)}"
            at += len(word)
        wanted = [found["type"], hex(found["address"]), f"{found['bytes']} bytes",
                  f"retains {found['retained']:,} byte"]
        lacking = [word for word in wanted if word not in text]
        if lacking:
            return f"{name}: '{lacking[0]}' is not in '{text}'"
        outlined = browser.run("return document.querySelectorAll('.overlay .path').length")
        steps = browser.run("return document.querySelectorAll('#kept-by button').length")
        if outlined != steps or browser.run("return document.querySelectorAll('.overlay .sel').length") < 1:
            return f"{name}: {outlined} objects are outlined, the path has {steps}"
    return None


def colours_while_marking(browser):
    """In the dump of a marking that has begun, the panel says how far it has come with an object."""
    page, data = draw(3)
    browser.open(page)
    for colour, words in (("white", "not reached yet"), ("black", "reached, or born since")):
        number = next(number for number, found in enumerate(data["objects"]) if found["colour"] == colour)
        hover(browser, number)
        if words not in inspected(browser):
            return f"a {colour} object is described as {inspected(browser)}"
    return None


def age_of_what_survived(browser):
    """The pinned object was there from the first dump to the last: so it has survived what the firmware collected
    meanwhile."""
    page, data = draw(len(MOMENTS))
    browser.open(page)
    survived = MOMENTS[-1].figures["cycles"] - MOMENTS[0].figures["cycles"]
    hover(browser, [found["address"] for found in data["objects"]].index(LABELS["pinned"]))
    text = inspected(browser)
    if f"survived at least {survived} collection" not in text or "pinned 2 times" not in text:
        return f"no 'survived at least {survived}' or no 'pinned 2 times' in '{text}'"
    fills = ("return [...new Set([...document.querySelectorAll('[data-o]')].map((shape) => "
             "getComputedStyle(shape).fill))].sort()")
    before = browser.run(fills)
    browser.run("document.querySelector('[value=age]').click()")
    after = browser.run(fills)
    wanted = sorted({f'url("#a{looks.by_age(found["survived"])}")' for found in data["objects"]})
    fine = all(fill.startswith('url("#t') for fill in before) and after == wanted
    return None if fine else f"colour by age changes {before} to {after}, not {wanted}"


def keyboard(browser):
    """Arrow keys go from object to object, Enter holds one, a button of its path goes on from there, and so does an
    address, Escape lets go."""
    page, data = draw(len(MOMENTS))
    browser.open(page)
    first = [found for found in data["objects"] if found["arena"] == 0]
    browser.keys("#arena0", RIGHT * 3)
    if hex(first[2]["address"]) not in inspected(browser):
        return f"three steps to the right are not at {first[2]['address']:#x}: {inspected(browser)}"
    browser.keys("#arena0", ENTER)
    if "held" not in inspected(browser):
        return f"Enter does not hold: {inspected(browser)}"
    leaf = next(number for number, found in enumerate(data["objects"]) if found["address"] == LABELS["leaf"])
    hover(browser, leaf)
    if "held" not in inspected(browser):
        return "pointing elsewhere let go of what is held"
    hover(browser, leaf, click=True)
    keeper = browser.run("const all = document.querySelectorAll('#kept-by button'); const one = all[all.length - 2]; "
                         "one.click(); return one.innerText")
    at = browser.run("return document.getElementById('object-address').innerText")
    if not keeper.endswith(at):
        return f"the button '{keeper}' leads to {at}"
    browser.run("location.hash = '#' + arguments[0]", hex(LABELS["table-entry"]))
    wait = ("return new Promise((done) => requestAnimationFrame(() => "
            "done(document.getElementById('object-type').innerText)))")
    if (shown := browser.run(wait)) != "struct table":
        return f"the address of an entry of the table leads to {shown}"
    browser.keys("#arena0", ESCAPE)
    return None if "Point at an object" in inspected(browser) else f"Escape leaves {inspected(browser)}"


def user_data_stays_on_the_device():
    printed = b"".join(line.raw for line in framed.find(LOG, frames.TAG))
    part = next((SECRET[i:i + 4] for i in range(len(SECRET) - 3) if SECRET[i:i + 4] in printed), None)
    return f"{part!r} of what raw bytes hold is in the dump" if part else None


def page_is_whole_and_the_same_each_time():
    page, data = draw(3)
    text = page.read_text()
    again, data_again = draw(3, "again")
    if text != again.read_text() or data != data_again:
        return "two runs made two pages"
    outside = re.search(r"""(src|href)=|@import|https?://(?!www\.w3\.org/2000/svg")""", text)
    return f"the page refers to something outside: {outside.group()}" if outside else None


def cost_of_a_dump():
    """Instructions for each character are what docs/heap-map.md says."""
    characters = sum(len(framed.frame(frames.TAG, line.raw)) for line in framed.find(LOG, frames.TAG))
    each = sum(INSTRUCTIONS) / characters
    print(f"# a dump takes {each:.0f} instructions a character, {characters // len(MOMENTS)} characters of "
          f"{MOMENTS[-1].figures['bytes']} bytes of objects")
    document = (ROOT / "docs/heap-map.md").read_text()
    row = re.search(r"^\| instructions a character.*$", document, re.MULTILINE).group()
    head = next(line for line in document.splitlines() if line.startswith("|") and os.environ["MOAT_BOARD"] in line)
    column = next(i for i, cell in enumerate(head.split("|")) if os.environ["MOAT_BOARD"] in cell)
    told = int(row.split("|")[column])
    return None if abs(each
                       - told) < told / 10 else f"{each:.0f} instructions a character; docs/heap-map.md says {told}"


def core_file_is_read_too():
    """The last dump's memory as a core file of moat-fault's."""
    firmware = heapmap.Firmware(ELF)
    dump = frames.find(LOG, firmware.word_bits // 8).dumps[-1]
    sp = dump.begin.sp
    registers = {number: 0 for number in range(33 if firmware.machine == "EM_RISCV" else 17)}
    registers[2 if firmware.machine == "EM_RISCV" else 13] = sp
    made = make(registers=registers, word_bytes=firmware.word_bits // 8, kind=5, sp=sp, build_id=firmware.build_id)
    parsed = record.parse(made)
    path, page, data = FOLDER / "heap.core", FOLDER / "core.html", FOLDER / "core.json"
    path.write_bytes(core_file.build(parsed, firmware, dump.ranges))
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = heapmap.main([ELF, str(path), "-o", str(page), "--json", str(data)])
    if status != 0:
        return f"moat-heapmap ended with {status}: {errors.getvalue()}"
    found, known = json.loads(data.read_text())["figures"], MOMENTS[-1].figures
    return differences(found, {"objects": known["objects"], "used": known["bytes"], "free": known["free"],
                               "largest": known["largest"]})


def cases():
    for number, moment in enumerate(MOMENTS, 1):
        yield f"figures_{moment.name}", with_browser(figures_of, number)
    for case in (what_keeps_it, colours_while_marking, age_of_what_survived, keyboard):
        yield case.__name__, with_browser(case)
    for lone in (user_data_stays_on_the_device, page_is_whole_and_the_same_each_time, cost_of_a_dump,
                 core_file_is_read_too):
        yield lone.__name__, lone


test_cases = as_pytest(cases())
