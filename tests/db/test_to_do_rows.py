"""What the registers leave to do: each line comes with its reason, counts what its button shows, and goes again."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db import duplicate_search, lists, owing, settings, setup, to_do, to_do_district
from db.lists import ListQuery
from db.periods import Period
from db.store import Actor, Store
from db.to_do_rows import (
    Desk,
    due_problems,
    duplicates,
    duties,
    expiring,
    follow_ups,
    liaison,
    parks,
    plans,
    projects,
    windows,
)  # fmt: skip
from db.to_do_task import ROWS, Task
from tests.db.fixtures import CLERK, CODES, OTHER_STREET, STREET, add, change, firm

TODAY = date(2024, 5, 21)
DESK = Desk(STREET, Period("2024-05"), TODAY)


@pytest.fixture
def session(store: Store) -> Session:  # type: ignore[misc]
    with store.write() as opened:
        yield opened


def shown(session: Session, task: Task) -> int:
    """How many rows the button of a line shows."""
    assert task.kind == ROWS
    return lists.count(session, ListQuery(task.register, task.filters))


def visit(session: Session, enterprise: UUID, day: int = 8, **more: Any) -> UUID:
    return add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, day), **more)


def test_a_visit_that_said_so_waits_for_its_records(session: Session) -> None:
    key = firm(session)
    made = visit(session, key, cloud_status="已上云", upscale_potential="有", has_issue=True)
    visit(session, key, 9, cloud_status="未上云", upscale_potential="无", has_issue=False)
    add(session, "visit", enterprise_id=key, visit_date=date(2024, 4, 9), cloud_status="已上云")
    found = {task.name: task for task in follow_ups(session, DESK)}
    assert set(found) == {"cloud", "nurture", "issue"}
    assert found["cloud"].title == "登记 1 家的上云服务"
    assert found["cloud"].detail == "江西云栈网络科技有限公司（走访写了已上云、没有上云记录）"
    assert all(shown(session, task) == task.count == 1 for task in found.values())
    add(session, "cloud", enterprise_id=key, product="云主机")
    add(session, "nurture", enterprise_id=key, nurture_type="国家小巨人")
    assert {task.name for task in follow_ups(session, DESK)} == {"nurture", "issue"}
    add(session, "nurture", enterprise_id=key, nurture_type="升规入统")
    add(session, "issue", enterprise_id=key, source="走访", visit_id=made)
    assert follow_ups(session, DESK) == []


def test_another_office_is_not_told_of_it(session: Session) -> None:
    visit(session, firm(session), cloud_status="已上云")
    assert follow_ups(session, Desk(OTHER_STREET, Period("2024-05"), TODAY)) == []
    assert len(follow_ups(session, Desk(None, Period("2024-05"), TODAY))) == 1


def test_visits_owed_count_those_of_the_leader_in_the_quarter(session: Session) -> None:
    key = firm(session)
    add(
        session, "liaison", enterprise_id=key, leader="王建国", from_on=date(2024, 1, 1), visits_owed=2
    )  # fmt: skip
    visit(session, key, visitors="张敏（经发办）")
    add(session, "visit", enterprise_id=key, visit_date=date(2024, 3, 30), leader="王建国")
    [task] = liaison(session, DESK)
    assert task.title == "本季度 1 家挂点企业还没走访到次数" and shown(session, task) == 1
    assert task.detail == "王建国 江西云栈网络科技有限公司" and task.chip == "6 月 30 日前"
    visit(session, key, 9, leader="王建国")
    assert len(liaison(session, DESK)) == 1
    visit(session, key, 10, visitors="王建国（区政府）、张敏（经发办）")
    assert liaison(session, DESK) == []


def test_visits_owed_become_pressing_in_the_last_month_and_end_with_the_term(session: Session) -> None:
    key = add(
        session, "liaison", enterprise_id=firm(session), leader="王建国", from_on=date(2024, 1, 1), visits_owed=1
    )  # fmt: skip

    def state(period: str, today: date) -> list[str]:
        return [task.state for task in liaison(session, Desk(STREET, Period(period), today))]

    assert state("2024-05", TODAY) == ["neutral"]
    assert state("2024-06", date(2024, 6, 3)) == ["watch"]
    assert state("2024-06", date(2024, 7, 1)) == ["alarm"]
    change(session, "liaison", key, to_on=date(2024, 3, 31))
    assert state("2024-05", TODAY) == []


def test_tasks_and_projects_want_this_months_progress(session: Session) -> None:
    duty = add(session, "duty", task="培育规上企业", year="2024", status="正常推进", asof_ym="2024-04")
    add(session, "duty", task="别的年度", year="2023", status="正常推进")
    add(session, "duty", task="做完了", year="2024", status="已完成", asof_ym="2024-03")
    [task] = duties(session, DESK)
    assert (task.title, task.detail, shown(session, task)) == ("写 1 项任务的 5 月进展", "培育规上企业", 1)
    change(session, "duty", duty, asof_ym="2024-05", due_date=TODAY - timedelta(days=1))
    [task] = duties(session, DESK)
    assert task.title == "1 项任务已过完成时限" and task.state == "alarm" and shown(session, task) == 1
    change(session, "duty", duty, due_date=TODAY)
    assert duties(session, DESK) == []
    project = add(session, "project", name="云谷", stage="在建", asof_ym="2024-04")
    add(session, "project", name="投产的", stage="投产（运营）", asof_ym="2023-01")
    [task] = projects(session, DESK)
    assert task.title == "写 1 个项目的 5 月进展" and shown(session, task) == 1
    change(session, "project", project, asof_ym="2024-05")
    assert projects(session, DESK) == []


def test_a_park_reported_before_wants_its_month(session: Session) -> None:
    from db.models import Park

    park = session.query(Park).filter(Park.active).first()
    assert park is not None
    assert parks(session, DESK) == []
    add(session, "park", park_code=park.code, period="2024-04")
    [task] = parks(session, DESK)
    assert task.detail == park.name and task.filters == {"park_code": park.code, "period": "2024-05"}
    assert parks(session, Desk(OTHER_STREET, Period("2024-05"), TODAY)) == []
    add(session, "park", park_code=park.code, period="2024-05")
    assert parks(session, DESK) == []


def test_what_is_due_of_plans_matters_and_leads(session: Session) -> None:
    add(
        session, "firm_plan", enterprise_id=firm(session), due_date=date(2024, 5, 20), status="实施中"
    )  # fmt: skip
    add(session, "firm_plan", due_date=date(2024, 5, 20), status="已完成")
    add(session, "matter", topic="园区道路", due_date=TODAY, status="办理中")
    add(session, "lead", firm_name="某数据公司", next_on=date(2024, 5, 1), stage="洽谈")
    add(session, "lead", firm_name="以后再说", next_on=date(2024, 9, 1), stage="洽谈")
    found = plans(session, DESK)
    assert [(task.register, task.count, shown(session, task)) for task in found] == [
        ("firm_plan", 1, 1), ("matter", 1, 1), ("lead", 1, 1),
    ]  # fmt: skip


def test_titles_that_expire_within_the_reminder(session: Session) -> None:
    key = firm(session)
    for name, end in (
        ("省级专精特新", TODAY + timedelta(days=30)),
        ("国家小巨人", TODAY + timedelta(days=300)),
    ):
        add(
            session, "nurture", enterprise_id=key, nurture_type=name, stage="已入库", valid_to=end,
            certified_on=date(2021, 6, 1),
        )  # fmt: skip
    [task] = expiring(session, DESK)
    assert task.count == shown(session, task) == 1 and task.detail == "江西云栈网络科技有限公司"


def test_a_window_that_closes_while_candidates_are_ready(session: Session) -> None:
    settings.put(
        session, "parameters",
        {"upscale_windows": [{"way": "年度入库", "name": "五月批次", "opens": "05-01", "closes": "05-31"}]},
    )  # fmt: skip
    key = firm(session, industry_code="I6550")
    made = add(
        session, "nurture", enterprise_id=key, nurture_type="升规入统", declare_type="年度入库", stage="材料准备",
        specialty="服务业2000万档", revenue_ytd=Decimal(99999), asof_ym="2024-05",
    )  # fmt: skip
    [task] = windows(session, DESK)
    assert task.title == "申报 1 家已达标企业（年度入库）" and task.chip == "5 月 31 日截止"
    assert shown(session, task) == 1
    assert windows(session, Desk(STREET, Period("2024-05"), date(2024, 6, 3))) == []
    change(session, "nurture", made, stage="摸底")
    assert windows(session, DESK) == []


def test_cards_that_look_like_one_firm_wait_for_a_decision(session: Session) -> None:
    one = firm(session, "江西云栈网络科技有限公司", None)
    other = firm(session, "南昌云栈网络科技有限公司", None, phone="0791-86510023")
    firm(session, "江西元栖文化创意有限公司", CODES[2])
    [task] = duplicates(session, DESK)
    assert task.count == 1 and "云栈" in task.detail
    assert duplicates(session, Desk(OTHER_STREET, Period("2024-05"), TODAY)) == []
    duplicate_search.keep_apart(session, one, other, "两家的股东和地址都不同", CLERK)
    assert duplicates(session, DESK) == []


def test_problems_whose_clock_runs_out_and_reviews(session: Session, store: Store) -> None:
    from db.deadlines import due_issues

    key = firm(session)
    for days in (-2, 2, 9):
        add(
            session, "issue", enterprise_id=key, category="用工", status="办理中", registered_on=date(2024, 5, 2),
            assigned_on=date(2024, 5, 2), due_date=TODAY + timedelta(days=days),
        )  # fmt: skip
    add(
        session, "issue", enterprise_id=key, category="融资", status="已销号", written_off_on=date(2024, 4, 1)
    )
    work, review = due_problems(due_issues(session, TODAY, STREET))
    assert work.title == "办理 2 个到期的问题" and work.chip == "超期 1" and shown(session, work) == 2
    assert review.title == "回头看 1 个已销号的问题" and shown(session, review) == 1


def test_the_list_of_an_office_holds_them_between_mending_and_handing_in(session: Session) -> None:
    visit(session, firm(session), cloud_status="已上云")
    add(session, "duty", task="培育规上企业", year="2024", status="正常推进")
    found = to_do.month_of_unit(session, STREET, "2024-05", TODAY)
    kinds = [task.kind for task in found.tasks]
    assert kinds[-1] == to_do.HAND_IN and kinds.count(ROWS) == 2
    assert len({task.key for task in found.tasks}) == len(found.tasks)
    assert found.begins == "visit" and found.duties == ()


@pytest.mark.parametrize(
    ("unit", "begins"),
    [("朝阳洲街道", "visit"), ("区商务局", "indicator"), ("中国移动南昌西湖分公司", "cloud"), ("六大产业专班", "lead"), ("区委政法委", "duty")],
)  # fmt: skip
def test_each_kind_of_office_begins_with_what_it_writes(tmp_path: Any, unit: str, begins: str) -> None:
    with (
        closing(setup.initialise(tmp_path / "other", unit, person="李伟")) as store,
        store.write() as session,
    ):
        code = settings.get(session, "unit")
        assert to_do.begins_with(session, code) == begins
        month = to_do.month_of_unit(session, code, "2024-05", TODAY)
        assert ("登记" not in month.tasks[0].title) or begins == "visit"
        assert month.figures[0].key == ("visit" if begins == "visit" else "indicator")
        if begins != "visit":
            add(
                session,
                "duty",
                Actor(code, "李伟"),
                task="写完方案",
                year="2024",
                status="滞后",
                progress_pct=Decimal(40),
            )
            [duty] = to_do.month_of_unit(session, code, "2024-05", TODAY).duties
            assert duty.task == "写完方案" and duty.percent == 40


def test_the_district_hears_of_visits_owed_titles_and_doubles(session: Session) -> None:
    add(
        session, "liaison", enterprise_id=firm(session), leader="王建国", from_on=date(2024, 1, 1), visits_owed=1
    )  # fmt: skip
    found = to_do_district.month_of_district(session, "2024-05", TODAY)
    assert [task.name for task in found.tasks if task.kind == ROWS] == ["visits"]


def test_what_nobody_knows_to_be_owed_is_refused() -> None:
    with pytest.raises(KeyError):
        owing.condition("visit", "tea")
