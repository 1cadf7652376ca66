"""Heaps made by hand, whose every figure is known, through the page and the command line; frames made by hand, through
the reader of logs.

SPDX-License-Identifier: MIT"""
import contextlib
import io
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib

from browser import BrowserError, with_browser
from lib.cases import as_pytest
from lib.paths import ROOT
from moat.heap.model import Arena, Heap, Hole, Object, Root, Slot
from moat.heap.retained import Retained
from moat.heapmap import cli as heapmap, page, picture
from moat.heapmap.document import Document
from moat.log import dump as frames
from support import Fixture

SCRATCH = tempfile.TemporaryDirectory(prefix="moat-heapmap-")
FOLDER = pathlib.Path(SCRATCH.name)
WORD, GRANULE, LOW = 4, 8, 0x20000104
NASTY = "struct <script>alert('&')</script>"


# ---- heaps ----

class Maker:
    """An arena that is filled from its low end on; sizes are in granules."""

    def __init__(self, granules, phase="idle", cycle=3):
        self.granules, self.at, self.phase, self.cycle = granules, 0, phase, cycle
        self.objects, self.holes, self.roots = [], [], []

    def put(self, type_name, size, **more):
        found = Object(LOW + self.at * GRANULE + WORD, self.at + 32, size * GRANULE, size * GRANULE - WORD, 0,
                       type_name, 1, "white", **more)
        self.at += size
        self.objects.append(found)
        return found

    def hole(self, size, kind="hole"):
        self.holes.append(Hole(LOW + self.at * GRANULE, size * GRANULE, 0, kind))
        self.at += size

    def root(self, kind, name, target):
        self.roots.append(Root(kind, name, 0x20000000 + 4 * len(self.roots), target.address, target.address))

    def heap(self):
        if self.at < self.granules:
            self.hole(self.granules - self.at, "cursor")
        arena = Arena(0, LOW - 4, LOW + (self.granules + 1) * GRANULE, 32, 32 + self.granules, self.granules * GRANULE)
        return Heap(WORD, GRANULE, self.phase, self.cycle, {"cycles": self.cycle}, [arena] if self.granules else [],
                    self.objects, self.holes, self.roots, [])


def point_at(source, *targets):
    source.slots = tuple(Slot(4 * i, f"slot[{i}]", target.address) for i, target in enumerate(targets))


def document(*heaps, problems=()):
    return Document("made-up.elf", "0123456789abcdef" * 2, "the test", heaps[-1],
                    [(f"dump {i}", heap) for i, heap in enumerate(heaps, 1)], list(problems))


def diamond():
    """root -> a -> b, c -> d -> e; the pin keeps e too; f is garbage. Beside them a hole, a crumb and the cursor."""
    made = Maker(64)
    a, b, c = made.put("struct a", 2), made.put("struct b", 3), made.put("struct b", 3)
    made.hole(5)
    d, e = made.put("struct d", 4), made.put("struct e", 6, pins=2)
    made.hole(1, "dark")
    made.put("bytes", 7, array=True)
    point_at(a, b, c)
    point_at(b, d)
    point_at(c, d)
    point_at(d, e)
    made.root("root", "top", a)
    made.root("pin", "pin 0", e)
    return made


def same(found, wanted):
    return None if found == wanted else f"{found} and not {wanted}"


def figures_of_a_diamond():
    found = document(diamond().heap()).figures
    cursor = 64 - 2 - 3 - 3 - 5 - 4 - 6 - 1 - 7
    got = (found.objects, found.used, found.garbage, found.garbage_bytes, found.free, found.dark, found.largest,
           found.holes, found.pinned, found.pins)
    return same(got, (6, 25 * 8, 1, 56, (5 + cursor) * 8, 8, cursor * 8, 2, 1, 2)) or \
        same(found.fragmentation, 1 - cursor / (5 + cursor)) or \
        same([(row.type, row.objects, row.bytes) for row in found.types],
             [("bytes", 1, 56), ("struct b", 2, 48), ("struct e", 1, 48), ("struct d", 1, 32),
              ("struct a", 1, 16)]) or \
        same([(bucket.low, bucket.count, bucket.bytes) for bucket in found.hole_sizes],
             [(32, 1, 40), (64, 0, 0), (128, 0, 0), (256, 1, cursor * 8)])


def retained_by_dominators():
    """d is reached through b and through c, so neither retains it; e is pinned."""
    made = document(diamond().heap())
    return same(made.retained.objects, [(2 + 3 + 3 + 4) * 8, 24, 24, 32, 48, 0]) or \
        same(dict(made.retained.by_kind), {"struct a": 96, "struct b": 48, "struct d": 32, "struct e": 48})


