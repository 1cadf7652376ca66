"""Why a firmware's file can't be used, or not understood.

SPDX-License-Identifier: MIT"""


class FirmwareError(Exception):
    """The ELF file can't be used; str() says why."""


class DebugError(FirmwareError):
    """Something of its debug information is not understood; str() says what."""
