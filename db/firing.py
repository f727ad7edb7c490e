"""How often each rule spoke: counted whenever a month is checked, kept per rule, month and unit.

What a rule says is in checks/; a count is only what the last check of that month found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db.checks.rules import RULES
from db.models import RuleFired
from db.periods import Period
from db.types import now


@dataclass(frozen=True, slots=True)
class Fired:
    """How often a rule spoke in a month and in its year up to that month, and about which registers."""

    month: int = 0
    year: int = 0
    registers: Mapping[str, int] = field(default_factory=dict)  # of the year, by register key


def count(session: Session, unit_code: str, period: str, found: Iterable[tuple[str, str]]) -> None:
    """Keep what a check of a unit's month found: (rule id, register key) of every finding.

    It takes the place of what the check before found. The caller opens the transaction.
    """
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    for rule, register in found:
        if rule in RULES:
            by_rule[rule][register] += 1
    table = RuleFired.__table__
    month, at = str(Period(period)), now()
    session.execute(delete(RuleFired).where(table.c.period == month, table.c.unit_code == unit_code))
    rows = [
        {
            "rule": rule, "period": month, "unit_code": unit_code, "count": registers.total(),
            "registers": dict(registers), "at": at,
        }
        for rule, registers in sorted(by_rule.items())
    ]  # fmt: skip
    if rows:
        session.execute(insert(RuleFired), rows)


def fired(session: Session, period: str, unit_code: str | None = None) -> dict[str, Fired]:
    """By rule: how often it spoke this month and this year (months added up); `unit_code` None for all units.

    A district has the counts of its units from their returns beside its own.
    """
    month = Period(period)
    first = month.year_to_date()[0]
    query = select(RuleFired.rule, RuleFired.period, RuleFired.count, RuleFired.registers).where(
        RuleFired.period.between(str(first), str(month))
    )
    if unit_code is not None:
        query = query.where(RuleFired.unit_code == unit_code)
    months: Counter[str] = Counter()
    years: Counter[str] = Counter()
    registers: dict[str, Counter[str]] = defaultdict(Counter)
    for rule, when, times, by_register in session.execute(query):
        years[rule] += times
        registers[rule].update(by_register or {})
        if when == str(month):
            months[rule] += times
    return {rule: Fired(months[rule], total, dict(registers[rule])) for rule, total in years.items()}
