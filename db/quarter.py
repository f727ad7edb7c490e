"""A quarter: the month figures at its end, what happened in it against the quarters before, and each unit's part. No sentences.

Figures of the last month go by the keys of figures.py, those of the indicators as of `told`; what only a quarter has
goes by keys of its own (`quarter.visit.rows`, `quarter.issue.closed:unit` …), with their rows in quarter_sources.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from db import cadence, parameters, settings
from db.coverage import Coverage, coverage
from db.models import Cloud, Issue, Nurture, ReturnFile, Visit
from db.models.issue import DONE
from db.periods import Period
from db.progress import State, change
from db.quarter_months import days_of, indicator_month, months_of
from db.quarter_units import STREET, UnitQuarter, units_of
from db.rollup import MISSING as NO_VALUE
from db.rollup import PARTIAL, UNJUDGED, IndicatorLine, Rollup, rollup


@dataclass(frozen=True, slots=True)
class Flow:
    """A count of the quarter, of the quarter before and of last year's. None: nobody reported that quarter."""

    now: int
    before: int | None
    last_year: int | None

    @property
    def mom(self) -> Decimal | None:
        """Against the quarter before, in percent; None where that cannot be said."""
        return change(Decimal(self.now), _decimal(self.before))

    @property
    def yoy(self) -> Decimal | None:
        return change(Decimal(self.now), _decimal(self.last_year))


@dataclass(frozen=True, slots=True)
class Quarter:
    """Everything the 季通报 is written from. `end`: the quarter's last month; `as_of`: its last day, or today before it.

    `told`: the month the indicators are of, which may be an earlier one (quarter_months.indicator_month); in `month` the
    indicators are of `told`, all else is of `end`.
    """

    end: Period
    told: Period
    as_of: date
    month: Rollup
    coverages: tuple[Coverage, ...]
    units: tuple[UnitQuarter, ...]
    visits: Flow
    enterprises: Flow
    new_issues: Flow
    closed_issues: Flow
    new_clouds: Flow
    entered: Flow  # candidates that came into stock
    start_clouds: int  # counted at the end of the quarter before
    first: bool  # nothing to compare with
    ranking: bool
    today: date  # problems are told as they stand on it
    next_due: date  # when the next month's return is due

    @property
    def key(self) -> str:
        """“2024Q2”."""
        return f"{self.end.year}Q{self.end.quarter}"

    @property
    def running(self) -> bool:
        """The quarter is not over: figures stand as of a day within it."""
        return self.as_of < self.end.last_day

    @property
    def months(self) -> tuple[Period, ...]:
        return months_of(self.end)

    @property
    def earlier(self) -> bool:
        """The indicators are those of a month before the quarter's last: its returns are not (all) here."""
        return self.told != self.end

    @property
    def told_coverage(self) -> Coverage:
        """Who handed in the month the indicators are of."""
        return self.coverages[self.months.index(self.told)]

    @property
    def nothing(self) -> bool:
        """Nobody has reported anything in the quarter, and nothing was registered."""
        return not (self.received or self.visits.now or self.new_issues.now or self.month.issues.whole.all)

    @property
    def expected(self) -> int:
        """Returns owed in the quarter, one per unit and month."""
        return sum(unit.owed for unit in self.units)

    @property
    def received(self) -> int:
        return sum(unit.on_time + unit.late for unit in self.units)

    @property
    def late(self) -> int:
        return sum(unit.late for unit in self.units)

    @property
    def missing(self) -> int:
        return sum(unit.missing for unit in self.units)

    @property
    def streets(self) -> tuple[UnitQuarter, ...]:
        return tuple(unit for unit in self.units if unit.kind == STREET)

    @property
    def offices(self) -> tuple[UnitQuarter, ...]:
        return tuple(unit for unit in self.units if unit.kind != STREET)

    def lines(self, *states: str, binding: bool = False) -> tuple[IndicatorLine, ...]:
        """The indicators in these states (none: all), in the plan's order."""
        return tuple(
            line
            for line in self.month.indicators
            if (not states or line.state in states) and (line.binding or not binding)
        )

    def indicators_in(self, group: str) -> tuple[IndicatorLine, ...]:
        """By the last word of a key: all, judged, normal, watch, alarm, behind, unjudged, binding, binding_normal."""
        states: Mapping[str, tuple[str, ...]] = {
            "judged": (State.NORMAL, State.WATCH, State.ALARM),
            "normal": (State.NORMAL,),
            "watch": (State.WATCH,),
            "alarm": (State.ALARM,),
            "behind": (State.WATCH, State.ALARM),
            "unjudged": (NO_VALUE, PARTIAL, UNJUDGED),
            "binding_normal": (State.NORMAL,),
        }
        return self.lines(*states.get(group, ()), binding=group.startswith("binding"))

    @property
    def unjudged(self) -> tuple[IndicatorLine, ...]:
        """Without a value, with a part of a sum only, or with nothing to be measured by."""
        return self.lines(NO_VALUE, PARTIAL, UNJUDGED)


