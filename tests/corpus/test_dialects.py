"""One table in the dialects of many programs: each is read alike (see dialects.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.case import Case
from tests.corpus.dialects import CASES
from tests.corpus.proof import Office, prove


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_every_file(case: Case, office: Office, tmp_path: Path) -> None:
    prove(case, office, tmp_path / "files")
