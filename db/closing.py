"""关账: the months that the district has closed, told from what it published. What is restated in them is in restating.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db import publishing, settings
from db.errors import Refused
from db.models import Publication
from db.periods import Period

MONTHLY: Final = "monthly"
_TABLE = Publication.__table__
# Every save of a visit asks this: the statement is built once. An open month has no such row.
_EVENTS = (
    select(_TABLE.c.version, _TABLE.c.event)
    .where(
        _TABLE.c.kind == MONTHLY,
        _TABLE.c.key == bindparam("period"),
        _TABLE.c.event.in_((publishing.CLOSED, publishing.REOPENED)),
    )
    .order_by(_TABLE.c.version.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed month. `figures`: what was published when it was closed, by the key of the figure (figures.py)."""

    period: str
    at: datetime
    by: str
    figures: Mapping[str, str | None] = field(default_factory=dict)
    number: int = 0
    version: int = 1
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """“2024-06-05 刘科长”."""
        return f"{self.at.astimezone():%Y-%m-%d} {self.by}"


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
    last = session.connection().execute(_EVENTS, {"period": period}).first()
    if last is None or last.event != publishing.CLOSED:
        return None
    query = select(_TABLE).where(
        _TABLE.c.kind == MONTHLY, _TABLE.c.key == period, _TABLE.c.version == last.version
    )
    row = session.connection().execute(query).mappings().one()
    return Closing(
        period,
        row["published_at"],
        row["published_by"],
        row["content"],
        row["number"],
        row["version"],
        row["names"],
    )


def refusal(closing: Closing) -> Refused:
    """A row of a closed month is not changed by the way."""
    return Refused(
        f"{Period(closing.period).display()}已关账（{closing.words}），不能直接修改。",
        "请让单位报更正版，在“收表”里写明理由作为重述接收；或在“收表”里重开这个月。",
        "month_closed",
    )
