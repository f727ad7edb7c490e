"""The year's cycles: when a return may come (报送开始), is due (截止) and is locked (锁定). Generated from the plan's rule.

What an office edited stands in ReportingCycle; what single units were allowed is in reporting_exceptions.py.
Why three days, and what the third one does: docs/design/0009.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import direct, parameters, plan_issues, plan_store, settings
from db.errors import UsageError
from db.models import AuditEntry, ReportingCycle
from db.periods import Period, quarter_end
from db.plan_types import Plan
from db.reporting_exceptions import Allowed, extended_due
from db.store import Actor
from db.types import now
from db.workdays import Overrides, add_workdays, due_date

KINDS: Final = ("monthly", "quarterly", "yearly")
NAMES: Final[dict[str, str]] = {"monthly": "月调度", "quarterly": "季通报", "yearly": "年度考核"}
NOTE_LIMIT = 100
FARTHEST = 400  # days from the month a cycle is about: what lies farther off is a slip of the year

_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle; `opens_on` ≤ `due_on` ≤ `locks_on`. `edited`: its days are the office's, not the rule's."""

    kind: str
    key: str  # 2024-05, 2024Q2, 2024
    opens_on: date
    due_on: date
    locks_on: date
    edited: bool = False
    note: str = ""

    @property
    def title(self) -> str:
        """“2024 年 5 月月调度”, “2024 年第二季度季通报”, “2024 年年度考核”."""
        month = last_month(self.kind, self.key)
        span = {"monthly": month.display(), "quarterly": month.display_quarter()}.get(
            self.kind, f"{month.year} 年"
        )
        return f"{span}{NAMES[self.kind]}"

    def stage(self, today: date) -> str:
        """未开始, 报送中, 已截止 (late until the lock), 已锁定 (what comes now is caught up)."""
        if today > self.locks_on:
            return "已锁定"
        if today > self.due_on:
            return "已截止"
        return "报送中" if today >= self.opens_on else "未开始"


def last_month(kind: str, key: str) -> Period:
    """The month a cycle closes with: itself, the quarter's last, December. UsageError (“bad_cycle”) for no cycle."""
    if kind == "monthly":
        return Period(key)
    if kind == "quarterly" and (found := _QUARTER.fullmatch(key)):
        return quarter_end(int(found[1]), int(found[2]))
    if kind == "yearly" and _YEAR.fullmatch(key):
        return Period.of(int(key), 12)
    raise UsageError(f"“{key}”不是有效的报送周期。", "请按“2024-05”“2024Q2”或“2024”的格式填写。", "bad_cycle")


