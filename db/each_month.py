"""Indicators month by month where plans followed one another or units were merged: each month as its own roll-up has it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy.orm import Session

from db import plan_issues
from db.indicator_lines import indicator_lines
from db.merged_units import merged
from db.periods import Period
from db.progress import expected

# By month: what the district came to, and what was due by the plan of that month.
Told = dict[Period, tuple[Decimal | None, Decimal | None]]


def needed(session: Session, month: Period) -> bool:
    """Whether one plan and one list of units do not do for the year."""
    return len(plan_issues.issues(session)) > 1 or bool(merged(session, month).into)


def each_month(session: Session, months: Iterable[Period]) -> dict[int, Told]:
    """By number of the indicator: each month's value and 应达值."""
    found: dict[int, Told] = {}
    for month in months:
        held = plan_issues.in_force(session, month)
        for line in indicator_lines(session, month, None, held):
            each = held.plan.indicator(line.no)
            assert each is not None
            due = expected(each.semantics, month.month, each.target(month.year), each.prior(month.year))
            found.setdefault(line.no, {})[month] = (None if line.partial else line.value, due)
    return found
