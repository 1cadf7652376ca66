"""A firmware that takes moat from Conan: `conan create ../../..` first, then `conan build .`.

SPDX-License-Identifier: MIT"""
from conan import ConanFile
from conan.tools.cmake import CMake, cmake_layout


class Firmware(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    requires = "moat/[>=0.1]"
    generators = "CMakeToolchain", "CMakeDeps"

    def layout(self):
        cmake_layout(self)

    def build(self):
        cmake = CMake(self)
        cmake.configure(build_script_folder="../../no_script")
        cmake.build()
