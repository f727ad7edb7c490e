"""From a figure of a month to the rows behind it: which they are. What the figures are is in figures.py, their words in
figure_words.py, reading the rows in rows_behind.py; showing them is the pages'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import lists, plan_issues, settings, totals
from db.assessment import behind
from db.errors import UsageError
from db.figure_words import (
    NO_CHANNEL,
    NO_CHANNEL_NAME,
    PARK_FIELDS,
    Words,
    indicator_words,
    reported_words,
    with_unit,
    words_of,
)
from db.indicator_lines import IndicatorLine, UnitValue, indicator_lines
from db.kept_totals import Kept
from db.lists import ListQuery
from db.merged_units import merged
from db.models import Park, ParkMonth
from db.models.duty import RUNNING
from db.models.issue import CLEARED, OPEN
from db.models.project import STAGES as PROJECT_STAGES
from db.periods import Period
from db.ranges import Between
from db.rows_behind import RETURN, return_rows, rows_of_query
from db.totals import ASSESSED_MODES
from db.totals_more import ENDED
from db.unit_names import name_of


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from.

    `register`: of REGISTERS, or RETURN. `query`: what a list page opens; None for returns. `counts`: how rows make the
    value: “rows” (each one), “enterprises” (each firm once), “sum”, “ratio” or “value” (the row says it itself). `base`:
    the part of the value that has no rows (期初数).
    """

    key: str
    title: str
    scope: str
    register: str
    query: ListQuery | None
    count: int
    counts: str
    base: Decimal | None = None


def source_of(session: Session, period: str, key: str) -> Source:
    """The source of a figure of the month. UsageError (“no_figure”) for a key that is none."""
    month = Period(period)
    group, what, unit = _parts(key)
    resolver = _RESOLVERS.get(group)
    found = resolver(session, month, what, unit) if resolver is not None else None
    if found is None:
        raise UsageError(f"没有“{key}”这个数。", "请从页面或报表里的数进入。", "no_figure")
    query = found.query
    if query is not None:
        register, count = query.register, _count(session, query)
    else:
        register, count = RETURN, sum(1 for _ in _returns(session, month, group, what, unit))
    title = with_unit(found.words.name, name_of(session, unit) if unit else "")
    return Source(key, title, found.words.scope, register, query, count, found.counts, found.base)


def rows_of(session: Session, period: str, key: str) -> Iterator[Mapping[str, Any]]:
    """The rows behind a figure, read as they are asked for: id, unit, firm, date and what `columns_of` names.

    Values as stored; `unit` and `firm` are names. For returns the id is that of the newest return, None where there is none.
    """
    found = source_of(session, period, key)
    if found.query is None:
        yield from _returns(session, Period(period), *_parts(key))
        return
    yield from rows_of_query(session, found.query)


def _parts(key: str) -> tuple[str, str, str]:
    """“group.what:unit” taken apart."""
    whole, _, unit = key.partition(":")
    group, _, what = whole.partition(".")
    return group, what, unit


def _returns(
    session: Session, month: Period, group: str, what: str, unit: str
) -> Iterator[Mapping[str, Any]]:
    if group == "assessment":
        return behind.return_rows(session, unit, month, settings.today(session))
    return return_rows(session, month, what)


def _count(session: Session, query: ListQuery) -> int:
    return int(session.scalar(select(func.count()).select_from(lists.keys_of(query).subquery())) or 0)


# Which rows, by group of figures.


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of a figure: `words` without the unit's name; the rest as in Source."""

    words: Words
    query: ListQuery | None
    counts: str = "rows"
    base: Decimal | None = None