def keys_of(year: int) -> tuple[tuple[str, str], ...]:
    """The cycles of a year: twelve months, four quarters, the year."""
    return (
        *(("monthly", str(Period.of(year, month))) for month in range(1, 13)),
        *(("quarterly", f"{year:04d}Q{quarter}") for quarter in range(1, 5)),
        ("yearly", f"{year:04d}"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What cycles follow from: the plan's days, the office's calendar, and how far opening and lock lie from the deadline."""

    plan: Plan
    overrides: Overrides
    opens: int  # working days before the deadline
    locks: int  # working days after it
    plans: Callable[[str], Plan] | None = (
        None  # the plan that was in force in a month, where there were several
    )

    def cycle(self, kind: str, key: str) -> Cycle:
        """The cycle as the rule has it."""
        month = last_month(kind, key)
        plan = self.plans(str(month)) if self.plans is not None else self.plan
        cadence = {"monthly": plan.monthly, "quarterly": plan.quarterly}.get(kind, plan.yearly)
        due = due_date(month, cadence.rule, self.overrides)
        # add_workdays(…, 0) is the next working day, which a deadline that stays on a free day must not move to.
        opens = add_workdays(due, -self.opens, self.overrides) if self.opens else due
        locks = add_workdays(due, self.locks, self.overrides) if self.locks else due
        return Cycle(kind, key, opens, due, locks)


def rule_of(session: Session) -> Rule:
    """The rule in force. A plan re-issued within a year leaves the cycles of earlier months where they were."""
    given = parameters.read(session)
    several = len(plan_issues.issues(session)) > 1
    return Rule(
        plan_store.current(session), settings.holidays(session), given.cycle_opens, given.cycle_locks,
        cache(partial(plan_issues.plan_for, session)) if several else None,
    )  # fmt: skip


def cycle(session: Session, kind: str, key: str) -> Cycle:
    """One cycle as it stands: as edited, else after the rule. UsageError for a key that is none."""
    last_month(kind, key)
    stored = direct.first(session, _EDITED, (kind, key))
    if stored is None:
        return rule_of(session).cycle(kind, key)
    opens, due, locks = (date.fromisoformat(day) for day in stored[:3])
    return Cycle(kind, key, opens, due, locks, True, stored[3] or "")


_EDITED = "SELECT opens_on, due_on, locks_on, note FROM reporting_cycle WHERE kind = ? AND key = ?"


def month_cycle(session: Session, period: str) -> Cycle:
    """The cycle of a month's return."""
    return cycle(session, "monthly", str(Period(period)))


def cycles(session: Session, year: int) -> tuple[Cycle, ...]:
    """All cycles of a year as they stand, by deadline."""
    return _sorted(_standing(session, year))


def months(session: Session, year: int) -> tuple[Cycle, ...]:
    """The twelve monthly cycles of a year, January first."""
    return tuple(each for each in _standing(session, year) if each.kind == "monthly")


def _standing(session: Session, year: int) -> tuple[Cycle, ...]:
    rule = rule_of(session)
    wanted = keys_of(year)
    stored = {
        (each.kind, each.key): each
        for each in session.scalars(
            select(ReportingCycle).where(ReportingCycle.key.in_([key for _, key in wanted]))
        )
    }
    return tuple(_of(stored[place]) if place in stored else rule.cycle(*place) for place in wanted)


def _sorted(found: tuple[Cycle, ...]) -> tuple[Cycle, ...]:
    return tuple(sorted(found, key=lambda each: (each.due_on, KINDS.index(each.kind), each.key)))


def _of(stored: ReportingCycle) -> Cycle:
    return Cycle(
        stored.kind, stored.key, stored.opens_on, stored.due_on, stored.locks_on, True, stored.note or ""
    )


def due_for(session: Session, period: str, unit_code: str) -> date:
    """The day a unit's return of a month is due, its 延期 counted."""
    due = month_cycle(session, period).due_on
    later = extended_due(session, str(Period(period)), unit_code)
    return max(due, later) if later is not None else due


def own_cycle(cycle: Cycle, allowed: Sequence[Allowed]) -> Cycle:
    """A unit's own cycle of a month, by what it is allowed there: a 延期 moves its deadline, and the lock with it where it would lie before."""
    later = [each.due_on for each in allowed if each.register is None and each.due_on is not None]
    if not later:
        return cycle
    due = max(cycle.due_on, *later)
    return Cycle(cycle.kind, cycle.key, cycle.opens_on, due, max(cycle.locks_on, due), True, cycle.note)


def edit(
    session: Session, kind: str, key: str, opens_on: date, due_on: date, locks_on: date, actor: Actor, note: str = ""
) -> Cycle:  # fmt: skip
    """Other days for one cycle. Days equal to the rule's are kept as none, so that the rule goes on leading it.

    UsageError (“bad_cycle”) where they are out of order or far from what the cycle is about.
    """
    month = last_month(kind, key)
    if not opens_on <= due_on <= locks_on:
        raise UsageError("三个日子的先后不对。", "报送开始不能晚于截止，截止不能晚于锁定。", "bad_cycle")
    if abs((due_on - month.last_day).days) > FARTHEST or (locks_on - opens_on).days > FARTHEST:
        raise UsageError(f"这些日子离{month.display()}太远。", "请检查年份是否写对。", "bad_cycle")
    before = cycle(session, kind, key)
    wanted = Cycle(kind, key, opens_on, due_on, locks_on, True, " ".join(note.split())[:NOTE_LIMIT])
    ruled = rule_of(session).cycle(kind, key)
    if days_of(wanted) == days_of(ruled) and not wanted.note:
        return reset(session, kind, key, actor)
    if wanted == before:
        return before
    session.merge(
        ReportingCycle(
            kind=kind, key=key, opens_on=opens_on, due_on=due_on, locks_on=locks_on, note=wanted.note or None,
            changed_at=now(), changed_by=actor.person,
        )
    )  # fmt: skip
    _note(session, before, wanted, actor, wanted.note)
    return wanted


def reset(session: Session, kind: str, key: str, actor: Actor) -> Cycle:
    """Back to the rule."""
    last_month(kind, key)
    ruled = rule_of(session).cycle(kind, key)
    stored = session.get(ReportingCycle, (kind, key))
    if stored is not None:
        before = _of(stored)
        session.delete(stored)
        _note(session, before, ruled, actor, "恢复按计划推算")
    return ruled


def days_of(each: Cycle) -> tuple[date, date, date]:
    """开始, 截止, 锁定."""
    return each.opens_on, each.due_on, each.locks_on


def days_words(each: Cycle) -> str:
    """“2024-05-20 开始，2024-05-24 截止，2024-06-07 锁定”."""
    return f"{each.opens_on} 开始，{each.due_on} 截止，{each.locks_on} 锁定"


def _note(session: Session, before: Cycle, after: Cycle, actor: Actor, why: str) -> None:
    name = f"报送日历：{after.title}"
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action="set", register="cycle", record_id=None,
            before={name: days_words(before)}, after={name: days_words(after)}, note=why or None,
        )
    )  # fmt: skip
    session.flush()
