"""How the columns of a foreign ledger were assigned by a person, remembered for the next file of that office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Moment


class LedgerLayout(Base):
    """One header as one office writes it. `signature` is the digest of its folded texts, months left out."""

    __tablename__ = "ledger_layout"

    unit_code: Mapped[str] = mapped_column(Text, primary_key=True)  # the office that sends such files
    register: Mapped[str] = mapped_column(Text, primary_key=True)
    signature: Mapped[str] = mapped_column(Text, primary_key=True)
    # [place among the columns of the header, its text, "register.field" or None for “leave it out”]
    mapping: Mapped[list[Any]] = mapped_column(Json)
    used_at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(Text)
