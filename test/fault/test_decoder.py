"""moat-fault on records made to order, for a firmware of each machine.

SPDX-License-Identifier: MIT"""
import json
import os
import struct
import zlib

from support import ELFFile, Fixture, TARGETS, decode, line_of, make, records, as_pytest, scratch, store


def expect(result, **wanted):
    wrong = [f"{name} is {result.get(name)!r}, not {value!r}" for name, value in wanted.items()
             if result.get(name) != value]
    return "; ".join(wrong) or None


def one(elf, raw):
    """The single object that --json prints for a record, or an error text."""
    status, output, errors = decode(elf.path, records.frame(raw) + b"\n", "--json")
    lines = output.splitlines()
    if status != 0 or len(lines) != 1:
        return None, f"exit {status}, {len(lines)} objects, {errors!r}"
    return json.loads(lines[0]), None


def store_is_explained(elf):
    result, problem = one(elf, store(elf, sequence=7))
    return problem or expect(
        result, kind="store", sequence=7, function="fixture_send", file="test/fault/fixture.c",
        line=line_of("the store"), type="struct fixture_frame", offset=0, field=None, region="dma_ring",
        region_kind="c-owned", variable=f"fixture_ring+{2 * elf.word_bytes}", phase="mark", check=2, in_handler=False,
        build_id_verified=True, seen=1)


def inlined_frames(elf):
    result, problem = one(elf, store(elf))
    if problem:
        return problem
    names = [frame["function"] for frame in result["frames"]]
    return None if names == ["moat_store_", "fixture_send"] else f"frames are {names}"


def field_names(elf):
    word = elf.word_bytes
    size = {4: 44, 8: 48}[word]
    cases = {
        0: None, word: "length", word + 1: "length+1", word + 2: None, word + 4: "positions[0].latitude",
        word + 16: "positions[1].longitude", word + 36: "word", size: "tail[0]", size + 5: "tail[5]",
    }
    frame = elf.address("fixture_frame")
    for offset, field in cases.items():
        result, problem = one(elf, store(elf, value=frame + offset))
        if problem or result["field"] != field:
            return problem or f"+{offset} is {result['field']}, not {field}"
    others = {b"fixture_pair": (3 * word, "[1].second"), b"struct fixture_with_a_n": (4, "two"),
              b"struct nobody": (4, None)}
    for name, (offset, field) in others.items():
        result, problem = one(elf, store(elf, type=name, value=frame + offset))
        if problem or result["field"] != field:
            return problem or f"{name.decode()} +{offset} is {result['field']}, not {field}"
    return None


# By target: what the CPU's two words mean.
EXCEPTIONS = {
    "arm": ((0x8200, 5 << 8, "bus error on a data access"), (0, 0x40000002, "vector table read failed"),
            (0, (16 + 9) << 8, "unexpected interrupt 9"), (0, 15 << 8, "unexpected SysTick")),
    "riscv32": ((7, 0x100, "store access fault"), (0x80000007, 0, "unexpected interrupt 7")),
    "riscv64": ((2, 0, "illegal instruction"), (1 << 63 | 11, 0, "unexpected interrupt 11")),
    "host": ((11, 0, "cause 0xb"),),
}


def exceptions_are_named(elf):
    for cause, detail, words in EXCEPTIONS[elf.target]:
        raw = make(kind=records.EXCEPTION, pc=elf.address("fixture_instruction"), cause=cause, detail=detail,
                   destination=0x100, build_id=elf.build_id)
        result, problem = one(elf, raw)
        problem = problem or expect(result, kind="exception", function="fixture_fault", line=line_of("the instruction"))
        if problem or words not in result["cause"]:
            return problem or f"cause is {result['cause']!r}, without {words!r}"
    return None


def other_kinds(elf):
    for kind, words in ((records.CORRUPT, "INV-3"), (records.ASSERT, "assertion"), (records.COPY, "copied"),
                        (records.UNMASKED, "HardFault"), (records.MASKED_WAIT, "had masked interrupts"), (99, "99")):
        result, problem = one(elf, store(elf, kind=kind, cause=3, type=b""))
        if problem or words not in result["cause"]:
            return problem or f"kind {kind} reads {result['cause']!r}"
    return None


def text_names_everything(elf):
    status, output, _ = decode(elf.path, records.frame(store(elf)) + b"\n")
    frame = f"{elf.address('fixture_frame'):#0{2 + 2 * elf.word_bytes}x}"
    wanted = ("fixture_send", f"test/fault/fixture.c:{line_of('the store')}", f"struct fixture_frame at {frame}\n",
              '"dma_ring"', "c-owned")
    missing = [word for word in wanted if word not in output]
    return f"exit {status}, without {missing}: {output}" if status or missing else None


