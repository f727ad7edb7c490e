"""关账: the months that the district has closed. What is restated in them afterwards is in restating.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from db import settings
from db.errors import Refused
from db.periods import Period

CLOSED = "closed_months"  # setting: month → when, by whom, and the figures of that moment


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed month. `figures`: what was published, by the key of the figure (restating.py)."""

    period: str
    at: datetime
    by: str
    figures: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """“2024-06-05 刘科长”."""
        return f"{self.at.astimezone():%Y-%m-%d} {self.by}"


def closing_of(session: Session, period: str) -> Closing | None:
    """The closing of a month, or None while it is open."""
    found = settings.get(session, CLOSED, {}).get(period)
    if found is None:
        return None
    return Closing(period, datetime.fromisoformat(found["at"]), found["by"], found.get("figures") or {})


def keep(session: Session, closing: Closing) -> None:
    """Note a month as closed."""
    data = {"at": closing.at.isoformat(), "by": closing.by, "figures": dict(closing.figures)}
    settings.put(session, CLOSED, {**settings.get(session, CLOSED, {}), closing.period: data})


def drop(session: Session, period: str) -> None:
    """Note a month as open again."""
    months = dict(settings.get(session, CLOSED, {}))
    months.pop(period, None)
    settings.put(session, CLOSED, months)


def refusal(closing: Closing) -> Refused:
    """A row of a closed month is not changed by the way."""
    return Refused(
        f"{Period(closing.period).display()}已关账（{closing.words}），不能直接修改。",
        "请让单位报更正版，在“收表”里写明理由作为重述接收；或在“收表”里重开这个月。",
        "month_closed",
    )
