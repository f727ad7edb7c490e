"""What the smaller registers come to in a month: counted by hand here, by SQL there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from db import totals_more
from db.models import Park
from db.periods import Period
from db.store import Store
from tests.db.fixtures import add, change, firm

MAY = Period("2024-05")


def project(session: object, name: str, **more: object) -> object:
    values = {
        "asof_ym": "2024-05",
        "stage": "在建",
        "in_stock": True,
        "invest_total": Decimal(1000),
        "invest_done": Decimal(400),
    }
    return add(session, "project", name=name, **{**values, **more})  # type: ignore[arg-type]


def test_projects_in_stock_are_those_marked_and_not_ended(store: Store) -> None:
    with store.write() as session:
        project(session, "甲")
        project(session, "乙", stage="洽谈", in_stock=False, invest_done=Decimal(0))
        project(session, "丙", stage="终止")
        project(session, "丁", asof_ym="2024-06")  # begun later
    with store.read() as session:
        found = totals_more.projects(session, MAY)
    assert found.by_stage == {"洽谈": 1, "在建": 1, "终止": 1} and found.in_stock == 1
    assert (found.invest_total, found.invest_done) == (Decimal(3000), Decimal(800))
    assert {line.name: line.in_stock for line in found.lines} == {"甲": True, "乙": False, "丙": False}


def test_every_park_of_the_plan_is_told_reported_or_not(store: Store) -> None:
    with store.write() as session:
        code = session.scalars(select(Park.code).where(Park.active)).first()
        add(
            session,
            "park",
            park_code=code,
            period="2024-05",
            area_usable=Decimal(800),
            area_used=Decimal(600),
            firms=12,
        )
        add(session, "park", park_code=code, period="2024-04", firms=9)
    with store.read() as session:
        active = session.scalars(select(Park.code).where(Park.active)).all()
        found = totals_more.parks(session, MAY)
    assert len(found) == len(active)
    [reported] = [park for park in found if park.reported]
    assert (reported.occupancy, reported.firms) == (Decimal("75.0"), 12)


def test_tasks_are_of_the_year_in_the_order_of_the_plan(store: Store) -> None:
    with store.write() as session:
        for action, task, year in (("2.1", "乙", "2024"), ("1.2", "甲", "2024"), ("1.1", "去年", "2023")):
            add(
                session, "duty", year=year, action_id=action, task=task, asof_ym="2024-05", status="正常推进",
                due_date=date(2024, 4, 30) if task == "乙" else date(2024, 12, 31),
            )  # fmt: skip
    with store.read() as session:
        found = totals_more.duties(session, MAY)
    assert [line.task for line in found.lines] == ["甲", "乙"]
    assert found.by_status == {"正常推进": 2} and found.overdue == 1


def test_what_a_leader_owes_is_counted_by_the_quarter(store: Store) -> None:
    with store.write() as session:
        seen = firm(session)
        unseen = firm(session, "南昌数澜软件有限公司", None, no_uscc_reason="筹建中")
        for key in (seen, unseen):
            add(
                session,
                "liaison",
                enterprise_id=key,
                leader="王建国",
                from_on=date(2024, 1, 1),
                visits_owed=1,
            )
        over = add(
            session, "liaison", enterprise_id=unseen, leader="前任", from_on=date(2023, 1, 1), visits_owed=9
        )
        change(session, "liaison", over, to_on=date(2024, 3, 31))
        add(session, "visit", enterprise_id=seen, visit_date=date(2024, 4, 9), leader="王建国")
        add(session, "visit", enterprise_id=unseen, visit_date=date(2024, 4, 9), leader="别人")
        add(
            session, "visit", enterprise_id=unseen, visit_date=date(2024, 3, 29), leader="王建国"
        )  # the quarter before
    with store.read() as session:
        behind = totals_more.liaison_behind(session, MAY)
        found = totals_more.others(session, MAY)
    assert sorted(behind.values()) == [(0, 1), (1, 1)]
    assert (found.liaisons, found.liaison_behind) == (2, 1)


def test_services_lists_and_matters_of_the_year(store: Store) -> None:
    with store.write() as session:
        for day, kind, firms in (
            (date(2024, 5, 8), "招聘会", 20),
            (date(2024, 1, 9), "招聘会", 5),
            (date(2023, 12, 1), "招聘会", 99),
        ):
            add(
                session, "service", kind=kind, served_on=day, subject="会", firms=firms, amount=Decimal("1.5")
            )
        add(session, "release", name="一", list_kind="机会清单", released_on=date(2024, 3, 1))
        add(session, "release", name="二", list_kind="机会清单", released_on=date(2024, 6, 1))
        add(session, "matter", topic="用电", raised_on=date(2024, 5, 1), status="待上会")
    with store.read() as session:
        found = totals_more.others(session, MAY)
    assert found.services == {"招聘会": (2, 25, Decimal("3.00"))}
    assert found.releases == {"机会清单": 1} and found.matters == {"待上会": 1}
