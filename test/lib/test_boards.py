"""Boards come from their make files: a new one is known by being there.

SPDX-License-Identifier: MIT"""
import importlib

import pytest

from lib import boards
from lib.paths import ROOT


def make_board(root, name, text):
    folder = root / "bsp/family"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.mk").write_text(text)


def test_new_board_is_known(tmp_path):
    make_board(tmp_path, "new", "KIND := qemu\nCROSS := x-\n")
    make_board(tmp_path, "desk", "KIND := host\n")
    assert boards.load(tmp_path) == {"new": "qemu", "desk": "host"}
    assert boards.of_kind("qemu", tmp_path) == ("new",)


def test_core_board_is_apart(tmp_path):
    make_board(tmp_path, "new", "KIND := qemu\n")
    make_board(tmp_path, "small", "KIND := qemu\nRUNS := core\n")
    assert boards.load(tmp_path) == {"new": "qemu"}
    assert boards.core(tmp_path) == {"small": "qemu"}


def test_few_configurations_are_known(tmp_path):
    make_board(tmp_path, "new", "KIND := qemu\n")
    make_board(tmp_path, "wide", "KIND := qemu\nRUNS := few\n")
    assert boards.load(tmp_path) == {"new": "qemu", "wide": "qemu"}
    assert boards.few(tmp_path) == {"wide": "qemu"}


@pytest.mark.parametrize("text", ["CROSS := x-\n", "KIND := toaster\n", "# KIND := qemu\n"])
def test_board_without_a_kind_is_refused(tmp_path, text):
    make_board(tmp_path, "new", text)
    with pytest.raises(boards.BoardError, match="bsp/family/new.mk.*KIND := qemu or host"):
        boards.load(tmp_path)


def test_boards_here():
    assert set(boards.load()) >= {"arm-mps2-an385", "riscv32-virt", "riscv64-virt", "host", "host32"}


@pytest.fixture(name="boards_table")
def boards_table_here(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("test.boards_table")


def test_documents_have_the_boards_that_are_tested(boards_table):
    for path in boards_table.PLACES:
        assert path.read_text() == boards_table.expected(path), f"{path}'s tables are old: run scripts/boards-table"


def test_document_without_its_marks_is_refused(boards_table, tmp_path, monkeypatch):
    path = tmp_path / "page.md"
    path.write_text("no marks here\n")
    monkeypatch.setitem(boards_table.PLACES, path, boards_table.few_lines)
    with pytest.raises(ValueError, match="page.md has lost the lines"):
        boards_table.expected(path)
