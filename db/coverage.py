"""Who has handed in a month and who has not: every total is worth only as much as its coverage. A month or a whole year.

The days come from cadence.py, what a unit was allowed from reporting_exceptions.py, the first month that counts from
reporting_start.py; whom to remind is in urging.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cadence, direct, reporting_start, settings
from db import reporting_exceptions as exceptions
from db.cadence import Cycle
from db.models import ReturnFile
from db.periods import Period
from db.registers import REGISTERS
from db.reporting_exceptions import EXEMPT, EXTENDED, Allowed
from db.reporting_start import Start

ON_TIME, LATE, ZERO, MISSING, CAUGHT_UP = "按时", "迟报", "零报", "未报", "已补报"
STATES = (ON_TIME, LATE, ZERO, MISSING, CAUGHT_UP)
# What a cell of the grid says beside those: of a month not yet due, of one allowed, of a unit that was merged, of a month
# before returns were collected.
NOT_OPEN, NOT_DUE, IN_TIME, NONE, UNUSED = "未开始", "待报", "延期中", "不报", "未启用"


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit's return of a month: 按时, 迟报, 零报, 已补报 or 未报, with its newest revision and row counts.

    已补报: it first came after the month was locked. `late_days` are those of the first revision.
    """

    code: str
    name: str
    kind: str
    state: str
    revision: int | None = None
    late_days: int = 0
    rows: dict[str, int] | None = None
    stage: str = ""  # of the unit's cycle today (Cycle.stage)
    due_on: date | None = None  # its 延期 counted
    submitted_on: date | None = None  # the first revision
    allowed: tuple[Allowed, ...] = ()
    merged_into: str = ""  # it owes nothing: the unit that reports in its place
    unused: bool = False  # the month lies before the first that is collected (from this unit)

    @property
    def received(self) -> bool:
        return self.state != MISSING

    @property
    def exempt(self) -> bool:
        """免报 for the whole return."""
        return any(each.kind == EXEMPT and each.register is None for each in self.allowed)

    @property
    def owes(self) -> bool:
        """Counts among the expected: neither excused nor merged nor too early, or it came nevertheless."""
        return self.received or not (self.exempt or self.merged_into or self.unused)

    @property
    def overdue(self) -> bool:
        """Missing past its own deadline: red until it is caught up."""
        return self.owes and not self.received and self.stage in ("已截止", "已锁定")

    @property
    def extended(self) -> bool:
        return any(each.kind == EXTENDED and each.register is None for each in self.allowed)

    @property
    def word(self) -> str:
        """What a cell of the grid says."""
        if self.received:
            corrected = (self.revision or 1) > 1 and self.state in (ON_TIME, ZERO)
            return f"更正（第 {self.revision} 版）" if corrected else self.state
        if self.merged_into:
            return NONE
        if self.exempt:
            return EXEMPT
        if self.unused:
            return UNUSED
        if self.overdue or not self.stage:
            return MISSING
        if self.extended and self.stage == "报送中":
            return IN_TIME
        return NOT_DUE if self.stage == "报送中" else NOT_OPEN


@dataclass(frozen=True, slots=True)
class Coverage:
    """已报 n/m: all units that are expected to hand in, streets first. `excused`: 免报, merged, or the month is 未启用."""

    units: tuple[UnitState, ...]
    excused: tuple[UnitState, ...] = ()

    @property
    def expected(self) -> int:
        return len(self.units)

    @property
    def received(self) -> int:
        return sum(unit.received for unit in self.units)

    @property
    def unused(self) -> bool:
        """The month lies before the first that is collected: nobody is asked for it, and nothing came."""
        return not self.units and any(unit.unused for unit in self.excused)

    @property
    def late(self) -> int:
        return sum(unit.received and unit.late_days > 0 for unit in self.units)

    @property
    def missing(self) -> list[str]:
        return [unit.code for unit in self.units if not unit.received]

    def of_kind(self, street: bool) -> Coverage:
        return Coverage(
            tuple(unit for unit in self.units if (unit.kind == "street") == street),
            tuple(unit for unit in self.excused if (unit.kind == "street") == street),
        )

    @property
    def all(self) -> tuple[UnitState, ...]:
        """The excused ones in their place among the others."""
        return tuple(sorted((*self.units, *self.excused), key=_place))


