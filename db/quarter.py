"""A quarter: the month figures at its end, what happened in it against the quarters before, and each unit's part. No sentences.

Figures of the last month go by the keys of figures.py; what only a quarter has goes by keys of its own
(`quarter.visit.rows`, `quarter.issue.closed:unit` …), with their rows in quarter_sources.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from db import cadence, parameters, settings
from db.coverage import CAUGHT_UP, LATE, MISSING, ON_TIME, ZERO, Coverage, coverage
from db.errors import UsageError
from db.models import Cloud, Issue, Nurture, OrgUnit, ReturnFile, Visit
from db.models.issue import DONE, OPEN
from db.periods import Period, quarter_end
from db.progress import State, change
from db.rollup import MISSING as NO_VALUE
from db.rollup import PARTIAL, UNJUDGED, IndicatorLine, Rollup, rollup

STREET = "street"


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
class Handled:
    """Problems a unit has to solve, registered by the end of the quarter, as they stand."""

    all: int = 0
    done: int = 0
    open: int = 0
    overdue: int = 0
    due: int = 0  # due by now, or done

    @property
    def rate_due(self) -> Decimal | None:
        """办结率 of those due by now, in percent."""
        return Decimal(self.done) * 100 / self.due if self.due else None

    @property
    def rate_all(self) -> Decimal | None:
        return Decimal(self.done) * 100 / self.all if self.all else None


@dataclass(frozen=True, slots=True)
class UnitQuarter:
    """One unit: its returns month by month (按时, 迟报, 零报, 已补报, 未报, or 待报 before the deadline; “” where it owed none), visits and problems of the quarter, its indicators."""

    code: str
    name: str
    kind: str
    returns: tuple[str, ...]
    visits: int
    enterprises: int
    new_issues: int
    closed_issues: int
    registered: Handled  # problems it registered
    handled: Handled  # problems it has to solve
    indicators: tuple[IndicatorLine, ...]

    @property
    def owed(self) -> int:
        """Returns that were due by now, or came before: what is still to come is not owed yet."""
        return self.on_time + self.late + self.missing

    @property
    def on_time(self) -> int:
        return sum(state in (ON_TIME, ZERO) for state in self.returns)

    @property
    def late(self) -> int:
        return sum(state in (LATE, CAUGHT_UP) for state in self.returns)

    @property
    def missing(self) -> int:
        return sum(state == MISSING for state in self.returns)

    @property
    def on_schedule(self) -> int:
        return sum(line.state == State.NORMAL for line in self.indicators)

    @property
    def behind(self) -> int:
        return sum(line.state in (State.WATCH, State.ALARM) for line in self.indicators)


@dataclass(frozen=True, slots=True)
class Quarter:
    """Everything the 季通报 is written from. `end`: the quarter's last month; `as_of`: its last day, or today before it."""

    end: Period
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


def months_of(end: Period) -> tuple[Period, ...]:
    """The three months of the quarter that ends with this one."""
    return end.shift(-2), end.shift(-1), end


def parse_quarter(text: str) -> Period:
    """“2024Q2”, “2024年第二季度”, “2024-06” as the quarter's last month. UsageError (“bad_quarter”) for anything else."""
    raw = text.strip().upper().replace(" ", "").replace("-Q", "Q")
    for word, number in zip("一二三四", "1234", strict=True):
        raw = raw.replace(f"年第{word}季度", f"Q{number}").replace(f"年{word}季度", f"Q{number}")
    year, mark, number = raw.partition("Q")
    if mark and year.isascii() and year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4"):
        return quarter_end(int(year), int(number))
    if not mark:
        try:
            month = Period.parse(text)
        except UsageError:
            pass
        else:
            return quarter_end(month.year, month.quarter)
    raise UsageError(f"“{text}”不是有效的季度。", "请按“2024Q2”的格式填写年份和季度。", "bad_quarter")


