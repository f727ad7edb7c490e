"""What every table shares: named constraints, and the identity and history columns of a record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.types import Json, Key, Moment

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)


class Record:
    """A row of a register: who it belongs to, which revision it is, what could not be read."""

    id: Mapped[UUID] = mapped_column(Key, primary_key=True, sort_order=-20)
    rev: Mapped[int] = mapped_column(Integer, default=1, sort_order=-19)
    unit_code: Mapped[str] = mapped_column(Text, sort_order=-18)  # the office that reports the row
    created_at: Mapped[datetime] = mapped_column(Moment, sort_order=-17)
    created_by: Mapped[str] = mapped_column(Text, sort_order=-16)
    updated_at: Mapped[datetime] = mapped_column(Moment, sort_order=-15)
    updated_by: Mapped[str] = mapped_column(Text, sort_order=-14)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment, sort_order=-13)
    # What was typed and could not be understood, by field: kept and shown until someone mends it.
    unparsed: Mapped[dict[str, str] | None] = mapped_column(Json, sort_order=-12)
    # Number fields answered with 不适用 (a blank is 未填, and neither is 0).
    not_applicable: Mapped[list[str] | None] = mapped_column(Json, sort_order=-11)
    incomplete: Mapped[bool] = mapped_column(Boolean, default=False, sort_order=-10)  # 待补全
    digest: Mapped[str] = mapped_column(Text, sort_order=-9)  # of the field values; finds silent damage
    origin: Mapped[dict[str, Any] | None] = mapped_column(
        Json, sort_order=-8
    )  # file, sheet, row it came from
