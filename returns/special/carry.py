"""What a return carries of the 专项: their sheets and rows. A sheet without rows says 零报; an unanswered table has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lineage import kept_of
from db.records import Values, table_of
from db.registers import REGISTERS
from db.special import answers, rows
from db.special.definition import FIRM, PREFIX, Definition
from returns.workbook import SheetPlan, sheet_for


@dataclass(frozen=True, slots=True)
class Carried:
    """One table in a return."""

    definition: Definition
    plan: SheetPlan
    rows: Sequence[Values]


def plan_of(definition: Definition) -> SheetPlan:
    """The sheet of a table: named by its title, columns as any register's."""
    return sheet_for(definition.register)


def carried(session: Session, unit: str, period: str) -> list[Carried]:
    """The tables that the unit answered, rows or 零报, for its return of the month."""
    found = []
    for definition in answers.tables_of_month(session, unit, period):
        there = _with_kept_firms(session, definition, rows.rows_of(session, definition, unit))
        if there or answers.is_zero(session, definition.key, unit):
            found.append(Carried(definition, plan_of(definition), there))
    return found


def _with_kept_firms(session: Session, definition: Definition, found: list[Values]) -> list[Values]:
    """Rows that name a card which was merged since name the one that stands for it."""
    if not definition.register.has_enterprise:
        return found
    return [{**row, FIRM: kept_of(session, row[FIRM])} if row[FIRM] else row for row in found]


def asked_for(session: Session, unit: str, period: str) -> list[Carried]:
    """The tables that a unit without the program is asked for, with what the district prepared for it."""
    return [
        Carried(each, plan_of(each), rows.rows_of(session, each, unit))
        for each in answers.tables_of_month(session, unit, period)
    ]


def with_firms(
    session: Session, found: Mapping[str, Sequence[Values]], specials: Sequence[Carried]
) -> Mapping[str, Sequence[Values]]:
    """The rows of a month with the firms that only a 专项 names: the receiver needs their cards."""
    known = {row["id"] for row in found.get("enterprise", ())}
    named = {row[FIRM] for each in specials for row in each.rows if row.get(FIRM)} - known
    if not named:
        return found
    table = table_of(REGISTERS["enterprise"])
    more = session.execute(select(table).where(table.c.id.in_(sorted(named)))).mappings()
    return {**found, "enterprise": [*found.get("enterprise", ()), *(dict(row) for row in more)]}


def mark_sent(session: Session, unit: str, period: str, specials: Sequence[SheetPlan]) -> None:
    """The return with these sheets was handed in."""
    keys = [plan.register.key.removeprefix(PREFIX) for plan in specials]
    answers.mark_sent(session, unit, period, keys)
