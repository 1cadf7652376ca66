"""What a record says, with what the ELF file adds: as a dictionary for --json, and as text.

docs/fault-record.schema.json describes the dictionary.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Sequence

from moat.firmware import exceptions, machine as machines
from moat.firmware.unwind import Step, Unwinder
from moat.log import fault as records

if TYPE_CHECKING:  # this is read within gdb too, whose Python may lack pyelftools
    from moat.firmware.elf import Firmware, Frame


def build(found: records.Found, firmware: Firmware, seen: int, ram: Sequence[tuple[int, bytes]] = ()) -> dict[str, Any]:
    """A dictionary of plain values; None where something is not known."""
    record = found.trusted()
    steps, end = Unwinder(record, firmware, ram).walk()
    steps = _from_site(record, steps)
    site_address = record.pc if record.kind in records.EXACT else max(record.pc - 1, 0)
    places = firmware.all_frames_at(sorted({site_address, *(step.lookup for step in steps),
                                            *(_call_before(caller) for caller in record.callers)}))
    backtrace = [_entry(step, frame, inlined) for step in steps
                 for frame, inlined in _with_inlined(places[step.lookup])]
    likely = [{"pc": caller, **_first(places[_call_before(caller)])} for caller in record.callers]
    site = _site(record, places[site_address], backtrace, likely, _core_of(firmware))
    names = machines.MACHINES[firmware.machine].names if firmware.machine in machines.MACHINES else ()
    result: dict[str, Any] = {
        "layout": records.LAYOUT,
        "sequence": record.sequence,
        "count": found.count,
        "kind": records.KINDS.get(record.kind, f"unknown ({record.kind})"),
        "cause": None,  # a sentence; set below, where the rest is known
        "pc": record.pc,
        "function": site.get("function"),
        "file": site.get("file"),
        "line": site.get("line"),
        "frames": [vars(frame) for frame in places[site_address]] if record.pc or record.kind != records.STACK else [],
        "backtrace": backtrace,
        "backtrace_end": end,
        "likely_callers": likely,
        "value": record.value or None,
        "object": record.object or None,
        "type": record.type or None,
        "offset": record.value - record.object if record.object else None,
        "field": None,
        "destination": record.destination,
        "region": record.region or None,
        "region_kind": records.REGION_KINDS.get(record.region_kind, f"unknown ({record.region_kind})"),
        "variable": firmware.symbol_at(record.destination),
        "destination_field": firmware.variable_field_at(record.destination),
        "what": firmware.string_at(record.what) if record.what else None,
        "cause_word": record.cause,
        "detail_word": record.detail,
        "extra_words": list(record.extra),
        "sp": record.sp,
        "lr": record.lr,
        "registers": {names[number] if number < len(names) else str(number): value
                      for number, value in record.registers},
        "stacks": [{"address": address, "bytes": data.hex()} for address, data in record.stacks],
        "events": [{"clock": clock, "kind": records.EVENTS.get(kind, f"unknown ({kind})"), "argument": argument}
                   for clock, kind, argument in record.events],
        "phase": records.PHASES.get(record.phase, f"unknown ({record.phase})"),
        "check": record.check_level,
        "in_handler": record.in_handler,
        "free_bytes": record.free_bytes,
        "boots": record.boots,
        "reset_cause": records.RESET_CAUSES.get(record.reset_cause, f"unknown ({record.reset_cause})"),
        "uptime_ms": record.uptime,
        "clock": record.clock,
        "build_id": record.build_id.hex(),
        "build_id_verified": firmware.build_id is not None and record.build_id == firmware.build_id,
        "source": found.source or None,
        "place": found.place,
        "seen": seen,
    }
    if result["type"] and result["offset"]:  # at 0 the pointer is to the object itself
        result["field"] = firmware.field_at(result["type"], result["offset"])
    result["cause"] = _sentence(record, result, firmware)
    return result


# ---- places ----

def _call_before(address: int) -> int:
    """An address within the call that returns to `address`."""
    return max((address & ~1) - 1, 0)


def _with_inlined(frames: list[Frame]) -> list[tuple[dict[str, Any], bool]]:
    """(frame, whether it was inlined into the next); a place that nothing is known of is a frame too."""
    return [(vars(frame), i + 1 < len(frames)) for i, frame in enumerate(frames)] or \
        [({"function": None, "file": None, "line": None}, False)]


def _first(frames: list[Frame]) -> dict[str, Any]:
    return vars(frames[0]) if frames else {"function": None, "file": None, "line": None}


def _entry(step: Step, frame: dict[str, Any], inlined: bool) -> dict[str, Any]:
    return {"pc": step.pc, "sp": step.sp, **frame, "inlined": inlined, "by": step.by}


def _from_site(record: records.Record, steps: list[Step]) -> list[Step]:
    """Without the frames of moat's own report that stand below the place that it is about."""
    for i, step in enumerate(steps):
        if step.pc == record.pc:
            return steps[i:]
    return steps


