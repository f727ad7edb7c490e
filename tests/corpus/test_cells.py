"""Cells of every kind: of each, what must become of it (see cells.py and amounts.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import amounts, cells
from tests.corpus.case import Case
from tests.corpus.proof import Office, prove


@pytest.mark.parametrize(
    "case",
    [*cells.CASES, *amounts.CASES],
    ids=lambda case: case.key,
)
def test_every_file(case: Case, office: Office, tmp_path: Path) -> None:
    prove(case, office, tmp_path / "files")
