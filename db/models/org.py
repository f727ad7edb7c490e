"""Offices, streets and parks. They come from the plan; an office may add its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json


class OrgUnit(Base):
    """A reporting or responsible unit. Streets are units of kind `street`."""

    __tablename__ = "org_unit"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str | None] = mapped_column(Text)
    aliases: Mapped[list[str] | None] = mapped_column(Json)
    kind: Mapped[str] = mapped_column(Text)  # street, bureau, carrier, institution, …
    role: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    reports: Mapped[bool] = mapped_column(Boolean, default=False)  # expected to hand in a monthly return
    source: Mapped[str] = mapped_column(Text, default="plan")  # plan or local
    note: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[str | None] = mapped_column(Text)  # 归并去向: the unit that reports in its place
    merged_from: Mapped[str | None] = mapped_column(Text)  # the first month it does


class Park(Base):
    """A park or a part of it. “几部” is no key: it changes with the years."""

    __tablename__ = "park"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    aliases: Mapped[list[str] | None] = mapped_column(Json)
    part_no: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)
    positioning: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    source: Mapped[str] = mapped_column(Text, default="plan")