def _is_own_inline(name: str | None) -> bool:
    """moat's own inline functions begin with moat_ and end with an underscore, as no name of the interface or of an
    application does."""
    return name is not None and name.startswith("moat_") and name.endswith("_")


def _core_of(firmware: Firmware) -> str:
    """The folder of moat's core, as frames have it: that of the fault log's folder."""
    return os.path.dirname(firmware.folder_of("moat_fault_raise") or "")


def _site(record: records.Record, frames: list[Frame], backtrace: list[dict[str, Any]], likely: list[dict[str, Any]],
          core: str) -> dict[str, Any]:
    """The place a reader wants: the innermost that is not one of moat's own inline functions; for what moat found out
    about itself, the innermost frame that is not moat's."""
    if record.kind == records.STACK and record.pc == 0:
        return likely[0] if likely else {}  # the CPU could not save its registers
    if record.kind == records.MEMORY:
        for entry in backtrace:
            if entry["file"] and not entry["file"].startswith(core + "/"):
                return entry
    candidates = [vars(frame) for frame in frames]
    if record.kind == records.CORE_ASSERT:  # the call may be another assertion's of the function
        file = f"{core}/{record.region}"
        function = next((frame["function"] for frame in candidates if frame["file"] == file), None)
        return {"function": function, "file": file, "line": record.cause}
    for frame in candidates:
        if not _is_own_inline(frame["function"]):
            return frame
    return candidates[-1] if candidates else {}


# ---- words ----

