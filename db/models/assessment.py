"""年度考核: scoring schemes in versions, points given or taken with their evidence, appeals. The arithmetic is in db/assessment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key, Moment, Scaled

POINT_PLACES = 2


class AssessmentScheme(Base):
    """One version of a year's scheme; once `frozen_at` is set it is never changed (a trigger sees to it)."""

    __tablename__ = "assessment_scheme"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("year", "version"),)


class AssessmentEntry(Base):
    """Points given (加分), taken (扣分) or everything lost (一票否决) for one unit, with the evidence."""

    __tablename__ = "assessment_entry"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    unit_code: Mapped[str] = mapped_column(ForeignKey("org_unit.code"))
    kind: Mapped[str] = mapped_column(Text)
    item: Mapped[str] = mapped_column(Text)
    points: Mapped[Decimal] = mapped_column(Scaled(POINT_PLACES))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_assessment_entry_unit", "year", "unit_code"),)


class AssessmentAppeal(Base):
    """What a unit objects to (复核申请) and what was decided."""

    __tablename__ = "assessment_appeal"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    unit_code: Mapped[str] = mapped_column(ForeignKey("org_unit.code"))
    item: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_assessment_appeal_unit", "year", "unit_code"),)
