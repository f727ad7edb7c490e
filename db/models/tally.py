"""Totals kept beside the rows, so that a roll-up of a million visits reads a hundred cells; and the plans that were in force.

What keeps the totals true is in db/tallies.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Moment


class VisitTally(Base):
    """One unit's month (unit_code “”: everybody's): visits, firms each once, firms by an assessed mode; the year to date."""

    __tablename__ = "visit_tally"

    period: Mapped[str] = mapped_column(Text, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Text, primary_key=True)
    rows: Mapped[int] = mapped_column(Integer)
    enterprises: Mapped[int] = mapped_column(Integer)
    assessed: Mapped[int] = mapped_column(Integer)
    year_rows: Mapped[int] = mapped_column(Integer)
    year_enterprises: Mapped[int] = mapped_column(Integer)
    stale: Mapped[bool] = mapped_column(Boolean, default=False)


class PlanIssue(Base):
    """A plan as it was put into force: what targets and names held from which month on."""

    __tablename__ = "plan_issue"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    from_period: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    installed_at: Mapped[datetime] = mapped_column(Moment)
    installed_by: Mapped[str] = mapped_column(Text)
