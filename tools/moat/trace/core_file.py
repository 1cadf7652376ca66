"""The ring of events in a core file: gdb's generate-core-file, moat-fault --core with RAM dumps.

SPDX-License-Identifier: MIT"""
from moat.firmware.elf_target import open_core
from moat.firmware.memory import Unreadable
from moat.firmware.target import TargetError

from moat.log.trace import Line

RING = "moat_event_ring"


class CoreError(Exception):
    """The core file has no ring to read; str() says why."""


def read(firmware_path: str, core_path: str, build_id: bytes) -> Line:
    """The ring as one Line. The core file does not say which firmware it is of: `build_id` is taken."""
    try:
        target = open_core(firmware_path, core_path)
        if target.symbol(RING) is None:
            raise CoreError(f"{firmware_path} keeps no events: build it with MOAT_CONFIG_EVENTS")
        ring = target.struct(f"struct {RING}", target.address_of(RING))
        stats = target.struct("struct moat_heap", target.address_of("moat_heap"))["stats"]
    except TargetError as error:
        raise CoreError(str(error)) from error
    except Unreadable as error:
        raise CoreError(f"{core_path} does not have the memory of the ring of events: {error}") from error
    slots, at, count = ring["events"], ring["next"], ring["count"]
    if at >= len(slots) or count > len(slots):
        raise CoreError(f"{core_path}: the ring of events is damaged: next {at}, count {count} of {len(slots)}")
    events = tuple((slot["clock"], slot["kind"], slot["argument"])
                   for slot in [*slots[at:], *slots[:at]][len(slots) - count:])
    return Line("", build_id, 0, 0, stats["arena_bytes"], (ring["number"] - count) % (1 << 32), ring["number"], events)
