"""Which 专项 a month's return carries, who has answered, and the tables themselves. Rows are in rows.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import AuditEntry, HandDown, OrgUnit, SpecialAnswer, SpecialRow, SpecialTable
from db.special import rows
from db.special.definition import CLOSED, DRAFT, OPEN, Definition, check, number_columns, of_table
from db.store import Actor
from db.types import new_key, now


@dataclass(frozen=True, slots=True)
class Asked:
    """A table that a unit is asked for, as it stands there."""

    definition: Definition
    rows: int
    zero: bool
    incomplete: int

    @property
    def answered(self) -> bool:
        return bool(self.rows) or self.zero


def tables_of_month(session: Session, unit: str, period: str) -> list[Definition]:
    """The tables that the unit's return of the month carries: those of the month, and earlier ones no return carried yet."""
    sent = {
        key: month
        for key, month in session.execute(
            select(SpecialAnswer.table_key, SpecialAnswer.sent_period).where(SpecialAnswer.unit_code == unit)
        )
    }
    found = session.scalars(
        select(SpecialTable)
        .where(SpecialTable.state == OPEN, SpecialTable.period <= period)
        .order_by(SpecialTable.period, SpecialTable.key)
    )
    return [
        definition
        for table in found
        if (definition := of_table(table)).asks(unit) and sent.get(table.key) in (None, period)
    ]


def asked(session: Session, unit: str, period: str) -> list[Asked]:
    """The tables of the month with how far they are filled in."""
    zero = set(
        session.scalars(
            select(SpecialAnswer.table_key).where(
                SpecialAnswer.unit_code == unit, SpecialAnswer.zero.is_(True)
            )
        )
    )
    found = []
    for definition in tables_of_month(session, unit, period):
        there = rows.rows_of(session, definition, unit)
        found.append(
            Asked(
                definition,
                len(there),
                definition.key in zero,
                sum(bool(each["incomplete"]) for each in there),
            )
        )
    return found


def has_any(session: Session) -> bool:
    """Whether there is any table at all: the page of the clerk shows only then."""
    return session.scalar(select(SpecialTable.key).where(SpecialTable.state != DRAFT).limit(1)) is not None


def is_zero(session: Session, key: str, unit: str) -> bool:
    answer = session.get(SpecialAnswer, (key, unit))
    return answer is not None and answer.zero


def set_zero(session: Session, definition: Definition, unit: str, zero: bool, actor: Actor) -> None:
    """零报: nothing to report in this table. Refused while it has rows, or for a month that is handed in."""
    rows.check_open(session, definition, unit)
    if zero and rows.rows_of(session, definition, unit):
        raise Refused(f"“{definition.title}”里有记录，不能零报。", "请先删除这些行。", "not_empty")
    answer = session.get(SpecialAnswer, (definition.key, unit))
    if answer is None:
        session.add(SpecialAnswer(table_key=definition.key, unit_code=unit, zero=zero, answered_at=now()))
    else:
        answer.zero, answer.answered_at = zero, now()
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action="update", register=definition.name, record_id=None,
            before={"zero": not zero}, after={"zero": zero}, note="零报" if zero else "取消零报",
        )
    )  # fmt: skip
    session.flush()


def mark_sent(session: Session, unit: str, period: str, keys: Iterable[str]) -> None:
    """The unit's return of the month was handed in with these tables."""
    for key in keys:
        answer = session.get(SpecialAnswer, (key, unit))
        if answer is None:
            session.add(SpecialAnswer(table_key=key, unit_code=unit, sent_period=period, answered_at=now()))
        else:
            answer.sent_period = period
    session.flush()


# ---------------------------------------------------------------- tables, at the office that asks


@dataclass(frozen=True, slots=True)
class Standing:
    """A table with who has answered it, as the district sees it."""

    definition: Definition
    state: str
    number: int | None
    units: tuple[UnitAnswer, ...]

    @property
    def answered(self) -> int:
        return sum(each.answered for each in self.units)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.units)


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """One unit's answer: rows it sent, or 零报; `answered_on` is None while nothing came."""

    unit: str
    name: str
    rows: int
    prepared: int
    zero: bool
    revision: int | None
    answered_on: datetime | None

    @property
    def answered(self) -> bool:
        return self.answered_on is not None

    @property
    def word(self) -> str:
        if not self.answered:
            return "未报"
        return "零报" if self.zero else f"{self.rows} 行"


def sent_to(session: Session, definition: Definition) -> frozenset[str] | None:
    """The units that were sent a table by the 下发 made here; None for all that report (or where none was made)."""
    if definition.recipients:
        return frozenset(definition.recipients)
    units: set[str] = set()
    for made in session.scalars(select(HandDown)):
        if definition.key in (made.tables or ()):
            if not made.recipients:
                return None
            units |= set(made.recipients)
    return frozenset(units) or None


