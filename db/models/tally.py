"""Totals kept beside the rows, so that a roll-up of a million visits reads a hundred cells; and the plans that were in force.

What keeps the totals true is in db/tallies.py.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key, Moment


class VisitTally(Base):
    """One unit's month (unit_code “”: everybody's): visits, firms each once, firms by an assessed mode.

    `firsts`: firms whose first visit of the year it was; added up from January they are the firms of the year so far.
    """

    __tablename__ = "visit_tally"

    period: Mapped[str] = mapped_column(Text, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Text, primary_key=True)
    rows: Mapped[int] = mapped_column(Integer)
    enterprises: Mapped[int] = mapped_column(Integer)
    assessed: Mapped[int] = mapped_column(Integer)
    firsts: Mapped[int] = mapped_column(Integer)


class VisitChange(Base):
    """A visit that came (sign 1) or went (-1) since the totals were settled. Written by triggers only."""

    __tablename__ = "visit_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sign: Mapped[int] = mapped_column(Integer)
    unit_code: Mapped[str] = mapped_column(Text)
    enterprise_id: Mapped[UUID | None] = mapped_column(Key)
    visit_date: Mapped[date] = mapped_column()
    assessed: Mapped[int] = mapped_column(Integer)


class RegisterState(Base):
    """How often a row of a table was written. Moved by triggers only; read by kept_totals.py."""

    __tablename__ = "register_state"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    changes: Mapped[int] = mapped_column(Integer)


class PlanIssue(Base):
    """A plan as it was put into force: what targets and names held from which month on."""

    __tablename__ = "plan_issue"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    from_period: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    installed_at: Mapped[datetime] = mapped_column(Moment)
    installed_by: Mapped[str] = mapped_column(Text)
