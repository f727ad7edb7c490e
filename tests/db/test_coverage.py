"""What each unit's month is called: on time, late, caught up, missing, excused, given time, merged; a month and a year."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from db import cadence, local_units, reporting_exceptions, setup, urging
from db.coverage import Coverage, UnitState, coverage, sheet, sheets_of, year_coverage
from db.errors import UsageError
from db.models import OrgUnit, ReturnFile
from db.periods import Period
from db.store import Actor, Store
from db.types import new_key, now

SUPERVISOR = Actor("qszjjb", "张敏", "supervisor")
STREET, OTHER = "360103002", "360103004"
TODAY = date(2024, 5, 20)
AFTER = date(2024, 6, 20)  # May is locked by then


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    yield opened
    opened.close()


def came(
    store: Store, period: str, day: date | None, unit: str = STREET, revision: int = 1, **more: Any
) -> None:
    due = date(2024, 5, 24) if period == "2024-05" else None
    values = {
        "id": new_key(), "unit_code": unit, "period": period, "revision": revision, "state": "received",
        "submitted_on": day, "due_on": due, "late_days": max(0, (day - due).days) if due and day else 0,
        "summary": {"visit": 3}, "created_at": now(), "created_by": "测试", **more,
    }  # fmt: skip
    with store.write() as session:
        session.execute(insert(ReturnFile), [values])


def allow(store: Store, kind: str, first: str = "2024-05", last: str = "", **more: Any) -> None:
    given = {"reason": "系统更换", "approver": "刘科长", "actor": SUPERVISOR, **more}
    with store.write() as session:
        reporting_exceptions.grant(session, more.pop("unit", STREET), kind, first, last or first, **given)


def month(store: Store, today: date, period: str = "2024-05") -> Coverage:
    with store.read() as session:
        return coverage(session, period, today)


def state(store: Store, today: date, period: str = "2024-05", unit: str = STREET) -> UnitState:
    return next(each for each in month(store, today, period).all if each.code == unit)


def test_an_empty_register_misses_everything_and_says_since_when(store: Store) -> None:
    words = [
        state(store, day).word
        for day in (
            date(2024, 5, 10), date(2024, 5, 17), date(2024, 5, 24), date(2024, 5, 25), date(2024, 6, 8),
        )
    ]  # fmt: skip
    assert words == ["未开始", "待报", "待报", "未报", "未报"]
    found = month(store, AFTER)
    assert found.received == 0 and len(found.missing) == found.expected > 10
    assert all(unit.overdue and unit.stage == "已锁定" for unit in found.units)


@pytest.mark.parametrize(
    ("day", "more", "word"),
    [
        (date(2024, 5, 24), {}, "按时"),
        (date(2024, 5, 24), {"zero_report": True, "summary": {}}, "零报"),
        (date(2024, 5, 25), {}, "迟报"),
        (date(2024, 6, 7), {}, "迟报"),
        (date(2024, 6, 8), {}, "已补报"),
        (None, {"late_days": 2}, "迟报"),
        (None, {"late_days": 40}, "已补报"),
    ],
)
def test_a_return_is_called_after_the_day_it_came(
    store: Store, day: date | None, more: dict[str, Any], word: str
) -> None:
    came(store, "2024-05", day, **more)
    assert state(store, AFTER).word == word


def test_a_punctual_return_that_was_corrected_is_punctual_and_says_its_revision(store: Store) -> None:
    came(store, "2024-05", date(2024, 5, 23))
    came(store, "2024-05", date(2024, 6, 12), revision=2)
    found = state(store, AFTER)
    assert (found.state, found.word, found.late_days) == ("按时", "更正（第 2 版）", 0)
    assert found.submitted_on == date(2024, 5, 23)


def test_a_late_return_that_was_corrected_stays_late(store: Store) -> None:
    came(store, "2024-05", date(2024, 5, 27))
    came(store, "2024-05", date(2024, 5, 28), revision=2)
    assert state(store, AFTER).word == "迟报" and month(store, AFTER).late == 1


def test_what_was_taken_back_does_not_count(store: Store) -> None:
    came(store, "2024-05", date(2024, 5, 23), state="undone")
    came(store, "2024-05", date(2024, 5, 28), revision=2)
    assert state(store, AFTER).word == "迟报"


def test_decembers_return_in_february_is_caught_up_and_stays_so(store: Store) -> None:
    came(store, "2024-12", date(2025, 2, 11))
    found = state(store, date(2025, 3, 1), "2024-12")
    assert (found.word, found.late_days) == ("已补报", 48) and found.received
    with store.read() as session:
        year = year_coverage(session, 2024, date(2025, 3, 1))
    assert STREET not in year.month("2024-12").missing and Period("2024-12") not in year.owed(STREET)
    assert year.owed(STREET) == tuple(Period.of(2024, number) for number in range(1, 12))


def test_a_deadline_moved_later_makes_a_late_return_punctual(store: Store) -> None:
    came(store, "2024-05", date(2024, 5, 27))
    with store.write() as session:
        cadence.edit(
            session, "monthly", "2024-05", date(2024, 5, 20), date(2024, 5, 27), date(2024, 6, 7), SUPERVISOR
        )
    assert state(store, AFTER).word == "按时"


def test_a_unit_with_more_time_is_not_late_within_it(store: Store) -> None:
    allow(store, "延期", due_on=date(2024, 6, 12))
    waits = state(store, date(2024, 6, 10))
    assert (waits.word, waits.overdue, waits.due_on) == ("延期中", False, date(2024, 6, 12))
    assert STREET in month(store, date(2024, 6, 10)).missing, "what is not here is not in the total"
    assert state(store, date(2024, 6, 13)).word == "未报"
    came(store, "2024-05", date(2024, 6, 12))
    assert state(store, AFTER).word == "按时"


def test_more_time_after_the_lock_moves_the_lock(store: Store) -> None:
    allow(store, "延期", due_on=date(2024, 6, 12))
    came(store, "2024-05", date(2024, 6, 13))
    assert state(store, AFTER).word == "已补报"


def test_an_excused_unit_is_not_expected_unless_it_hands_in(store: Store) -> None:
    whole = month(store, AFTER).expected
    allow(store, "免报", last="2024-06")
    found = month(store, AFTER)
    assert found.expected == whole - 1 and STREET not in found.missing
    assert [(each.code, each.word) for each in found.excused] == [(STREET, "免报")]
    assert found.of_kind(True).excused and not found.of_kind(False).excused
    assert state(store, AFTER, "2024-07").word == "未开始"
    came(store, "2024-05", date(2024, 5, 23))
    assert month(store, AFTER).expected == whole and state(store, AFTER).word == "按时"


def test_a_merged_unit_owes_until_the_month_and_its_successor_goes_on(store: Store) -> None:
    with store.write() as session:
        local_units.merge(session, STREET, OTHER, "2024-04", SUPERVISOR)
    with store.read() as session:
        year = year_coverage(session, 2024, AFTER)
    cells = [year.states[(STREET, str(Period.of(2024, number)))].word for number in range(1, 7)]
    assert cells == ["未报", "未报", "未报", "不报", "不报", "不报"]
    assert year.states[(OTHER, "2024-05")].word == "未报"
    assert STREET in month(store, AFTER, "2024-03").missing
    assert STREET not in month(store, AFTER).missing
    assert month(store, AFTER, "2024-03").expected == month(store, AFTER).expected + 1
    with store.read() as session:
        assert STREET not in [code for code, _, _ in year_coverage(session, 2025, AFTER).units]
    with store.write() as session:
        local_units.unmerge(session, STREET, SUPERVISOR)
    assert STREET in month(store, AFTER).missing
    with store.write() as session:  # retired as well: it was there all the same
        local_units.merge(session, STREET, OTHER, "2024-04", SUPERVISOR)
        session.execute(update(OrgUnit).where(OrgUnit.code == STREET).values(active=False, reports=False))
    assert STREET in month(store, AFTER, "2024-03").missing


def test_sheets_tell_rows_nothing_new_excused_and_given_time(store: Store) -> None:
    allow(store, "免报", register="cloud")
    allow(store, "延期", register="issue", due_on=date(2024, 6, 12))
    came(store, "2024-05", date(2024, 5, 23), summary={"visit": 12, "lead": 2})
    found = state(store, date(2024, 6, 10))
    words = {key: sheet(found, key, date(2024, 6, 10)).word for key in ("visit", "project", "cloud", "issue")}
    assert words == {"visit": "12", "project": "零", "cloud": "免报", "issue": "延期中"}
    late = sheet(found, "issue", date(2024, 6, 13))
    assert (late.word, late.overdue) == ("未报", True)
    assert "lead" in sheets_of(month(store, AFTER)) and "service" not in sheets_of(month(store, AFTER))
    nobody = state(store, date(2024, 6, 10), unit=OTHER)
    assert sheet(nobody, "visit", date(2024, 6, 10)).word == "未报"


def test_whom_to_remind_with_the_last_contact_and_what_else_is_owed(store: Store) -> None:
    came(store, "2024-03", date(2024, 3, 22), filler="王小明", phone="0791-86510001")
    came(store, "2024-02", date(2024, 2, 22), filler="前任", phone="0791-1")
    with store.read() as session:
        found = {each.code: each for each in urging.urged(session, "2024-05", date(2024, 5, 27))}
        before = {each.code: each for each in urging.urged(session, "2024-05", TODAY)}
    one = found[STREET]
    assert (one.days, one.whom, one.earlier) == (3, "王小明 0791-86510001", "1 月、4 月")
    assert before[STREET].standing == "还有 4 天" and found[OTHER].whom == ""
    text = urging.unit_text(one, "区数字经济办公室", date(2024, 5, 27))
    assert "已超期 3 天" in text and "另有 1 月、4 月的回报还没有报" in text and "2024-05-27" in text
    whole = urging.whole_text(list(found.values()), date(2024, 5, 27))
    assert f"还有 {len(found)} 家未报" in whole and "超期 3 天，另欠 1 月、4 月" in whole
    assert urging.whole_text([], TODAY) == ""


def test_a_text_that_is_no_month_is_refused(store: Store) -> None:
    with store.read() as session, pytest.raises(UsageError):
        coverage(session, "2024Q1")


def test_a_year_of_a_hundred_units_is_one_small_set_of_queries(store: Store) -> None:
    from sqlalchemy import event

    units = [
        {"code": f"u{n:03d}", "name": f"单位{n}", "kind": "bureau", "active": True, "reports": True}
        for n in range(100)
    ]
    files = [
        {
            "id": new_key(), "unit_code": f"u{n:03d}", "period": f"2024-{m:02d}", "revision": 1, "state": "received",
            "submitted_on": date(2024, m, 1) + timedelta(days=19 + n % 9), "summary": {"visit": n, "issue": 3, "cloud": 2},
            "created_at": now(), "created_by": "测试", "late_days": 0,
        }
        for n in range(100)
        for m in range(1, 13)
    ]  # fmt: skip
    with store.write() as session:
        session.execute(insert(OrgUnit), units)
        session.execute(insert(ReturnFile), files)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with store.read() as session:
        year_coverage(session, 2024, AFTER)
        began, asked[:] = time.process_time(), []
        year = year_coverage(session, 2024, AFTER)
        took = time.process_time() - began
    assert len(year.states) > 1200 and len(asked) <= 10, asked
    assert took < 0.1, f"{took * 1000:.0f} ms"
