"""Problems, candidates, projects and tasks as they stood in any month. Problems tell by their days (issue_days.py).

The others keep one row each, which tells of one month at a time (截至期间、填报月份). When it goes on to a later month, a
trigger keeps what it said of the one before, whatever wrote it (a form, an import, a return); when it goes back (an undo),
what was kept of the months from there on goes. So January's summary reads January's progress, whenever it is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Subquery, Table, delete, func, or_, select, type_coerce, union_all
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from db.issue_days import as_of_day
from db.models import MonthState
from db.periods import Period
from db.registers import REGISTERS
from db.types import Key

Values = dict[str, Any]
KEPT = ("nurture", "project", "duty")
PLACED = "asof_ym"  # the month such a record tells of
# Who and when: of the record as it is, whatever the month.
_OWN = (
    "id", "rev", "unit_code", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "origin",
)  # fmt: skip
_STATE = MonthState.__table__
_DIALECT = sqlite.dialect()


def stood(register: str, period: str, today: date | None = None) -> Subquery:
    """The problems, candidates, projects or tasks reported by the end of the month, as they stood then: all columns.

    A record without a month counts in each; one that was first told for a later month is not there. `today`: a month that
    is not over yet is as things stand, which an index may answer. UsageError for a text that is no month.
    """
    table, month = _table(register), Period(period)
    if register == "issue":
        if today is not None and month.last_day >= today:
            return select(table).where(table.c.registered_on <= month.last_day).subquery(register)
        return as_of_day(table, month.last_day).subquery(register)
    return union_all(_now(table, month), _before(register, table, month)).subquery(register)


def _table(register: str) -> Table:
    return REGISTERS[register].model.__table__  # type: ignore[return-value]


def _now(table: Table, month: Period) -> Select[Any]:
    return select(table).where(or_(table.c[PLACED] <= str(month), table.c[PLACED].is_(None)))


def _before(register: str, table: Table, month: Period) -> Select[Any]:
    """Of the records that have gone on to a later month, what is kept of the newest one by the month."""
    then = _STATE.alias()
    newest = (
        select(func.max(then.c.period))
        .where(then.c.register == register, then.c.record_id == table.c.id, then.c.period <= str(month))
        .correlate(table)
        .scalar_subquery()
    )
    kept = set(_columns(table))
    return select(
        *(
            type_coerce(func.json_extract(_STATE.c.said, f"$.{column.name}"), column.type).label(column.name)
            if column.name in kept
            else column
            for column in table.c
        )
    ).where(
        table.c[PLACED] > str(month), _STATE.c.register == register, _STATE.c.record_id == table.c.id,
        _STATE.c.period == newest,
    )  # fmt: skip


def is_earlier(register: str, record: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Whether what is said of a record is of an earlier month than the one it tells of now."""
    said, known = record.get(PLACED), stored.get(PLACED)
    return register in KEPT and bool(said) and bool(known) and str(said) < str(known)


def told(session: Session, register: str, records: Collection[UUID]) -> dict[UUID, list[tuple[str, Values]]]:
    """What records said of each month they told of: (month, values by field), the oldest first, the present one last."""
    table = _table(register)
    names = _columns(table)
    readers = [table.c[name].type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for name in names]
    found: dict[UUID, list[tuple[str, Values]]] = {}
    kept = select(MonthState.record_id, MonthState.period, MonthState.said).where(
        MonthState.register == register, MonthState.record_id.in_(records)
    )
    for key, period, said in session.execute(kept.order_by(MonthState.record_id, MonthState.period)):
        values = {
            name: said.get(name) if read is None else read(said.get(name))
            for name, read in zip(names, readers, strict=True)
        }
        found.setdefault(key, []).append((period, values))
    now = select(table.c.id, *(table.c[name] for name in names)).where(
        table.c.id.in_(records), table.c[PLACED].is_not(None)
    )
    for row in session.execute(now).mappings():
        found.setdefault(row["id"], []).append((row[PLACED], {name: row[name] for name in names}))
    return found


def said_of(session: Session, register: str, record: UUID, period: str) -> dict[str, Any] | None:
    """What is kept of exactly this month, as it is stored; None where nothing is."""
    return session.scalar(
        select(MonthState.said).where(
            MonthState.register == register, MonthState.record_id == record, MonthState.period == period
        )
    )


def image(register: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as `keep` takes it: its columns as the database stores them."""
    table = _table(register)
    made: dict[str, Any] = {}
    for name in _columns(table):
        write = table.c[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        value = record.get(name)
        made[name] = write(value) if write is not None else value
    return made


def keep(session: Session, register: str, record: UUID, period: str, said: Mapping[str, Any] | None) -> None:
    """Set what a record said of an earlier month than its own; None takes it away."""
    if said is None:
        session.execute(
            delete(MonthState).where(
                MonthState.register == register, MonthState.record_id == record, MonthState.period == period
            )
        )
        return
    row = insert(MonthState).values(register=register, record_id=record, period=period, said=dict(said))
    session.execute(
        row.on_conflict_do_update(
            index_elements=["register", "record_id", "period"], set_={"said": row.excluded.said}
        )
    )


def watch(connection: Connection) -> None:
    """Put the triggers in place, for the columns there are now. After every upgrade: a rebuilt table has lost them."""
    for key in KEPT:
        table = _table(key)
        mine = f"register = '{key}' AND record_id = {{row}}.id"
        pairs = ", ".join(f"'{name}', OLD.{name}" for name in _columns(table))
        drop = f"DELETE FROM month_state WHERE {mine}"
        for name, when, body in (
            (
                "on", f"AFTER UPDATE OF {PLACED} ON {table.name} WHEN OLD.{PLACED} < NEW.{PLACED}",
                "INSERT OR REPLACE INTO month_state (register, record_id, period, said) "
                f"VALUES ('{key}', OLD.id, OLD.{PLACED}, json_object({pairs}))",
            ),
            (
                "back", f"AFTER UPDATE OF {PLACED} ON {table.name} WHEN NEW.{PLACED} < OLD.{PLACED}",
                f"{drop.format(row='NEW')} AND period >= NEW.{PLACED}",
            ),
            ("gone", f"AFTER DELETE ON {table.name}", drop.format(row="OLD")),
        ):  # fmt: skip
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table.name}_month_{name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {table.name}_month_{name} {when} BEGIN {body}; END")


def _columns(table: Table) -> list[str]:
    """What changes from month to month. Keys are left out: JSON holds no bytes, and they are the record's own."""
    return [column.name for column in table.c if column.name not in _OWN and not isinstance(column.type, Key)]
