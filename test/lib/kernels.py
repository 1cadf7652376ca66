"""Kernels that integration/ has glue for: test/build/integration.py compiles it, README.md lists them.

SPDX-License-Identifier: MIT"""
from typing import NamedTuple, Tuple


class Kernel(NamedTuple):
    folder: str                # in integration/ and test/integration/
    targets: Tuple[str, ...]   # families that it compiles for
    by_hand: str = ""          # how it ran on the kernel; no test does that, since the kernels are not here


KERNELS = {
    "FreeRTOS": Kernel("freertos", ("armv7m", "armv8m", "rv32imac"),
                       "V11.1.0+, port ARM_CM3, for minutes on QEMU's mps2-an385, 2026-11-28 (docs/tasks.md)"),
    "ThreadX": Kernel("threadx", ("armv7m", "armv8m", "rv32imac"),
                      "V6.4.2, port cortex_m3/gnu, for minutes on QEMU's mps2-an385, 2026-11-28 (docs/tasks.md)"),
    "Zephyr": Kernel("zephyr", ("armv7m", "rv32imac")),
}
