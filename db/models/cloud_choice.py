"""Which of several operators' records of one firm counts, where a person decided otherwise than the rule."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Key, Moment


class CloudChoice(Base):
    """One decision per firm, with its reason; taking it back removes the row (the audit keeps it)."""

    __tablename__ = "cloud_choice"

    enterprise_id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    cloud_id: Mapped[UUID] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
