"""Builds the benchmark's firmware and runs it: one run of QEMU for each workload and allocator.

SPDX-License-Identifier: MIT"""
import dataclasses
import fcntl
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import zlib

from . import plan

TIMEOUT = 120  # seconds
LINE = re.compile(r"([a-z][a-z0-9_]*) (.*)")  # of the benchmark's; an allocator may print as well


class Failed(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Target:
    board: str
    opt: str  # O2 or Os
    peers: str = ""  # folder of adaptors, absolute

    def folder(self, check, probe):
        peers = f"-peers-{zlib.crc32(self.peers.encode()):08x}" if self.peers else ""
        return pathlib.Path(f"build/bench/{self.board}/check{check}-{self.opt}{'-probe' if probe else ''}{peers}")


def environment():
    """Ours without what `make bench` leaves for its own children."""
    return {k: v for k, v in os.environ.items() if k not in
            ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BOARD", "CHECK", "OPT", "BENCH", "ALLOCATOR", "BENCH_PEERS", "PROBE")}


def make(*arguments):
    command = ["make", "-s", "-f", "test/bench/firmware.mk", *arguments]
    done = subprocess.run(command, env=environment(), text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def image_name(image, check, probe):
    return f"{image}-check{check}" + ("-probe" if probe else "") + ".elf"


def build(target, check, probe, images, keep):
    """Builds images and copies them to the folder `keep`: another run may build others while this one uses them."""
    folder = target.folder(check, probe)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_images(target, check, probe, folder, images)
        for image in images:
            shutil.copy(folder / "bench" / f"{image}.elf", keep / image_name(image, check, probe))


def make_images(target, check, probe, folder, images):
    make(f"BOARD={target.board}", f"OPT={target.opt}", f"CHECK={check}", f"OUT={folder}", f"-j{os.cpu_count() or 1}",
         *(["PROBE=1"] if probe else []), *([f"BENCH_PEERS={target.peers}"] if target.peers else []),
         *(f"{folder}/bench/{image}.elf" for image in images))


def run_command(target):
    return shlex.split(make(f"BOARD={target.board}", "OUT=build/bench/none", "run-command"))


def peer_names(folder):
    """The names in the adaptors of a folder: the first text of each struct bench_allocator."""
    names = []
    for source in sorted(pathlib.Path(folder).glob("*.c")) if folder else ():
        names += re.findall(r"struct\s+bench_allocator\s+\w+\s*=\s*\{\s*(?:\.name\s*=\s*)?\"([^\"]+)\"",
                            source.read_text())
    return names


def image_of(allocator):
    """The firmware that has an allocator, and what the firmware calls it."""
    if allocator in (plan.NEWLIB, plan.NANO):
        return allocator, "malloc"
    return plan.NEWLIB, allocator


def execute(runner, images, check, workload, allocator, seed=None):
    """Runs one workload. Returns its metrics as text, in the order they came; None if it does not apply."""
    image, name = image_of(allocator)
    elf = images / image_name(image, check, workload.probe)
    line = f"bench={workload.name} allocator={name}" + (f" seed={seed}" if seed else "")
    what = f"{workload.name} with {allocator}, CHECK{check}"
    try:
        done = subprocess.run([*runner, "-kernel", str(elf), "-append", line], stdin=subprocess.DEVNULL, text=True,
                              errors="replace", capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{what}: not at its end after {TIMEOUT} s") from None
    lines = {found[1]: found[2] for found in map(LINE.fullmatch, done.stdout.splitlines()) if found}
    if "skipped" in lines:
        return None
    if done.returncode != 0 or lines.pop("end", None) is None:
        raise Failed(f"{what}: {lines.get('failed') or done.stdout + done.stderr}")
    return lines


def measure(runner, images, check, workload, allocator):
    """The metrics of a workload; with seeds, their means or largest values."""
    if not workload.seeds:
        return execute(runner, images, check, workload, allocator)
    runs = [execute(runner, images, check, workload, allocator, seed) for seed in workload.seeds]
    if runs[0] is None:
        return None
    exhausted = sum("out_of_memory" in run for run in runs)
    if exhausted:
        return {"out_of_memory": str(exhausted)}
    if workload.worst:
        return {metric: max((run[metric] for run in runs), key=float) for metric in runs[0]}
    return {metric: f"{sum(float(run[metric]) for run in runs) / len(runs):.2f}" for metric in runs[0]}
