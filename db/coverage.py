"""Who has handed in a month and who has not: every total is worth only as much as its coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import OrgUnit, ReturnFile

ON_TIME, LATE, ZERO, MISSING = "按时", "迟报", "零报", "未报"


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit's return of the month: 按时, 迟报, 零报 or 未报, with its newest revision and row counts."""

    code: str
    name: str
    kind: str
    state: str
    revision: int | None = None
    late_days: int = 0
    rows: dict[str, int] | None = None

    @property
    def received(self) -> bool:
        return self.state != MISSING


@dataclass(frozen=True, slots=True)
class Coverage:
    """已报 n/m: all units that are expected to hand in, streets first."""

    units: tuple[UnitState, ...]

    @property
    def expected(self) -> int:
        return len(self.units)

    @property
    def received(self) -> int:
        return sum(unit.received for unit in self.units)

    @property
    def late(self) -> int:
        return sum(unit.received and unit.late_days > 0 for unit in self.units)

    @property
    def missing(self) -> list[str]:
        return [unit.code for unit in self.units if not unit.received]

    def of_kind(self, street: bool) -> Coverage:
        return Coverage(tuple(unit for unit in self.units if (unit.kind == "street") == street))


def coverage(session: Session, period: str) -> Coverage:
    """The state of every expected unit for the month, from the newest return that counts."""
    units = session.scalars(select(OrgUnit).where(OrgUnit.active, OrgUnit.reports)).all()
    newest: dict[str, ReturnFile] = {}
    for each in session.scalars(
        select(ReturnFile)
        .where(ReturnFile.period == period, ReturnFile.state.in_(("received", "sent")))
        .order_by(ReturnFile.revision)
    ):
        newest[each.unit_code] = each
    states = [_state(unit, newest.get(unit.code), _first(session, unit.code, period)) for unit in units]
    return Coverage(tuple(sorted(states, key=lambda unit: (unit.kind != "street", unit.code))))


def _first(session: Session, unit_code: str, period: str) -> int:
    """How late the first revision was: a punctual return that is corrected later was still punctual."""
    days: Any = session.scalar(
        select(ReturnFile.late_days)
        .where(
            ReturnFile.unit_code == unit_code,
            ReturnFile.period == period,
            ReturnFile.state.in_(("received", "sent")),
        )
        .order_by(ReturnFile.revision)
        .limit(1)
    )
    return int(days or 0)


def _state(unit: OrgUnit, found: ReturnFile | None, late_days: int) -> UnitState:
    if found is None:
        return UnitState(unit.code, unit.name, unit.kind, MISSING)
    word = LATE if late_days > 0 else ZERO if found.zero_report else ON_TIME
    return UnitState(
        unit.code, unit.name, unit.kind, word, found.revision, late_days, dict(found.summary or {})
    )