def quarter(session: Session, end: Period) -> Quarter:
    """The quarter that ends with the month, from what is in the register now; an empty register gives zeros."""
    as_of = min(end.last_day, settings.today(session))
    month = rollup(session, str(end))
    coverages = tuple(coverage(session, str(each)) for each in months_of(end))
    told = indicator_month(session, end)
    if told != end:
        of_told = rollup(session, str(told))
        month = replace(month, indicators=of_told.indicators, behind=of_told.behind)
    spans = (end, end.shift(-3), end.shift(-12))
    known_of = [index == 0 or _reported(session, span) for index, span in enumerate(spans)]

    def flow(counts: list[int]) -> Flow:
        shown = [count if known or count else None for count, known in zip(counts, known_of, strict=True)]
        return Flow(shown[0] or 0, shown[1], shown[2])

    visited = [_visits(session, span) for span in spans]
    clouds = [_new_clouds(session, span) for span in spans]
    visits = flow([each[0] for each in visited])
    return Quarter(
        end=end,
        told=told,
        as_of=as_of,
        month=month,
        coverages=coverages,
        units=units_of(session, end, month.indicators, coverages, as_of),
        visits=visits,
        enterprises=flow([each[1] for each in visited]),
        new_issues=flow([_issues(session, Issue.registered_on, span) for span in spans]),
        closed_issues=flow([_issues(session, Issue.closed_on, span) for span in spans]),
        new_clouds=flow(clouds),
        entered=flow([_entered(session, span) for span in spans]),
        start_clouds=month.clouds.counted - clouds[0],
        first=visits.before is None and visits.last_year is None,
        ranking=parameters.read(session).rankings,
        today=settings.today(session),
        next_due=cadence.month_cycle(session, str(end.next)).due_on,
    )


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _reported(session: Session, end: Period) -> bool:
    """Whether any return of the quarter is here: without one a count of zero says nothing."""
    found = session.scalar(
        select(ReturnFile.id)
        .where(
            ReturnFile.period.in_([str(each) for each in months_of(end)]),
            ReturnFile.state.in_(("received", "sent")),
        )
        .limit(1)
    )
    return found is not None


def _visits(session: Session, end: Period) -> tuple[int, int]:
    row = session.execute(
        select(func.count(), func.count(distinct(Visit.enterprise_id))).where(
            Visit.visit_date.between(*days_of(end)), Visit.deleted_at.is_(None)
        )
    ).one()
    return int(row[0]), int(row[1])


def _issues(session: Session, day: Any, end: Period) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(Issue)
        .where(day.between(*days_of(end)), Issue.deleted_at.is_(None), *_done_if_closed(day))
    )
    return int(found or 0)


def _done_if_closed(day: Any) -> tuple[Any, ...]:
    """A problem that was given back after its 办结 is not closed, though the day still stands in it."""
    return (Issue.status.in_(DONE),) if day is Issue.closed_on else ()


def first_counted() -> Any:
    """SELECT enterprise, first day it counts as on the cloud: a firm is new in one quarter only."""
    return (
        select(Cloud.enterprise_id.label("firm"), func.min(Cloud.cloud_on).label("day"))
        .where(Cloud.counted.is_(True), Cloud.deleted_at.is_(None), Cloud.cloud_on.is_not(None))
        .group_by(Cloud.enterprise_id)
        .subquery()
    )


def _new_clouds(session: Session, end: Period) -> int:
    firsts = first_counted()
    return int(
        session.scalar(
            select(func.count()).select_from(firsts).where(firsts.c.day.between(*days_of(end)))
        )
        or 0
    )  # fmt: skip


def _entered(session: Session, end: Period) -> int:
    months = [str(each) for each in months_of(end)]
    found = session.scalar(
        select(func.count())
        .select_from(Nurture)
        .where(Nurture.in_stock_ym.in_(months), Nurture.stage == "已入库", Nurture.deleted_at.is_(None))
    )
    return int(found or 0)
