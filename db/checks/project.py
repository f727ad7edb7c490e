"""PRJ rules: a project's investment, its dates, and whether it moves. The stages and their moves are in workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from db.checks import general
from db.checks.context import Check, Context, ProjectMonth, Values, number
from db.findings import Finding, Severity
from db.models.project import COMPLETED, PRODUCED, SIGNED, STARTED, STOCKED
from db.periods import Period
from db.text import fold

BUILDING = "在建"
HUNDRED = Decimal(100)
STEPS = ("started_on", "completed_on", "produced_on")
# A day that is written down for a stage that has been reached has happened.
HAPPENED = {
    "signed_on": SIGNED,
    "stocked_on": STOCKED,
    "started_on": STARTED,
    "completed_on": COMPLETED,
    "produced_on": PRODUCED,
}


def within_total(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRJ-001: above the limit an error; between 100 % and the limit the reason has to be given (警告, 说明)."""
    total, done = record.get("invest_total"), record.get("invest_done")
    if total is None or done is None or done <= total:
        return
    limit = ctx.parameters.invest_over
    names: dict[str, Any] = {"完成": number(done), "总投资": number(total), "比例": number(limit)}
    if done * HUNDRED > total * limit:
        yield ctx.say("PRJ-001", record, "invest_done", **names)
    else:
        yield ctx.say("PRJ-001", record, "invest_done", more="explain", severity=Severity.WARNING, **names)


def days_in_order(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRJ-002, said at the later step; a step that is left out is passed over."""
    given = [(name, record[name]) for name in STEPS if record.get(name) is not None]
    for (before, first), (name, then) in pairwise(given):
        if then < first:
            yield ctx.say(
                "PRJ-002",
                record,
                name,
                日期=then.isoformat(),
                前项=ctx.label(before),
                前日期=first.isoformat(),
            )


def days_happened(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-004: a stage that has been reached cannot have its day in the future."""
    for name, stages in HAPPENED.items():
        day = record.get(name)
        if isinstance(day, date) and day > ctx.today and record.get("stage") in stages:
            yield ctx.say("GEN-004", record, name, more="future", 值=day.isoformat())


def _told(ctx: Context, record: Values) -> Mapping[str, ProjectMonth]:
    """What the project said for each month, as far as known; this record's own word last."""
    told: dict[str, ProjectMonth] = {}
    if record.get("id") is not None:
        told |= {each.asof: each for each in ctx.facts.project_months(record["id"])}
    for row in (ctx.previous, record):
        if row is not None and row.get("asof_ym"):
            told[str(row["asof_ym"])] = _month(row)
    return told


def _month(row: Values) -> ProjectMonth:
    return ProjectMonth(
        str(row["asof_ym"]), row.get("invest_done"), row.get("progress") or "", row.get("stage")
    )


def _same(one: ProjectMonth, other: ProjectMonth) -> bool:
    return (one.invest_done, fold(one.progress), one.stage) == (
        other.invest_done,
        fold(other.progress),
        other.stage,
    )


def moves_on(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRJ-003: neither investment nor progress nor stage has changed for so many months up to the one filled in."""
    asof, months = record.get("asof_ym"), ctx.parameters.stalled_months
    if record.get("stage") != BUILDING or not asof:
        return
    told = _told(ctx, record)
    now = max(ctx.month, Period(asof))
    before = [month for month in told if month <= now.shift(-months)]
    if not before:
        return
    start = max(before)
    if all(_same(told[month], told[start]) for month in told if month > start):
        yield ctx.say("PRJ-003", record, "progress", 月数=months, 期间=Period(start).display())


def investment_grows(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRJ-004, against the last figure of an earlier month."""
    done, asof = record.get("invest_done"), record.get("asof_ym")
    if done is None or not asof:
        return
    told = {
        month: each.invest_done
        for month, each in _told(ctx, record).items()
        if month < asof and each.invest_done is not None
    }
    if told and done < told[max(told)]:
        last = max(told)
        names: dict[str, Any] = {"期间": Period(asof).display(), "数": number(done)}
        yield ctx.say(
            "PRJ-004", record, "invest_done", 上期=Period(last).display(), 上月数=number(told[last]), **names
        )


CHECKS: tuple[Check, ...] = (
    *general.checks(),
    within_total,
    days_in_order,
    days_happened,
    moves_on,
    investment_grows,
)
