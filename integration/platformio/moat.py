"""PlatformIO's build of moat: library.json names this script. It chooses the port by the compiler, and has the
firmware compiled with the definitions that moat is compiled with: docs/no-script.md. Options are build_flags.

SPDX-License-Identifier: MIT"""
# mypy: disable-error-code=name-defined
# flake8: noqa: F821
Import("env")  # SCons has this, env and DefaultEnvironment

PORTS = {"arm-none-eabi": "armv7m", "riscv": "riscv"}

COMPILER = env.subst("$CC")
PORT = next((port for prefix, port in PORTS.items() if prefix in COMPILER), None)
if PORT is None:
    raise SystemExit(f"moat: no port for what {COMPILER} compiles for: Cortex-M and RISC-V have one")

DEFINES = [("MOAT_CONFIG_LINKER_SCRIPT", 0)]
if PORT == "riscv":
    DEFINES.append(("MOAT_CONFIG_BOARD_IN_HANDLER", 1))  # the port's own trap entry takes its stack from moat's script

env.Replace(SRC_FILTER=["+<core/*/*.c>", "+<lib/*.c>", "+<port/*.c>",
                        f"+<port/{PORT}/*.c>", f"+<port/{PORT}/*.S>"])
env.Append(CPPDEFINES=DEFINES, CCFLAGS=["-ffreestanding"],
           CFLAGS=["-fno-tree-loop-distribute-patterns"],
           CPPPATH=[env.Dir(path).abspath
                    for path in ("core/include", "lib/include", "core", "port", f"port/{PORT}")])
DefaultEnvironment().Append(CPPDEFINES=DEFINES)
