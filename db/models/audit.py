"""修改记录: who changed what and when, with the values before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Key, Moment


class AuditEntry(Base):
    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)  # create, update, delete, restore, import, receive, undo …
    register: Mapped[str] = mapped_column(Text)
    record_id: Mapped[UUID | None] = mapped_column(Key)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)  # changed fields only
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_audit_record", "record_id", "seq"),)
