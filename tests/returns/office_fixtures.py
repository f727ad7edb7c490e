"""Offices for tests of what goes between them: a street, a second street and the district, nothing in their registers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.returns.offices import DISTRICT, OTHER, STREET, open_office


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "street", STREET)
    yield store
    store.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "other", OTHER, person="周琴")
    yield store
    store.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长")
    yield store
    store.close()
