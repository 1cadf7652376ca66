"""The firmware of examples/no_script on QEMU, however it was built.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, expect, run

EXAMPLE = ROOT / "examples/no_script"
MACHINES = {
    "cortex-m3": ["qemu-system-arm", "-M", "mps2-an385", "-semihosting"],
    "riscv32": ["qemu-system-riscv32", "-M", "virt", "-bios", "none"],
}


def runs_and_traps(target, elf):
    """The example finds its heap right, and its last store traps; the tool finds the line."""
    status, output = run(["timeout", "60", *MACHINES[target], "-nographic", "-icount", "0", "-kernel", str(elf)])
    line = 1 + (EXAMPLE / "main.c").read_text().split("MOAT_STORE(*(", 1)[0].count("\n")
    expect(status == 3, f"{target}: status {status}: {output[:300]}")
    expect(output.startswith("the heap is right\n"), f"{target}: {output[:300]}")
    expect(re.search(r"^moat: store of heap pointer 0x\w+ \(struct node, \+0\) into c-owned region", output,
                     re.MULTILINE), f"{target}: no trap: {output[:300]}")
    (elf.parent / "log").write_text(output)
    status, told = run(["tools/moat-fault", str(elf), str(elf.parent / "log")])
    expect(status == 0 and f"examples/no_script/main.c:{line}" in told and "variable dma_buffer" in told,
           f"{target}: status {status}: {told[:600]}")
    return told
