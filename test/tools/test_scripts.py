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


def test_what_is_fast_is_not_called_slow(capsys, tmp_path):
    made = report.Report(str(tmp_path / "junit.xml"))
    made.times = [(0.3, "smoke", "host"), (31.0, "model", "host")]
    made.finish()
    slow = [line for line in capsys.readouterr().out.splitlines() if line.startswith("slow")]
    assert slow == ["slow model [host]: 31 s"]


def test_help_has_defaults_and_options():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "CONFIG=" in said and "moat_defaults.h" in said and "BOARD=arm-mps2-an385 CHECK=2 OPT=Os" in said
