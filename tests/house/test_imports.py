"""Imports run one way, without cycles, and files stay short. Tried first on trees made to break each rule."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house import imports as house

ROOT = Path(__file__).resolve().parents[2]


def tree(root: Path, **files: str) -> Path:
    """Files by dotted name (`_` for the dot of a package), with the rooms' own __init__ files."""
    for room in house.ROOMS:
        (root / room).mkdir(parents=True, exist_ok=True)
        (root / room / "__init__.py").write_text("", encoding="utf-8")
    for name, text in files.items():
        (root / (name.replace("__", "/") + ".py")).write_text(text, encoding="utf-8")
    return root


GOOD = {
    "db__store": "import sqlite3\nimport resources\n",
    "returns__write": "from db import store\n",
    "desktop__cli": "import returns.write\nfrom db.store import open_store\nfrom PySide6 import QtCore\n",
}


def test_a_good_tree_has_nothing_against_it(tmp_path: Path) -> None:
    root = tree(tmp_path, **GOOD)
    assert len(house.modules(root)) == len(GOOD) + len(house.ROOMS)
    assert {(found.module, found.target) for found in house.imports(root)} >= {
        ("returns.write", "db.store"),
        ("desktop.cli", "returns.write"),
    }
    assert (
        house.wrong_arrows(root)
        == house.qt_imports(root)
        == house.cycles(root)
        == house.long_files(root)
        == []
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db__bad", "import returns.write\n"),
        ("db__bad", "from returns import write\n"),
        ("db__bad", "def later():\n    from desktop import cli\n"),
        ("returns__bad", "from desktop.cli import main\n"),
        ("returns__bad", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import desktop.cli\n"),
        ("returns__bad", "import importlib\nimportlib.import_module('desktop.cli')\n"),
        ("returns__bad", "from ..desktop import cli\n"),
        ("resources__bad", "import db.store\n"),
        ("resources__bad", "from desktop import cli\n"),
    ],
)
def test_a_wrong_arrow_is_seen(tmp_path: Path, name: str, text: str) -> None:
    assert len(house.wrong_arrows(tree(tmp_path, **GOOD, **{name: text}))) == 1


@pytest.mark.parametrize("text", ["import PySide6\n", "def later():\n    from PySide6.QtCore import QDate\n"])
@pytest.mark.parametrize("room", ["db", "returns", "resources"])
def test_qt_outside_the_windows_is_seen(tmp_path: Path, room: str, text: str) -> None:
    assert len(house.qt_imports(tree(tmp_path, **GOOD, **{f"{room}__bad": text}))) == 1


@pytest.mark.parametrize(
    ("files", "group"),
    [
        ({"db__a": "import db.b\n", "db__b": "def later():\n    from db import a\n"}, ["db.a", "db.b"]),
        (
            {"db__a": "from db.b import x\n", "db__b": "from . import c\n", "db__c": "from .a import x\n"},
            ["db.a", "db.b", "db.c"],
        ),
    ],
)
def test_a_cycle_is_seen(tmp_path: Path, files: dict[str, str], group: list[str]) -> None:
    assert house.cycles(tree(tmp_path, **GOOD, **files)) == [group]


def test_a_long_file_is_seen(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        **GOOD,
        db__long="x = 1\n" * (house.LONGEST_FILE + 1),
        db__full="x = 1\n" * house.LONGEST_FILE,
    )
    assert house.long_files(root) == [f"db/long.py: {house.LONGEST_FILE + 1} lines"]


def test_the_house_is_there_to_be_walked() -> None:
    rooms = [name.split(".")[0] for name in house.modules(ROOT)]
    assert {room: rooms.count(room) >= least for room, least in LEAST.items()} == dict.fromkeys(LEAST, True)
    arrows = {(found.room, found.target_room) for found in house.imports(ROOT)}
    assert {("desktop", "returns"), ("desktop", "db"), ("returns", "db"), ("desktop", "PySide6")} <= arrows


# Far below what there is; a walk that finds fewer has lost its way.
LEAST = {"db": 25, "returns": 5, "desktop": 25, "resources": 1}


def test_imports_run_one_way() -> None:
    assert house.wrong_arrows(ROOT) == []


def test_only_the_windows_need_qt() -> None:
    assert house.qt_imports(ROOT) == []


def test_no_module_reaches_itself() -> None:
    assert house.cycles(ROOT) == []


def test_files_are_short() -> None:
    assert house.long_files(ROOT) == []


_HEAVY = {"openpyxl", "PIL", "docx", "lxml", "rapidfuzz", "python_calamine", "alembic"}
_EVERY_PAGE = """
import importlib, pkgutil, sys
import desktop.app, desktop.finding, desktop.pages as pages
for found in pkgutil.iter_modules(pages.__path__, "desktop.pages."):
    importlib.import_module(found.name)
print(*{name.split(".")[0] for name in sys.modules})
"""


def test_no_page_brings_the_libraries_of_files() -> None:
    """They take half a second each to import: what needs one brings it in when it is asked for."""
    done = subprocess.run(
        [sys.executable, "-c", _EVERY_PAGE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & _HEAVY == set()


def test_packaging_does_not_hide_the_library_of_that_name() -> None:
    assert (ROOT / "packaging").is_dir()
    assert list((ROOT / "packaging").rglob("__init__.py")) == []
    import packaging.version

    assert "site-packages" in packaging.version.__file__


def test_every_library_in_use_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_plain(requirement) for requirement in project["dependencies"]}
    distributions = packages_distributions()
    used = {found.target_room for found in house.imports(ROOT)} - set(house.ROOMS) - sys.stdlib_module_names
    assert {"PySide6", "sqlalchemy", "openpyxl"} <= used
    undeclared = {
        name for name in used if not {_plain(dist) for dist in distributions.get(name, [])} & declared
    }
    assert undeclared == set()


def _plain(requirement: str) -> str:
    """`PySide6-Essentials>=6.8` → `pyside6-essentials`: the name alone, spelled the one way."""
    name = requirement.split(";")[0]
    for mark in "<>=!~[ ":
        name = name.split(mark)[0]
    return name.strip().lower().replace("_", "-")
