"""The year's cycles: after the rule, after the office's own days, and for one unit that was given time."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import resources
from db import cadence, parameters, plan_file, plan_store, reporting_exceptions
from db.deadlines import deadline
from db.errors import UsageError
from db.holiday_notice import SpecialDay
from db.models import AuditEntry, ReportingCycle
from db.store import Actor, Store
from tests.db.fixtures import STREET

SUPERVISOR = Actor("qszjjb", "张敏", "supervisor")


def test_a_month_opens_and_locks_so_many_working_days_from_its_deadline(store: Store) -> None:
    with store.read() as session:
        found = cadence.month_cycle(session, "2024-05")
    # 25 May is a Saturday: due on the Friday before; five working days back, ten on (10 June is a holiday).
    assert cadence.days_of(found) == (date(2024, 5, 17), date(2024, 5, 24), date(2024, 6, 7))
    assert not found.edited and found.title == "2024 年 5 月月调度"


def test_a_quarter_and_a_year_follow_their_own_rules(store: Store) -> None:
    with store.read() as session:
        quarter = cadence.cycle(session, "quarterly", "2024Q2")
        year = cadence.cycle(session, "yearly", "2024")
    assert (quarter.due_on, quarter.title) == (date(2024, 7, 10), "2024 年第二季度季通报")
    assert (year.due_on, year.title) == (date(2025, 1, 20), "2024 年年度考核")


def test_a_year_has_seventeen_cycles_by_deadline(store: Store) -> None:
    with store.read() as session:
        found = cadence.cycles(session, 2024)
        months = cadence.months(session, 2024)
    assert len(found) == 17 and [each.key for each in months][::11] == ["2024-01", "2024-12"]
    assert [each.due_on for each in found] == sorted(each.due_on for each in found)


def test_the_stage_of_a_cycle_by_its_days(store: Store) -> None:
    with store.read() as session:
        found = cadence.month_cycle(session, "2024-05")
    days = (
        date(2024, 5, 16),
        date(2024, 5, 17),
        date(2024, 5, 24),
        date(2024, 5, 25),
        date(2024, 6, 7),
        date(2024, 6, 8),
    )
    assert [found.stage(day) for day in days] == ["未开始", "报送中", "报送中", "已截止", "已截止", "已锁定"]


def test_edited_days_stand_until_they_are_reset_and_both_are_noted(store: Store) -> None:
    with store.write() as session:
        made = cadence.edit(
            session,
            "monthly",
            "2024-05",
            date(2024, 5, 20),
            date(2024, 5, 28),
            date(2024, 6, 3),
            SUPERVISOR,
            " 春耕 ",
        )
        assert made.edited and made.note == "春耕"
        assert deadline(session, "2024-05", date(2024, 5, 20)).day == date(2024, 5, 28)
        assert cadence.month_cycle(session, "2024-06").edited is False
        back = cadence.reset(session, "monthly", "2024-05", SUPERVISOR)
        assert back.due_on == date(2024, 5, 24)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.register == "cycle")).all()
    assert ["2024-05-28 截止" in str(each.after) for each in entries] == [True, False]


def test_days_equal_to_the_rule_are_not_kept_as_edited(store: Store) -> None:
    with store.write() as session:
        ruled = cadence.month_cycle(session, "2024-05")
        assert not cadence.edit(session, "monthly", "2024-05", *cadence.days_of(ruled), SUPERVISOR).edited
        assert session.scalars(select(ReportingCycle)).all() == []


@pytest.mark.parametrize(
    "days",
    [
        (date(2024, 5, 25), date(2024, 5, 24), date(2024, 6, 3)),
        (date(2024, 5, 20), date(2024, 5, 24), date(2024, 5, 23)),
        (date(2027, 5, 20), date(2027, 5, 24), date(2027, 6, 3)),
        (date(2023, 1, 20), date(2024, 5, 24), date(2024, 6, 3)),
    ],
)
def test_days_out_of_order_or_of_another_year_are_refused(
    store: Store, days: tuple[date, date, date]
) -> None:
    with store.write() as session, pytest.raises(UsageError) as refused:
        cadence.edit(session, "monthly", "2024-05", *days, SUPERVISOR)
    assert refused.value.id == "bad_cycle"


@pytest.mark.parametrize(
    ("kind", "key"), [("monthly", "2024Q1"), ("quarterly", "2024Q5"), ("yearly", "24"), ("weekly", "2024")]
)
def test_what_is_no_cycle_is_named(store: Store, kind: str, key: str) -> None:
    with store.read() as session, pytest.raises(UsageError):
        cadence.cycle(session, kind, key)


def test_the_offices_parameters_move_opening_and_lock(store: Store) -> None:
    with store.write() as session:
        parameters.put(session, "cycle_opens", 0, SUPERVISOR)
        parameters.put(session, "cycle_locks", 1, SUPERVISOR)
        found = cadence.month_cycle(session, "2024-05")
    assert cadence.days_of(found) == (date(2024, 5, 24), date(2024, 5, 24), date(2024, 5, 27))


def test_a_unit_that_was_given_time_has_its_own_deadline(store: Store) -> None:
    with store.write() as session:
        made = reporting_exceptions.grant(
            session, STREET, "延期", "2024-05", "2024-05", due_on=date(2024, 6, 5), reason="系统更换", approver="刘科长",
            actor=SUPERVISOR,
        )  # fmt: skip
        assert cadence.due_for(session, "2024-05", STREET) == date(2024, 6, 5)
        assert cadence.due_for(session, "2024-05", "nanpu") == date(2024, 5, 24)
        reporting_exceptions.end(session, made.id, SUPERVISOR)
        assert cadence.due_for(session, "2024-05", STREET) == date(2024, 5, 24)


_ONE_PLAN: list[plan_file.Plan] = []


def test_a_plan_re_issued_in_the_middle_of_the_year_moves_only_what_comes_after(store: Store) -> None:
    document = json.loads(json.dumps(_plan().document))
    document["cadence"]["monthly"]["due_day"] = 15
    with store.write() as session:
        before = cadence.months(session, 2024)
        plan_store.install(session, plan_file.read(document), "刘科长", "2024-07")
    with store.read() as session:
        after = cadence.months(session, 2024)
        rest = cadence.cycle(session, "monthly", "2025-01")
    assert [each.due_on for each in after[:6]] == [each.due_on for each in before[:6]]
    assert [each.due_on.day for each in after[6:8]] == [15, 15] and rest.due_on == date(2025, 1, 15)


@given(data=st.data())
def test_a_cycle_is_in_order_and_moves_by_working_days_whatever_the_calendar(data: st.DataObject) -> None:
    day = st.dates(date(2023, 1, 1), date(2026, 12, 31))
    special = data.draw(st.dictionaries(day, st.booleans(), max_size=40))
    overrides = {each: SpecialDay(each, works, "") for each, works in special.items()}
    opens, locks = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 60))
    rule = cadence.Rule(_plan(), overrides, opens, locks)
    kind, key = data.draw(
        st.sampled_from([each for year in (2023, 2024, 2025) for each in cadence.keys_of(year)])
    )
    found = rule.cycle(kind, key)
    assert found.opens_on <= found.due_on <= found.locks_on
    assert not cadence.last_month(kind, key).first_day - timedelta(days=120) > found.opens_on
    later = cadence.Rule(_plan(), overrides, opens + 1, locks + 1).cycle(kind, key)
    assert (
        later.opens_on < found.opens_on and later.locks_on > found.locks_on and later.due_on == found.due_on
    )


def _plan() -> plan_file.Plan:
    if not _ONE_PLAN:
        document = json.loads(resources.path("plan/xihu_2023_2025.json").read_text(encoding="utf-8"))
        _ONE_PLAN.append(plan_file.read(document))
    return _ONE_PLAN[0]
