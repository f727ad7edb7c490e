"""What the search finds records other than enterprises by; `seq` is the stable integer fts_record is keyed to."""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class RecordSearch(Base):
    __tablename__ = "record_search"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    register: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)  # texts, a space between characters, then their pinyin
