"""专项: one-off tables that the district sends down with columns of their own, their rows, and who has answered; 下发 themselves.

What a definition may say is checked in db/special/definition.py.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Record
from db.types import Json, Key, Moment


class SpecialTable(Base):
    """The definition of a table. `state`: draft (being composed), open (sent down), closed (no longer asked for)."""

    __tablename__ = "special_table"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)  # the first month whose return carries it
    due_on: Mapped[date | None] = mapped_column(Date)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)
    optional: Mapped[bool] = mapped_column(Boolean, default=False)  # an empty required column only warns
    recipients: Mapped[list[str] | None] = mapped_column(Json)  # unit codes; None for whoever reports
    sender: Mapped[str] = mapped_column(Text)
    number: Mapped[int | None] = mapped_column(Integer)  # of the 下发 that brought it last
    state: Mapped[str] = mapped_column(Text)
    rev: Mapped[int] = mapped_column(Integer, default=1)
    digest: Mapped[str] = mapped_column(Text)  # of the definition; finds silent damage
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[str] = mapped_column(Text)


class SpecialRow(Record, Base):
    """One row of one unit. `values` by column key, as `db.values.to_json` writes them."""

    __tablename__ = "special_row"

    table_key: Mapped[str] = mapped_column(ForeignKey("special_table.key"))
    place: Mapped[int] = mapped_column(Integer, default=0)  # the order in which rows were entered
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    prepared: Mapped[bool] = mapped_column(Boolean, default=False)  # the district filled it in beforehand

    __table_args__ = (Index("ix_special_row_table", "table_key", "unit_code", "deleted_at"),)


class SpecialAnswer(Base):
    """What a unit said of a table: 零报, the month whose return carried it, and at the district which return."""

    __tablename__ = "special_answer"

    table_key: Mapped[str] = mapped_column(ForeignKey("special_table.key"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(Text, primary_key=True)
    zero: Mapped[bool] = mapped_column(Boolean, default=False)
    sent_period: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int | None] = mapped_column(Integer)
    batch_id: Mapped[UUID | None] = mapped_column(Key)
    answered_at: Mapped[datetime] = mapped_column(Moment)


class HandDown(Base):
    """One 下发 that this office made."""

    __tablename__ = "hand_down"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    period: Mapped[str | None] = mapped_column(Text)
    contents: Mapped[list[str]] = mapped_column(Json)
    recipients: Mapped[list[str] | None] = mapped_column(Json)
    files: Mapped[list[str]] = mapped_column(Json)
    tables: Mapped[list[str] | None] = mapped_column(Json)  # keys of the 专项 in it
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)
