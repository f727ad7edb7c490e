"""What changed since last month: steps that mean something, what came about, published figures that were corrected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from db import settings
from db.publishing import publish
from db.rollup import rollup
from db.since_last_month import since_last_month
from db.store import Actor, Store
from tests.db.fixtures import CODES, OTHER_STREET, add, firm

OFFICE = Actor("qfgw", "赵工")


def value(session: object, no: int, period: str, amount: str, org: str = "qfgw") -> None:
    add(session, "indicator", OFFICE, indicator_no=no, period=period, org_code=org, value=Decimal(amount))  # type: ignore[arg-type]


def test_indicators_step_from_month_to_month_but_not_over_new_year(store: Store) -> None:
    with store.write() as session:
        for period, amount in (("2023-12", "130"), ("2024-01", "11"), ("2024-02", "23.5")):
            value(session, 1, period, amount)
    with store.read() as session:
        february = since_last_month(session, rollup(session, "2024-02"))
        january = since_last_month(session, rollup(session, "2024-01"))
    step = next(each for each in february.indicators if each.key == "indicator.1")
    assert (step.before, step.now, step.change, step.note) == (
        Decimal(11),
        Decimal("23.5"),
        Decimal("12.5"),
        "",
    )
    over = next(each for each in january.indicators if each.key == "indicator.1")
    assert over.before == Decimal(130) and over.change is None and "跨年" in over.note
    assert next(each for each in january.figures if each.key == "visit.year_enterprises").note
    assert next(each for each in january.figures if each.key == "visit.rows").change == 0


def test_what_came_about_in_the_month_is_told(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "today", "2024-05-31")
        one, other = firm(session), firm(session, "南昌数澜软件有限公司", CODES[1])
        for what, due in (
            ("本月到期", date(2024, 5, 10)),
            ("早就超期", date(2024, 4, 10)),
            ("还没到期", date(2024, 6, 10)),
        ):
            add(
                session, "issue", enterprise_id=one, registered_on=date(2024, 3, 6), category="融资", description=what,
                org_code=OTHER_STREET, due_date=due, status="办理中",
            )  # fmt: skip
        add(
            session,
            "nurture",
            enterprise_id=one,
            nurture_type="升规入统",
            stage="已入库",
            in_stock_ym="2024-05",
            asof_ym="2024-05",
        )
        add(
            session,
            "nurture",
            enterprise_id=other,
            nurture_type="升规入统",
            stage="已入库",
            in_stock_ym="2024-04",
            asof_ym="2024-04",
        )
        add(
            session,
            "project",
            name="甲",
            asof_ym="2024-05",
            stage="入库",
            in_stock=True,
            stocked_on=date(2024, 5, 7),
        )
    with store.read() as session:
        found = since_last_month(session, rollup(session, "2024-05"))
    assert found.counts == {"新超期": 1, "新入库": 1, "新在库项目": 1}
    assert [(each.kind, each.text) for each in found.events if each.kind == "新超期"] == [
        ("新超期", "本月到期")
    ]
    assert [each.name for each in found.events if each.kind == "新在库项目"] == ["甲"]


def test_corrected_figures_of_the_year_are_told_newest_first(store: Store) -> None:
    with store.write() as session:
        for period in ("2023-12", "2024-03", "2024-04"):
            publish(session, "monthly", period, period, {"visit.rows": "5"}, OFFICE)
            publish(session, "monthly", period, period, {"visit.rows": "6"}, OFFICE, "补报")
    with store.read() as session:
        found = since_last_month(session, rollup(session, "2024-05"))
    assert [(each.key, each.version) for each in found.corrected] == [("2024-04", 2), ("2024-03", 2)]
    assert found.corrected[0].changes[0].words.endswith("5 → 6")


@pytest.mark.parametrize("period", ["2023-01", "2024-01", "2024-05"])
def test_an_empty_register_has_nothing_to_tell(store: Store, period: str) -> None:
    with store.read() as session:
        found = since_last_month(session, rollup(session, period))
    assert len(found.indicators) == 14 and found.events == () and found.corrected == ()
    assert all(each.change in (None, 0) for each in (*found.indicators, *found.figures))
