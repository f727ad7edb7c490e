"""One unit's part of a quarter: its returns month by month, visits, problems it has to solve, indicators. Counts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from db import settings
from db.coverage import CAUGHT_UP, LATE, MISSING, ON_TIME, ZERO, Coverage
from db.models import Issue, OrgUnit, Visit
from db.models.issue import DONE, OPEN
from db.month_states import stood
from db.periods import Period
from db.progress import State
from db.quarter_months import days_of
from db.rollup import IndicatorLine

STREET = "street"


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


def units_of(
    session: Session,
    end: Period,
    indicators: Sequence[IndicatorLine],
    coverages: Sequence[Coverage],
    as_of: date,
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
    registered = _handled(session, "unit_code", end, as_of)
    handled = _handled(session, "org_code", end, as_of)  # by the unit that has to solve them
    order = {code: place for place, code in enumerate(session.scalars(select(OrgUnit.code)))}
    lines: dict[str, list[IndicatorLine]] = {}
    for line in indicators:
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


def _handled(session: Session, owner: str, end: Period, as_of: date) -> dict[str, Handled]:
    """How far problems were at the quarter's end, by the unit that registered or has to solve them."""
    issue = stood("issue", end, settings.today(session)).c
    done, open_ = issue.status.in_(DONE), issue.status.in_(OPEN)
    past = issue.due_date < as_of
    rows = session.execute(
        select(
            issue[owner],
            func.count(),
            func.sum(case((done, 1), else_=0)),
            func.sum(case((open_, 1), else_=0)),
            func.sum(case((open_ & past, 1), else_=0)),
            func.sum(case((done | (issue.due_date <= as_of), 1), else_=0)),
        )
        .where(issue.deleted_at.is_(None))
        .group_by(issue[owner])
    )
    return {str(row[0]): Handled(*(int(each or 0) for each in row[1:])) for row in rows if row[0]}
