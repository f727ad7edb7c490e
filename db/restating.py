"""重述: closing a month with its figures, and every change of a closed month with its reason. Who may is for the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import closing, settings
from db.closing import Closing
from db.errors import Refused
from db.models import AuditEntry
from db.periods import Period
from db.rollup import Rollup, rollup
from db.store import Actor
from db.types import now

RESTATED = "restatements"  # setting: month → what was changed in it after it was closed, oldest first
_REGISTERS = {
    "visit.rows": "走访（次）",
    "visit.enterprises": "走访企业（家）",
    "cloud.counted": "计入的上云企业（家）",
    "issue.open": "未办结问题（件）",
    "issue.overdue": "超期问题（件）",
    "issue.written_off": "已销号问题（件）",
    "coverage.received": "已报单位（个）",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One published figure: what it was and what it is."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Restatement:
    """One change of a closed month. `kind`: 接收, 撤销, 重开."""

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

    @property
    def words(self) -> str:
        """One sentence: when, by whom, why, and which figures moved."""
        who = f"{self.unit_name}第 {self.revision} 版" if self.revision else ""
        moved = "；".join(f"{each.name} {each.before or '—'} → {each.after or '—'}" for each in self.figures)
        day = f"{datetime.fromisoformat(self.at).astimezone():%Y-%m-%d}"
        return f"{day} {self.by}{self.kind}{who}，理由：{self.reason}。{moved or '汇总数没有变化'}。"

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["figures"] = [asdict(each) for each in self.figures]
        return data


def close_month(session: Session, period: str, actor: Actor) -> Closing:
    """Close a month with the figures of this moment. Refused (“already_closed”) for one that is closed."""
    month = str(Period(period))
    present = closing.closing_of(session, month)
    if present is not None:
        raise Refused(f"{Period(month).display()}已经关账（{present.words}）。", "", "already_closed")
    made = Closing(month, now(), actor.person, figures(rollup(session, month)))
    closing.keep(session, made)
    _audit(session, "close", actor, f"关账：{Period(month).display()}")
    return made


def reopen_month(session: Session, period: str, reason: str, actor: Actor) -> None:
    """Open a closed month again; kept among its restatements. Refused: “not_closed”, “no_reason”."""
    month = str(Period(period))
    if closing.closing_of(session, month) is None:
        raise Refused(f"{Period(month).display()}没有关账。", "", "not_closed")
    if not reason.strip():
        raise Refused("请写明重开的理由。", "理由会记在这个月的重述记录里。", "no_reason")
    closing.drop(session, month)
    keep(session, Restatement(month, "重开", now().isoformat(), actor.person, reason.strip()))
    _audit(session, "reopen", actor, f"重开{Period(month).display()}：{reason.strip()}")


def restatements(session: Session, period: str) -> tuple[Restatement, ...]:
    """What was changed in a month after it was closed, oldest first."""
    found = settings.get(session, RESTATED, {}).get(str(Period(period)), ())
    return tuple(
        Restatement(**{**each, "figures": tuple(Changed(**one) for one in each["figures"])}) for each in found
    )


def keep(session: Session, made: Restatement) -> None:
    """Add one to the month's restatements."""
    months = dict(settings.get(session, RESTATED, {}))
    months[made.period] = [*months.get(made.period, ()), made.as_json()]
    settings.put(session, RESTATED, months)


def figures(month: Rollup) -> dict[str, str | None]:
    """The figures of a month that an office publishes, as text by key."""
    data = month.as_json()
    found: dict[str, str | None] = {
        f"indicator.{line.no}": _text(told["value"])
        for line, told in zip(month.indicators, data["indicators"], strict=True)
    }
    tables = {**data["registers"], "coverage": data["coverage"]}
    for key in _REGISTERS:
        table, column = key.split(".")
        found[key] = _text(tables[table][column])
    return found


def compared(
    month: Rollup, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> tuple[Changed, ...]:
    """The figures that differ, with their names."""
    names = {f"indicator.{line.no}": f"{line.name}（{line.unit}）" for line in month.indicators} | _REGISTERS
    return tuple(
        Changed(name, before.get(key), after.get(key))
        for key, name in names.items()
        if before.get(key) != after.get(key)
    )


class Restating:
    """Around a change of a closed month: takes the figures before, and writes down what became of them."""

    def __init__(self, session: Session, period: str) -> None:
        self._session, self._period = session, period
        self._before = figures(rollup(session, period))

    def done(
        self, kind: str, reason: str, actor: Actor, *, unit: str, unit_name: str, revision: int, batch: str
    ) -> Restatement:
        self._session.flush()
        month = rollup(self._session, self._period)
        made = Restatement(
            self._period, kind, now().isoformat(), actor.person, reason, unit, unit_name, revision, batch,
            compared(month, self._before, figures(month)),
        )  # fmt: skip
        keep(self._session, made)
        _audit(self._session, "restate", actor, f"重述{Period(self._period).display()}：{made.words}")
        return made


def since_closing(session: Session, month: Rollup) -> tuple[Changed, ...]:
    """What differs by now from what was published when the month was closed, by whatever way it came."""
    found = closing.closing_of(session, str(month.period))
    return () if found is None else compared(month, found.figures, figures(month))


def sentences(session: Session, month: Rollup) -> tuple[str, ...]:
    """The closing of a month, each restatement, and what differs by now from what was published; () for an open one."""
    found = closing.closing_of(session, str(month.period))
    told = [f"{month.period.display()}于 {found.words} 关账。"] if found is not None else []
    told += [each.words for each in restatements(session, str(month.period))]
    told += [
        f"{each.name}：关账时 {each.before or '—'}，现在 {each.after or '—'}。"
        for each in since_closing(session, month)
    ]
    return tuple(told)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _audit(session: Session, action: str, actor: Actor, note: str) -> None:
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action=action, register="return", record_id=None, before=None, after=None,
            note=note,
        )
    )  # fmt: skip
