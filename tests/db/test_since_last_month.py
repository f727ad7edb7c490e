"""What changed since last month: steps that mean something, what came about, published figures that were corrected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from db import settings
from db.models import ReturnFile
from db.publishing import publish
from db.rollup import rollup
from db.since_last_month import since_last_month
from db.store import Actor, Store
from db.types import new_key, now
from tests.db.fixtures import CODES, OTHER_STREET, add, change, firm

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
    assert {kind: number for kind, number in found.counts.items() if number} == {
        "新超期": 1, "新入库": 1, "新在库项目": 1
    }  # fmt: skip
    assert [(each.kind, each.text) for each in found.events if each.kind == "新超期"] == [
        ("新超期", "本月到期")
    ]
    assert [each.name for each in found.events if each.kind == "新在库项目"] == ["甲"]


def test_an_earlier_month_tells_of_itself_not_of_what_came_later(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "today", "2024-12-20")
        values = {"name": "甲", "in_stock": True, "stocked_on": date(2024, 5, 7)}
        project = add(session, "project", **values, asof_ym="2024-05", stage="入库")
        change(session, "project", project, asof_ym="2024-06", stage="开工")
        change(session, "project", project, asof_ym="2024-09", stage="竣工")
        task = add(
            session, "duty", year="2024", action_id="1.1", task="建基站", asof_ym="2024-05", status="正常推进", progress_pct=Decimal(40)
        )  # fmt: skip
        change(
            session, "duty", task, asof_ym="2024-06", status="滞后", progress_pct=Decimal(41), progress_text="选址", problem_text="手续慢。"
        )  # fmt: skip
        change(
            session, "duty", task, asof_ym="2024-07", status="已完成", progress_pct=Decimal(100), progress_text="验收。", problem_text="无"
        )  # fmt: skip
        candidate = add(
            session, "nurture", enterprise_id=firm(session), nurture_type="升规入统", stage="入库培育", specialty="零售",
            asof_ym="2024-05", revenue_ytd=Decimal(400),
        )  # fmt: skip
        change(session, "nurture", candidate, asof_ym="2024-06", revenue_ytd=Decimal(510))
    told = {}
    with store.read() as session:
        for month in ("2024-05", "2024-06", "2024-07", "2024-08", "2024-09"):
            found = since_last_month(session, rollup(session, month))
            told[month] = [(each.kind, each.name, each.text) for each in found.events]
            assert sum(found.counts.values()) == len(found.events)
    assert told == {
        "2024-05": [("新在库项目", "甲", "入库")],
        "2024-06": [
            ("新达升规线", "江西云栈网络科技有限公司", "达标率 102.0%"), ("项目进入新阶段", "甲", "入库 → 开工"),
            ("新滞后任务", "建基站", "进度 41%：手续慢。"),
        ],
        "2024-07": [("新完成任务", "建基站", "进度 100%：验收。")],
        "2024-08": [],
        "2024-09": [("项目进入新阶段", "甲", "开工 → 竣工")],
    }  # fmt: skip


def test_a_month_nobody_handed_in_for_is_no_measure(store: Store) -> None:
    with store.write() as session:
        value(session, 1, "2024-02", "23.5")
        add(session, "visit", enterprise_id=firm(session), visit_date=date(2024, 2, 6))
        session.add(
            ReturnFile(
                id=new_key(),
                unit_code=OTHER_STREET,
                period="2024-02",
                revision=1,
                state="received",
                created_at=now(),
                created_by="张敏",
            )
        )
    with store.read() as session:
        february = since_last_month(session, rollup(session, "2024-02"))
        march = since_last_month(session, rollup(session, "2024-03"))
    steps = {each.key: each for each in (*february.figures, *february.indicators)}
    for key in ("coverage.received", "visit.rows", "indicator.1"):
        assert (steps[key].before, steps[key].change, steps[key].coverage_before) == (None, None, ""), key
    assert february.silent and not march.silent
    assert steps["cloud.counted"].change == 0  # dated by itself, whoever handed in
    assert next(each for each in march.figures if each.key == "visit.rows").change == -1


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