def noise_and_repeats(elf):
    line = records.frame(store(elf))
    log = b"\xff\x00garbage\r\n[12:00] " + line + b"\r\nmore\n" + line + b" behind\nMOAT-FAUL\n"
    status, output, errors = decode(elf.path, log, "--json")
    if status != 0 or len(output.splitlines()) != 1:
        return f"exit {status}: {output!r} {errors!r}"
    return expect(json.loads(output), seen=2)


def each_target():
    behaviours = (store_is_explained, inlined_frames, field_names, exceptions_are_named, other_kinds,
                  text_names_everything,
                  noise_and_repeats)
    for target in TARGETS:
        for behaviour in behaviours:
            yield (f"fault-decoder/{target}/{behaviour.__name__}",
                   lambda target=target, behaviour=behaviour: behaviour(fixture(target)))


_folder = scratch()
_fixtures = {}


def fixture(target, extra=()):
    key = (target, tuple(extra))
    if key not in _fixtures:
        _fixtures[key] = Fixture(target, _folder.name, extra)
    return _fixtures[key]


# ---- refusals: (exit status, words that standard error must have), never a stack trace ----

def refused(outcome, status, *words):
    actual, output, errors = outcome
    if "Traceback" in errors:
        return f"a stack trace: {errors[-300:]!r}"
    missing = [word for word in words if word not in errors]
    return (f"exit {actual} (not {status}), output {output!r}, errors {errors!r}" if actual != status or missing
            else None)


def build_mismatch():
    elf = fixture("host")
    log = records.frame(store(elf, build_id=bytes(range(20))))
    problem = refused(decode(elf.path, log), 1, bytes(range(20)).hex(), elf.build_id.hex(), "--force")
    status, output, errors = decode(elf.path, log, "--force")
    forced = None if status == 0 and "fixture_send" in output and "warning" in errors else f"--force: exit {status}"
    return problem or forced


def build_unknown():
    elf = fixture("host", ("-Wl,--build-id=none",))
    status, output, errors = decode(elf.path, records.frame(store(elf)))
    known = refused(decode(elf.path, records.frame(store(elf, build_id=b"x" * 20))), 1, "without a build id")
    return known or (None if status == 0 and "build id" in errors and "NOT verified" in output
                     else f"{status} {errors}")


def no_debug_information():
    elf = fixture("host", ("-g0",))
    status, output, errors = decode(elf.path, records.frame(store(elf)), "--json")
    if status != 0 or "-g" not in errors:
        return f"exit {status}, {errors!r}"
    return expect(json.loads(output), function="fixture_send", line=None, field=None)


def damaged_records():
    elf = fixture("host")
    good = store(elf)
    line = records.frame(good)
    flipped = bytes([*good[:30], good[30] ^ 1, *good[31:]])
    torn = (records.MAGIC_TORN).to_bytes(4, "little") + good[4:]
    cases = (
        (b"nothing here\n", "no fault record"), (b"", "no fault record"), (line[:200], "cut"),
        (line.replace(b"MOAT-FAULT 6d", b"MOAT-FAULT 6c"), "the line's checksum"),
        (records.frame(flipped), "torn or corrupt"), (records.frame(torn), "torn"),
        (records.frame(make(layout=3)), "layout 3"),
        (records.frame(good[:100]), str(len(good))), (records.frame(b""), "too few"),
        (records.frame(bytes(240)), "magic"),
        (records.frame(make(callers=(1, 2), registers={1: 1}, stacks=[(0, b"1234")])[:-8]), "has"),
        (records.frame(make(callers=(1, 2), word_bytes=5)), "parts"),
        (records.frame(make(stack_bytes=b"1234")), "parts"),
    )
    for log, words in cases:
        problem = refused(decode(elf.path, log), 1, words)
        if problem:
            return problem
    status, output, _ = decode(elf.path, line + b"\n" + line[:60] + b"\n")
    return None if status == 1 and "fixture_send" in output else f"one good, one cut: exit {status}, {output!r}"


def raw_dumps():
    elf = fixture("host")
    status, output, errors = decode(elf.path, store(elf), "--raw")
    if status != 0 or "fixture_send" not in output:
        return f"exit {status}: {errors!r}"
    inside = b"noise moat" + struct.pack("<II", 5, 5 ^ 0xFFFFFFFF) + store(elf) + b"moat: a text" + bytes(300)
    status, output, errors = decode(elf.path, inside, "--raw", "--json")
    if status != 0 or json.loads(output)["count"] != 5:
        return f"in a larger dump: exit {status}, {output!r}, {errors!r}"
    return (refused(decode(elf.path, store(elf)[:-1], "--raw"), 1, "has")
            or refused(decode(elf.path, b"", "--raw"), 1, "no fault")
            or refused(decode(elf.path, bytes(160), "--raw"), 1, "no fault"))


