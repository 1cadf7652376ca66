"""What the decoder knows of each CPU: its registers by their DWARF numbers, and how it enters exceptions.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    names: tuple[str, ...]  # of the registers in a record, by number
    sp: int
    link: int           # the return address register; -1: calls push it
    pc: int             # number of the program counter in a record


ARM = Machine(names=(*(f"r{i}" for i in range(13)), "sp", "lr", "pc", "xpsr"), sp=13, link=14, pc=15)
RISCV = Machine(names=("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", *(f"a{i}" for i in range(8)),
                       *(f"s{i}" for i in range(2, 12)), "t3", "t4", "t5", "t6", "pc"), sp=2, link=1, pc=32)
X86_64 = Machine(names=("rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", *(f"r{i}" for i in range(8, 16)),
                        "rip"),
                 sp=7, link=-1, pc=16)
I386 = Machine(names=("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip"), sp=4, link=-1, pc=8)

UNKNOWN = Machine(names=(), sp=-1, link=-1, pc=-1)

MACHINES = {"EM_ARM": ARM, "EM_RISCV": RISCV, "EM_X86_64": X86_64, "EM_386": I386}

# ARMv7-M: the return address that ends a handler, and the frame that the exception pushed.
EXC_RETURNS = (0xFFFFFFE1, 0xFFFFFFE9, 0xFFFFFFED, 0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD)
EXC_RETURN_THREAD_STACK, EXC_RETURN_BASIC = 4, 0x10
EXC_FRAME = (0, 1, 2, 3, 12, 14, 15, 16)  # registers, in the order of its words
EXC_FLOAT_BYTES, XPSR_PADDED = 72, 0x200
