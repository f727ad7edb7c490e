"""One register for all files of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.corpus.proof import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.close()
