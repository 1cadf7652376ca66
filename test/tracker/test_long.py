#!/usr/bin/python3
"""The tracker in one configuration over 100,000 generated sentences, made in its own memory.

SPDX-License-Identifier: MIT"""
from support import CLEAN, Run, expect, expect_same, expect_status, generated, main

import reference

SENTENCES_MIN = 100000
LINES = 105000  # of which some are damaged
SEED = 20260621


def generated_sentences():
    run = Run(f"generated={LINES} seed={SEED}")
    expect_same(run.understood(), reference.summary_of(generated(SEED, LINES)))
    expect_status(run, CLEAN)
    sentences = run.number("sentences", "all")
    expect(sentences >= SENTENCES_MIN, f"{sentences} sentences, not {SENTENCES_MIN}")


main(generated_sentences)
