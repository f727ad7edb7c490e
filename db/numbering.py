"""Numbers of visits, issues and projects: office, month or year, serial. Given once, never reused, whatever happens to the date later."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

from db.models import Issue, Project, Visit

# In `Session.info` while many records are saved at once: the last serial given of each prefix (save_many.py).
GIVEN = "serials_given"


def visit_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-202405-001”: the next serial of the office's month."""
    return _next(session, _VISITS, f"{unit_code}-{day.year:04d}{day.month:02d}-")


def issue_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-W202405-001”; W for 问题, so that it is never taken for a visit's number."""
    return _next(session, _ISSUES, f"{unit_code}-W{day.year:04d}{day.month:02d}-")


def project_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-X2024-001”; X for 项目, numbered by the year."""
    return _next(session, _PROJECTS, f"{unit_code}-X{day:%Y}-")


def _statements(column: KeyedColumnElement[Any]) -> tuple[Select[Any], Select[Any]]:
    """The greatest number with a prefix as text, and the greatest as a number (as text “1000” sorts before “999”)."""
    inside = (column >= bindparam("low"), column < bindparam("high"))
    longest = select(column).where(*inside).order_by(func.length(column).desc(), column.desc()).limit(1)
    return select(func.max(column)).where(*inside), longest


_VISITS, _ISSUES = _statements(Visit.__table__.c.visit_no), _statements(Issue.__table__.c.issue_no)
_PROJECTS = _statements(Project.__table__.c.project_no)


def _next(session: Session, statements: tuple[Select[Any], Select[Any]], prefix: str) -> str:
    """Deleted rows count too. Serials have three digits until there are more than 999."""
    values = {"low": prefix, "high": prefix + "~"}
    given: dict[str, int] | None = session.info.get(GIVEN)
    if given is not None and prefix in given:
        given[prefix] += 1
        return f"{prefix}{given[prefix]:03d}"
    greatest, longest = statements
    serial = _serial(session.connection().execute(greatest, values).scalar(), prefix)
    if serial >= 999:
        serial = _serial(session.connection().execute(longest, values).scalar(), prefix)
    if given is not None:
        given[prefix] = serial + 1
    return f"{prefix}{serial + 1:03d}"


def _serial(number: str | None, prefix: str) -> int:
    tail = (number or "").removeprefix(prefix)
    return int(tail) if tail.isdigit() else 0