def _sentence(record: records.Record, result: dict[str, Any], firmware: Firmware) -> str:
    if record.kind in (records.STORE, records.COPY):
        done = "stored" if record.kind == records.STORE else "copied"
        what = f"a pointer to {result['type'] or 'raw bytes'} in the heap" if record.object else "a heap pointer"
        into = f'region "{record.region}"' if record.region else "memory"
        return f"{what} was {done} into {result['region_kind']} {into} at {_hex(record.destination, firmware)}"
    if record.kind in (records.EXCEPTION, records.STACK):
        words = exceptions.explain(firmware.machine, firmware.word_bits, record.cause, record.detail)
        words = words or f"cause {record.cause:#x}, detail {record.detail:#x}"
        if record.kind == records.STACK:
            return f"the {record.region}'s stack overflowed (CPU exception: {words})"
        return f"CPU exception: {words}" + (_nowhere(record, firmware) or "")
    if record.kind == records.CORRUPT:
        return f"the heap is corrupt: INV-{record.cause} of docs/design.md does not hold at " \
               f"{_hex(record.destination, firmware)}" + (f": {result['what']}" if result["what"] else "")
    if record.kind in (records.ARGUMENT, records.RESULT):
        which = "an argument" if record.kind == records.ARGUMENT else "the result"
        what = f"a pointer to {result['type'] or 'raw bytes'} in the heap that is not pinned"
        held = f", held at {_hex(record.destination, firmware)}" if record.destination else ""
        return f"{which} of a call between the firmware and C is, or leads to, {what}{held}"
    if record.kind == records.BARRIER:
        where = f"of {result['type']}" if result["type"] else "in a root"
        return (f"an untyped copy or clear wrote over a slot {where} at {_hex(record.destination, firmware)}: the "
                "barrier is missing")
    if record.kind == records.SLOT:
        what = f"a pointer to {result['type'] or 'raw bytes'} in the heap"
        return f"{what} was stored at {_hex(record.destination, firmware)}, which is no slot of its object's type"
    if record.kind == records.UNKNOWN_STACK:
        advice = (f"the {record.region}'s stack has overflowed, or this one is to be registered with moat_stack_add "
                  "first") \
            if record.region else "register the stack with moat_stack_add first"
        return f"an allocation or a collection ran on a stack that is not known, where no scan looks: stack pointer " \
               f"{_hex(record.sp, firmware)}; {advice}"
    if record.kind == records.SECOND_TASK:
        return (f"a second task entered moat, stack pointer {_hex(record.sp, firmware)}, while another is inside, "
                f"stack pointer {_hex(record.destination, firmware)}: tasks must switch outside of moat, or lock it")
    if record.kind == records.CORE_ASSERT:
        return (f"an assertion of moat's core failed: {record.region}:{record.cause}; memory of moat's was "
                "overwritten, or this is a fault of moat's: please report it")
    if record.kind == records.UNMASKED:
        return ("moat was used in NMI, in HardFault, or in an interrupt more urgent than MOAT_CONFIG_BASEPRI, which "
                "moat does not mask: leave it to a handler that can be masked, or to thread mode")
    if record.kind == records.MASKED_WAIT:
        return (f"a task had to wait for another, stack pointer {_hex(record.sp, firmware)}, and had masked "
                "interrupts, so that no kernel can let the other run: open interrupts before the call, or make it "
                "before they are masked")
    if record.kind == records.RAW_STORE:
        place = f"{result['type']} +{result['offset']}" if result["type"] else "a root"
        return (f"raw store to {place}: the slot at {_hex(record.value, firmware)} leads to "
                f"{_hex(record.detail, firmware)}, which marking has not found; it, or a slot that its value came "
                "from, was written without a macro")
    if record.kind == records.ASSERT:
        return "an assertion of the firmware failed" + (f": {result['what']}" if result["what"] else "")
    if record.kind == records.MEMORY:
        return f"the heap ran out of memory: {record.value} bytes were asked for, {record.free_bytes} are free"
    if record.kind == records.WATCHDOG:
        return "the watchdog was about to bite"
    if record.kind == records.NESTED:
        words = exceptions.explain(firmware.machine, firmware.word_bits, record.detail, 0)
        first = records.KINDS.get(record.cause, f"kind {record.cause}")
        return (f"a second fault ({words or hex(record.detail)}) came while the first, {first}, was being recorded or "
                "printed")
    return f"a fault of a kind that this decoder does not know: {record.kind}"


def _nowhere(record: records.Record, firmware: Firmware) -> str | None:
    return None if firmware.is_code(record.pc) else f"; {_hex(record.pc, firmware)}, where it was, is no code"


def _hex(address: int, firmware: Firmware) -> str:
    return f"0x{address:0{firmware.word_bits // 4}x}"


