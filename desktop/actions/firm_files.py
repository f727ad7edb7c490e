"""The attachments of a firm's visits, problems and cloud services, newest first. Opening them is in attachments.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.fields import Kind
from db.quick_rows import rows_of
from db.registers import REGISTERS

FILES = "attachment"  # beside the registers, where a firm's things are counted


@dataclass(frozen=True, slots=True)
class FirmFile:
    """One attachment and the record it is with."""

    day: date | None
    register: str
    record_id: UUID
    entry: Mapping[str, Any]


def firm_files(session: Session, firm: UUID) -> list[FirmFile]:
    """All of them; a firm has dozens, not thousands."""
    found = []
    for key, placed, name in _columns():
        for row in rows_of(session, key, firm, (placed, name), where=f"{name} IS NOT NULL"):
            found += [FirmFile(row[placed], key, row["id"], each) for each in row[name]]
    return sorted(found, key=lambda each: (each.day or date.min, str(each.entry.get("name"))), reverse=True)


@cache
def _columns() -> tuple[tuple[str, str, str], ...]:
    """(register, the date that places a row, the column) of every column that holds a firm's attachments."""
    return tuple(
        (key, register.placed_by, field.name)
        for key, register in REGISTERS.items()
        for field in register.fields
        if field.kind is Kind.FILES and register.has_enterprise
    )
