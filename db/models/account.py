"""This installation: settings and drafts. Passwords and roles beyond clerk and supervisor are not here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Moment


class Setting(Base):
    """One value by name: unit, role, person, parameters that an office changed."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)


class Draft(Base):
    """What someone is typing, kept every few seconds; gone once the record is saved or thrown away."""

    __tablename__ = "draft"

    key: Mapped[str] = mapped_column(Text, primary_key=True)  # register + record, e.g. "visit:new"
    values: Mapped[dict[str, Any]] = mapped_column(Json)  # the texts in the editors, by field
    focus: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Moment)