def text(result: dict[str, Any], firmware: Firmware) -> list[str]:
    """The report as lines."""
    exact = result["kind"] in [records.KINDS[kind] for kind in records.EXACT]
    again = f" (seen {result['count']} times)" if result["count"] > 1 else ""
    lines = [f"fault {result['sequence']}: {result['cause']}{again}"]

    def address(value: int) -> str:
        return _hex(value, firmware)

    def row(label: str, value: str) -> None:
        lines.append(f"  {label:<10}{value}")

    row("at" if exact else "called in", f"{result['function'] or '(no function known)'}  {_position(result)}  "
                                        f"[pc {address(result['pc'])}]")
    for frame in result["frames"]:
        if (frame["function"], frame["line"]) != (result["function"], result["line"]):
            row("  through", f"{frame['function'] or '(unknown)'}  {_position(frame)}")
    if result["object"] is not None or result["kind"] in ("store", "copy"):
        row("pointer", _pointer(result, address))
    if result["kind"] in ("store", "copy"):
        name = f'region "{result["region"]}", ' if result["region"] else ""
        name_there = result["destination_field"] or result["variable"]
        variable = f", variable {name_there}" if name_there else ""
        row("into", f"{name}{result['region_kind']} memory at {address(result['destination'])}{variable}")
    if exact:
        row("address", address(result["destination"]))
        row("cause", f"{address(result['cause_word'])}, detail {address(result['detail_word'])}, further "
                     f"{', '.join(map(address, result['extra_words']))}")
    lines += _backtrace(result, address)
    lines += _registers(result, address)
    lines += _events(result)
    handler = ", in a handler" if result["in_handler"] else ""
    row("state", f"collector {result['phase']}, CHECK{result['check']}, {result['free_bytes']} bytes free{handler}")
    row("boot", f"{result['boots']}, by {result['reset_cause']}, up {result['uptime_ms'] / 1000:.3f} s")
    row("firmware", f"build id {result['build_id']}, " + ("matches" if result["build_id_verified"] else "NOT verified"))
    return lines


def _backtrace(result: dict[str, Any], address: Callable[[int], str]) -> list[str]:
    lines = ["  backtrace"] if result["backtrace"] else [f"  no backtrace: {result['backtrace_end']}"]
    marks = {"exception": "  (interrupted)", "link": "  (by the return address register)"}
    for number, entry in enumerate(result["backtrace"]):
        mark = "  (inlined)" if entry["inlined"] else marks.get(entry["by"], "")
        lines.append(f"    #{number:<3}{address(entry['pc'])}  {entry['function'] or '(unknown)'}  "
                     f"{_position(entry)}{mark}")
    if result["backtrace"]:
        lines.append(f"    it ends here: {result['backtrace_end']}")
    if sum(not entry["inlined"] for entry in result["backtrace"]) < 3 and result["likely_callers"]:
        lines.append("  likely callers, found on the stack by the device:")
        lines += [f"    {address(caller['pc'])}  {caller['function'] or '(unknown)'}  {_position(caller)}"
                  for caller in result["likely_callers"]]
    return lines


def _registers(result: dict[str, Any], address: Callable[[int], str]) -> list[str]:
    words = [f"{name} {address(value)}" for name, value in result["registers"].items()]
    rows = [words[i:i + 4] for i in range(0, len(words), 4)]
    return [f"  {'registers' if i == 0 else '':<10}{'  '.join(row)}" for i, row in enumerate(rows)]


def _events(result: dict[str, Any]) -> list[str]:
    if not result["events"]:
        return []
    lines = ["  the collector's last events, by their distance to the fault:"]
    for event in result["events"]:
        lines.append(f"    -{(result['clock'] - event['clock']) & 0xFFFFFFFF:<10}{event['kind']} {event['argument']}")
    return lines


def _position(frame: dict[str, Any]) -> str:
    return f"{frame['file']}:{frame['line'] or '?'}" if frame["file"] else "(no line known)"


def _pointer(result: dict[str, Any], address: Callable[[int], str]) -> str:
    value = address(result["value"] or 0)
    if result["object"] is None:
        return f"{value}, in no object"
    field = f", field {result['field']}" if result["field"] else ""
    offset = f", +{result['offset']}" if result["offset"] else ""
    return f"{value}: {result['type'] or 'raw bytes'} at {address(result['object'])}{offset}{field}"
