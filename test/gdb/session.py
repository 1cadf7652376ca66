"""A firmware under QEMU's gdb stub, or a core file, and what gdb's commands say of it.

SPDX-License-Identifier: MIT"""
import os
import re
import shlex
import subprocess
import sys
import time
from typing import Dict

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "test", "fault")]

COMMANDS = os.path.join(ROOT, "tools", "gdb", "moat.py")
LIMIT_SECONDS = 120
SOCKET_SECONDS = 20
TAIL_CHARACTERS = 300
MARK = "-----8<----- "


class SessionError(Exception):
    """Nothing can be tested; str() says why."""


def gdb(commands, elf=None):
    """{key: output} of (key, gdb command), one key's in order; and all that gdb prints."""
    arguments = ["gdb-multiarch", "-batch", "-nx", "-ex", "set width 0", "-ex", "set confirm off"]
    for key, command in commands:
        arguments += ["-ex", f"echo \\n{MARK}{key}\\n", "-ex", command]
    try:
        done = subprocess.run(arguments + ([elf] if elf else []), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT_SECONDS, check=False)
    except FileNotFoundError:
        raise SessionError("gdb-multiarch is not there: run make setup") from None
    except subprocess.TimeoutExpired as error:
        tail = (error.stdout or b"").decode("utf-8", "replace")[-TAIL_CHARACTERS:]
        raise SessionError(f"gdb was not done after {LIMIT_SECONDS} s; at its end it said {tail!r}") from None
    parts = re.split(rf"^{re.escape(MARK)}(.*)\n", done.stdout, flags=re.MULTILINE)
    found: Dict[str, str] = {}
    for key, output in zip(parts[1::2], parts[2::2]):
        found[key] = found.get(key, "") + output.strip("\n") + "\n"
    return {key: output.strip("\n") for key, output in found.items()}, done.stdout


def run_alone(command, elf):
    """What the firmware prints."""
    done = subprocess.run([*command, "-kernel", elf], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          timeout=LIMIT_SECONDS, check=False)
    if done.returncode != 0:
        raise SessionError(f"the firmware ended with status {done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def run_live(commands, folder, command, elf):
    """As gdb(), of a firmware that has not begun to run. A socket in a folder of its own can't clash with anyone's."""
    socket = os.path.join(folder, "stub")
    qemu = subprocess.Popen([*command, "-kernel", elf, "-gdb", f"unix:{socket},server=on,wait=off", "-S"],
                            stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + SOCKET_SECONDS
        while not os.path.exists(socket):
            if qemu.poll() is not None or time.monotonic() > until:
                raise SessionError("QEMU did not open its gdb stub")
            time.sleep(0.02)
        return gdb([("connect", f"target remote {socket}"), *commands], elf)
    finally:
        qemu.kill()
        qemu.wait()


def environment():
    """(board, QEMU's command line, the firmware's ELF file)"""
    return os.environ["MOAT_BOARD"], shlex.split(os.environ["MOAT_RUN"]), os.environ["MOAT_ELF"]
