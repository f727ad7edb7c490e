"""Plans one after another: which was in force in a month, and what a re-issued one changed. Installing is plan_store.py's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import closing, direct, plan_store
from db.merged_units import merged
from db.once import once
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import show_number
from db.types import moment_of


@dataclass(frozen=True, slots=True)
class Issue:
    """A plan that was put into force, from a month on."""

    number: int
    from_period: str
    digest: str
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """The plan of a month; `former`: the one it replaced in the same year; `later`: the one that replaces it, if any."""

    plan: Plan
    since: str
    former: Plan | None = None
    later: Plan | None = None
    later_from: str = ""


def issues(session: Session) -> tuple[Issue, ...]:
    """Every plan put into force, oldest first."""
    return once(session, "plan issues", lambda: _issues(session))


def _issues(session: Session) -> tuple[Issue, ...]:
    sql = "SELECT number, from_period, digest, installed_at FROM plan_issue ORDER BY number"
    return tuple(
        Issue(number, since, digest, moment_of(installed))
        for number, since, digest, installed in direct.fetch(session, sql)
    )


def in_force(session: Session, period: str) -> InForce:
    """The plan whose targets hold in a month: the newest put into force for it; in a closed month that of its closing.

    Where months overlap the later issue counts: it was put into force knowing the earlier one.
    """
    return once(session, ("plan in force", str(period)), lambda: _in_force(session, period))


def _in_force(session: Session, period: str) -> InForce:
    known = issues(session)
    if len(known) < 2:
        return InForce(plan_store.current(session), known[0].from_period if known else "")
    closed = closing.closing_of(session, str(Period(period)))
    there = [each for each in known if closed is None or each.installed_at <= closed.at]
    place = _newest(there, period)
    if place is None:
        return InForce(plan_store.current(session), "")
    issue = there[place]
    before = _newest(there[:place], issue.from_period) if issue.from_period[:4] == period[:4] else None
    after = next(
        (each for each in known if each.number > issue.number and each.from_period[:4] == period[:4]), None
    )
    return InForce(
        plan_store.issued(session, issue.number, issue.digest),
        issue.from_period,
        None if before is None else plan_store.issued(session, there[before].number, there[before].digest),
        None if after is None else plan_store.issued(session, after.number, after.digest),
        after.from_period if after is not None else "",
    )


def _newest(known: Sequence[Issue], period: str) -> int | None:
    found = [place for place, each in enumerate(known) if each.from_period <= period]
    return found[-1] if found else None


def plan_for(session: Session, period: str) -> Plan:
    """The plan in force in a month."""
    return in_force(session, period).plan


def indicators_of(session: Session, period: str, unit_code: str) -> tuple[IndicatorDef, ...]:
    """What a unit reports in a month, in the order of that month's plan: its own and those of units merged into it."""
    plan, mergers = plan_for(session, period), merged(session, period)
    return tuple(
        each
        for each in plan.indicators
        if unit_code in mergers.units(unit.code for unit in plan.expand(each.units))
    )


def changes(found: InForce, indicator: IndicatorDef, year: int) -> Iterator[str]:
    """What re-issues of the plan within the year did to an indicator, in words."""
    if found.former is not None:
        before = found.former.indicator(indicator.no)
        if before is None:
            yield f"自 {found.since} 起新列入计划。"
        else:
            for words in _differences(before, indicator, year):
                yield f"计划自 {found.since} 起修订：{words}；此前各月按原计划。"
    if found.later is not None:
        after = found.later.indicator(indicator.no)
        if after is None:
            yield f"自 {found.later_from} 起计划不再列此项；本月按当时的计划。"
        else:
            for words in _differences(indicator, after, year):
                yield f"本月按当时的计划；自 {found.later_from} 起 {words}。"


def removed(found: InForce) -> Iterator[str]:
    """Indicators that the plan of the month no longer has."""
    if found.former is not None:
        for each in found.former.indicators:
            if found.plan.indicator(each.no) is None:
                yield f"计划自 {found.since} 起不再列“{each.name}”，此前各月仍按原计划汇总。"


def _differences(before: IndicatorDef, after: IndicatorDef, year: int) -> Iterator[str]:
    if before.name != after.name:
        yield f"名称由“{before.name}”改为“{after.name}”"
    if before.target(year) != after.target(year):
        places = max(before.decimals, after.decimals)
        was, now = (show_number(each.target(year), places) for each in (before, after))
        yield f"{year} 年目标由 {was} 改为 {now}"
    if before.semantics != after.semantics:
        yield f"口径由“{before.semantics.word}”改为“{after.semantics.word}”"
    if before.units != after.units:
        yield "责任单位有调整"