def standing(session: Session, key: str) -> Standing:
    """Who has answered a table. Refused (“no_such_table”)."""
    definition = rows.get_definition(session, key)
    table = session.get(SpecialTable, key)
    assert table is not None
    units = session.scalars(
        select(OrgUnit).where(OrgUnit.active.is_(True), OrgUnit.kind != "group").order_by(OrgUnit.code)
    ).all()
    sent = sent_to(session, definition)
    wanted = [unit for unit in units if (unit.reports if sent is None else unit.code in sent)]
    answers = {
        each.unit_code: each
        for each in session.scalars(
            select(SpecialAnswer).where(SpecialAnswer.table_key == key, SpecialAnswer.batch_id.is_not(None))
        )
    }
    counts = {
        (unit, bool(prepared)): number
        for unit, prepared, number in session.execute(
            select(SpecialRow.unit_code, SpecialRow.prepared, func.count())
            .where(SpecialRow.table_key == key, SpecialRow.deleted_at.is_(None))
            .group_by(SpecialRow.unit_code, SpecialRow.prepared)
        )
    }
    named = {unit.code for unit in wanted}
    wanted += [unit for unit in units if unit.code in answers and unit.code not in named]
    return Standing(
        definition,
        table.state,
        table.number,
        tuple(
            UnitAnswer(
                unit.code, unit.name,
                counts.get((unit.code, False), 0) + counts.get((unit.code, True), 0),
                counts.get((unit.code, True), 0),
                bool(answer and answer.zero), answer.revision if answer else None, answer.answered_at if answer else None,
            )
            for unit in wanted
            for answer in (answers.get(unit.code),)
        ),
    )  # fmt: skip


def all_tables(session: Session) -> list[tuple[Definition, str]]:
    """Every table with its state, the newest month first."""
    found = session.scalars(
        select(SpecialTable).order_by(SpecialTable.period.desc(), SpecialTable.key.desc())
    )
    return [(of_table(table), table.state) for table in found]


def new_table(title: str, period: str, columns: Iterable[Any], **more: Any) -> Definition:
    """A definition with a key of its own. Refused (“bad_definition”)."""
    return check(Definition(new_key().hex, title.strip(), period, number_columns(columns), **more))


def keep(
    session: Session, definition: Definition, actor: Actor, *, state: str | None = None, sender: str = "",
    number: int | None = None,
) -> None:  # fmt: skip
    """Store a definition, new or changed. Refused (“title_taken”) where another open table has the title."""
    check(definition)
    twin = session.scalar(
        select(SpecialTable.key).where(
            SpecialTable.title == definition.title,
            SpecialTable.key != definition.key,
            SpecialTable.state != CLOSED,
        )
    )
    if twin is not None:
        raise Refused(
            f"已有一张专项表叫“{definition.title}”。", "请换一个名称，或先结束那一张。", "title_taken"
        )
    stored = session.get(SpecialTable, definition.key)
    data = definition.as_json()
    values: dict[str, Any] = {
        "title": definition.title, "period": definition.period, "due_on": definition.due_on,
        "columns": data["columns"], "note": definition.note or None, "optional": definition.optional,
        "recipients": list(definition.recipients) or None, "digest": definition.digest, "updated_at": now(),
        "updated_by": actor.person,
    }  # fmt: skip
    if state is not None:
        values["state"] = state
    if number is not None:
        values["number"] = number
    if stored is None:
        session.execute(
            insert(SpecialTable).values(
                **{"state": DRAFT, **values}, key=definition.key, sender=sender or actor.unit_code, rev=1
            )
        )
    else:
        session.execute(
            update(SpecialTable)
            .where(SpecialTable.key == definition.key)
            .values(**values, rev=stored.rev + 1)
        )
        session.expire(stored)
    session.flush()


def set_state(session: Session, key: str, state: str, number: int | None = None) -> None:
    """Open, close or take back to draft."""
    values: dict[str, Any] = {"state": state}
    if number is not None:
        values["number"] = number
    session.execute(update(SpecialTable).where(SpecialTable.key == key).values(**values))
    session.flush()


def drop(session: Session, key: str) -> None:
    """Throw a draft away with its prepared rows. Refused for a table that was sent down."""
    table = session.get(SpecialTable, key)
    if table is None:
        return
    if table.state != DRAFT:
        raise Refused(f"“{table.title}”已经下发，不能删除。", "不再需要时可以结束它。", "sent_down")
    session.execute(delete(SpecialRow).where(SpecialRow.table_key == key))
    session.delete(table)
    session.flush()


def due_words(definition: Definition, today: date) -> tuple[str, str]:
    """“5 月 20 日前，还剩 3 天” and its state."""
    if definition.due_on is None:
        return "随本月回报上报", "watch"
    left = (definition.due_on - today).days
    shown = f"{definition.due_on.month} 月 {definition.due_on.day} 日前"
    if left < 0:
        return f"{shown}，已过 {-left} 天", "alarm"
    return (f"{shown}，还剩 {left} 天", "watch") if left else (f"{shown}，就是今天", "alarm")


def renamed(definition: Definition, **changes: Any) -> Definition:
    """A changed definition, checked; columns get their keys."""
    made = replace(definition, **changes)
    return check(replace(made, columns=number_columns(made.columns)))
