"""What a record says, with what the ELF file adds: as a dictionary for --json, and as text.

SPDX-License-Identifier: MIT"""
from . import exceptions, record as records


def build(record, firmware, seen):
    """A dictionary of plain values; None where something is not known."""
    exact = record.kind == records.EXCEPTION
    frames = firmware.frames_at(record.pc if exact else max(record.pc - 1, 0))
    site = _site(frames)
    result = {
        "sequence": record.sequence,
        "kind": records.KINDS.get(record.kind, f"unknown ({record.kind})"),
        "cause": None,  # a sentence; set below, where the rest is known
        "pc": record.pc,
        "function": site.function if site else None,
        "file": site.file if site else None,
        "line": site.line if site else None,
        "frames": [vars(frame) for frame in frames],
        "value": record.value or None,
        "object": record.object or None,
        "type": record.type or None,
        "offset": record.value - record.object if record.object else None,
        "field": None,
        "destination": record.destination,
        "region": record.region or None,
        "region_kind": records.REGION_KINDS.get(record.region_kind, f"unknown ({record.region_kind})"),
        "variable": firmware.symbol_at(record.destination),
        "cause_word": record.cause,
        "detail_word": record.detail,
        "sp": record.sp,
        "lr": record.lr,
        "phase": records.PHASES.get(record.phase, f"unknown ({record.phase})"),
        "check": record.check_level,
        "in_handler": record.in_handler,
        "build_id": record.build_id.hex(),
        "build_id_verified": firmware.build_id is not None and record.build_id == firmware.build_id,
        "seen": seen,
    }
    if result["type"] and result["offset"] is not None:
        result["field"] = firmware.field_at(result["type"], result["offset"])
    result["cause"] = _sentence(record, result, firmware)
    return result


def _site(frames):
    """The frame a reader wants: the innermost that is not one of moat's own inline functions. Their names begin
    with moat_ and end with an underscore, which no name of the interface or of an application does."""
    for frame in frames:
        if not (frame.function and frame.function.startswith("moat_") and frame.function.endswith("_")):
            return frame
    return frames[-1] if frames else None


def _sentence(record, result, firmware):
    if record.kind in (records.STORE, records.COPY):
        done = "stored" if record.kind == records.STORE else "copied"
        what = f"a pointer to {result['type'] or 'raw bytes'} in the heap" if record.object else "a heap pointer"
        into = f'region "{record.region}"' if record.region else "memory"
        return f"{what} was {done} into {result['region_kind']} {into} at {_hex(record.destination, firmware)}"
    if record.kind == records.EXCEPTION:
        words = exceptions.explain(firmware.machine, firmware.word_bits, record.cause, record.detail)
        return f"CPU exception: {words or 'cause ' + hex(record.cause) + ', detail ' + hex(record.detail)}"
    if record.kind == records.CORRUPT:
        return f"the heap is corrupt: INV-{record.cause} of docs/design.md does not hold at " \
               f"{_hex(record.destination, firmware)}"
    if record.kind == records.ASSERT:
        return "an assertion of the firmware failed"
    return f"a fault of a kind that this decoder does not know: {record.kind}"


def _hex(address, firmware):
    return f"0x{address:0{firmware.word_bits // 4}x}"


def text(result, firmware):
    """The report as lines."""
    exception = result["kind"] == "exception"
    lines = [f"fault {result['sequence']}: {result['cause']}"]

    def address(value):
        return _hex(value, firmware)

    def row(label, value):
        lines.append(f"  {label:<10}{value}")

    row("at" if exception else "called in", _place(result) + f"  [pc {address(result['pc'])}]")
    for frame in result["frames"]:
        if (frame["function"], frame["line"]) != (result["function"], result["line"]):
            row("  through", f"{frame['function'] or '(unknown)'}  {_position(frame)}")
    if result["value"] is not None:
        row("pointer", _pointer(result, address))
    if result["kind"] in ("store", "copy"):
        name = f'region "{result["region"]}", ' if result["region"] else ""
        variable = f", variable {result['variable']}" if result["variable"] else ""
        row("into", f"{name}{result['region_kind']} memory at {address(result['destination'])}{variable}")
    if exception:
        row("address", address(result["destination"]))
        row("cause", f"{address(result['cause_word'])}, detail {address(result['detail_word'])}")
        row("registers", f"sp {address(result['sp'])}, return address {address(result['lr'])}")
    handler = ", in a handler" if result["in_handler"] else ""
    row("state", f"collector {result['phase']}, CHECK{result['check']}{handler}")
    row("firmware", f"build id {result['build_id']}, " + ("matches" if result["build_id_verified"] else "NOT verified"))
    return lines


def _position(frame):
    return f"{frame['file']}:{frame['line'] or '?'}" if frame["file"] else "(no line known)"


def _place(result):
    return f"{result['function'] or '(no function known)'}  {_position(result)}"


def _pointer(result, address):
    if result["object"] is None:
        return f"{address(result['value'])}, in no object"
    field = f", field {result['field']}" if result["field"] else ""
    return f"{address(result['value'])}: {result['type'] or 'raw bytes'} at {address(result['object'])}, " \
           f"+{result['offset']}{field}"
