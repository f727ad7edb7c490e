"""The attachments of a firm's visits, problems and cloud services, newest first. Opening them is in attachments.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.fields import Kind
from db.records import table_of
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
    for key, register in REGISTERS.items():
        names = [field.name for field in register.fields if field.kind is Kind.FILES]
        if not names or not register.has_enterprise:
            continue
        table = table_of(register)
        placed = table.c[register.placed_by]
        for name in names:
            query = select(table.c.id, placed, table.c[name]).where(
                table.c.enterprise_id == firm, table.c.deleted_at.is_(None), table.c[name].is_not(None)
            )
            for record, day, entries in session.execute(query):
                found += [FirmFile(day, key, record, each) for each in entries]
    return sorted(found, key=lambda each: (each.day or date.min, str(each.entry.get("name"))), reverse=True)
