"""Moving a record by its state table: what it needs, what it brings, why not. One audited transaction each. No Qt here.

The tables are in db/workflow; the named actions of a problem, with their sentences, are in issues.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import records, workflow
from db.errors import Refused, StaleRecord
from db.registers import REGISTERS, Register
from db.store import Actor, Store
from db.workflow import Machine, Move

Values = dict[str, Any]
REASON_LIMIT = 500
ACTION = "move"  # of the audit entries that a move makes


@dataclass(frozen=True, slots=True)
class Moved:
    """A record after a step, and what to tell the person who made it."""

    record: Values
    words: str
    hint: str = ""


def make_move(
    store: Store,
    register: str,
    record_id: UUID,
    after: str,
    values: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    today: date,
    base_rev: int | None = None,
    reason: str = "",
) -> Moved:
    """Move a record of a register whose steps have no names of their own (项目, 责任清单, 联席议题, 培育).

    `values` are the fields that the step asks for. Refused with what is possible instead for a move the table does
    not know, with what is missing, or where dates contradict each other; StaleRecord when someone saved in between.
    """
    if register == "issue":
        raise ValueError("a problem is moved by the named actions of issues.py")
    with store.write() as session:
        before = stored(session, register, record_id, base_rev)
        record = move_in(session, register, before, after, values or {}, actor, today, reason=reason)
    move = workflow.move_to(register, before, after)
    word = move.word if move is not None else after
    return Moved(record, f"{word}：已到“{after}”。")


def move_in(
    session: Session,
    register: str,
    before: Mapping[str, Any],
    after: str,
    values: Mapping[str, Any],
    actor: Actor,
    today: date,
    *,
    reason: str = "",
    told: str = "",
) -> Values:
    """One step inside a transaction. `told` is what the log says of it after its word; the reason by default."""
    machine = workflow.MACHINES[register]
    refused = workflow.refusal(register, before, after, actor.role)
    if refused is not None:
        raise Refused(*refused, machine.rule)
    move = workflow.move_to(register, before, after)
    assert move is not None
    said = tidy(reason)
    if move.reason and len(said) < 2:
        raise Refused(f"请写明{move.reason}。", "用一句话说清，会记入办理进展。", "reason_missing")
    brought = workflow.values_of(move, {**before, **values}, actor.person, today)
    changes: Values = {**brought, **values, machine.field: after}
    changed = {**before, **changes}
    check_complete(REGISTERS[register], move, changed)
    check_days(register, changed, today, touched=changes)
    if machine.log:
        note = told or said
        text = f"〔{move.word}〕{note}" if note else f"〔{move.word}〕"
        changes[machine.log] = with_entry(machine, before, actor, today, text)
    note_text = f"{move.word}：{said}" if said else move.word
    saved = records.save(
        session, REGISTERS[register], changes, actor, id=before["id"], action=ACTION, note=note_text
    )
    return after_save(session, register, saved.id)


# ---------------------------------------------------------------- pieces that every action uses


def stored(session: Session, register: str, record_id: UUID, base_rev: int | None) -> Values:
    """The record as it stands. Refused where it is gone, StaleRecord where `base_rev` is no longer its revision."""
    record = records.get(session, REGISTERS[register], record_id)
    if record is None or record["deleted_at"] is not None:
        raise Refused("这条记录已被删除。", "请刷新列表；删除的可以撤销。", "no_such_record")
    if base_rev is not None and record["rev"] != base_rev:
        who, state = record["updated_by"] or "别人", record.get(workflow.MACHINES[register].field)
        raise StaleRecord(f"{who}刚改过这条记录，现在的状态是“{state}”。", dict(record))
    return record


def after_save(session: Session, register: str, record_id: UUID) -> Values:
    """The record as it was stored."""
    record = records.get(session, REGISTERS[register], record_id)
    assert record is not None
    return record


def with_entry(
    machine: Machine, record: Mapping[str, Any], actor: Actor, day: date, text: str
) -> list[dict[str, Any]]:
    """The log with one entry more; what it holds already is never touched."""
    return [
        *(record.get(machine.log) or []),
        {"at": day.isoformat(), "by": actor.person, "text": text},
    ]


def check_complete(register: Register, move: Move, changed: Mapping[str, Any]) -> None:
    """Refused with the labels of what the step still asks for."""
    lacking = workflow.missing(move, changed)
    if lacking:
        labels = "、".join(register.field(name).label for name in lacking)
        raise Refused(f"“{move.word}”还差：{labels}。", "填好后再办这一步。", "step_incomplete")


def check_days(
    register: str, record: Mapping[str, Any], today: date, touched: Mapping[str, Any] | None = None
) -> None:
    """Refused where the dates of the way contradict each other or the day it is.

    A date that was there before and lies after today means that the computer's clock was set back.
    """
    machine, model = workflow.MACHINES[register], REGISTERS[register]
    earlier: tuple[str, date] | None = None
    for name in machine.days:
        day = record.get(name)
        if not isinstance(day, date):
            continue
        label = model.field(name).label
        if day > today and touched is not None and name in touched:
            raise Refused(f"{label} {day} 晚于今天。", f"今天是 {today}，请改为今天或以前。", "day_ahead")
        if day > today:
            raise _set_back(f"{label} {day}", today)
        if earlier is not None and day < earlier[1]:
            raise Refused(
                f"{label} {day} 早于{earlier[0]} {earlier[1]}。", "请核对日期的先后。", "days_out_of_order"
            )
        earlier = (label, day)
    newest = max((str(entry.get("at") or "") for entry in record.get(machine.log) or ()), default="")
    if machine.log and newest > today.isoformat():
        raise _set_back(f"最近一条进展 {newest}", today)


def _set_back(what: str, today: date) -> Refused:
    return Refused(
        f"这台电脑的日期是 {today}，早于{what}。",
        "电脑的时钟可能被拨回了，请先核对日期再办理。",
        "clock_set_back",
    )


def tidy(text: str) -> str:
    """A sentence on one line, as the log keeps it."""
    return " ".join(str(text or "").split())[:REASON_LIMIT]
