"""The rows one unit's month consists of: what the check looks at, the return carries and the roll-up counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from db.fields import Kind
from db.month_states import KEPT, stood
from db.periods import Period
from db.records import Values, table_of
from db.registers import REGISTERS, Register

CLOSED_ISSUES = ("回头看合格",)
IN_CHUNKS = 500  # SQLite's limit on bound values is far off, but statements stay readable in its logs


def rows_of_month(session: Session, unit_code: str, period: str) -> dict[str, list[Values]]:
    """All rows of the unit's return for the month, by register key, in a stable order.

    走访、指标、园区、服务: rows of that month. 问题: registered by the month's end and not closed before its start.
    责任清单: the tasks of the year. 挂点: what was in force in the month. The other ledgers (上云、培育、项目 …):
    all that live, up to the month's end; candidates, projects and tasks as they stood in it (month_states.py). 企业: those the other rows name, and those the unit created or changed
    in the month.
    """
    rows = {
        key: [dict(row) for row in session.execute(month_query(register, unit_code, period)).mappings()]
        for key, register in REGISTERS.items()
        if register.scope != "referenced"
    }
    named = {row["enterprise_id"] for each in rows.values() for row in each if row.get("enterprise_id")}
    rows["enterprise"] = _enterprises(session, unit_code, period, named)
    return {key: rows[key] for key in REGISTERS}


def month_query(register: Register, unit_code: str, period: str) -> Select[Any]:
    """The live rows of one register that belong to the unit's month (not for 企业)."""
    month = Period(period)
    if register.key in KEPT:
        table: FromClause = stood(
            register.key, period
        )  # as they stood in the month, whatever they say by now
    else:
        table = table_of(register)
    live = and_(table.c.unit_code == unit_code, table.c.deleted_at.is_(None))
    placed = table.c[register.placed_by]
    by_period = register.field(register.placed_by).kind is Kind.PERIOD
    last: Any = period if by_period else month.last_day
    if register.scope == "month":
        inside = placed == period if by_period else placed.between(month.first_day, month.last_day)
    elif register.key == "issue":
        over = and_(table.c.status.in_(CLOSED_ISSUES), table.c.review_on < month.first_day)
        inside = and_(placed <= month.last_day, ~over)
    elif register.key == "liaison":
        inside = and_(
            or_(placed <= last, placed.is_(None)),
            or_(table.c.to_on.is_(None), table.c.to_on >= month.first_day),
        )
    elif register.key == "duty":
        # The list of the year; a task without a year is still to be completed.
        inside = or_(table.c.year == str(month.year), table.c.year.is_(None))
    elif register.key in KEPT:
        inside = true()
    else:
        inside = or_(placed <= last, placed.is_(None))
    return select(table).where(live, inside).order_by(placed, table.c.id)


def _enterprises(session: Session, unit_code: str, period: str, named: set[UUID]) -> list[Values]:
    month = Period(period)
    table = table_of(REGISTERS["enterprise"])
    first = datetime.combine(month.first_day, datetime.min.time()).astimezone()
    after = datetime.combine(month.next.first_day, datetime.min.time()).astimezone()
    found: dict[UUID, Values] = {}
    touched = select(table).where(
        table.c.unit_code == unit_code,
        table.c.deleted_at.is_(None),
        table.c.updated_at >= first,
        table.c.updated_at < after,
    )
    for row in session.execute(touched).mappings():
        found[row["id"]] = dict(row)
    missing = sorted(named - found.keys())
    for start in range(0, len(missing), IN_CHUNKS):
        chunk = missing[start : start + IN_CHUNKS]
        for row in session.execute(select(table).where(table.c.id.in_(chunk))).mappings():
            found[row["id"]] = dict(row)
    return sorted(found.values(), key=lambda row: (row["name"] or "", row["id"]))
