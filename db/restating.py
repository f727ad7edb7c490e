"""重述: closing a month publishes its figures; every change of a closed month is a further version with its reason.

Who may is for the caller; numbers, versions and differences are kept by publishing.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db import closing, publishing
from db.closing import MONTHLY, Closing
from db.errors import Refused
from db.figures import figures_of
from db.periods import Period
from db.progress import rounded
from db.publishing import CLOSED, REOPENED, Moment, Published, moved
from db.publishing import Difference as Changed
from db.rollup import Rollup, rollup
from db.store import Actor

# What these figures are called since the first closed month; the others are called as in figures.py.
_CALLED = {
    "visit.rows": "走访（次）",
    "visit.enterprises": "走访企业（家）",
    "cloud.counted": "计入的上云企业（家）",
    "issue.open": "未办结问题（件）",
    "issue.overdue": "超期问题（件）",
    "issue.written_off": "已销号问题（件）",
    "coverage.received": "已报单位（个）",
}


@dataclass(frozen=True, slots=True)
class Restatement:
    """One change of a closed month. `kind`: 接收, 撤销, 重述, 重开; `number` and `version`: of its publication."""

    period: str
    kind: str
    at: str
    by: str
    reason: str
    unit: str = ""
    unit_name: str = ""
    revision: int | None = None
    batch: str = ""
    figures: tuple[Changed, ...] = ()
    number: int = 0
    version: int = 0

    @property
    def words(self) -> str:
        """One sentence: when, by whom, why, and which figures moved."""
        who = f"{self.unit_name}第 {self.revision} 版" if self.revision else ""
        return f"{self.at[:10]} {self.by}{self.kind}{who}，理由：{self.reason}。{moved(self.figures)}。"

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period, "kind": self.kind, "at": self.at, "by": self.by, "reason": self.reason,
            "unit": self.unit, "unit_name": self.unit_name, "revision": self.revision, "batch": self.batch,
            "number": self.number, "version": self.version,
            "figures": [change_json(each) for each in self.figures],
        }  # fmt: skip


def change_json(change: Changed) -> dict[str, Any]:
    """{"key", "name", "before", "after"}."""
    return {"key": change.key, "name": change.name, "before": change.before, "after": change.after}


def close_month(session: Session, period: str, actor: Actor) -> Closing:
    """Close a month: its figures of this moment are published. Refused (“already_closed”) for one that is closed."""
    month = str(Period(period))
    present = closing.closing_of(session, month)
    if present is not None:
        raise Refused(f"{Period(month).display()}已经关账（{present.words}）。", "", "already_closed")
    found, last = rollup(session, month), publishing.newest(session, MONTHLY, month)
    made = publishing.publish(
        session, MONTHLY, month, title(month), figures(found), actor,
        f"重开后再次关账（{last.reason}）" if last is not None else "", names=names(found), event=CLOSED,
    )  # fmt: skip
    return Closing(month, made)


def reopen_month(session: Session, period: str, reason: str, actor: Actor) -> None:
    """Open a closed month again; a version of its own, with the figures as published. Refused: “not_closed”, “no_reason”."""
    month = str(Period(period))
    if closing.closing_of(session, month) is None:
        raise Refused(f"{Period(month).display()}没有关账。", "", "not_closed")
    if not reason.strip():
        raise Refused("请写明重开的理由。", "理由会记在这个月的重述记录里。", "no_reason")
    last = publishing.newest(session, MONTHLY, month)
    assert last is not None  # a closed month has one
    publishing.publish(
        session, MONTHLY, month, last.title, last.content, actor, reason, names=last.names, event=REOPENED
    )


def restate_month(session: Session, period: str, reason: str, actor: Actor) -> Published:
    """Publish a closed month's figures as they are now: they may have moved by rows that belong to no month (问题, 上云 …).

    Refused: “not_closed”, “no_reason”, “nothing_changed”.
    """
    month = str(Period(period))
    if closing.closing_of(session, month) is None:
        raise Refused(f"{Period(month).display()}没有关账，还没有公布的数。", "", "not_closed")
    found = rollup(session, month)
    made = publishing.publish(
        session, MONTHLY, month, title(month), figures(found), actor, reason, names=names(found)
    )
    return made


def restatements(session: Session, period: str) -> tuple[Restatement, ...]:
    """What was changed in a month after it was closed, oldest first."""
    found = publishing.published(session, MONTHLY, str(Period(period)))
    return tuple(_restatement(each) for each in found if each.event != CLOSED)


def _restatement(made: Published) -> Restatement:
    cause = made.cause
    return Restatement(
        made.key, made.event, made.published_at.astimezone().isoformat(), made.published_by, made.reason,
        cause.get("unit", ""), cause.get("unit_name", ""), cause.get("revision"), cause.get("batch", ""),
        made.changes, made.number, made.version,
    )  # fmt: skip


def title(period: str) -> str:
    """“2024 年 5 月月调度”."""
    return f"{Period(period).display()}月调度"


def figures(month: Rollup) -> dict[str, str | None]:
    """Every figure of a month as it is published: a plain text by its key, to the places that people see."""
    return {key: text_of(each.value, each.places) for key, each in figures_of(month).items()}


def text_of(value: Decimal | None, places: int) -> str | None:
    """“860.5”, “12”; None where there is no value."""
    shown = rounded(value, places)
    if shown is None:
        return None
    return f"{shown:f}".rstrip("0").rstrip(".") if places else f"{shown:f}"


def names(month: Rollup) -> dict[str, str]:
    """What people call the figures of a month, with their unit, by key."""
    return {
        key: _CALLED.get(key) or with_unit(each.name, each.unit) for key, each in figures_of(month).items()
    }


def with_unit(name: str, unit: str) -> str:
    """“新增上云企业（家）”, “走访次数（朝阳洲街道，次）”."""
    return f"{name[:-1]}，{unit}）" if name.endswith("）") else f"{name}（{unit}）"


class Restating:
    """Around a change of a closed month: takes the figures before, and publishes what became of them."""

    def __init__(self, session: Session, period: str) -> None:
        self._session, self._period = session, period
        self._before = figures(rollup(session, period))

    def done(
        self, kind: str, reason: str, actor: Actor, *, unit: str, unit_name: str, revision: int, batch: str
    ) -> Restatement:
        self._session.flush()
        month = rollup(self._session, self._period)
        made = publishing.publish(
            self._session, MONTHLY, self._period, title(self._period), figures(month), actor, reason,
            names=names(month), event=kind, before=self._before,
            cause={"unit": unit, "unit_name": unit_name, "revision": revision, "batch": batch},
        )  # fmt: skip
        return _restatement(made)


def since_closing(session: Session, month: Rollup) -> tuple[Changed, ...]:
    """What differs by now from what was published when the month was closed, by whatever way it came."""
    found = closing.closing_of(session, str(month.period))
    return () if found is None else _since(month, found.made)


def since_published(session: Session, month: Rollup) -> tuple[Changed, ...]:
    """What differs by now from the newest published version: moved, but not restated yet."""
    last = publishing.newest(session, MONTHLY, str(month.period))
    return () if last is None or last.event == REOPENED else _since(month, last)


def _since(month: Rollup, before: Published) -> tuple[Changed, ...]:
    now = publishing.comparable(figures(month), before)
    return publishing.differences(before.content, now, {**before.names, **names(month)})


def month_history(session: Session, month: Rollup, figure_key: str) -> tuple[Moment, ...]:
    """What a figure of a month was in each published version, why it changed, and what it is now; () if never published."""
    return publishing.history_of(session, MONTHLY, str(month.period), figure_key, figures(month))


def sentences(session: Session, month: Rollup) -> tuple[str, ...]:
    """The closing of a month, each restatement, and what differs by now from what was published; () for an open one."""
    found = closing.closing_of(session, str(month.period))
    told = [f"{month.period.display()}于 {found.words} 关账。"] if found is not None else []
    told += [each.words for each in restatements(session, str(month.period))]
    told += [
        f"{each.name}：关账时 {each.before or '—'}，现在 {each.after or '—'}。"
        for each in since_closing(session, month)
        if ":" not in each.key  # those of single units are in 公布记录
    ]
    return tuple(told)
