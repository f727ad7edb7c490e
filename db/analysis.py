"""What the pictures of 分析 have in common: what a picture is called, what its figures mean, which rows lie behind a mark.

The pictures themselves are in analysis_*.py, one function each: rows in, frozen figures out; nothing of Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import settings
from db.models import OrgUnit
from db.periods import Period

MONTHS_SHOWN = 13  # a year back, so that the same month of last year is in the picture


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a mark leads: a figure's `key` (db/sources.py), or `register` with the `filters` of its list.

    `told` says in words what the list then shows. Nothing to open where both are empty.
    """

    key: str = ""
    period: str = ""
    register: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""

    def __bool__(self) -> bool:
        return bool(self.key or self.register)


NOWHERE = Rows()


@dataclass(frozen=True, slots=True)
class About:
    """What stands around a picture: its title, the unit of its figures, 口径 in words, how much of it is known."""

    title: str
    unit: str
    scope: str
    coverage: str = ""

    @property
    def note(self) -> str:
        """The line under a picture."""
        return "　".join(
            part for part in (f"口径：{self.scope}" if self.scope else "", self.coverage) if part
        )


def as_of(session: Session, period: Period) -> date:
    """The day a month is looked at from: its last, or today while it runs."""
    return min(period.last_day, settings.today(session))


def months_back(period: Period, count: int = MONTHS_SHOWN) -> tuple[Period, ...]:
    """So many months up to and including this one, the oldest first."""
    return tuple(period.shift(-back) for back in range(count - 1, -1, -1))


def unit_names(session: Session) -> dict[str, str]:
    """Names of all units by code, retired ones too."""
    return {row.code: row.name for row in session.execute(select(OrgUnit.code, OrgUnit.name))}


def share(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """Percent, None where there is nothing to divide by."""
    return Decimal(part) * 100 / Decimal(whole) if whole > 0 else None
