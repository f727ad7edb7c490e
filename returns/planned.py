"""What a return says and what would happen to each of its rows. Finding that out is for diff.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.records import Values
from db.registers import REGISTERS
from returns.rows_read import RowRead
from returns.workbook import Place

NEW, SAME, UPDATE, GONE, CONFLICT, BAD = "new", "same", "update", "gone", "conflict", "bad"
# Firms come before the rows that name them, visits before the issues found on them, lists before their matches.
REGISTER_ORDER = tuple(REGISTERS)


@dataclass(slots=True)
class Incoming:
    """A return as far as the comparison needs it (also read back from a staged batch)."""

    unit: str
    period: str
    exported_at: str
    rows: dict[str, list[RowRead]]
    fields: dict[str, frozenset[str]]
    units: tuple[Place, ...] = ()
    parks: tuple[Place, ...] = ()
    covers: tuple[str, ...] = REGISTER_ORDER  # the registers it speaks for


@dataclass(slots=True)
class Planned:
    """What would happen to one row. `record` is what would be stored, `kept` what is stored if a conflict is not."""

    seq: int
    register: str
    action: str
    label: str
    row: RowRead | None = None
    target: UUID | None = None
    record: Values | None = None
    stored: Values | None = None
    kept: Values | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    named: bool = False  # a firm without a row of its own, only named by another
    filled: str = ""  # the filled fields of a new record as JSON, where they are known
    month: str = ""  # of which earlier month this is the state; the record as it is now is not touched
    told: str = ""  # what the row itself says, as JSON, where it is known
