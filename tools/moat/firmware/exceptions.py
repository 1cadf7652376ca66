"""What a CPU says about an exception, in words, by ELF machine.

SPDX-License-Identifier: MIT"""
# Cortex-M's configurable fault status register (the record's cause).
CFSR_BITS = {
    0: "instruction access violation", 1: "data access violation", 3: "memory fault on exception return",
    4: "memory fault on exception entry", 5: "memory fault saving floating-point state",
    8: "bus error on an instruction fetch", 9: "bus error on a data access", 10: "imprecise bus error on a data access",
    11: "bus error on exception return", 12: "bus error on exception entry",
    13: "bus error saving floating-point state", 16: "undefined instruction", 17: "instruction set state invalid",
    18: "invalid exception return", 19: "no coprocessor", 24: "unaligned access", 25: "division by zero",
}

# Its hard fault status register; the record's detail has the exception's number in bits that the register leaves 0.
HFSR_BITS = {1: "vector table read failed", 31: "debug event"}
IPSR_SHIFT, IPSR_MASK, FIRST_INTERRUPT = 8, 0x1FF, 16
ARM_EXCEPTIONS = {2: "non-maskable interrupt", 11: "supervisor call", 12: "debug monitor", 14: "PendSV", 15: "SysTick"}

# RISC-V's mcause without the interrupt bit.
MCAUSE = {
    0: "instruction address misaligned", 1: "instruction access fault", 2: "illegal instruction", 3: "breakpoint",
    4: "load address misaligned", 5: "load access fault", 6: "store address misaligned", 7: "store access fault",
    8: "environment call from user mode", 9: "environment call from supervisor mode",
    11: "environment call from machine mode", 12: "instruction page fault", 13: "load page fault",
    15: "store page fault",
}


def explain(machine: str, word_bits: int, cause: int, detail: int) -> str | None:
    """The cause in words, or None where it is not known."""
    if machine == "EM_ARM":
        words = [text for bit, text in CFSR_BITS.items() if cause >> bit & 1]
        words += [text for bit, text in HFSR_BITS.items() if detail >> bit & 1]
        number = detail >> IPSR_SHIFT & IPSR_MASK
        if number >= FIRST_INTERRUPT:
            words.append(f"unexpected interrupt {number - FIRST_INTERRUPT}")
        elif number in ARM_EXCEPTIONS:
            words.append(f"unexpected {ARM_EXCEPTIONS[number]}")
        return ", ".join(words) or None
    if machine == "EM_RISCV":
        if cause >> (word_bits - 1) & 1:
            return f"unexpected interrupt {cause & ((1 << (word_bits - 1)) - 1)}"
        return MCAUSE.get(cause)
    return None
