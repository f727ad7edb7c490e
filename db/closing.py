"""关账: the months that the district has closed, told from what it published. What is restated in them is in restating.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from db import direct, publishing, settings
from db.errors import Refused
from db.periods import Period
from db.publishing import Published

MONTHLY: Final = "monthly"
# An open month has no such row.
_EVENTS = (
    f"SELECT version, event FROM publication WHERE kind = '{MONTHLY}' AND key = ? "
    f"AND event IN ('{publishing.CLOSED}', '{publishing.REOPENED}') ORDER BY version DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed month. `made`: what was published when it was closed; what was restated since is in restating.py."""

    period: str
    made: Published

    @property
    def at(self) -> datetime:
        return self.made.published_at

    @property
    def by(self) -> str:
        return self.made.published_by

    @property
    def number(self) -> int:
        return self.made.number

    @property
    def version(self) -> int:
        return self.made.version

    @property
    def words(self) -> str:
        """“2024-06-05 刘科长”."""
        return f"{self.made.day} {self.by}"


def closing_of(session: Session, period: str) -> Closing | None:
    """The closing of a month, or None while it is open."""
    known: dict[str, Any] | None = session.info.get(settings.KNOWN)
    if known is None:
        return _closing_of(session, period)
    key = f"\0closed {period}"  # no setting is called so
    if key not in known:
        known[key] = _closing_of(session, period)
    found: Closing | None = known[key]
    return found


def _closing_of(session: Session, period: str) -> Closing | None:
    last = direct.first(session, _EVENTS, (period,))
    if last is None or last[1] != publishing.CLOSED:
        return None
    return Closing(period, publishing.one(session, MONTHLY, period, last[0]))


def refusal(closing: Closing) -> Refused:
    """A row of a closed month is not changed by the way."""
    return Refused(
        f"{Period(closing.period).display()}已关账（{closing.words}），不能直接修改。",
        "请让单位报更正版，在“收表”里写明理由作为重述接收；或在“收表”里重开这个月。",
        "month_closed",
    )