def reachable(successors, entries, without=None):
    seen, waiting = set(), [entry for entry in entries if entry != without]
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += [following for following in successors[number] if following != without]
    return seen


def retained_is_what_goes_with_an_object():
    """Of small graphs at random: what can't be reached any more when an object is taken away."""
    chance = random.Random(5)
    for _ in range(500):
        count = chance.randrange(1, 12)
        successors = [list(set(chance.choices(range(count), k=chance.randrange(4)))) for _ in range(count)]
        entries = list(set(chance.choices(range(count), k=chance.randrange(3))))
        sizes = [chance.randrange(1, 50) for _ in range(count)]
        kept = reachable(successors, entries)
        wanted = [sum(sizes[one] for one in kept - reachable(successors, entries, number)) for number in range(count)]
        found = Retained(sizes, ["kind"] * count, successors, entries)
        if found.objects != wanted or found.by_kind["kind"] != sum(sizes[one] for one in kept):
            return f"of {successors} from {entries}: {found.objects} and not {wanted}"
    return None


def a_kind_within_itself_is_counted_once():
    made = Maker(40)
    chain = [made.put("struct node", 2) for _ in range(10)]
    for before, after in zip(chain, chain[1:]):
        point_at(before, after)
    point_at(chain[-1], chain[0])
    made.root("root", "ring", chain[0])
    return same(dict(document(made.heap()).retained.by_kind), {"struct node": 160})


def ages_over_dumps():
    """Of three dumps: what was there from the first, from the second, from the last on, and what changed its type in
    between."""
    heaps = []
    for cycle, kinds in ((2, ("struct a", "struct b")), (7, ("struct a", "struct c", "struct d")),
                         (9, ("struct a", "struct c", "struct a", "struct e"))):
        made = Maker(40, cycle=cycle)
        for kind in kinds:
            made.put(kind, 2)
        heaps.append(made.heap())
    shown_last = document(*heaps)
    return same([(age.survived, age.at_least) for age in shown_last.ages],
                [(7, True), (2, False), (0, False), (0, False)]) or \
        same(shown_last.new, [False, False, True, True])


def one_dump_knows_no_ages():
    text = page.render(document(diamond().heap()))
    return ("the page shows ages" if 'name="view"' in text or "<th scope=\"col\" class=\"n\">New" in text
            or "at least" in text.split("<script>")[0] else None)


def names_are_escaped():
    """In the text of the page, and where a script's data would end."""
    made = Maker(20)
    nasty = made.put(NASTY, 3)
    nasty.slots = (Slot(0, "</script><b>", nasty.address),)
    made.root("stack", "<i>", nasty)
    text = page.render(document(made.heap(), problems=["<u>"]))
    inside = [part for part in ("<script>alert", "</script><b>", "<i>", "<u>") if part in text]
    shown_as = "struct &lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"
    return f"{inside} is in the page, {text.count(shown_as)} times {shown_as}" \
        if inside or text.count(shown_as) < 3 else None


# ---- pages ----

def shown(browser, made):
    path = FOLDER / "page.html"
    path.write_text(page.render(made), encoding="utf-8")
    browser.open(path)
    complaints = browser.complaints()
    if complaints:
        raise BrowserError(f"the page complains: {complaints[0]}")


def names_are_text(browser):
    """Whatever a type, a member, a root or a problem is called."""
    made = Maker(20)
    nasty, other = made.put(NASTY, 3), made.put("", 2)
    nasty.slots = (Slot(0, "<b>&[1]", other.address),)
    made.root("stack", "</script><i>", nasty)
    shown(browser, document(made.heap(), problems=["<u>broken</u>"]))
    browser.run("document.querySelector('#roots button').click()")
    text = browser.run("return document.body.innerText")
    lacking = [part for part in (NASTY, "</script><i>", "<u>broken</u>", "<b>&[1]", "unknown") if part not in text]
    made_up = browser.run("return document.querySelectorAll('main i, main u, aside b, main script').length")
    return f"{lacking} is not shown, {made_up} elements come from names" if lacking or made_up else None


def heaps_of_nothing(browser):
    for made in (Maker(0), Maker(1), Maker(300)):
        shown(browser, document(made.heap()))
        shapes, text = browser.run("return [document.querySelectorAll('[data-o]').length, document.body.innerText]")
        if shapes or "There is no object." not in text:
            return f"an arena of {made.granules} granules without objects is shown with {shapes}"
        browser.run("document.querySelectorAll('.map').forEach((map) => map.dispatchEvent(new KeyboardEvent('keydown', "
                    "{key: 'ArrowRight'})))")
    return None


