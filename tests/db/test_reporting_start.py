"""From which month returns are collected: as chosen, or found; months before it are 未启用 and nobody owes them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from db import plan_file, plan_store, quarter, reporting_exceptions, reporting_start, settings, setup, urging
from db.assessment import behind
from db.coverage import Year, coverage, year_coverage
from db.errors import UsageError
from db.models import AuditEntry, PlanIssue, ReturnFile
from db.periods import Period
from db.store import Actor, Store
from db.types import new_key, now

SUPERVISOR = Actor("qszjjb", "张敏", "supervisor")
STREET, OTHER = "360103002", "360103004"
AFTER = date(2024, 6, 20)  # May is locked by then


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A district that was set up on the 6th of May 2024."""
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    with opened.write() as session:
        session.execute(update(PlanIssue).values(installed_at=datetime(2024, 5, 6, 4, tzinfo=UTC)))
    yield opened
    opened.close()


def came(store: Store, period: str, day: date, unit: str = STREET, state: str = "received") -> None:
    values = {
        "id": new_key(), "unit_code": unit, "period": period, "revision": 1, "state": state, "submitted_on": day,
        "due_on": None, "late_days": 0, "summary": {"visit": 3}, "created_at": now(), "created_by": "测试",
    }  # fmt: skip
    with store.write() as session:
        session.execute(insert(ReturnFile), [values])


def choose(store: Store, month: str) -> None:
    with store.write() as session:
        reporting_start.choose(session, month, SUPERVISOR)


def year(store: Store, today: date = AFTER) -> Year:
    with store.read() as session:
        return year_coverage(session, 2024, today)


def words(found: Year, unit: str = STREET, months: int = 6) -> list[str]:
    return [found.states[(unit, str(Period.of(2024, number)))].word for number in range(1, months + 1)]


def test_a_district_that_began_in_may_missed_nothing_before(store: Store) -> None:
    found = year(store)
    assert found.start.month == "2024-05" and not found.start.chosen
    assert words(found) == ["未启用"] * 4 + ["未报", "待报"]
    assert found.owed(STREET) == (Period("2024-05"),)
    april, may = found.month("2024-04"), found.month("2024-05")
    assert (april.expected, april.missing, april.unused) == (0, [], True)
    assert may.expected == len(april.excused) > 10 and not may.unused
    with store.read() as session:
        assert urging.urged(session, "2024-04", AFTER) == ()
        assert {each.earlier for each in urging.urged(session, "2024-05", AFTER)} == {""}
        assert coverage(session, "2024-04", AFTER).expected == 0


def test_neither_assessment_nor_bulletin_count_what_was_not_collected(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "today", lambda _session: AFTER)
    with store.read() as session:
        months = list(behind.months_in(session, [STREET], Period("2024-06"), AFTER))
        told = quarter.quarter(session, Period("2024-03"))
    assert [(each.period.month, each.missing) for each in months if each.owed] == [(5, True)]
    assert [each.state for each in months][:4] == ["未启用"] * 4
    assert (told.expected, told.missing) == (0, 0)


def test_what_came_nevertheless_counts_for_its_unit_alone(store: Store) -> None:
    choose(store, "2024-05")
    came(store, "2024-03", date(2024, 3, 22))
    found = year(store)
    assert words(found)[2] == "按时" and words(found, OTHER)[2] == "未启用"
    assert found.month("2024-03").expected == found.month("2024-03").received == 1


def test_a_return_of_an_earlier_month_begins_earlier(store: Store) -> None:
    came(store, "2024-03", date(2024, 5, 10))
    assert year(store).start.month == "2024-03"
    assert words(year(store), OTHER) == ["未启用", "未启用", "未报", "未报", "未报", "待报"]
    came(store, "2024-01", date(2024, 5, 10), state="undone")
    assert year(store).start.month == "2024-03", "what was taken back began nothing"


def test_the_office_may_choose_and_leave_it_again(store: Store) -> None:
    choose(store, "2024年3月")
    found = year(store)
    assert (found.start.month, found.start.chosen, found.start.found) == ("2024-03", True, "2024-05")
    choose(store, "2024-06")
    assert words(year(store))[4] == "未启用"
    choose(store, "")
    assert year(store).start == reporting_start.Start(Period("2024-05"), False, {}, Period("2024-05"))
    choose(store, "")
    with store.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.register == "cycle")).all()
    told = [(each.before, each.after) for each in noted]
    key = "从哪个月起收表"
    assert told[0] == ({key: "自动"}, {key: "2024-03"}) and told[-1] == ({key: "2024-06"}, {key: "自动"})
    assert len(told) == 3, "what stays is not noted"


@pytest.mark.parametrize("typed", ["五月", "2024-13", "1024-05"])
def test_what_is_no_month_is_refused(store: Store, typed: str) -> None:
    with pytest.raises(UsageError):
        choose(store, typed)
    with store.read() as session:
        assert reporting_start.chosen(session) == ""


def test_a_set_up_ahead_of_the_day_or_a_practice_register_says_nothing(store: Store) -> None:
    assert year(store, date(2024, 4, 20)).start.month is None
    assert words(year(store, date(2024, 4, 30)))[3] == "未报"
    with store.write() as session:
        settings.put(session, "practice", True)
    assert year(store).start.month is None and words(year(store))[0] == "未报"
    came(store, "2024-04", date(2024, 4, 22))
    assert year(store).start.month == "2024-04"


def test_a_register_set_up_after_its_plan_looks_back_on_every_month(store: Store) -> None:
    with store.write() as session:
        session.execute(update(PlanIssue).values(installed_at=datetime(2026, 11, 21, 4, tzinfo=UTC)))
    with store.read() as session:
        assert reporting_start.start(session, date(2026, 11, 21)).month is None
        assert coverage(session, "2024-01", date(2026, 11, 21)).expected > 10


def test_a_unit_that_joined_with_a_later_plan_owes_from_then(store: Store) -> None:
    choose(store, "2024-01")

    def joined(document: dict[str, Any]) -> None:
        document["units"].append(
            {**document["units"][-1], "code": "qxsj", "name": "区新设局", "full_name": "区新设局", "aliases": [], "reports": True, "active": True}
        )  # fmt: skip

    document = copy.deepcopy(dict(plan_file.default_plan().document))
    joined(document)
    with store.write() as session:
        plan_store.install(session, plan_file.read(document), "张敏", "2024-04")
    found = year(store)
    assert found.start.units == {"qxsj": "2024-04"}
    assert words(found, "qxsj") == ["未启用"] * 3 + ["未报", "未报", "待报"]
    assert words(found)[0] == "未报" and not found.month("2024-01").unused
    assert "qxsj" not in found.month("2024-03").missing and "qxsj" in found.month("2024-04").missing


def test_excused_and_merged_say_so_before_they_say_unused(store: Store) -> None:
    with store.write() as session:
        reporting_exceptions.grant(
            session,
            STREET,
            "免报",
            "2024-02",
            "2024-02",
            reason="机构调整",
            approver="刘科长",
            actor=SUPERVISOR,
        )
    assert words(year(store))[:3] == ["未启用", "免报", "未启用"]
