"""A closed month changes only as a visible restatement: with a reason, its author, and the figures before and after."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from db import records, restating
from db.errors import Refused
from db.models import AuditEntry
from db.registers import REGISTERS
from db.restating import Restatement
from db.rollup import rollup
from db.store import Store
from returns import receive
from tests.returns.offices import MAY, SUPERVISOR, TODAY, VISIT, change, hash_of, save
from tests.returns.receiving import Offices, only


def close(store: Store) -> None:
    with store.write() as session:
        restating.close_month(session, MAY, SUPERVISOR)


def restated(store: Store) -> tuple[Restatement, ...]:
    with store.read() as session:
        return restating.restatements(session, MAY)


@pytest.fixture
def correction(offices: Offices) -> Any:
    """May received and closed; a second visit comes with revision 2."""
    offices.receive(offices.send("a.xlsx"))
    close(offices.district)
    save(
        offices.street,
        "visit",
        **{**VISIT, "visit_date": date(2024, 5, 15)},
        enterprise_id=offices.month.firm,
    )
    return offices.send("b.xlsx", revision=2, correction_reason="漏报一次走访")


def test_without_a_reason_nothing_of_a_closed_month_changes(offices: Offices, correction: Any) -> None:
    before = hash_of(offices.district)
    staged = only(offices.stage(correction))
    assert staged.counts["new"] == 1, "it is read and shown all the same"
    with pytest.raises(Refused) as told:
        receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    assert told.value.id == "month_closed"
    assert "朝阳洲街道 2024 年 5 月第 2 版" in told.value.message and "已关账" in told.value.message
    assert "重述理由" in told.value.hint
    assert hash_of(offices.district) == before and restated(offices.district) == ()


def test_a_restatement_keeps_who_why_and_both_figures(offices: Offices, correction: Any) -> None:
    staged = only(offices.stage(correction))
    report = receive.apply(
        offices.district, staged.batch, SUPERVISOR, restate="经核实漏报一次走访", today=TODAY
    )
    made = only(list(restated(offices.district)))
    assert (made.kind, made.by, made.reason, made.unit_name, made.revision) == (
        "接收", "刘科长", "经核实漏报一次走访", "朝阳洲街道", 2,
    )  # fmt: skip
    assert ("走访（次）", "1", "2") in [(each.name, each.before, each.after) for each in made.figures]
    assert any("已作为重述接收" in each and "走访（次） 1 → 2" in each for each in report.warnings)
    with offices.district.read() as session:
        moved = restating.since_closing(session, rollup(session, MAY))
        notes = [entry.note or "" for entry in session.query(AuditEntry).filter_by(action="restate")]
    assert ("visit.rows", "走访（次）", "1", "2") in [
        (each.key, each.name, each.before, each.after) for each in moved
    ]
    assert ("visit.rows:360103002", "1", "2") in [(each.key, each.before, each.after) for each in moved]
    assert any("漏报一次走访" in note and "刘科长" in note for note in notes)


def test_taking_a_return_of_a_closed_month_back_asks_too(offices: Offices, correction: Any) -> None:
    staged = only(offices.stage(correction))
    before = hash_of(offices.district)
    receive.apply(offices.district, staged.batch, SUPERVISOR, restate="漏报", today=TODAY)
    after = hash_of(offices.district)
    with pytest.raises(Refused) as told:
        receive.undo(offices.district, UUID(staged.report.batch), SUPERVISOR)
    assert told.value.id == "month_closed" and hash_of(offices.district) == after
    receive.undo(offices.district, UUID(staged.report.batch), SUPERVISOR, restate="重复了")
    assert hash_of(offices.district) == before
    assert [(each.kind, each.reason) for each in restated(offices.district)] == [
        ("接收", "漏报"),
        ("撤销", "重复了"),
    ]
    with offices.district.read() as session:
        assert restating.since_closing(session, rollup(session, MAY)) == ()


def test_a_months_rows_are_not_edited_by_the_way(offices: Offices, correction: Any) -> None:
    with pytest.raises(Refused) as told:
        change(offices.district, "visit", offices.month.visit, operation_trend="下滑")
    assert told.value.id == "month_closed"
    with pytest.raises(Refused), offices.district.write() as session:
        records.delete(session, REGISTERS["visit"], offices.month.visit, SUPERVISOR)


def test_a_month_that_was_opened_again_takes_returns_and_remembers(offices: Offices, correction: Any) -> None:
    with pytest.raises(Refused), offices.district.write() as session:
        restating.reopen_month(session, MAY, " ", SUPERVISOR)
    with offices.district.write() as session:
        restating.reopen_month(session, MAY, "三家单位要更正", SUPERVISOR)
    report = only(offices.receive(correction))
    assert (report.outcome, report.stored) == ("accepted", 1)
    assert [(each.kind, each.reason) for each in restated(offices.district)] == [("重开", "三家单位要更正")]


def test_a_month_is_closed_once(offices: Offices) -> None:
    with pytest.raises(Refused) as told, offices.district.write() as session:
        restating.reopen_month(session, MAY, "没有关过", SUPERVISOR)
    assert told.value.id == "not_closed"
    close(offices.district)
    with pytest.raises(Refused) as told:
        close(offices.district)
    assert told.value.id == "already_closed"
