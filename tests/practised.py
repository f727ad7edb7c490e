"""Registers for tests of the district's papers: a practice year, filled once in a process and copied for each module; an empty one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from db import setup
from db.practice.fill import fill
from db.store import Store, open_store

OFFICE = ("qszjjb", "supervisor")


@cache
def filled(today: date | None = None) -> Path:
    """The folder of the district's practice register as it stands on the day (None: the usual one, in December)."""
    folder = (
        Path(tempfile.mkdtemp(prefix="practised-")) / "data"
    )  # conftest.py puts it where all goes at the end
    store = setup.initialise(folder, *OFFICE, practice=True)
    fill(store, today=today)
    store.close()
    return folder


def _copied(tmp_path_factory: pytest.TempPathFactory, today: date | None) -> Path:
    return Path(shutil.copytree(filled(today), tmp_path_factory.mktemp("district") / "data"))


@pytest.fixture(scope="module")
def practice_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The practice year up to the 20th of December."""
    store = open_store(_copied(tmp_path_factory, None))
    yield store
    store.close()


@pytest.fixture(scope="module")
def practice_may(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Twelve months up to the 28th of May."""
    store = open_store(_copied(tmp_path_factory, date(2024, 5, 28)))
    yield store
    store.close()


@pytest.fixture(scope="module")
def practice_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice year as a folder, for commands that open it themselves."""
    return _copied(tmp_path_factory, None)


@pytest.fixture(scope="module")
def bare_district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A register with a plan and nothing else."""
    store = setup.initialise(tmp_path_factory.mktemp("nothing"), *OFFICE)
    yield store
    store.close()
