"""How often a firm has been visited lately, by whom: a gentle word before one more visit burdens it (减负).

All offices count that this register knows of. What a visit must contain is for checks/visit.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from db import settings
from db.direct import fetch
from db.parameters import Parameters, read_parameters
from db.periods import Period


class Names(Protocol):
    """Whoever knows what a unit is called."""

    def name(self, source: str, key: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Pressure:
    """The visits of one firm around a day, as far as they matter for the next one."""

    day: date
    count: int  # in the month of that day
    units: tuple[tuple[str, int], ...]  # who made them, most first
    last: date | None = None  # the last visit up to that day
    last_unit: str = ""
    limit: int = 3
    apart: int = 7

    @property
    def too_many(self) -> bool:
        """Whether one more visit would be one too many."""
        return self.count >= self.limit

    @property
    def days_ago(self) -> int | None:
        return None if self.last is None else (self.day - self.last).days

    def words(self, own_unit: str, names: Names) -> list[str]:
        """What to say before another visit by `own_unit`; nothing where it burdens nobody."""
        said = []
        if self.too_many:
            by = "、".join(f"{names.name('unit', code)} {count} 次" for code, count in self.units[:3])
            others = f"（{by}）" if len(self.units) > 1 or self.units[0][0] != own_unit else ""
            said.append(f"{self.day.month} 月已走访 {self.count} 次{others}，再去前请先商量")
        days = self.days_ago
        if days is not None and self.last_unit != own_unit and days < self.apart:
            when = "当天" if days == 0 else f" {days} 天前"
            said.append(
                f"{names.name('unit', self.last_unit)}{when}走访过，先看看那次记录，能合并的不再单独去"
            )
        return said


def limits(session: Session) -> Parameters:
    """The parameters in force."""
    return read_parameters(settings.parameters(session))


def pressure(
    session: Session,
    firm: UUID,
    day: date,
    *,
    exclude: UUID | None = None,
    parameters: Parameters | None = None,
) -> Pressure:
    """The visits of a firm in the month of `day` and shortly before; `exclude` is the visit being written."""
    return pressures(session, (firm,), day, exclude=exclude, parameters=parameters)[firm]


def pressures(
    session: Session,
    firms: Iterable[UUID],
    day: date,
    *,
    exclude: UUID | None = None,
    parameters: Parameters | None = None,
) -> dict[UUID, Pressure]:
    """The same for several firms at once, as a list of suggestions needs it; `parameters` where they are known already."""
    wanted = list(firms)
    set_limits = parameters or limits(session)
    month = Period.of_date(day)
    since = min(month.first_day, day - timedelta(days=max(set_limits.visits_apart, 1)))
    by_firm: dict[UUID, list[tuple[date, str]]] = {key: [] for key in wanted}
    # Asked at every keystroke of the picker: written out, not built.
    marks = ",".join("?" * len(wanted))
    rows = fetch(
        session,
        "SELECT enterprise_id, visit_date, unit_code FROM visit "
        f"WHERE enterprise_id IN ({marks}) AND visit_date BETWEEN ? AND ? AND deleted_at IS NULL AND id <> ? "
        "ORDER BY visit_date, id",
        (
            *(key.bytes for key in wanted),
            since.isoformat(),
            month.last_day.isoformat(),
            exclude.bytes if exclude is not None else b"",
        ),
    )
    for firm, day_of, unit in rows:
        by_firm[UUID(bytes=bytes(firm))].append((date.fromisoformat(day_of), unit))
    return {
        key: _of(visits, day, month, set_limits.visits_a_month, set_limits.visits_apart)
        for key, visits in by_firm.items()
    }


def _of(visits: list[tuple[date, str]], day: date, month: Period, limit: int, apart: int) -> Pressure:
    counted: dict[str, int] = {}
    for when, unit in visits:
        if month.contains(when):
            counted[unit] = counted.get(unit, 0) + 1
    before = [each for each in visits if each[0] <= day]
    last, last_unit = before[-1] if before else (None, "")
    units = tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))
    return Pressure(day, sum(counted.values()), units, last, last_unit, limit, apart)
