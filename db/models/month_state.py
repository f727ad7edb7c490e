"""What a record that moves on month by month said at the end of an earlier month. Written by db/month_states.py only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key


class MonthState(Base):
    """One record's last word for one month (its 截至期间), kept when it went on to a later one.

    `said`: the columns by name, as the database stores them; references to other records are the record's own.
    """

    __tablename__ = "month_state"

    register: Mapped[str] = mapped_column(Text, primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(Json)
