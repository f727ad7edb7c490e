"""Numbers of visits and issues: office, month, serial. Given once, never reused, whatever happens to the date later."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

from db.models import Issue, Visit


def visit_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-202405-001”: the next serial of the office's month."""
    return _next(session, Visit.__table__.c.visit_no, f"{unit_code}-{day:%Y%m}-")


def issue_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-W202405-001”; W for 问题, so that it is never taken for a visit's number."""
    return _next(session, Issue.__table__.c.issue_no, f"{unit_code}-W{day:%Y%m}-")


def _next(session: Session, column: KeyedColumnElement[Any], prefix: str) -> str:
    """Deleted rows count too. Serials have three digits until there are more than 999."""
    inside = (column >= prefix, column < prefix + "~")
    newest = session.scalar(select(func.max(column)).where(*inside))
    serial = _serial(newest, prefix)
    if serial >= 999:
        # As text “1000” sorts before “999”.
        longest = select(column).where(*inside).order_by(func.length(column).desc(), column.desc()).limit(1)
        serial = _serial(session.scalar(longest), prefix)
    return f"{prefix}{serial + 1:03d}"


def _serial(number: str | None, prefix: str) -> int:
    tail = (number or "").removeprefix(prefix)
    return int(tail) if tail.isdigit() else 0
