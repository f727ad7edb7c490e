"""Offices for the tests of returns: a street and the district, and a second street."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.returns.offices import (
    DISTRICT,
    OTHER,
    STREET,
    open_office,
    small_month,
)
from tests.returns.receiving import Offices


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "street", STREET)
    yield store
    store.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长")
    yield store
    store.close()


@pytest.fixture
def offices(street: Store, district: Store, tmp_path: Path) -> Offices:
    return Offices(street, district, tmp_path, small_month(street))


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "other", OTHER, person="周琴")
    yield store
    store.close()
