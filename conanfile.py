"""Conan's recipe for moat: `conan create . -pr:h PROFILE` with a profile for the firmware's compiler. Users of the
package find it by moat's own CMake package, moat::moat: docs/no-script.md.

SPDX-License-Identifier: MIT"""
import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import load


class Moat(ConanFile):
    name = "moat"
    description = "A managed heap with an incremental garbage collector, and a guard on the border to C"
    license = "MIT"
    topics = ("embedded", "heap", "garbage-collector")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"check": [0, 1, 2], "linker_script": [0, 1], "config": ["ANY"]}
    default_options = {"check": 2, "linker_script": 0, "config": ""}  # config: as MOAT_OPTIONS, "EVENTS=64;TASKS=1"
    exports = "core/include/moat.h"
    exports_sources = "CMakeLists.txt", "LICENSE", "core/*", "lib/*", "port/*", "linker/*", "integration/cmake/*"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "core/include/moat.h"))
        digits = re.search(r"MOAT_VERSION 0x(..)(..)(..)u", text).groups()
        self.version = ".".join(str(int(number, 16)) for number in digits)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["MOAT_CHECK"] = str(self.options.check)
        toolchain.cache_variables["MOAT_LINKER_SCRIPT"] = str(self.options.linker_script)
        toolchain.cache_variables["MOAT_OPTIONS"] = str(self.options.config)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")  # moat's own package has the definitions
        self.cpp_info.builddirs = ["lib/cmake/moat"]
        self.cpp_info.includedirs = ["include/moat"]
        self.cpp_info.libs = ["moat"]
