"""Broken, locked and poisoned files: of each, what must become of it (see containers.py and poison.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import containers, poison
from tests.corpus.case import Case
from tests.corpus.proof import Office, prove


@pytest.mark.parametrize(
    "case",
    [*containers.CASES, *poison.CASES],
    ids=lambda case: case.key,
)
def test_every_file(case: Case, office: Office, tmp_path: Path) -> None:
    prove(case, office, tmp_path / "files")