def _indicator(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    line = next((each for each in _lines(session, month) if str(each.no) == what), None)
    if line is None:
        return None
    if unit:
        own = [each for each in line.units if each.unit_code == unit]
        counts = "sum" if any(each.carried for each in own) else "value"
        return _Found(reported_words(line), _reported(own), counts)
    if line.from_register and line.computed is not None:
        found = line.computed
        query = ListQuery(found.register, {"ids": [str(each) for each in found.rows]})
        return _Found(indicator_words(line), query, base=found.base)
    duties = [each for each in line.units if each.responsible]
    summed = line.summed or any(each.carried for each in duties)
    counts = "sum" if summed else "ratio" if line.semantics == "ratio" else "value"
    return _Found(indicator_words(line), _reported(duties), counts)


def _lines(session: Session, month: Period) -> tuple[IndicatorLine, ...]:
    """All lines of the month, worked out once as long as nothing they are made of is written."""
    return Kept(session).part("indicators", month, lambda: indicator_lines(session, month))


def _reported(units: Sequence[UnitValue]) -> ListQuery:
    """The records in which units said their values."""
    return ListQuery("indicator", {"ids": [str(key) for each in units for key in each.rows]})


def _visit(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"visit.{what}", month.year)
    if words is None:
        return None
    first = Period.of(month.year, 1).first_day if what.startswith("year") else month.first_day
    filters: dict[str, Any] = {"visit_date": Between(first, month.last_day)}
    if what == "assessed":
        filters["visit_mode"] = ASSESSED_MODES
    counts = "rows" if what.endswith("rows") else "enterprises"
    return _Found(words, _listed(session, month, "visit", filters, unit), counts)


def _issue(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"issue.{what}", month.year)
    if words is None:
        return None
    filters = _as_of(month)
    kind, _, value = what.partition(".")
    if value:
        filters[kind] = value
    elif what == "open":
        filters["status"] = OPEN
    elif what == "written_off":
        filters["status"] = CLEARED
    elif what == "overdue":
        filters |= {"status": OPEN, "past": min(month.last_day, settings.today(session))}
    return _Found(words, _listed(session, month, "issue", filters, unit))


def _cloud(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    named = kind == "provider"
    channel = "" if not named else NO_CHANNEL_NAME if value == NO_CHANNEL else name_of(session, value)
    words = words_of(f"cloud.{what}", month.year, channel)
    if words is None:
        return None
    filters: dict[str, Any] = {"cloud_on": Between(None, month.last_day)}
    if named:
        channels = None if value == NO_CHANNEL else _pooled(session, month, value)
        filters |= {"provider_org": channels, "counted": True}
    elif kind == "uncounted":
        filters |= {"counted": (False, None), "uncounted_reason": value}
    elif what != "rows":
        filters["counted"] = True
    if what == "net_new":
        first = Period.of(plan_issues.plan_for(session, month).baseline_year + 1, 1).first_day
        filters["cloud_on"] = Between(first, month.last_day)
    counts = "rows" if what == "rows" or kind == "uncounted" else "enterprises"
    return _Found(words, _listed(session, month, "cloud", filters, unit), counts)


def _nurture(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"nurture.{what}", month.year)
    if words is None:
        return None
    if what == "near":
        near = totals.nurtures(session, month, unit or None).near_line
        return _Found(words, ListQuery("nurture", {**_as_of(month), "ids": [str(each.id) for each in near]}))
    kind, _, value = what.partition(".")
    filters = {**_as_of(month), "stage" if kind == "stage" else "nurture_type": value}
    return _Found(words, _listed(session, month, "nurture", filters, unit))


def _project(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"project.{what}", month.year)
    if words is None:
        return None
    filters = _as_of(month)
    if what == "in_stock":
        running = (*(each for each in PROJECT_STAGES if each not in ENDED), None)
        filters |= {"in_stock": True, "stage": running}
    else:
        filters["stage"] = what.partition(".")[2]
    return _Found(words, _listed(session, month, "project", filters, unit))


def _park(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    code, _, name = what.rpartition(".")
    park = session.get(Park, code)
    if park is None or name not in PARK_FIELDS:
        return None
    # Where a park was reported twice the last one entered counts, as totals_more.parks has it.
    key = session.scalar(
        select(ParkMonth.id)
        .where(ParkMonth.park_code == code, ParkMonth.period == str(month), ParkMonth.deleted_at.is_(None))
        .order_by(ParkMonth.id.desc())
        .limit(1)
    )
    query = ListQuery("park", {"ids": [str(key)] if key is not None else []})
    return _Found(PARK_FIELDS[name].about(park.name, month.year), query, "value")


def _duty(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"duty.{what}", month.year)
    if words is None:
        return None
    kind, _, value = what.partition(".")
    filters = {"year": str(month.year), **_as_of(month)}
    if what == "overdue":
        filters |= {"status": RUNNING, "past": min(month.last_day, settings.today(session))}
    else:
        filters["status" if kind == "status" else "action_id"] = value
    return _Found(words, _listed(session, month, "duty", filters, unit))


def _coverage(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    words = words_of(f"coverage.{what}", month.year)
    return _Found(words, None) if words is not None and not unit else None


def _assessment(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    if kind == "indicator":
        # “assessment.indicator.5.2024-11”: the year's last known value, of an earlier month
        number, _, period = value.partition(".")
        return _indicator(session, Period(period), number, unit)
    if what not in behind.TITLES or not unit:
        return None
    title, scope, counts = behind.TITLES[what]
    query = behind.query_of(session, what, unit, month) if what in behind.REGISTER else None
    return _Found(Words(title, "", scope), query, counts)


_RESOLVERS: Mapping[str, Callable[[Session, Period, str, str], _Found | None]] = {
    "indicator": _indicator,
    "visit": _visit,
    "issue": _issue,
    "cloud": _cloud,
    "nurture": _nurture,
    "project": _project,
    "park": _park,
    "duty": _duty,
    "coverage": _coverage,
    "assessment": _assessment,
}


def _as_of(month: Period) -> dict[str, Any]:
    """Problems, candidates, projects and tasks as they stood at the end of the month, as totals*.py count them.

    The only place where the figures ask for “upto”; lists.py says what it is in SQL.
    """
    return {"upto": str(month)}


def _listed(session: Session, month: Period, register: str, filters: dict[str, Any], unit: str) -> ListQuery:
    """A list narrowed to a unit and those that were merged into it by then; without one (“”) everybody's."""
    return ListQuery(register, {**filters, "unit": _pooled(session, month, unit)} if unit else filters)


def _pooled(session: Session, month: Period, unit: str) -> str | tuple[str, ...]:
    """A unit, or it and those that were merged into it by then: what a list filters by."""
    members = merged(session, month).members(unit)
    return unit if len(members) == 1 else members
