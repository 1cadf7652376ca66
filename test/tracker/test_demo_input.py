"""`make demo INPUT=`: what can't tell the story is refused before anything is built, with a way out.

SPDX-License-Identifier: MIT"""
import subprocess
import time

import pytest

from lib.paths import ROOT

GPS = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
AIS = b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5B\r\n"
SECONDS_MAX = 20


def demo(path):
    started = time.monotonic()
    done = subprocess.run([ROOT / "scripts/demo", path], capture_output=True, text=True, check=False, timeout=600)
    return done.returncode, done.stdout, done.stderr, time.monotonic() - started


@pytest.mark.parametrize("log, words", [
    (GPS * 5000, "has 0 AIS position reports"), (b"", "has 0 AIS position reports"),
    (GPS * 100 + AIS * 9, "has 9 AIS position reports"), (AIS * 100 + b"\x04", "the byte 0x04")],
    ids=["gps_alone", "empty", "few_positions", "end_of_input"])
def test_refused_at_once(tmp_path, log, words):
    path = tmp_path / "my.nmea"
    path.write_bytes(log)
    status, output, errors, seconds = demo(path)
    assert status == 2 and not output and words in errors and errors.count("\n") == 1 and seconds < SECONDS_MAX