def several_builds_in_one_log():
    """Each record is explained with the ELF file of its build; one of a build that was not given is refused alone."""
    arm, riscv, host = fixture("arm"), fixture("riscv32"), fixture("host")
    log = b"\n".join(b"[%s] " % elf.target.encode() + records.frame(store(elf, sequence=n), n) for n, elf in
                     enumerate((arm, riscv, host, arm), 1))
    status, output, errors = decode(arm.path, log, "--json", "--elf", riscv.path)
    found = [(one["source"], one["sequence"], one["count"], one["function"])
             for one in map(json.loads, output.splitlines())]
    wanted = [("[arm]", 1, 1, "fixture_send"), ("[riscv32]", 2, 2, "fixture_send"), ("[arm]", 4, 4, "fixture_send")]
    return (None if found == wanted and status == 1 and host.build_id.hex() in errors
            else f"exit {status}, {found}, {errors!r}")


def count_of_the_last_is_told():
    elf = fixture("arm")
    lines = [records.frame(store(elf), count) for count in (1, 2, 7, 3)]
    result, problem = json_of(elf, b"\n".join(lines))
    text = decode(elf.path, b"\n".join(lines))[1]
    return problem or expect(result, count=7, seen=4) or (None if "seen 7 times" in text else text)


def json_of(elf, log, *options):
    status, output, errors = decode(elf.path, log, "--json", *options)
    return (json.loads(output),
            None) if status == 0 and len(output.splitlines()) == 1 else (None, f"exit {status}, {errors!r}")


def unwinding():
    """By hand: fixture_guard was called by fixture_send, which was called by _start, out of what is on the stack; with
    a dump of RAM in place of the slice it is the same; with neither, the device's callers are shown."""
    for target in ("arm", "riscv32", "riscv64"):
        elf = fixture(target)
        problem = unwinding_on(elf)
        if problem:
            return f"{target}: {problem}"
    return None


def unwinding_on(elf):
    pc, sp, link = (15, 13, 14) if elf.target == "arm" else (32, 2, 1)
    word, at = elf.word_bytes, 0x20001000
    size = 8 if elf.target == "arm" else 16
    saved = size - word
    inside = elf.address("fixture_return")
    stack = bytearray(64)
    stack[saved:saved + word] = (elf.address("fixture_start_return") | (elf.target == "arm")).to_bytes(word, "little")
    fields = {"kind": records.EXCEPTION, "pc": elf.address("fixture_guard"), "registers": {
        pc: elf.address("fixture_guard"), sp: at, link: inside | (elf.target == "arm")}}
    wanted = ["fixture_guard", "moat_store_", "fixture_send", "_start"]
    result, problem = one(elf, store(elf, stacks=[(at, bytes(stack))], **fields))
    names = None if problem else [frame["function"] for frame in result["backtrace"]]
    if names != wanted:
        return f"{problem}, by the slice: {names}, {result and result['backtrace_end']}"
    ram = os.path.join(_folder.name, "ram.bin")
    with open(ram, "wb") as file:
        file.write(bytes(256) + stack)
    log = records.frame(store(elf, callers=(inside,), **fields))
    result, problem = json_of(elf, log, "--ram", f"{at - 256:#x}:{ram}")
    names = None if problem else [frame["function"] for frame in result["backtrace"]]
    if names != wanted:
        return f"{problem}, by the dump: {names}"
    circle = {**fields["registers"], link: elf.address("fixture_guard") + 2 | (elf.target == "arm")}
    result, problem = one(elf, store(elf, **{**fields, "registers": circle}))
    if problem or "does not go on" not in result["backtrace_end"]:
        return f"{problem}, in a circle: {result['backtrace_end']}"
    text = decode(elf.path, log)[1]
    return None if "likely callers" in text and "not in the record" in text else f"without a stack: {text}"


