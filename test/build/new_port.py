#!/usr/bin/python3
"""docs/porting.md, step by step, in a copy of the tree: a board from bsp/template, and a CPU family whose files another
port fills in. test/port runs on both; nothing of core, make or scripts has changed. The template compiles as it is.

SPDX-License-Identifier: MIT"""
import pathlib
import shlex
import shutil

from _checks import ROOT, Compiler, expect, first_error, main, run

FOLDERS = ("core", "lib", "port", "bsp", "make", "linker", "test", "examples", "wrap")
PORT_FILES = ("exception.S", "exception.c", "grey.S", "port.c", "registers.S", "spill.S")


def copy_tree(scratch):
    tree = scratch / "tree"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder)
    return tree


def make_board(tree, name):
    """The three files of a board."""
    folder = tree / "bsp" / name
    shutil.copytree(tree / "bsp/template", folder)
    (folder / "board.mk.in").rename(folder / f"{name}.mk")
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("NEW_BOARD", name).replace("MACHINE_OF_QEMU", "mps2-an385"))
    return folder / f"{name}.mk"


def run_port(tree, board):
    """Builds test/port for the board and runs it: every case must pass."""
    elf = f"build/{board}/check2-Os/test/port.elf"
    make = ["make", "-s", "-C", str(tree), "-f", "make/firmware.mk", f"BOARD={board}", "CHECK=2", "OPT=Os"]
    status, output = run([*make, elf])
    expect(status == 0, f"{board} does not build: {first_error(output)}")
    _, command = run([*make, "run-command"])
    status, output = run(["timeout", "100", *shlex.split(command), "-kernel", str(tree / elf)])
    failed = [line for line in output.splitlines() if line.startswith("FAIL")]
    expect(status == 0 and not failed and "end " in output,
           f"{board}: status {status}, {' '.join(failed) or 'its output has no end'}")


def new_board(scratch):
    tree = copy_tree(scratch)
    lines = [line for line in make_board(tree, "newboard").read_text().splitlines() if not line.startswith("#")]
    expect(len(lines) <= 15, f"a board takes {len(lines)} lines of make, more than 15")
    run_port(tree, "newboard")


def new_family(scratch):
    tree = copy_tree(scratch)
    shutil.copytree(tree / "port/template", tree / "port/newcpu")
    for path in pathlib.Path(tree / "port/armv7m").iterdir():  # as its author would write them
        shutil.copy(path, tree / "port/newcpu")
    shutil.copy(tree / "test/cpu_armv7m.S", tree / "test/cpu_newcpu.S")
    shutil.copytree(tree / "bsp/cortexm", tree / "bsp/newfamily")
    for path in pathlib.Path(tree / "bsp/newfamily").iterdir():
        text = path.read_text().replace("port/armv7m", "port/newcpu").replace("PORT := armv7m", "PORT := newcpu")
        path.write_text(text.replace("bsp/cortexm", "bsp/newfamily"))
    board = make_board(tree, "newboard")
    board.write_text(board.read_text().replace("bsp/cortexm/cortexm.inc", "bsp/newfamily/cortexm.inc"))
    shutil.rmtree(tree / "port/armv7m")
    run_port(tree, "newboard")


def template_compiles(scratch):
    for target in ("armv6m", "armv7m", "rv32imac", "rv64imac"):
        compiler = Compiler(target)
        compiler.command = [word.replace(compiler.port, "port/template") for word in compiler.command]
        for source in ("core/mark/mark.c", "core/store/barrier.c", "port/template/port.c"):
            compiler.must_compile(source, scratch / "a.o", "-Os", "-Iport")
        trap = compiler.tool("objdump", "-d", scratch / "a.o")
        expect(any(word in trap for word in ("udf", "ebreak", "0xdeff")) or "abort" in trap,
               f"{target}: the template does not trap")


main(new_board, new_family, template_compiles)
