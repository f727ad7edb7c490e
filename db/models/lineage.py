"""What became of a card: renamed, moved, closed, merged into another; and which cards are known to be different firms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key, Moment


class EnterpriseEvent(Base):
    """更名、迁址、停业、复业 …: when it happened and why, with the values before and after."""

    __tablename__ = "enterprise_event"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    enterprise_id: Mapped[UUID] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    old: Mapped[dict[str, Any] | None] = mapped_column(Json)
    new: Mapped[dict[str, Any] | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_enterprise_event_firm", "enterprise_id", "happened_on"),)


class EnterpriseMerge(Base):
    """One card went into another. `image` holds what is needed to take it back."""

    __tablename__ = "enterprise_merge"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(Key)
    gone_id: Mapped[UUID] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text)
    image: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_enterprise_merge_kept", "kept_id"),
        Index("ix_enterprise_merge_gone", "gone_id"),
    )


class DuplicateDecision(Base):
    """What a person decided about two cards that look like one firm; the smaller id first."""

    __tablename__ = "duplicate_decision"

    first_id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    second_id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    decision: Mapped[str] = mapped_column(Text)  # 同一家 or 不是同一家
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
