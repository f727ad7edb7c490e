"""Registers that tests start from: each kind is made once in a run, as the product makes it, and copied for every test.

What `setup.initialise` makes for an office is the same every time, and takes forty times as long as a copy of it. Tests
about the making itself ask for `made_anew`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from db import plan_file, setup
from db.folder import DataFolder
from db.models import PlanIssue
from db.practice.fill import fill
from db.store import Store, open_store

DISTRICT = ("qszjjb", "supervisor")
IN_USE_SINCE = datetime(2020, 1, 6, 4, tzinfo=UTC)

_make_anew = setup.initialise


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """What `make` puts at a path: made by whichever process of the run needs it first. Copy it, it is shared."""
    shared = Path(os.environ["QIANQI_TESTS_SHARED"])  # see conftest.py
    found = shared / name
    if not found.exists():
        with tempfile.TemporaryDirectory(dir=shared) as building:
            made = Path(building) / "made"
            make(made)
            try:
                made.rename(found)
            except OSError:  # another process was faster; what it made is the same
                assert found.exists()
    return found


def practised(unit: str, role: str = "clerk", *, today: date | None = None, unfinished: bool = True) -> Path:
    """The folder of an office's practice register as it stands on the day (None: the usual one, in December)."""

    def make(folder: Path) -> None:
        store = setup.initialise(folder, unit, role, practice=True, person="张敏")
        fill(store, today=today, unfinished=unfinished)
        store.close()

    return made_once(f"practised {unit} {role} {today} {unfinished}", make)


def copied(
    root: Path,
    unit: str,
    role: str = "clerk",
    practice: bool = False,
    plan: Path | None = None,
    person: str = "",
) -> Store:
    """`setup.initialise` with a copy of what it made for the same office before."""
    folder = DataFolder(Path(root))
    if plan is not None or role not in setup.ROLES or folder.has_register():
        return _make_anew(root, unit, role, practice, plan, person)
    code = setup.find_unit(plan_file.default_plan(), unit)
    folder.prepare()

    def make(made: Path) -> None:
        store = _make_anew(made, code, role, practice, None, person)
        with store.write() as session:  # in use for years: no month of a test lies before its first one
            session.execute(update(PlanIssue).values(installed_at=IN_USE_SINCE))
        store.close()

    template = made_once(f"new {code} {role} {practice} {person}", make)
    shutil.copyfile(DataFolder(template).database, folder.database)
    return open_store(folder.root)


@pytest.fixture(scope="session", autouse=True)
def new_registers_are_copies() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "initialise", copied)
        yield


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every register of this test is made from nothing, by migrations and plan."""
    monkeypatch.setattr(setup, "initialise", _make_anew)


def _opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(_copy(folder, tmp_path_factory))
    yield store
    store.close()


def _copy(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(folder, tmp_path_factory.mktemp("district") / "data"))


@pytest.fixture(scope="module")
def practice_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The practice year up to the 20th of December."""
    yield from _opened(practised(*DISTRICT), tmp_path_factory)


@pytest.fixture(scope="module")
def practice_may(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Twelve months up to the 28th of May."""
    yield from _opened(practised(*DISTRICT, today=date(2024, 5, 28)), tmp_path_factory)


@pytest.fixture(scope="module")
def practice_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice year as a folder, for commands that open it themselves."""
    return _copy(practised(*DISTRICT), tmp_path_factory)


@pytest.fixture(scope="module")
def bare_district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A register with a plan and nothing else."""
    store = setup.initialise(tmp_path_factory.mktemp("nothing"), *DISTRICT)
    yield store
    store.close()
