"""A fresh register of one street office, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import setup
from db.store import Store
from tests.db.fixtures import STREET


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "register", STREET, person="张敏")
    yield opened
    opened.close()
