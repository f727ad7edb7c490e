"""When returns are asked for and what was published: cycles as an office edited them, exceptions, publications, bulletin drafts.

The cycles that nobody edited follow from the plan's rule (db/cadence.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key, Moment


class ReportingCycle(Base):
    """One cycle whose days differ from the rule. `kind`: monthly, quarterly, yearly; `key`: 2024-05, 2024Q2, 2024."""

    __tablename__ = "reporting_cycle"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    opens_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    locks_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(Text)


class ReportingException(Base):
    """What one unit was allowed: 延期 to a day, or 免报, for a span of months; with who approved it and why."""

    __tablename__ = "reporting_exception"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("org_unit.code"))
    kind: Mapped[str] = mapped_column(Text)
    register: Mapped[str | None] = mapped_column(Text)  # one sheet of the return; None for all of it
    first_period: Mapped[str] = mapped_column(Text)
    last_period: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    approver: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_reporting_exception_unit", "unit_code", "first_period"),)


class Publication(Base):
    """What was published once: never changed, never deleted (triggers in the migration see to it).

    `kind`: monthly, quarterly, yearly; `version` 1 is the first publication, later ones are restatements (重述).
    `event`: what made it (关账, 接收, 撤销, 重述, 重开, 发布); `cause`: whose return, and which revision of it, did.
    `content`: every figure by its key (db/figures.py), `names`: what people call them; `changes`: what differs from
    the version before. Meaning, reading and the digest are in db/publishing.py.
    """

    __tablename__ = "publication"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    event: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[dict[str, Any] | None] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    changes: Mapped[list[Any] | None] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("kind", "key", "version"),)


class BulletinDraft(Base):
    """What a person changed of a drafted 季通报: texts by the id of the paragraph."""

    __tablename__ = "bulletin_draft"

    quarter: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str] = mapped_column(Text)
