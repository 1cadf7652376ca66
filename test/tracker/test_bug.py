#!/usr/bin/python3
"""The tracker with the planted bug, in one configuration.

SPDX-License-Identifier: MIT"""
import os

from support import FAULTED, LOG, LOSS, Run, expect, expect_same, expect_status, expected, main


def bug_corrupts_frames():
    """Without the guard on stores: the radio finds it, and the rest of the tracker is as it should be."""
    run = Run(f"file={LOG}")
    expect_status(run, LOSS)
    found = [line for line in run.lines if line.startswith("radio: frame ")]
    expect(found and len(found) == run.number("radio", "corrupted"), f"{len(found)} frames are reported as corrupted")
    expect_same(run.understood(), expected())


def bug_traps():
    """With it: the trap, the reset, and the record at the next boot."""
    on_host = not os.environ["MOAT_RUN"]
    run = Run(f"file={LOG}")
    expect_status(run, FAULTED)
    stores = [line for line in run.lines if line.startswith("moat: store of heap pointer ")]
    records = [line for line in run.lines if line.startswith("MOAT-FAULT ")]
    expect(len(stores) == 2 and stores[0] == stores[1], f"the store was not printed by two boots: {stores}")
    expect(len(records) == 2 and records[0] == records[1], "the record was not printed by two boots")
    expect("(struct frame, +0)" in stores[0], f"the type is not there: {stores[0]}")
    expect(on_host or 'c-owned region "dma_ring"' in stores[0], f"the region is not there: {stores[0]}")


main(bug_traps if os.environ["MOAT_CHECK"] == "2" else bug_corrupts_frames)