@dataclass(frozen=True, slots=True)
class Year:
    """A year of coverage: units in order, the months' cycles, and every unit's state by (unit code, month)."""

    year: int
    today: date
    units: tuple[tuple[str, str, str], ...]  # code, name, kind
    cycles: tuple[Cycle, ...]
    states: Mapping[tuple[str, str], UnitState]
    allowed: tuple[Allowed, ...] = field(default=())
    start: Start = field(default_factory=Start)

    def month(self, period: str) -> Coverage:
        """One month of it."""
        return _coverage(state for (_, month), state in self.states.items() if month == period)

    def owed(self, unit_code: str) -> tuple[Period, ...]:
        """The months a unit still owes past their deadline, oldest first."""
        return tuple(Period(each.key) for each in self.cycles if self.states[(unit_code, each.key)].overdue)


def coverage(session: Session, period: str, today: date | None = None) -> Coverage:
    """The state of every expected unit for the month, from the newest return that counts."""
    month = str(Period(period))
    day = today or settings.today(session)
    read = _read(session, month, month, day)
    cycle = cadence.month_cycle(session, month)
    return _coverage(_state(unit, cycle, day, read) for unit in _units(session, month))


def year_coverage(session: Session, year: int, today: date | None = None) -> Year:
    """The state of every unit in every month of a year; as many queries as for one month."""
    first, last = str(Period.of(year, 1)), str(Period.of(year, 12))
    day = today or settings.today(session)
    cycles = cadence.months(session, year)
    read = _read(session, first, last, day)
    units = _units(session, first)
    states = {(unit.code, each.key): _state(unit, each, day, read) for unit in units for each in cycles}
    gone = {  # merged before the year began, and nothing came from it since
        unit.code
        for unit in units
        if unit.merged_into and all(states[(unit.code, each.key)].word == NONE for each in cycles)
    }
    states = {place: state for place, state in states.items() if place[0] not in gone} if gone else states
    order = sorted((unit for unit in units if unit.code not in gone), key=_place)
    named = tuple((unit.code, unit.name, unit.kind) for unit in order)
    return Year(year, day, named, cycles, states, read.listed, read.start)


# ---------------------------------------------------------------- one sheet of a return


@dataclass(frozen=True, slots=True)
class SheetState:
    """One sheet of a unit's return: its rows, 零, or the word that says why there are none."""

    word: str
    rows: int
    overdue: bool = False
    allowed: Allowed | None = None


def sheets_of(month: Coverage) -> tuple[str, ...]:
    """The sheets worth a line: those every return has, and of the side lists those that somebody filled."""
    filled = {key for unit in month.all for key, number in (unit.rows or {}).items() if number}
    return tuple(key for key, each in REGISTERS.items() if each.own_sheet or key in filled)


def sheet(unit: UnitState, register: str, today: date) -> SheetState:
    """The state of one sheet, its own 延期 and 免报 counted."""
    rows = (unit.rows or {}).get(register, 0)
    own = next((each for each in unit.allowed if each.register == register), None)
    if rows:
        return SheetState(f"{rows}", rows, allowed=own)
    if own is not None and own.kind == EXEMPT:
        return SheetState(EXEMPT, 0, allowed=own)
    if own is not None and own.due_on is not None:
        late = today > own.due_on
        return SheetState(MISSING if late else IN_TIME, 0, late, own)
    if unit.received:
        return SheetState("零", 0)
    return SheetState(unit.word, 0, unit.overdue)


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Read:
    first: Mapping[tuple[str, str], Any]  # (unit, month) → the first revision that counts
    newest: Mapping[tuple[str, str], Any]
    allowed: Mapping[str, Sequence[Allowed]]
    listed: tuple[Allowed, ...]
    start: Start


