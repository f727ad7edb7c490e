"""The four clocks of a problem — 交办, 办理, 销号, 回头看: limits, due days, traffic light. Moves are in workflow/.

The first three are limited in working days by urgency (parameters; the office's calendar says which days those
are), 回头看 in calendar days as ISS-008 has it. What is left is told in calendar days, as in the findings; the light
turns amber by working days, so that a holiday does not hide a deadline. 暂不能解决 pauses 办理.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.parameters import Parameters
from db.workdays import NO_OVERRIDES, Overrides, add_workdays, is_workday, workdays_between

ASSIGN, HANDLE, CLEAR, REVIEW = CLASSES = ("交办", "办理", "销号", "回头看")
URGENCIES = ("一般", "紧急", "特急")
PAUSED = "暂不能解决"
# Which clock runs in a state; the states that are not here have none.
RUNS: Mapping[str, str] = {
    "待交办": ASSIGN, "已交办": HANDLE, "办理中": HANDLE, "退回重办": HANDLE, PAUSED: HANDLE, "已办结": CLEAR, "已销号": REVIEW,
}  # fmt: skip
HANDLING = tuple(state for state, clock in RUNS.items() if clock == HANDLE and state != PAUSED)
_STARTED = {ASSIGN: "registered_on", HANDLE: "registered_on", CLEAR: "closed_on", REVIEW: "written_off_on"}
_ENDED = {ASSIGN: "assigned_on", HANDLE: "closed_on", CLEAR: "written_off_on", REVIEW: "review_on"}
_SOON_WORKDAYS = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a problem: running, paused, or over (`ended`)."""

    kind: str
    due: date | None
    today: date
    workdays_left: int = 0
    soon: int = 3
    paused: bool = False
    ended: date | None = None

    @property
    def days(self) -> int:
        """Calendar days left; below zero after the day has passed. For one that is over, as of its end."""
        return (self.due - (self.ended or self.today)).days if self.due is not None else 0

    @property
    def words(self) -> str:
        """“还剩 3 天”, “超期 2 天”, “已暂停”, and for one that is over “按时” or “迟 2 天”."""
        if self.paused:
            return "已暂停"
        if self.due is None:
            return "未定时限"
        if self.ended is not None:
            return "按时" if self.days >= 0 else f"迟 {-self.days} 天"
        if self.days < 0:
            return f"超期 {-self.days} 天"
        return f"还剩 {self.days} 天" if self.days else "今天到期"

    @property
    def state(self) -> str:
        if self.paused:
            return "neutral"
        if self.due is None:
            return "watch"
        if self.ended is not None:
            return "ok" if self.days >= 0 else "watch"
        if self.days < 0:
            return "alarm"
        return "watch" if self.days <= self.soon or self.workdays_left <= _SOON_WORKDAYS else "ok"

    @property
    def light(self) -> str:
        """The class and the words: “办理 还剩 3 天”."""
        return f"{self.kind} {self.words}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each class may take: working days by urgency, calendar days for 回头看."""

    assign: Mapping[str, int]
    handle: Mapping[str, int]
    clear: Mapping[str, int]
    review: int
    soon: int = 3

    def workdays(self, kind: str, urgency: str | None) -> int:
        """The limit of one of the first three classes; an unknown urgency counts as 一般."""
        table = {ASSIGN: self.assign, HANDLE: self.handle, CLEAR: self.clear}[kind]
        return table.get(str(urgency), table["一般"])

    def words(self, kind: str, urgency: str | None) -> str:
        """“3 个工作日”, “当天”, “30 天”."""
        if kind == REVIEW:
            return f"{self.review} 天"
        days = self.workdays(kind, urgency)
        return f"{days} 个工作日" if days else "当天"


def limits(parameters: Parameters) -> Limits:
    """The limits in force."""
    given = parameters
    return Limits(
        dict(zip(URGENCIES, (given.issue_assign, given.issue_assign_urgent, given.issue_assign_top), strict=True)),
        dict(zip(URGENCIES, (given.issue_due_workdays, given.issue_due_urgent, given.issue_due_top), strict=True)),
        dict(zip(URGENCIES, (given.issue_clear, given.issue_clear_urgent, given.issue_clear_top), strict=True)),
        given.review_days,
        given.urgent_days,
    )  # fmt: skip


def due_day(
    kind: str,
    record: Mapping[str, Any],
    allowed: Limits,
    overrides: Overrides = NO_OVERRIDES,
) -> date | None:
    """The day a class of a problem is due; None where the day it counts from is not known.

    办理 is due on the problem's own 办结时限, which may have been extended.
    """
    if kind == HANDLE and record.get("due_date") is not None:
        return record["due_date"]  # type: ignore[no-any-return]
    began = record.get(_STARTED[kind])
    if not isinstance(began, date):
        return None
    if kind == REVIEW:
        return began + timedelta(days=allowed.review)
    return add_workdays(began, allowed.workdays(kind, record.get("urgency")), overrides)


def running(
    record: Mapping[str, Any], today: date, allowed: Limits, overrides: Overrides = NO_OVERRIDES
) -> Clock | None:
    """The clock that runs in the problem's state, paused under 暂不能解决; None once 回头看 found it settled."""
    state = str(record.get("status") or "待交办")
    kind = RUNS.get(state)
    if kind is None:
        return None
    due = due_day(kind, record, allowed, overrides)
    left = _left(today, due, overrides)
    return Clock(kind, due, today, left, allowed.soon, paused=state == PAUSED)


def all_clocks(
    record: Mapping[str, Any], today: date, allowed: Limits, overrides: Overrides = NO_OVERRIDES
) -> list[Clock]:
    """The clocks that ran or run, in order; those still to come are left out."""
    now = running(record, today, allowed, overrides)
    found = []
    for kind in CLASSES:
        if now is not None and now.kind == kind:
            found.append(now)
            break
        ended = record.get(_ENDED[kind])
        if isinstance(ended, date):
            due = due_day(kind, record, allowed, overrides)
            found.append(Clock(kind, due, today, 0, allowed.soon, ended=ended))
    return found


def latest_start(until: date, days: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The last day from which so many working days end on or before `until`: what a query can compare with."""
    day = until
    while add_workdays(day, days, overrides) > until:
        day -= timedelta(days=1)
    return day


def resumed_due(paused_on: date, due: date, today: date, overrides: Overrides = NO_OVERRIDES) -> date:
    """The 办结时限 after a pause: as many working days are left as when it was paused, from today on."""
    lost = workdays_between(paused_on, today, overrides)
    return add_workdays(due, lost, overrides) if lost > 0 else due


def _left(today: date, due: date | None, overrides: Overrides) -> int:
    if due is None:
        return 0
    if due < today:
        return min(workdays_between(today, due, overrides), -1)
    left = workdays_between(today, due, overrides)
    return left if is_workday(due, overrides) or left else 1 if due > today else 0