def large(count):
    """An arena of 8 MiB, and a list of objects all over it."""
    made = Maker((8 << 20) // GRANULE - 40_000)
    objects = []
    for i in range(count):
        objects.append(made.put(f"struct kind{i % 14}", 2 + i % 7))
        if i % 3 == 0:
            made.hole(3 + i % 11)
    for before, after in zip(objects, objects[1:]):
        point_at(before, after, objects[0])
    objects[7].pins = 1
    made.root("root", "list", objects[0])
    return made.heap()


def large_heaps_are_drawn_by_cells(browser):
    heap = large(60_000)
    made = document(heap)
    text = page.render(made)
    shapes = text.count("<path ")
    if len(text) > 4_000_000 or shapes > 2 * picture.COLUMNS * picture.ROWS_MAX:
        return f"the page has {len(text)} bytes and {shapes} shapes"
    shown(browser, made)
    seconds = browser.run("""const from = performance.now();
        const all = document.querySelectorAll("#roots button"); all[0].click();
        const map = document.querySelector(".map");
        const keys = (key) => map.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
        keys("End");
        return (performance.now() - from) / 1000""")
    address, steps = browser.run("""
        return ["object-address", "kept-by"].map((id) => document.getElementById(id).innerText)""")
    if address != hex(heap.objects[-1].address) or "59,976 objects in between" not in steps:
        return f"the last object is {address}, kept by {steps[:300]}"
    browser.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    browser.run("document.querySelector('.map').scrollIntoView()")
    browser.move(".map", -200, -150)
    cell = browser.run("return document.getElementById('inspector').innerText")
    found = re.match(r"(0x[0-9a-f]+)\n+([\d,]+) bytes, (\d+) objects", cell)
    if not found:
        return f"a cell is described as {cell}"
    start, size = int(found.group(1), 16), int(found.group(2).replace(",", ""))
    inside = [one for one in heap.objects if one.address - WORD < start + size
              and one.address - WORD + one.bytes > start]
    return same(int(found.group(3)), len(inside)) or (f"it took {seconds} s to show an object" if seconds > 20
                                                      else None)


# ---- frames ----

def frame(sequence, kind, body=b"", dump=7):
    text = struct.pack("<IIB", dump, sequence, kind) + body
    return b"MOAT-HEAP %s %08x\n" % (text.hex().encode(), zlib.crc32(text.hex().encode()))


def piece(address, data):
    return struct.pack("<IH", address, len(data) // 4) + data


def begin(number=1, build_id=bytes(20), dump=7, word=4):
    return frame(0, 1, struct.pack("<HBBIIIQQ20sI", 1, word, 2, number, 5, 99, 0x100, 0x200, build_id, 0), dump)


def dump_of(number=1, **more):
    dump = more.get("dump", 7)
    return [begin(number, **more), frame(1, 2, piece(0x1000, b"abcdefgh"), dump),
            frame(2, 2, piece(0x1008, b"ijkl") + struct.pack("<IH", 0x2000, 0x8004), dump),
            frame(3, 3, struct.pack("<I", 0), dump)]


def two_devices_in_one_log():
    """Their lines alternate; what is printed a second time counts once."""
    one, other = dump_of(), dump_of(3, dump=8)
    log = frames.find(b"noise\n" + b"".join(line for pair in zip(one, other) for line in pair) + one[1], 4)
    memory = [(0x1000, bytearray(b"abcdefghijkl")), (0x2000, bytearray(16))]
    return same([(dump.id, dump.begin.number, dump.place, dump.ranges, dump.problems()) for dump in log.dumps],
                [(7, 1, 2, memory, []), (8, 3, 3, memory, [])]) or same(log.damaged, 0)


def what_is_missing_is_said():
    lines = dump_of()
    told = [
        (lines[:1] + lines[2:], ["1 of the dump's 4 frames is missing or damaged"]),
        (lines[:1] + lines[3:], ["2 of the dump's 4 frames are missing or damaged"]),
        (lines[:2], ["the dump is cut short: frame 1 is the last one in the log"]),
        ([lines[0], lines[2]], ["1 of the dump's first 3 frames is missing or damaged",
                                "the dump is cut short: frame 2 is the last one in the log"]),
        (lines + [frame(1, 2, piece(0x1000, b"abcdefgX"))], ["1 frame came twice and differs: the first was taken"]),
    ]
    return next((wrong for log, wanted in told
                 if (wrong := same(frames.find(b"".join(log), 4).dumps[0].problems(), wanted))), None)


def malformed_frames_are_counted():
    sound = dump_of()
    bad = [frame(9, 4), frame(9, 3, b"12345"), frame(9, 2, b"123"), frame(9, 2, piece(0x1001, b"abcd")),
           frame(9, 2, struct.pack("<IH", 0x1000, 0)),
           frame(9, 2, piece(0x1000, b"abcd")[:-1]), frame(9, 2, struct.pack("<IH", 0xFFFFFFF0, 0x8005)),
           frame(9, 1, bytes(56)),
           frame(9, 1, bytes(3)), b"MOAT-HEAP 07 12345678\n", b"MOAT-HEAP\t\n", sound[1][:-2] + b"\n",
           sound[1].replace(b"0", b"1", 1)]
    for line in bad:
        log = frames.find(b"".join([*sound, line]), 4)
        wanted = 0 if line.startswith(b"MOAT-HEAP\t") else 1
        if log.damaged != wanted or log.dumps[0].ranges[0] != (0x1000, bytearray(b"abcdefghijkl")):
            return f"{line} counts for {log.damaged} damaged frames"
    many = b"".join(frame(10 + i, 2, b"".join(struct.pack("<IH", 0x1000000 * i, 0xFFFF) for _ in range(600)))
                    for i in range(4))
    return same(frames.find(many, 4).damaged, 4)


# ---- the command line ----

def refused(log, text, *options, status=2, elf=None):
    """moat-heapmap on the bytes of a log."""
    (FOLDER / "console.log").write_bytes(log)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        got = heapmap.main([elf or str(FOLDER / "arm.elf"), str(FOLDER / "console.log"), "-o",
                            str(FOLDER / "heap.html"), *options])
    return None if got == status and text in errors.getvalue() else f"status {got}: {errors.getvalue()}"


def mistakes_are_explained():
    fixture = Fixture("arm", str(FOLDER))
    own, other = b"".join(dump_of(build_id=fixture.build_id)), b"".join(dump_of(dump=9))
    wide = b"".join(dump_of(build_id=fixture.build_id, word=8))
    core = b"\x7fELF" + bytes(200)
    tries = [
        refused(b"nothing", "no heap dump in it: the firmware prints one where it calls moat_heap_dump()"),
        refused(other, "give the ELF file that was running, or --force"),
        refused(other, "there is no symbol moat_heap", "--force"),
        refused(own, "there is no symbol moat_heap: is this firmware linked with moat"),
        refused(own, "there is no dump 2: it has 1", "--dump", "2"),
        refused(wide, "of a machine of 64 bits"),
        refused(core, "console.log: not a core file, or a damaged one"),
        refused(core, "--list and --dump are for logs", "--list"),
        refused(own, "no-such.elf: No such file", elf=str(FOLDER / "no-such.elf")),
        refused(own, "not an ELF file", elf=str(FOLDER / "console.log")),
        refused(own + other, "", "--list", status=0),
    ]
    return next((f"try {number}: {wrong}" for number, wrong in enumerate(tries) if wrong), None)


def only_the_page_needs_jinja2():
    """What lists dumps runs without it; what draws says how to get it."""
    fixture = Fixture("arm", str(FOLDER))
    log = FOLDER / "console.log"
    log.write_bytes(b"".join(dump_of(build_id=fixture.build_id)))
    lists = f"sys.exit(cli.main([{fixture.path!r}, {str(log)!r}, '--list']))"
    draws = "cli._page(None)"
    found = []
    for does in (lists, draws):
        script = f"import sys; sys.modules['jinja2'] = None; from moat.heapmap import cli; {does}"
        done = subprocess.run([sys.executable, "-B", "-c", script], capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "tools")})
        found.append((done.returncode, "Unusable: the page needs Python's jinja2: install Debian's python3-jinja2"
                      in done.stderr))
    return same(found, [(0, False), (1, True)])


def cases():
    for lone in (figures_of_a_diamond, retained_by_dominators, retained_is_what_goes_with_an_object,
                 a_kind_within_itself_is_counted_once, ages_over_dumps, one_dump_knows_no_ages,
                 names_are_escaped, only_the_page_needs_jinja2, two_devices_in_one_log, what_is_missing_is_said,
                 malformed_frames_are_counted, mistakes_are_explained):
        yield lone.__name__, lone
    for case in (names_are_text, heaps_of_nothing, large_heaps_are_drawn_by_cells):
        yield case.__name__, with_browser(case)


test_cases = as_pytest(cases())
