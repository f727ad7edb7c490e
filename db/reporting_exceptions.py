"""延期 and 免报: what one unit was allowed for a span of months, with who approved it and why. The cycles are in cadence.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.errors import Refused, UsageError
from db.models import AuditEntry, OrgUnit, ReportingException
from db.periods import Period, months_between
from db.registers import REGISTERS
from db.store import Actor
from db.types import new_key, now

EXTENDED: Final = "延期"
EXEMPT: Final = "免报"
KINDS: Final = (EXTENDED, EXEMPT)
MOST_MONTHS = 24  # a longer span is a slip; what lasts longer is granted again
LIMIT = 200


@dataclass(frozen=True, slots=True)
class Allowed:
    """One exception. `register`: one sheet of the return, None for all of it; `due_on`: the day of a 延期."""

    id: UUID
    unit_code: str
    kind: str
    register: str | None
    first: Period
    last: Period
    due_on: date | None
    reason: str
    approver: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    def covers(self, period: str) -> bool:
        """Whether it is in force for a month."""
        return not self.ended and self.first <= period <= self.last

    @property
    def span(self) -> str:
        """“2024 年 5 月”, “2024 年 5 月至 7 月”."""
        if self.first == self.last:
            return self.first.display()
        end = f"{self.last.month} 月" if self.last.year == self.first.year else self.last.display()
        return f"{self.first.display()}至 {end}"

    @property
    def words(self) -> str:
        """“延期至 2024-06-05（走访）：系统更换；刘科长批准”; without why and by whom where a unit was not told."""
        day = f"至 {self.due_on}" if self.due_on else ""
        sheet = f"（{REGISTERS[self.register].title}）" if self.register in REGISTERS else ""
        why = "；".join(
            [*([self.reason] if self.reason else []), *([f"{self.approver}批准"] if self.approver else [])]
        )
        return f"{self.kind}{day}{sheet}" + (f"：{why}" if why else "")


def grant(
    session: Session,
    unit_code: str,
    kind: str,
    first: str,
    last: str,
    *,
    reason: str,
    approver: str,
    actor: Actor,
    register: str | None = None,
    due_on: date | None = None,
    base: date | None = None,
) -> Allowed:
    """Allow a unit 延期 to `due_on` (one month) or 免报 from `first` to `last`, both included.

    `base`: the deadline without it, which a 延期 must be later than. Refused: “no_reason”, “no_approver”,
    “already_allowed” (the same months are covered already). UsageError: “bad_period”, “bad_span”, “bad_due”,
    “unknown_unit”, “unknown_sheet”, “bad_kind”.
    """
    start, end = Period.parse(first), Period.parse(last)
    unit = session.get(OrgUnit, unit_code)
    if unit is None:
        raise UsageError(f"没有代码为“{unit_code}”的单位。", "请从名单里选择。", "unknown_unit")
    if kind not in KINDS:
        raise UsageError(f"“{kind}”不是一种例外。", "请选“延期”或“免报”。", "bad_kind")
    if register is not None and register not in REGISTERS:
        raise UsageError(f"没有“{register}”这张表。", "请从各表里选择，或选“整份回报”。", "unknown_sheet")
    _check_span(kind, start, end)
    _check_due(kind, start, due_on, base)
    why, who = " ".join(reason.split())[:LIMIT], " ".join(approver.split())[:LIMIT]
    if not why:
        raise Refused("请写明理由。", "理由会和这项例外一起保存、公示。", "no_reason")
    if not who:
        raise Refused("请写明批准人。", "例外要有人批准才作数。", "no_approver")
    for each in of_unit(session, unit_code):
        same = each.register in (None, register) and each.kind == kind and not each.ended
        if same and each.first <= end and start <= each.last and (kind == EXEMPT or each.due_on == due_on):
            raise Refused(
                f"{unit.name}{each.span}已有{kind}（{each.approver}批准）。", "要改就先结束原来的一项。", "already_allowed"
            )  # fmt: skip
    made = ReportingException(
        id=new_key(), unit_code=unit_code, kind=kind, register=register, first_period=str(start),
        last_period=str(end), due_on=due_on, reason=why, approver=who, made_at=now(), made_by=actor.person,
    )  # fmt: skip
    session.add(made)
    found = _of(made)
    _audit(session, "grant", None, f"{found.span}{found.words}", unit.name, made.id, actor)
    return found


def _check_span(kind: str, start: Period, end: Period) -> None:
    if end < start:
        raise UsageError("止月早于起月。", "请检查起止月份。", "bad_span")
    if len(tuple(months_between(start, end))) > MOST_MONTHS:
        raise UsageError(f"一次最多 {MOST_MONTHS} 个月。", "更长的请到期后再批。", "bad_span")
    if kind == EXTENDED and start != end:
        raise UsageError("延期只对一个月。", "几个月都要延期的，请逐月批，各有各的日子。", "bad_span")


def _check_due(kind: str, start: Period, due_on: date | None, base: date | None) -> None:
    if kind == EXEMPT:
        if due_on is not None:
            raise UsageError("免报没有截止日。", "要给新的截止日，请选“延期”。", "bad_due")
        return
    if due_on is None:
        raise UsageError("请写明延到哪一天。", "", "bad_due")
    if base is not None and due_on <= base:
        raise UsageError(f"延期的日子要晚于原截止日 {base}。", "", "bad_due")
    if not start.first_day < due_on <= start.last_day + timedelta(days=366):
        raise UsageError(f"{due_on} 离{start.display()}太远。", "请检查年份是否写对。", "bad_due")


def end(session: Session, id: UUID, actor: Actor, reason: str = "") -> Allowed:
    """End an exception early; the months are owed again. Refused: “unknown_exception”, “already_ended”."""
    stored = session.get(ReportingException, id)
    if stored is None:
        raise Refused("这项例外已经不在了。", "请刷新后再看。", "unknown_exception")
    if stored.ended_at is not None:
        raise Refused("这项例外已经结束。", "", "already_ended")
    stored.ended_at, stored.ended_by = now(), actor.person
    session.flush()
    found = _of(stored)
    unit = session.get(OrgUnit, stored.unit_code)
    told = f"{found.span}{found.words}"
    _audit(session, "end", told, reason or "提前结束", unit.name if unit else stored.unit_code, id, actor)
    return found


def of_unit(session: Session, unit_code: str) -> tuple[Allowed, ...]:
    """Everything a unit was ever allowed, newest months first; ended ones included."""
    return _read(session.scalars(_ALL.where(ReportingException.unit_code == unit_code)))


def listed(session: Session, first: str, last: str, *, ended: bool = True) -> tuple[Allowed, ...]:
    """What touches the months from `first` to `last`, newest months first."""
    chosen = _ALL.where(ReportingException.first_period <= last, ReportingException.last_period >= first)
    if not ended:
        chosen = chosen.where(ReportingException.ended_at.is_(None))
    return _read(session.scalars(chosen))


def extended_due(session: Session, period: str, unit_code: str) -> date | None:
    """The day a unit's whole return of a month may come, where it was given one."""
    return session.scalar(
        select(ReportingException.due_on)
        .where(
            ReportingException.unit_code == unit_code,
            ReportingException.kind == EXTENDED,
            ReportingException.register.is_(None),
            ReportingException.first_period <= period,
            ReportingException.last_period >= period,
            ReportingException.ended_at.is_(None),
        )
        .order_by(ReportingException.due_on.desc())
        .limit(1)
    )


