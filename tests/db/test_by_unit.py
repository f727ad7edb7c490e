"""The month by unit: whose rows they are, what is not a unit's business, and the order of the plan."""

from __future__ import annotations

from datetime import date

from db.by_unit import FIGURES, by_unit
from db.rollup import rollup
from db.sources import rows_of
from db.store import Actor, Store
from tests.db.fixtures import CODES, OTHER_STREET, STREET, add, cloud, firm

CARRIER = Actor("xhyd", "王工")
MAY = "2024-05"


def test_a_unit_has_its_own_rows_and_the_others_have_nothing(store: Store) -> None:
    with store.write() as session:
        one, other = firm(session), firm(session, "南昌数澜软件有限公司", CODES[1])
        for enterprise, day in ((one, 3), (one, 9), (other, 9)):
            add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, day), visit_mode="实地")
        add(
            session,
            "visit",
            Actor(OTHER_STREET, "李"),
            enterprise_id=one,
            visit_date=date(2024, 4, 2),
            visit_mode="电话",
        )
        cloud(session, one)
        add(
            session, "duty", year="2024", action_id="1.1", task="甲", asof_ym="2024-05", status="滞后", due_date=date(2024, 5, 2),
        )  # fmt: skip
        add(session, "project", name="甲", asof_ym="2024-05", stage="在建", in_stock=True)
    with store.read() as session:
        month = rollup(session, MAY)
        lines = {line.code: line for line in by_unit(session, month)}
        mine, others = lines[STREET].values, lines[OTHER_STREET].values
        assert (mine["visit.rows"], mine["visit.enterprises"], mine["visit.year_enterprises"]) == (3, 2, 2)
        assert (others["visit.rows"], others["visit.year_enterprises"]) == (0, 1)
        assert (mine["duty.status.滞后"], mine["duty.overdue"], mine["project.in_stock"]) == (1, 1, 1)
        assert others["duty.overdue"] is None and others["issue.open"] == 0
        assert mine["cloud.counted"] == 1
        for line in lines.values():
            for key in ("visit.rows", "duty.overdue", "project.in_stock", "duty.status.滞后"):
                value = line.values[key]
                assert value is None or value == sum(1 for _ in rows_of(session, MAY, f"{key}:{line.code}"))


def test_every_unit_that_owes_is_there_streets_first_in_the_plans_order(store: Store) -> None:
    with store.read() as session:
        month = rollup(session, MAY)
        lines = by_unit(session, month)
    assert {line.code for line in lines} == {unit.code for unit in month.coverage.units}
    streets = [line.street for line in lines]
    assert streets == sorted(streets, reverse=True)
    assert [line.code for line in lines if line.street] == sorted(line.code for line in lines if line.street)
    for line in lines:
        assert set(line.values) == set(FIGURES)
        assert line.values["visit.rows"] == (0 if line.street else None)
