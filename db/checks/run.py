"""Running the checks: one record, one unit's month. Which checks there are is said in each register's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from db import classifications, locks, plan_issues, plan_store, settings
from db.checks import cloud, duty, enterprise, indicator, issue, lists, nurture, park, project, returns, visit
from db.checks.context import Check, Context, Values
from db.checks.facts import SqlFacts
from db.checks.grades import grades, regrade
from db.findings import Finding
from db.lookup import Directory
from db.monthly import rows_of_month
from db.parameters import read_parameters
from db.periods import Period
from db.registers import REGISTERS, Register
from db.special import checks as special

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "enterprise": enterprise.CHECKS,
    "visit": visit.CHECKS,
    "issue": issue.CHECKS,
    "cloud": cloud.CHECKS,
    "nurture": nurture.CHECKS,
    "indicator": indicator.CHECKS,
    "project": project.CHECKS,
    "park": park.CHECKS,
    "duty": duty.CHECKS,
    **lists.CHECKS,
}


def context(
    session: Session, *, today: date | None = None, period: str | None = None, unit_code: str | None = None
) -> Context:
    """What checking needs, over one session. Keep it for many records; make a new one after something was saved.

    `unit_code` defaults to this installation's unit. UsageError for a period that is no month.
    """
    directory = Directory(session)
    plan = plan_store.current(session)
    changed = settings.parameters(session)
    lines = changed.get("thresholds")
    return Context(
        directory=directory,
        facts=SqlFacts(session, directory, plan.name_places),
        plan=plan,
        plans=cache(lambda month: plan_issues.plan_for(session, month)),
        today=today or date.today(),
        unit_code=unit_code or settings.get(session, "unit", ""),
        period=Period(period) if period else None,
        parameters=read_parameters(changed),
        thresholds=classifications.read_thresholds(lines) if lines else None,
        overrides=settings.holidays(session),
        grades=grades(session),
    )


def check_record(
    ctx: Context, register: Register | str, record: Mapping[str, Any], previous: Values | None = None
) -> list[Finding]:
    """What the rules say of one record, stored or not (then it may lack `id` and any field).

    `previous` is the record as it is stored, for the moves of states (ISS-003, UPS-001) and sums (UPS-010).
    """
    chosen = REGISTERS[register] if isinstance(register, str) else register
    own = replace(ctx, register=chosen, previous=previous)
    return _run(own, CHECKS[chosen.key], record)


def _run(ctx: Context, checks: tuple[Check, ...], record: Values) -> list[Finding]:
    # Two rules never say the same thing; one rule may find the same twice (two values of one field).
    found = dict.fromkeys(found for check in checks for found in check(ctx, record))
    return regrade(ctx.grades, found) if ctx.grades else list(found)


def check_month(session: Session, unit_code: str, period: str, *, today: date | None = None) -> list[Finding]:
    """All findings about a unit's month: its rows in the order of the registers, then the month, then the cover.

    RET-007 and RET-008 are not among them: they count these (`check_gate`).
    """
    ctx = context(session, today=today, period=period, unit_code=unit_code)
    rows = rows_of_month(session, unit_code, str(ctx.month))
    assert isinstance(ctx.facts, SqlFacts)
    ctx.facts.prefetch(rows)
    found = check_rows(ctx, rows)
    found += special.check(session, unit_code, str(ctx.month))
    cover = locks.state_of(session, unit_code, ctx.month)
    if cover is not None and cover.state == "draft":
        found += returns.check_cover(returns.cover_values(cover))
    found += returns.check_zero(ctx, rows, cover.zero_report if cover is not None else None)
    return found


def check_rows(ctx: Context, rows: Mapping[str, list[dict[str, Any]]]) -> list[Finding]:
    """The findings about the rows of a month, by register key, and about the month as a whole (CLD-008)."""
    found: list[Finding] = []
    for key, each in rows.items():
        own = replace(ctx, register=REGISTERS[key])
        for row in each:
            found += _run(own, CHECKS[key], row)
    month = cloud.month_plausible(replace(ctx, register=REGISTERS["cloud"]))
    return found + regrade(ctx.grades, month)