def quarter(session: Session, end: Period) -> Quarter:
    """The quarter that ends with the month, from what is in the register now; an empty register gives zeros."""
    as_of = min(end.last_day, settings.today(session))
    month = rollup(session, str(end))
    coverages = tuple(coverage(session, str(each)) for each in months_of(end))
    spans = (end, end.shift(-3), end.shift(-12))
    told = [index == 0 or _reported(session, span) for index, span in enumerate(spans)]

    def flow(counts: list[int]) -> Flow:
        shown = [count if known or count else None for count, known in zip(counts, told, strict=True)]
        return Flow(shown[0] or 0, shown[1], shown[2])

    visited = [_visits(session, span) for span in spans]
    clouds = [_new_clouds(session, span) for span in spans]
    visits = flow([each[0] for each in visited])
    return Quarter(
        end=end,
        as_of=as_of,
        month=month,
        coverages=coverages,
        units=_units(session, end, month, coverages, as_of),
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


def days_of(end: Period) -> tuple[date, date]:
    """First and last day of the quarter."""
    return end.shift(-2).first_day, end.last_day


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


def _units(
    session: Session, end: Period, month: Rollup, coverages: tuple[Coverage, ...], as_of: date
) -> tuple[UnitQuarter, ...]:
    """Every unit that owed a return in the quarter: the streets first, in the order of the plan."""
    states: dict[str, list[str]] = {}
    kinds: dict[str, tuple[str, str]] = {}
    for place, each in enumerate(coverages):
        for unit in each.units:
            states.setdefault(unit.code, [""] * len(coverages))[place] = (
                unit.state if unit.received else unit.word
            )
            kinds[unit.code] = unit.name, unit.kind
    visits = _by_unit(
        session,
        (Visit.unit_code, func.count(), func.count(distinct(Visit.enterprise_id))),
        Visit.visit_date.between(*days_of(end)), Visit.deleted_at.is_(None),
    )  # fmt: skip
    new = _by_unit(
        session,
        (Issue.unit_code, func.count()),
        Issue.registered_on.between(*days_of(end)), Issue.deleted_at.is_(None),
    )  # fmt: skip
    closed = _by_unit(
        session,
        (Issue.unit_code, func.count()),
        Issue.closed_on.between(*days_of(end)), Issue.deleted_at.is_(None), Issue.status.in_(DONE),
    )  # fmt: skip
    registered, handled = _handled(session, Issue.unit_code, end, as_of), handled_by(session, end, as_of)
    order = {code: place for place, code in enumerate(session.scalars(select(OrgUnit.code)))}
    lines: dict[str, list[IndicatorLine]] = {}
    for line in month.indicators:
        for value in line.units:
            if value.responsible:
                lines.setdefault(value.unit_code, []).append(line)
    found = []
    for code in states:
        name, kind = kinds[code]
        rows, firms = visits.get(code) or (0, 0)
        found.append(
            UnitQuarter(
                code=code,
                name=name,
                kind=kind,
                returns=tuple(states[code]),
                visits=rows,
                enterprises=firms,
                new_issues=(new.get(code) or (0,))[0],
                closed_issues=(closed.get(code) or (0,))[0],
                registered=registered.get(code, Handled()),
                handled=handled.get(code, Handled()),
                indicators=tuple(lines.get(code, ())),
            )
        )
    return tuple(
        sorted(
            found, key=lambda unit: (unit.kind != STREET, unit.code if unit.kind == STREET else "", order[unit.code])
        )
    )  # fmt: skip


def _by_unit(session: Session, columns: tuple[Any, ...], *scope: Any) -> dict[str, tuple[int, ...]]:
    rows = session.execute(select(*columns).where(*scope).group_by(columns[0]))
    return {str(row[0]): tuple(int(each) for each in row[1:]) for row in rows if row[0]}


def handled_by(session: Session, end: Period, as_of: date) -> Mapping[str, Handled]:
    """By the unit that has to solve them (承办单位)."""
    return _handled(session, Issue.org_code, end, as_of)


def _handled(session: Session, owner: Any, end: Period, as_of: date) -> dict[str, Handled]:
    done, open_ = Issue.status.in_(DONE), Issue.status.in_(OPEN)
    past = Issue.due_date < as_of
    rows = session.execute(
        select(
            owner,
            func.count(),
            func.sum(case((done, 1), else_=0)),
            func.sum(case((open_, 1), else_=0)),
            func.sum(case((open_ & past, 1), else_=0)),
            func.sum(case((done | (Issue.due_date <= as_of), 1), else_=0)),
        )
        .where(Issue.registered_on <= end.last_day, Issue.deleted_at.is_(None))
        .group_by(owner)
    )
    return {str(row[0]): Handled(*(int(each or 0) for each in row[1:])) for row in rows if row[0]}
