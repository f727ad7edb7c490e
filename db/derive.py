"""What the program works out when a record is saved: numbers, dates, computed fields, copies to the firm's card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from db.registers import Register
from db.store import Actor


def fill(session: Session, register: Register, record: dict[str, Any], *, is_new: bool) -> None:
    """Set the computed fields of a record before it is stored."""


def spread(
    session: Session, register: Register, stored: Mapping[str, Any] | None, record: Mapping[str, Any], actor: Actor
) -> None:
    """Carry the consequences of a stored record to others (the firm's revenue, which cloud record counts)."""
