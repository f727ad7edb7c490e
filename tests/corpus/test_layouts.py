"""Tables of every layout: of each, what must become of it (see layouts.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.case import Case
from tests.corpus.layouts import CASES
from tests.corpus.pending import PENDING
from tests.corpus.proof import Office, prove


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.key not in PENDING], ids=lambda case: case.key
)
def test_every_file(case: Case, office: Office, tmp_path: Path) -> None:
    prove(case, office, tmp_path / "files")
