"""What scripts say to who types: a near miss, programs that a board does not have, how long things took.

SPDX-License-Identifier: MIT"""
import subprocess
import sys

import pytest

from lib.paths import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import choices  # noqa: E402
from test import cli, report, table  # noqa: E402


@pytest.fixture(autouse=True)
def at_the_top(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("typed, words", [("somke", "did you mean smoke"), ("qqqqqqqq", "choose from "),
                                          ("fault/decodr", "did you mean fault/decoder")])
def test_near_miss_is_told(typed, words):
    with pytest.raises(ValueError, match=rf"no suite '{typed}': {words}"):
        choices.choose(typed, table.load(), "suite")


def test_host_is_built_without_what_is_for_qemu():
    here, elsewhere = cli.programs_on("host", table.load().values())
    assert {"test/c_library", "test/guard_wrap"} <= set(elsewhere) and "test/smoke" in here
    assert not {"test/c_library", "test/guard_wrap"} - set(cli.programs_on("riscv32-virt", table.load().values())[0])


def planned(*words, config=()):
    return {(p.board, p.check, p.opt) for p in cli.plan(cli.arguments(list(words))) if p and p.config == config}


def test_seldom_configurations_run_when_asked_for():
    usual, everywhere = planned(), planned("--everywhere")
    assert ("host", "1", "Os") in usual and ("host32", "2", "O2") in usual
    assert ("host32", "1", "Os") not in usual and ("host32", "1", "Os") in everywhere
    assert ("host32", "1", "Os") in planned("--board=host32", "--suite=smoke")
    assert ("host", "1", "O2") in planned("--check=1", "--opt=O2")
    slices = ("SLICE_UNITS=1",)
    assert ("host32", "2", "Os") not in planned(config=slices) and ("host", "2", "Os") in planned(config=slices)
    assert ("host32", "2", "Os") in planned("--everywhere", config=slices)
    named = planned(config=("BOARD_IN_HANDLER=1",))  # by a suite that names the board
    assert ("riscv64-virt", "2", "Os") in named and ("riscv64-virt", "2", "O2") not in named


def test_what_is_fast_is_not_called_slow(capsys, tmp_path):
    made = report.Report(str(tmp_path / "junit.xml"))
    made.times = [(0.3, "smoke", "host"), (31.0, "model", "host")]
    made.finish()
    slow = [line for line in capsys.readouterr().out.splitlines() if line.startswith("slow")]
    assert slow == ["slow model [host]: 31 s"]


def test_help_has_defaults_and_options():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "CONFIG=" in said and "moat_defaults.h" in said and "BOARD=arm-mps2-an385 CHECK=2 OPT=Os" in said
