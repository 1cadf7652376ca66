"""Kernels that integration/ has glue for: test/build/integration.py compiles it, README.md lists them.

SPDX-License-Identifier: MIT"""
from typing import NamedTuple, Tuple


class Kernel(NamedTuple):
    folder: str                # in integration/ and test/integration/
    targets: Tuple[str, ...]   # families that it compiles for


KERNELS = {
    "FreeRTOS": Kernel("freertos", ("armv7m", "armv8m", "rv32imac")),
    "ThreadX": Kernel("threadx", ("armv7m", "armv8m", "rv32imac")),
    "Zephyr": Kernel("zephyr", ("armv7m", "rv32imac")),
}
