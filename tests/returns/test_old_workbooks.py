"""Every released format of the return is still received: a file of each is kept in tests/data (see make_return.py there)."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import records
from db.registers import REGISTERS
from desktop.actions import returns
from returns.workbook import FORMAT_VERSION
from tests.data.make_return import kept
from tests.returns.offices import DISTRICT, MAY, STREET, hash_of, open_office, rows


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_kept_return_is_received_whole_and_taken_back(tmp_path: Path, version: int) -> None:
    assert kept(version).exists(), "make one: python -m tests.data.make_return"
    district = open_office(tmp_path / "district", DISTRICT, "supervisor")
    before = hash_of(district)
    [staged] = returns.stage_returns(district, [kept(version)])
    assert staged.batch is not None and staged.report.bad == 0
    assert not [each for each in staged.report.findings if each.id == "RET-002"], "nothing was altered since"
    report = returns.apply_batch(district, staged.batch)
    assert (report.outcome, report.stored) == ("accepted", 5)
    [visit], [issue] = rows(district, STREET, MAY)["visit"], rows(district, STREET, MAY)["issue"]
    assert visit["enterprise_id"] == issue["enterprise_id"] and visit["incomplete"] is False
    returns.undo_batch(district, staged.batch)
    assert hash_of(district) == before
    district.close()


def test_what_the_old_format_never_knew_is_not_missed(tmp_path: Path) -> None:
    """A task the district has of the unit is not `gone` because the first format had no sheet for it."""
    district = open_office(tmp_path / "district", DISTRICT, "supervisor")
    with district.write() as session:
        records.save(
            session,
            REGISTERS["duty"],
            {"year": "2024", "task": "走访", "asof_ym": MAY},
            district.actor,
            unit_code=STREET,
        )
    [staged] = returns.stage_returns(district, [kept(1)])
    assert staged.batch is not None
    assert returns.batch_rows(district, staged.batch, ("gone",)) == []
    district.close()
