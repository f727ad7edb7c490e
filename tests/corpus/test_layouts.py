"""Tables of every layout: of each, what must become of it (see layouts.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.actions.ledger import import_ledger
from tests.corpus.case import Case
from tests.corpus.layouts import CASES
from tests.corpus.proof import Office, prove, undo


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_every_file(case: Case, office: Office, tmp_path: Path) -> None:
    prove(case, office, tmp_path / "files")


def test_a_column_once_left_out_is_told_when_it_is_left_out_again(office: Office, tmp_path: Path) -> None:
    """What a person said of a header goes on for the next file of that kind, above which other lines stand."""
    known = {case.key: case for case in CASES}
    with office.unharmed() as store:
        reports = []
        for key in ("a column left out by hand", "title and office", "a ledger of another street"):
            path = tmp_path / f"{key}.xlsx"
            path.write_bytes(known[key].make())
            reports.append(import_ledger(store, path, "visit", **known[key].options))
        assert "按本单位上次的指定，不采用这些列：生产经营情况。" in reports[1].warnings
        assert reports[1].stored == 0 and reports[2].outcome == "rejected"
        for report in reversed(reports):
            undo(store, report)
    office.close()
