#!/usr/bin/python3
"""moat by each build system that takes it in: what Debian has builds the projects of examples/builds, which run and
trap on QEMU; PlatformIO and Conan are stood in for by what of them our scripts use; manifests are as their schemas say
and of one version.

SPDX-License-Identifier: MIT"""
import functools
import glob
import importlib.util
import json
import os
import re
import shutil
import sys
import types
from typing import Any, Dict

from _checks import ROOT, Compiler, Skip, expect, main, run
from _no_script import EXAMPLE, runs_and_traps
from _schemas import must_be_valid

sys.path.insert(0, str(ROOT / "tools"))
from moat.version import VERSION  # noqa: E402

BUILDS = ROOT / "examples/builds"
CORTEX_M3 = ["-mcpu=cortex-m3", "-mthumb"]
LINK = ["-nostdlib", "-T", f"{EXAMPLE}/vendor.ld", "-Wl,--gc-sections",
        "-Wl,--defsym=flash_origin=0,--defsym=ram_origin=0x20000000"]


def must_run(*words):
    status, output = run([str(word) for word in words])
    expect(status == 0, f"{words[0]}: {output[-600:]}")
    return output


def needs(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise Skip(f"no {tool} here: scripts/setup names Debian's package")


# ---- what Debian has ----

def fetch_content(scratch):
    """By ninja."""
    needs("cmake", "ninja")
    must_run("cmake", "-G", "Ninja", "-S", BUILDS / "fetch_content", "-B", scratch, "--toolchain",
             EXAMPLE / "cortex-m3.cmake")
    must_run("cmake", "--build", scratch)
    runs_and_traps("cortex-m3", scratch / "no_script")


def one_file_by_make(scratch):
    must_run("scripts/one-file", scratch / "moat")
    must_run("make", "-s", "-C", BUILDS / "one_file", f"MOAT={scratch}/moat", f"OUT={scratch}/no_script")
    runs_and_traps("cortex-m3", scratch / "no_script")


def pkg_config(scratch):
    """moat is installed for it as Conan would."""
    needs("cmake", "pkg-config")
    prefix = conan_package(scratch)
    os.environ["PKG_CONFIG_PATH"] = f"{prefix}/lib/pkgconfig"
    expect(must_run("pkg-config", "--modversion", "moat").strip() == VERSION, "moat.pc has another version")
    must_run("make", "-s", "-C", BUILDS / "pkg_config", f"OUT={scratch}/no_script")
    runs_and_traps("cortex-m3", scratch / "no_script")
    expect(not re.search(rf"{scratch}(?!/package)", (prefix / "lib/pkgconfig/moat.pc").read_text()),
           "moat.pc names the folder that moat was built in")


# ---- Conan ----

class Settable(types.SimpleNamespace):
    def set_property(self, name, value):
        setattr(self, name, value)


def conan_recipe(file, scratch):
    """The class of a recipe, over as much of Conan as it uses."""
    class ConanFile:
        def __init__(self):
            self.recipe_folder = str(file.parent)
            self.options = types.SimpleNamespace(**getattr(self, "default_options", {}))
            self.cpp_info = Settable()
            self.variables = {}

    class Toolchain:
        def __init__(self, recipe):
            self.cache_variables = {}
            self.recipe = recipe

        def generate(self):
            self.recipe.variables = self.cache_variables

    class CMake:
        def __init__(self, recipe):
            self.recipe = recipe

        def configure(self):
            must_run("cmake", "-S", file.parent, "-B", scratch / "build", "--toolchain", EXAMPLE / "cortex-m3.cmake",
                     f"-DCMAKE_INSTALL_PREFIX={scratch}/package",
                     *(f"-D{name}={value}" for name, value in self.recipe.variables.items()))

        def build(self):
            must_run("cmake", "--build", scratch / "build", "-j2")

        def install(self):
            must_run("cmake", "--install", scratch / "build")

    def load(_recipe, path):
        with open(path, encoding="utf-8") as opened:
            return opened.read()

    parts: Dict[str, Dict[str, Any]] = {
        "conan": {"ConanFile": ConanFile}, "conan.tools": {}, "conan.tools.files": {"load": load},
        "conan.tools.cmake": {"CMake": CMake, "CMakeToolchain": Toolchain, "cmake_layout": lambda recipe: None}}
    for name, members in parts.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    spec = importlib.util.spec_from_file_location("recipe", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(found for found in vars(module).values()
                if isinstance(found, type) and issubclass(found, ConanFile) and found is not ConanFile)


@functools.lru_cache(None)
def conan_package_of(folder):
    recipe = conan_recipe(ROOT / "conanfile.py", folder)()
    recipe.set_version()
    expect(recipe.version == VERSION, f"conanfile.py takes {recipe.version} for the version, not {VERSION}")
    for step in ("layout", "generate", "build", "package", "package_info"):
        getattr(recipe, step)()
    package = folder / "package"
    for found in recipe.cpp_info.builddirs + recipe.cpp_info.includedirs:
        expect((package / found).is_dir(), f"the package has no {found}")
    expect((package / f"lib/lib{recipe.cpp_info.libs[0]}.a").exists(), "the package has no library")
    for pattern in (recipe.exports, *recipe.exports_sources):
        expect(glob.glob(str(ROOT / pattern)), f"conanfile.py exports {pattern}, which is not there")
    return package


def conan_package(scratch):
    needs("cmake")
    return conan_package_of(scratch)


def conan(scratch):
    """The consumer finds it by moat's own CMake package, as with CMakeToolchain's CMAKE_PREFIX_PATH."""
    package = conan_package(scratch)
    consumer = conan_recipe(BUILDS / "conan/conanfile.py", scratch)
    expect(consumer.requires.startswith("moat/"), "the example requires no moat")
    must_run("cmake", "-S", EXAMPLE, "-B", scratch / "user", "--toolchain", EXAMPLE / "cortex-m3.cmake",
             f"-DCMAKE_FIND_ROOT_PATH={package}", f"-Dmoat_DIR={package}/lib/cmake/moat")
    must_run("cmake", "--build", scratch / "user")
    expect(not (scratch / "user/moat").exists(), "the package was not found")
    runs_and_traps("cortex-m3", scratch / "user/no_script")


# ---- PlatformIO ----

class Environment(dict):
    """As much of SCons's as the script uses."""
    def __init__(self, compiler):
        super().__init__(CPPDEFINES=[], CPPPATH=[], CCFLAGS=[], CFLAGS=[])
        self.compiler = compiler

    def subst(self, text):
        return text.replace("$CC", self.compiler)

    def Append(self, **lists):
        for name, more in lists.items():
            self[name] = [*self[name], *more]

    def Replace(self, **values):
        self.update(values)

    def Dir(self, path):
        return types.SimpleNamespace(abspath=str(ROOT / path))

    def flags(self):
        return [*(f"-D{name}={value}" for name, value in self["CPPDEFINES"]),
                *(f"-I{path}" for path in self["CPPPATH"])]


def platformio_script(compiler):
    manifest = json.loads((ROOT / "library.json").read_text())
    library, project = Environment(compiler), Environment(compiler)
    script = (ROOT / manifest["build"]["extraScript"]).read_text()
    exec(compile(script, "moat.py", "exec"),  # pylint: disable=exec-used
         {"Import": lambda name: None, "env": library, "DefaultEnvironment": lambda: project})
    return library, project


def platformio(scratch):
    library, project = platformio_script("arm-none-eabi-gcc")
    patterns = [re.match(r"\+<(.*)>$", rule)[1] for rule in library["SRC_FILTER"]]
    sources = [path for pattern in patterns for path in glob.glob(str(ROOT / pattern))]
    cpu = ["arm-none-eabi-gcc", *CORTEX_M3, "-Os", "-g", "-ffunction-sections", "-fdata-sections", "-c"]
    for suffix in (".c", ".S"):  # each in a folder: there are a grey.c and a grey.S
        (scratch / suffix).mkdir()
        some = [path for path in sources if path.endswith(suffix)]
        status, output = run([*cpu, *library["CCFLAGS"], *library["CFLAGS"], *library.flags(), *some],
                             cwd=scratch / suffix)
        expect(status == 0 and some, output)
    must_run("arm-none-eabi-ar", "rcs", scratch / "libmoat.a", *scratch.glob("*/*.o"))
    # A project sees the include paths of its libraries, and of their definitions what the script gives it.
    project["CPPPATH"] = library["CPPPATH"]
    must_run("arm-none-eabi-gcc", *CORTEX_M3, "-Os", "-g", "-ffreestanding", *project.flags(), EXAMPLE / "main.c",
             EXAMPLE / "board.c", scratch / "libmoat.a", "-lgcc", *LINK, "-o", scratch / "no_script")
    runs_and_traps("cortex-m3", scratch / "no_script")
    riscv, _ = platformio_script("riscv-none-embed-gcc")
    expect(("MOAT_CONFIG_BOARD_IN_HANDLER", 1) in riscv["CPPDEFINES"], "RISC-V has the trap entry of moat's script")
    expect("+<port/riscv/*.S>" in riscv["SRC_FILTER"], f"RISC-V compiles {riscv['SRC_FILTER']}")
    try:
        platformio_script("avr-gcc")
        expect(False, "an AVR has a port")
    except SystemExit as error:
        expect("no port" in str(error), str(error))


def platformio_manifest(_):
    manifest = json.loads((ROOT / "library.json").read_text())
    must_be_valid(manifest, "platformio-library")
    expect(manifest["version"] == VERSION, f"library.json has version {manifest['version']}, moat.h {VERSION}")
    for path in (*manifest["export"]["include"], manifest["build"]["includeDir"], manifest["build"]["extraScript"]):
        expect((ROOT / path).exists(), f"library.json names {path}, which is not there")
    try:
        must_be_valid({**manifest, "build": {"srcFilter": "+<*>"}}, "platformio-library")
    except Exception as error:  # a Skip too, where there is no jsonschema
        expect("srcFilter" in str(error) or isinstance(error, Skip), str(error))
    else:
        expect(False, "a manifest that is wrong is valid")


# ---- the others ----

def zephyr_module(scratch):
    try:
        import yaml
    except ImportError as error:
        raise Skip("no yaml here: apt-get install python3-yaml") from error
    module = yaml.safe_load((ROOT / "zephyr/module.yml").read_text())
    must_be_valid(module, "zephyr-module")
    expect((ROOT / module["build"]["cmake"] / "CMakeLists.txt").exists() and
           (ROOT / module["build"]["kconfig"]).exists(), f"module.yml names what is not there: {module}")
    Compiler("armv7m").must_compile("examples/builds/zephyr/main.c", scratch / "main.o", "-DMOAT_CONFIG_TASKS=1",
                                    f"-I{ROOT}/test/integration/zephyr")
    for name in ("moat.csolution.yml", "moat.cproject.yml"):
        text = (BUILDS / "cmsis" / name).read_text()
        yaml.safe_load(text)
        for path in re.findall(r"(?:file|script|project): (\S+)", text):
            expect((BUILDS / "cmsis" / path).exists(), f"{name} names {path}, which is not there")


os.environ.pop("CMAKE_GENERATOR", None)
main(fetch_content, one_file_by_make, pkg_config, conan, platformio, platformio_manifest, zephyr_module)
