"""Builds one configuration and runs its suites.

SPDX-License-Identifier: MIT"""
import functools
import os
import pathlib
import shlex
import signal
import subprocess
import tempfile
import time

from . import report as judge, table

LOGS = pathlib.Path("build/test")
# The conservative scan reads whole stacks, and moat's memory is no malloc's.
SANITIZER = {"ASAN_OPTIONS": "detect_stack_use_after_return=0:detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


def environment(**extra):
    """Ours without what `make test` leaves for its own children."""
    kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BOARD", "CHECK",
                                                             "OPT")}
    return {**kept, **SANITIZER, **extra}


@functools.lru_cache(maxsize=None)
def absence(board):
    """Why nothing runs on a board here, or None."""
    if board == "host32":
        with tempfile.TemporaryDirectory() as folder:
            program = f"{folder}/probe"
            compiler = subprocess.run(["gcc", "-m32", "-x", "c", "-o", program, "-"],
                                      input="int main(void) { return 0; }", text=True, capture_output=True,
                                      check=False)
            if compiler.returncode != 0:
                return "gcc can't build for 32 bits here: the package gcc-multilib is not installed"
            try:
                subprocess.run([program], check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                return f"this machine's kernel runs no 32-bit programs: {getattr(error, 'strerror', None) or error}"
    return None


@functools.lru_cache(maxsize=None)
def plugin_absence(board):
    """Why nothing is built with the compiler plugin for a board here, or None."""
    make = ["make", "-s", "-f", "make/firmware.mk", f"BOARD={board}", "plugin-path"]
    made = pathlib.Path(subprocess.run(make, env=environment(), text=True, capture_output=True,
                                       check=True).stdout.strip())
    return None if made.exists() else f"there is no {made}: make setup builds it where g++ and libgmp-dev are"


@functools.lru_cache(maxsize=None)
def run_command(board):
    """How a board's programs are run: QEMU's command line, or nothing for the host."""
    make = ["make", "-s", "-f", "make/firmware.mk", f"BOARD={board}", "run-command"]
    return shlex.split(subprocess.run(make, env=environment(), text=True, capture_output=True, check=True).stdout)


def build(report, configuration, programs, jobs):
    """Builds; returns the programs that are there."""
    targets = [f"{configuration.folder()}/{program}.elf" for program in programs]
    make = configuration.make()
    run = subprocess.run([*make, "-k", f"-j{jobs}", *targets], env=environment(), text=True, errors="replace",
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if run.returncode == 0:
        return set(programs)
    built = set()
    for program, target in zip(programs, targets):
        asked = subprocess.run([*make, "-q", target], env=environment(), capture_output=True, check=False)
        if asked.returncode == 0:
            built.add(program)
    if configuration.board in table.CORE_BOARDS:
        too_large = [p for p, target in zip(programs, targets) if f"{target} section" in run.stdout]
        for program in too_large:
            report.skipped(configuration, f"{program}: it needs more memory than the board has")
        if built | set(too_large) == set(programs):
            return built
    errors = [line for line in run.stdout.splitlines() if "error" in line or "undefined" in line or "***" in line]
    missing = ", ".join(p for p in programs if p not in built)
    report.failed(configuration, f"build of {missing}: {errors[0] if errors else 'make failed'}", run.stdout)
    return built


def execute(command, log, timeout, stdin, env):
    """Runs a command into a log file; returns its status, or None if its time was up, and the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as out, open(stdin or os.devnull, "rb") as console:
        process = subprocess.Popen(command, stdin=console, stdout=out, stderr=subprocess.STDOUT, env=env,
                                   start_new_session=True)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
    return status, log.read_text(errors="replace")


def script_of(suite):
    """The command of a suite that runs on this computer."""
    if suite.pytest:
        return ["/usr/bin/python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "test/pytest.ini",
                suite.pytest]
    return [suite.script]


def command_of(suite, configuration, extra):
    """The command line of a suite, and the environment a script is given."""
    arguments = " ".join(word for word in (suite.args, extra) if word)
    if configuration is None:
        return [*script_of(suite), *arguments.split()], environment()
    elf = f"{configuration.folder()}/{suite.program}.elf"
    runner = run_command(configuration.board)
    if suite.script or suite.pytest:
        return script_of(suite), environment(
            MOAT_BOARD=configuration.board, MOAT_CHECK=configuration.check, MOAT_OPT=configuration.opt,
            MOAT_FOLDER=str(configuration.folder()), MOAT_ELF=elf, MOAT_RUN=shlex.join(runner))
    if not runner:
        return [f"./{elf}", *arguments.split()], environment()
    return [*runner, "-kernel", elf, *(["-append", arguments] if arguments else [])], environment()


def run(report, suite, configuration, extra):
    """Runs a suite in one configuration and adds up its cases."""
    where = configuration or "host-side"
    command, env = command_of(suite, configuration, extra)
    log = LOGS / (str(configuration.folder().relative_to("build")) if configuration else "") / f"{suite.name}.log"
    started = time.monotonic()
    status, output = execute(command, log, suite.timeout, suite.input, env)
    if suite.fixed:
        judge.judge_fixed(report, where, suite, status, output)
    else:
        judge.judge_cases(report, where, suite, status, output, counted=not (suite.script or suite.pytest))
    seconds = time.monotonic() - started
    report.took(where, suite, seconds)
    return seconds