def in_force(session: Session, period: str, unit_code: str) -> tuple[Allowed, ...]:
    """What a unit is allowed in a month, the whole return before single sheets."""
    found = [each for each in of_unit(session, unit_code) if each.covers(str(Period(period)))]
    return tuple(sorted(found, key=lambda each: each.register is not None))


def ending(session: Session, today: date, days: int) -> tuple[Allowed, ...]:
    """Exceptions in force that end within so many days: a 延期 on its day, 免报 with the last of its months."""
    until = today + timedelta(days=days)
    found = _read(
        session.scalars(
            _ALL.where(
                ReportingException.ended_at.is_(None),
                or_(
                    ReportingException.due_on.between(today, until),
                    ReportingException.last_period.between(
                        str(Period.of_date(today)), str(Period.of_date(until))
                    ),
                ),
            )
        )
    )
    return tuple(
        each
        for each in found
        if today <= (each.due_on if each.kind == EXTENDED and each.due_on else each.last.last_day) <= until
    )


_ALL = select(ReportingException).order_by(
    ReportingException.first_period.desc(), ReportingException.made_at.desc()
)


def _read(rows: Iterable[ReportingException]) -> tuple[Allowed, ...]:
    return tuple(_of(each) for each in rows)


def by_unit(found: Sequence[Allowed]) -> dict[str, list[Allowed]]:
    """Those in force, by their unit."""
    units: dict[str, list[Allowed]] = {}
    for each in found:
        if not each.ended:
            units.setdefault(each.unit_code, []).append(each)
    return units


def _of(row: ReportingException) -> Allowed:
    return Allowed(
        row.id, row.unit_code, row.kind, row.register, Period(row.first_period), Period(row.last_period),
        row.due_on, row.reason, row.approver, row.made_at, row.made_by, row.ended_at, row.ended_by or "",
    )  # fmt: skip


def _audit(
    session: Session, action: str, before: str | None, after: str, unit: str, id: UUID, actor: Actor
) -> None:
    name = f"报送例外：{unit}"
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action=action, register="reporting_exception", record_id=id,
            before={name: before} if before else None, after={name: after}, note=None,
        )
    )  # fmt: skip
    session.flush()
