#!/usr/bin/python3
"""Core and application that were built with different values of an option do not link, and ld names the option; or the
assembler, where link-time optimisation has it see both.

SPDX-License-Identifier: MIT"""
from _checks import ROOT, Compiler, expect, first_error, main, options, run

CORE = '#include <moat.h>\nint core_part(void);\nint core_part(void) { return 1; }\n'
# It refers to nothing of moat's but core_part: the stamps are all that can disagree.
APPLICATION = '#include <moat.h>\nint core_part(void);\nint main(void);\nint main(void) { return core_part(); }\n'


def differing():
    """For each option a value that is legal and not the default's."""
    header = (ROOT / "core/include/moat_defaults.h").read_text()
    for option, low, high, _ in options():
        default = header.split(f"#define MOAT_CONFIG_{option} ", 1)[1].split("\n", 1)[0]
        yield option, high if high != default else low


def link(compiler, scratch, core_flags, application_flags, *flags):
    """Core goes into an archive, as libmoat.a does."""
    sections = ["-Os", "-ffunction-sections", "-fdata-sections"]
    compiler.must_compile("-", scratch / "core.o", *sections, *core_flags, text=CORE)
    compiler.must_compile("-", scratch / "application.o", *sections, *application_flags, text=APPLICATION)
    (scratch / "libcore.a").unlink(missing_ok=True)
    compiler.tool("ar", "rcs", scratch / "libcore.a", scratch / "core.o")
    return run([*compiler.command, "-nostdlib", "-Wl,-e,main", *flags, "-o", str(scratch / "a.elf"),
                str(scratch / "application.o"), str(scratch / "libcore.a")])


def link_case(target, collected):
    flags = ["-Wl,--gc-sections"] if collected else []
    compiler = Compiler(target)

    def case(scratch):
        status, output = link(compiler, scratch, [], [], *flags)
        expect(status == 0, f"equal configurations do not link: {first_error(output)}")
        for option, value in differing():
            status, output = link(compiler, scratch, [], [f"-DMOAT_CONFIG_{option}={value}"], *flags)
            wanted = f"multiple definition of `moat_config_{option}_must_match'"
            expect(status != 0, f"MOAT_CONFIG_{option}={value} links with a core that has the default")
            expect(wanted in output, f"MOAT_CONFIG_{option}: ld says '{first_error(output)}' and not '{wanted}'")

    return f"differing_configurations_do_not_link_{target}{'_gc_sections' if collected else ''}", case


def optimised_case(target):
    compiler = Compiler(target)

    def case(scratch):
        for value in ("", "-DMOAT_CONFIG_PACE=65"):
            for name, text, flag in (("core", CORE, ""), ("application", APPLICATION, value)):
                compiler.must_compile("-", scratch / f"{name}.o", "-Os", "-flto", *flag.split(), text=text)
            status, output = run([*compiler.command, "-Os", "-flto", "-nostdlib", "-Wl,-e,main", "-o",
                                  str(scratch / "a.elf"), str(scratch / "core.o"), str(scratch / "application.o")])
            if value:
                expect(status != 0 and "moat_config_PACE_must_match" in output, f"says '{first_error(output)}'")
            else:
                expect(status == 0, f"equal configurations do not link: {first_error(output)}")

    return f"differing_configurations_do_not_link_{target}_optimised_at_link_time", case


main(*(link_case(target, collected) for target in ("armv7m", "rv32imac", "rv64imac", "host")
       for collected in (False, True)), *(optimised_case(target) for target in ("armv7m", "rv32imac", "host")))
