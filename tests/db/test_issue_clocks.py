"""The clocks of a problem: which runs when, limits by urgency, light and words, the pause, queries of what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import issue_clocks, parameters, settings, setup
from db.deadlines import due_issues
from db.issue_clocks import ASSIGN, CLEAR, HANDLE, REVIEW, all_clocks, due_day, latest_start, running
from db.models.issue import STATUSES, URGENCIES
from db.parameters import Parameters
from db.store import Store
from db.workdays import SpecialDay, add_workdays
from tests.db.fixtures import STREET, add, firm

TODAY = date(2024, 5, 21)  # a Tuesday
LIMITS = issue_clocks.limits(Parameters())
WED = date(2024, 5, 8)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = setup.initialise(tmp_path / "data", STREET, person="张敏")
    yield made
    made.close()


def clock(status: str, **record: Any) -> issue_clocks.Clock | None:
    return running({"status": status, "urgency": "一般", **record}, TODAY, LIMITS)


@pytest.mark.parametrize("status", STATUSES)
def test_which_clock_runs_in_which_state(status: str) -> None:
    expected = {
        "待交办": ASSIGN, "已交办": HANDLE, "办理中": HANDLE, "退回重办": HANDLE, "暂不能解决": HANDLE, "已办结": CLEAR,
        "已销号": REVIEW, "回头看合格": None,
    }  # fmt: skip
    found = clock(status)
    assert (found.kind if found else None) == expected[status]


def test_urgencies_are_those_of_the_form() -> None:
    assert issue_clocks.URGENCIES == URGENCIES


@pytest.mark.parametrize(
    ("urgency", "assign", "handle", "clear"),
    [
        ("一般", date(2024, 5, 11), date(2024, 5, 28), date(2024, 5, 21)),  # 11 May is a Saturday worked
        ("紧急", date(2024, 5, 9), date(2024, 5, 16), date(2024, 5, 14)),
        ("特急", date(2024, 5, 8), date(2024, 5, 11), date(2024, 5, 11)),
        (None, date(2024, 5, 11), date(2024, 5, 28), date(2024, 5, 21)),
    ],
)
def test_limits_in_working_days_by_urgency(
    urgency: str | None, assign: date, handle: date, clear: date
) -> None:
    record = {"urgency": urgency, "registered_on": WED, "closed_on": WED, "written_off_on": WED}
    assert due_day(ASSIGN, record, LIMITS) == assign
    assert due_day(HANDLE, record, LIMITS) == handle
    assert due_day(CLEAR, record, LIMITS) == clear
    assert due_day(REVIEW, record, LIMITS) == date(2024, 6, 7)  # 30 calendar days, whatever the urgency


def test_the_limits_are_parameters_and_the_calendar_is_the_offices(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "parameters", {"issue_assign": 1, "issue_clear_urgent": 2})
        found = issue_clocks.limits(parameters.read(session))
    assert due_day(ASSIGN, {"registered_on": WED}, found) == date(2024, 5, 9)
    assert due_day(CLEAR, {"closed_on": WED, "urgency": "紧急"}, found) == date(2024, 5, 10)
    power_cut = {date(2024, 5, 9): SpecialDay(date(2024, 5, 9), False, "停电")}
    assert due_day(ASSIGN, {"registered_on": WED}, found, power_cut) == date(2024, 5, 10)


@pytest.mark.parametrize(
    ("due", "words", "state"),
    [
        (TODAY - timedelta(days=4), "超期 4 天", "alarm"),
        (TODAY - timedelta(days=1), "超期 1 天", "alarm"),
        (TODAY, "今天到期", "watch"),
        (TODAY + timedelta(days=3), "还剩 3 天", "watch"),
        (TODAY + timedelta(days=4), "还剩 4 天", "ok"),
        (None, "未定时限", "watch"),
    ],
)
def test_the_light_and_its_words(due: date | None, words: str, state: str) -> None:
    found = clock("办理中", due_date=due)
    assert found is not None and (found.words, found.state) == (words, state)
    assert found.light == f"办理 {words}"


def test_a_holiday_does_not_hide_a_deadline() -> None:
    before = date(2024, 9, 29)  # the last days before the October week
    found = running({"status": "办理中", "due_date": date(2024, 10, 8)}, before, LIMITS)
    assert found is not None and (found.days, found.state) == (9, "watch")


def test_paused_while_it_cannot_be_solved() -> None:
    found = clock("暂不能解决", due_date=date(2024, 1, 1))
    assert found is not None and (found.words, found.state) == ("已暂停", "neutral")


def test_a_pause_gives_the_lost_working_days_back() -> None:
    due = date(2024, 5, 28)
    assert issue_clocks.resumed_due(WED, due, date(2024, 5, 15)) == add_workdays(due, 6)
    assert issue_clocks.resumed_due(WED, due, WED) == due
    assert (
        issue_clocks.resumed_due(WED, due, WED - timedelta(days=3)) == due
    )  # a clock set back gives nothing


def test_the_clocks_that_ran_say_whether_they_were_kept() -> None:
    record = {
        "status": "已销号", "registered_on": date(2024, 4, 8), "assigned_on": date(2024, 4, 9),
        "due_date": date(2024, 4, 29), "closed_on": date(2024, 5, 6), "written_off_on": date(2024, 5, 8),
    }  # fmt: skip
    assert [(each.kind, each.words) for each in all_clocks(record, TODAY, LIMITS)] == [
        ("交办", "按时"), ("办理", "迟 7 天"), ("销号", "按时"), ("回头看", "还剩 17 天"),
    ]  # fmt: skip
    assert all_clocks({"status": "待交办"}, TODAY, LIMITS)[0].words == "未定时限"


@given(st.dates(date(2023, 1, 1), date(2027, 12, 31)), st.integers(0, 30))
def test_latest_start_is_the_last_day_that_ends_in_time(until: date, days: int) -> None:
    last = latest_start(until, days)
    assert add_workdays(last, days) <= until < add_workdays(last + timedelta(days=1), days)


def test_what_is_due_is_asked_of_all_four_clocks(store: Store) -> None:
    with store.write() as session:
        common = {"enterprise_id": firm(session), "category": "融资", "org_code": "360103001"}
        add(session, "issue", status="待交办", registered_on=date(2024, 5, 13), **common)
        add(session, "issue", status="待交办", registered_on=TODAY, urgency="特急", **common)
        add(session, "issue", status="办理中", registered_on=WED, due_date=date(2024, 5, 24), **common)
        add(session, "issue", status="暂不能解决", registered_on=WED, due_date=date(2024, 5, 1), **common)
        add(session, "issue", status="已办结", registered_on=WED, closed_on=date(2024, 5, 6), **common)
        add(session, "issue", status="已销号", registered_on=WED, written_off_on=date(2024, 4, 25), **common)
        add(
            session,
            "issue",
            status="回头看合格",
            registered_on=WED,
            written_off_on=date(2024, 4, 1),
            **common,
        )
        add(session, "issue", status="办理中", registered_on=WED, due_date=date(2024, 9, 1), **common)
    with store.read() as session:
        found = due_issues(session, TODAY, STREET)
        assert [(each.clock, each.due.isoformat(), each.words) for each in found] == [
            ("交办", "2024-05-16", "超期 5 天"), ("销号", "2024-05-17", "超期 4 天"), ("交办", "2024-05-21", "今天到期"),
            ("办理", "2024-05-24", "还剩 3 天"), ("回头看", "2024-05-25", "5 月 25 日"),
        ]  # fmt: skip
        whose = {each.clock: each.org for each in found}
        assert (
            whose["办理"] == "南浦街道" and whose["交办"] == whose["销号"] == whose["回头看"] == "朝阳洲街道"
        )
        assert found[0].title == "交办 · 融资 · 江西云栈网络科技有限公司"
        assert len(due_issues(session, TODAY, STREET, most=1)) == 4


@given(st.sampled_from(URGENCIES), st.dates(date(2024, 3, 1), date(2024, 6, 30)))
def test_the_query_and_the_clock_agree(urgency: str, day: date) -> None:
    """What the SQL compares with is what the clock of a record says."""
    until = TODAY + timedelta(days=10)
    for kind, name in ((ASSIGN, "registered_on"), (CLEAR, "closed_on")):
        due = due_day(kind, {name: day, "urgency": urgency}, LIMITS)
        assert due is not None
        assert (due <= until) == (day <= latest_start(until, LIMITS.workdays(kind, urgency)))
