"""A district that is not ours: its own plan, years, streets and indicators, through a whole month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db import plan_file, records
from db.practice.fill import fill
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import returns as cycle
from desktop.actions.rollup import read_rollup, write_rollup
from desktop.actions.setup import initialise

pytestmark = pytest.mark.slow

PLAN = Path(__file__).parents[1] / "data" / "plan_qinghe.json"
MONTH, TODAY = "2025-04", date(2025, 4, 28)
PEOPLE = {"person": "周敏", "phone": "0571-86510023", "head": "沈磊", "reviewer": "何芳"}


@pytest.fixture
def plan() -> plan_file.Plan:
    return plan_file.load(PLAN)


@pytest.fixture
def offices(tmp_path: Path, plan: plan_file.Plan) -> Iterator[dict[str, Store]]:
    """The district (empty), one street and one unit that reports an indicator, both with practice months."""
    street = plan.streets[0].code
    bureau = next(each.units[0] for each in plan.indicators if not each.register)
    opened = {
        "district": initialise(tmp_path / "d", plan.lead_unit, "supervisor", plan=PLAN, people=PEOPLE),
        "street": initialise(tmp_path / "s", street, plan=PLAN, people=PEOPLE),
        "bureau": initialise(tmp_path / "b", bureau, plan=PLAN, people=PEOPLE),
    }
    for name in ("street", "bureau"):
        fill(opened[name], today=TODAY, unfinished=False)
    yield opened
    for store in opened.values():
        store.close()


def test_a_month_goes_from_its_street_to_its_summary(
    offices: dict[str, Store], plan: plan_file.Plan, tmp_path: Path
) -> None:
    files = []
    for name in ("street", "bureau"):
        store = offices[name]
        for finding in cycle.check(store, MONTH).open:
            cycle.explain(store, MONTH, finding, "已逐项与台账原件核对，数据属实")
        assert not [each for each in cycle.check(store, MONTH).findings if each.severity.value == "error"]
        files.append(Path(cycle.submit_return(store, MONTH, tmp_path).out))
    district = offices["district"]
    before = read_rollup(district, MONTH)
    assert before.coverage.received == 0 and all(line.state == "未报" for line in before.indicators)

    reports = cycle.receive_files(district, files)
    assert [(each.outcome, each.bad) for each in reports] == [("accepted", 0), ("accepted", 0)]

    told = write_rollup(district, MONTH, tmp_path / "summary.xlsx")
    assert told["coverage"]["received"] == 2 and told["coverage"]["expected"] == len(plan.reporting)
    assert [line["no"] for line in told["indicators"]] == [each.no for each in plan.indicators]
    with offices["street"].read() as session:
        visits = records.table_of(REGISTERS["visit"])
        own = (
            session.query(visits)
            .filter(visits.c.visit_date.between(date(2025, 4, 1), date(2025, 4, 30)))
            .count()
        )
    assert told["registers"]["visit"]["rows"] == own > 0
    bureau = offices["bureau"].actor.unit_code
    for each in plan.indicators:
        if each.units == (bureau,) and not each.register:
            line = next(line for line in told["indicators"] if line["no"] == each.no)
            assert line["value"] is not None and line["units_reported"] == 1
            assert line["target"] == pytest.approx(float(each.target(2025) or Decimal(0)))

    again = cycle.receive_files(district, files)
    assert all(each.stored == 0 and each.updated == 0 for each in again)


def test_the_first_district_does_not_take_its_returns(offices: dict[str, Store], tmp_path: Path) -> None:
    store = offices["bureau"]
    for finding in cycle.check(store, MONTH).open:
        cycle.explain(store, MONTH, finding, "已逐项与台账原件核对，数据属实")
    file = Path(cycle.submit_return(store, MONTH, tmp_path).out)
    ours = initialise(tmp_path / "ours", "qszjjb", "supervisor")
    try:
        (report,) = cycle.receive_files(ours, [file])
        assert report.outcome == "rejected" and [each.id for each in report.findings] == ["RET-002"]
        assert "清河区" in report.findings[0].message and "西湖区" in report.findings[0].message
    finally:
        ours.close()
