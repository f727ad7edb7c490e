"""A register of one street office, and questions to its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db import setup
from db.store import Store

STREET = "360103002"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Registers by unit; closed at the end."""
    opened: list[Store] = []

    def make(unit: str = STREET, role: str = "clerk") -> Store:
        store = setup.initialise(tmp_path / f"data-{unit}-{len(opened)}", unit, role=role, person="张敏")
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def ask() -> Callable[..., list[tuple[Any, ...]]]:
    def run(store: Store, question: str, **values: Any) -> list[tuple[Any, ...]]:
        with store.read() as session:
            return [tuple(row) for row in session.execute(text(question), values).all()]

    return run
