#!/usr/bin/python3
"""An option out of its range does not compile, and the message says what it must be; at the ends of it, it does.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, Compiler, expect, first_error, main, options

SOURCE = "#include <moat.h>\n"
HOST = Compiler("host")


def compile_with(scratch, option, value):
    return HOST.compile("-", scratch / "a.o", f"-DMOAT_CONFIG_{option}={value}", text=SOURCE)


def refused(scratch, option, value, message):
    status, output = compile_with(scratch, option, value)
    wanted = f"MOAT_CONFIG_{option} {message}"
    expect(status != 0, f"MOAT_CONFIG_{option}={value} compiles")
    expect(wanted in output, f"MOAT_CONFIG_{option}={value} says '{first_error(output)}' and not '{wanted}'")


def accepted(scratch, option, value):
    status, output = compile_with(scratch, option, value)
    expect(status == 0, f"MOAT_CONFIG_{option}={value} does not compile: {first_error(output)}")


def option_case(option, low, high, message):
    def case(scratch):
        refused(scratch, option, low - 1, message)
        refused(scratch, option, high + 1, message)
        accepted(scratch, option, low)
        accepted(scratch, option, high)
        # A word is 0 to the preprocessor: -Wundef is what refuses it.
        status, _ = compile_with(scratch, option, "yes")
        expect(status != 0, f"MOAT_CONFIG_{option}=yes compiles")

    return f"{option}_out_of_range_is_refused", case


def a_line_that_is_no_power_of_two_is_refused(scratch):
    for line in (1, 8, 24, 48, 255):
        refused(scratch, "DMA_LINE", line, "must be 0 (no data cache) or a power of two of 16..256")


def every_option_is_in_the_table_and_stamped(_):
    header = (ROOT / "core/include/moat_defaults.h").read_text()
    defined = set(re.findall(r"^#define MOAT_CONFIG_(\w+)", header, re.MULTILINE))
    stamped = set(re.findall(r"^MOAT_STAMP_\((\w+), MOAT_CONFIG_\1\);", header, re.MULTILINE))
    listed = {option for option, *_ in options()}
    expect(defined == listed, f"not in both moat_defaults.h and test/config/options.txt: {sorted(defined ^ listed)}")
    expect(defined == stamped, f"options without a link-time stamp: {sorted(defined ^ stamped)}")


def a_users_header_is_found(scratch):
    (scratch / "moat_config.h").write_text("#define MOAT_CONFIG_PACE 1025\n")
    status, output = HOST.compile("-", scratch / "a.o", f"-I{scratch}", text=SOURCE)
    expect(status != 0 and "MOAT_CONFIG_PACE must be" in output, "moat_config.h on the include path is not read")
    (scratch / "moat_config.h").write_text("#define MOAT_CONFIG_PACE 64\n")
    status, output = HOST.compile("-", scratch / "a.o", f"-I{scratch}", text=SOURCE)
    expect(status == 0, f"a user's moat_config.h does not compile: {first_error(output)}")


main(*(option_case(option, int(low), int(high), message) for option, low, high, message in options()),
     a_line_that_is_no_power_of_two_is_refused,
     every_option_is_in_the_table_and_stamped, a_users_header_is_found)