def core_files():
    """The notes and the memory of a core file, and what is not one of gdb's machines."""
    elf = fixture("riscv32")
    ram, core = os.path.join(_folder.name, "ram.bin"), os.path.join(_folder.name, "out.core")
    with open(ram, "wb") as file:
        file.write(bytes(range(256)) * 2)
    log = records.frame(store(elf, registers={i: 0x100 + i for i in range(33)}, stacks=[(0x20001040, b"stack" * 12)]))
    status, _, errors = decode(elf.path, log, "--core", core, "--ram", f"0x20001000:{ram}")
    if status != 0:
        return f"exit {status}, {errors!r}"
    with open(core, "rb") as file:
        read = ELFFile(file)
        note = next(note for segment in read.iter_segments() if segment["p_type"] == "PT_NOTE"
                    for note in segment.iter_notes())
        loads = [(segment["p_vaddr"], segment.data()) for segment in read.iter_segments()
                 if segment["p_type"] == "PT_LOAD"]
    registers = struct.unpack("<32I", note["n_descdata"][72:72 + 128])
    memory = bytes(range(256)) * 2
    if registers != (0x120, *range(0x101, 0x120)):
        return f"registers are {registers}"
    if loads != [(0x20001000, memory[:0x40] + b"stack" * 12 + memory[0x40 + 60:])]:
        return f"memory is {loads}"
    host = fixture("host")
    return (refused(decode(host.path, records.frame(store(host)), "--core", core), 2, "gdb reads no core files")
            or refused(decode(elf.path, log, "--core", "/nonexistent/core"), 2, "/nonexistent/core")
            or refused(decode(elf.path, log, "--ram", "nonsense"), 2, "ADDRESS:FILE")
            or refused(decode(elf.path, log, "--ram", "0x1:/nonexistent/ram"), 2, "/nonexistent/ram"))


def sink_entry(kind, payload):
    """An entry of a sink, as docs/fault-record.md has it."""
    head = struct.pack("<II", 0x6C6D0000 | kind, len(payload))
    entry = head + zlib.crc32(head + payload).to_bytes(4, "little") + payload
    return entry + b"\xff" * (-len(entry) % 8)


def counts_in_a_sink():
    """The highest whole count of a record is how often its fault was seen: whatever others, damaged ones and strangers
    say."""
    elf = fixture("host")
    first, second = store(elf, sequence=1), store(elf, sequence=2, pc=elf.address("fixture_fault"))

    def repeat(raw, sequence, count):
        return sink_entry(3, struct.pack("<I", sequence) + raw[-4:] + struct.pack("<I", count))

    damaged = bytearray(repeat(first, 1, 64))
    damaged[20] ^= 1
    sink = b"".join((sink_entry(1, struct.pack("<II", 2, 1)), sink_entry(2, first), repeat(first, 1, 2),
                     repeat(first, 1, 8),
                     repeat(first, 1, 4), bytes(damaged), sink_entry(2, second), repeat(first, 2, 16), b"\xff" * 40,
                     repeat(first, 1, 32)[:20]))
    status, output, errors = decode(elf.path, sink, "--raw", "--json")
    counts = [(result["sequence"], result["count"]) for result in map(json.loads, output.splitlines())]
    return None if status == 0 and counts == [(1, 8), (2, 1)] else f"exit {status}, {counts}, {errors!r}"


def another_machine_s_records():
    """A record of one machine explained by force with the ELF file of another: wrong, but no stack trace."""
    arm, riscv = fixture("arm"), fixture("riscv64")
    raw = store(arm, registers={i: 0x100 for i in range(17)}, stacks=[(0x100, bytes(64))], callers=[1, 2])
    for elf in (riscv, fixture("host")):
        status, _, errors = decode(elf.path, records.frame(raw), "--force", "--json")
        if status != 0 or "Traceback" in errors:
            return f"exit {status}, {errors[-300:]!r}"
    return refused(decode(riscv.path, records.frame(raw), "--force", "--core", os.path.join(_folder.name, "out.core")),
                   2, "64 bits")


def bad_elf_files():
    elf = fixture("host")
    line = records.frame(store(elf))
    with open(elf.path, "rb") as file:
        whole = file.read()
    path = os.path.join(_folder.name, "bad.elf")
    for content in (b"", b"not an ELF file", b"\x7fELF", whole[:40], whole[:64], whole[:len(whole) // 2]):
        with open(path, "wb") as file:
            file.write(content)
        problem = refused(decode(path, line), 2, "bad.elf")
        if problem:
            return f"{len(content)} bytes: {problem}"
    return refused(decode(os.path.join(_folder.name, "absent.elf"), line), 2, "absent.elf")


def bad_usage():
    elf = fixture("host")
    problem = refused(decode(elf.path, b"", "--nonsense"), 2)
    return problem or refused(decode(elf.path, b"", elf.path, "/nonexistent/log"), 2)


test_cases = as_pytest([*each_target(), *((f"fault-decoder/{case.__name__}", case) for case in (
    build_mismatch, build_unknown, no_debug_information, damaged_records, raw_dumps, counts_in_a_sink,
    several_builds_in_one_log,
    count_of_the_last_is_told, unwinding, core_files, another_machine_s_records, bad_elf_files, bad_usage))])