_COLUMNS = (
    ReturnFile.unit_code, ReturnFile.period, ReturnFile.revision, ReturnFile.submitted_on, ReturnFile.due_on,
    ReturnFile.late_days, ReturnFile.zero_report, ReturnFile.summary,
)  # fmt: skip


def _read(session: Session, first: str, last: str, today: date) -> _Read:
    firsts: dict[tuple[str, str], Any] = {}
    newest: dict[tuple[str, str], Any] = {}
    for row in session.execute(
        select(*_COLUMNS)
        .where(ReturnFile.period.between(first, last), ReturnFile.state.in_(("received", "sent")))
        .order_by(ReturnFile.revision)
    ):
        place = (row.unit_code, row.period)
        firsts.setdefault(place, row)
        newest[place] = row
    listed = exceptions.listed(session, first, last)
    start = reporting_start.start(session, today)
    return _Read(firsts, newest, exceptions.by_unit(listed), listed, start)


class _Unit(NamedTuple):
    code: str
    name: str
    kind: str
    merged_into: str | None
    merged_from: str | None


_UNITS = "SELECT code, name, kind, merged_into, merged_from FROM org_unit WHERE active = 1 AND reports = 1 OR merged_from > ?"


def _units(session: Session, since: str) -> list[_Unit]:
    """Who reports, and who did before it was merged into another unit after `since`."""
    return [_Unit(*row) for row in direct.fetch(session, _UNITS, (since,))]


def _place(unit: _Unit | UnitState) -> tuple[bool, str]:
    return unit.kind != "street", unit.code


def _coverage(states: Iterable[UnitState]) -> Coverage:
    ordered = sorted(states, key=_place)
    owing = tuple(unit for unit in ordered if unit.owes)
    return Coverage(owing, tuple(unit for unit in ordered if not unit.owes))


def _state(unit: _Unit, cycle: Cycle, today: date, read: _Read) -> UnitState:
    month = cycle.key
    granted = read.allowed.get(unit.code)
    allowed = tuple(each for each in granted if each.covers(month)) if granted else ()
    own = cadence.own_cycle(cycle, allowed)
    into = unit.merged_into if unit.merged_into and unit.merged_from and unit.merged_from <= month else ""
    found = read.newest.get((unit.code, month))
    if found is None:
        return UnitState(
            unit.code, unit.name, unit.kind, MISSING, stage=own.stage(today), due_on=own.due_on, allowed=allowed,
            merged_into=into, unused=read.start.before(unit.code, month),
        )  # fmt: skip
    first = read.first[(unit.code, month)]
    late = late_days(first, own.due_on)
    word = ZERO if found.zero_report else ON_TIME
    if late > 0:
        word = CAUGHT_UP if _after_lock(first, late, own) else LATE
    return UnitState(
        unit.code, unit.name, unit.kind, word, found.revision, late, dict(found.summary or {}), own.stage(today),
        own.due_on, first.submitted_on, allowed, into,
    )  # fmt: skip


def late_days(first: Any, due: date) -> int:
    """Of the first revision of a return (`submitted_on`, `due_on`, `late_days`), whose deadline is now `due`.

    As noted when it came; reckoned anew where the deadline was moved since, or the unit was given time.
    """
    if first.submitted_on is None or first.due_on == due:
        return int(first.late_days or 0)
    days: int = (first.submitted_on - due).days
    return max(0, days)


def _after_lock(first: Any, late: int, cycle: Cycle) -> bool:
    if first.submitted_on is not None:
        return bool(first.submitted_on > cycle.locks_on)
    return late > (cycle.locks_on - cycle.due_on).days
