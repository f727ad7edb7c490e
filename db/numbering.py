"""Numbers of visits, issues and projects: office, month or year, serial. Given once, never reused, whatever happens to the date later."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from db import direct

# In `Session.info` while many records are saved at once: the last serial given of each prefix (save_many.py).
GIVEN = "serials_given"


def visit_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-202405-001”: the next serial of the office's month."""
    return _next(session, "visit", "visit_no", f"{unit_code}-{day.year:04d}{day.month:02d}-")


def issue_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-W202405-001”; W for 问题, so that it is never taken for a visit's number."""
    return _next(session, "issue", "issue_no", f"{unit_code}-W{day.year:04d}{day.month:02d}-")


def project_no(session: Session, unit_code: str, day: date) -> str:
    """“360103002-X2024-001”; X for 项目, numbered by the year."""
    return _next(session, "project", "project_no", f"{unit_code}-X{day:%Y}-")


def _next(session: Session, table: str, column: str, prefix: str) -> str:
    """Deleted rows count too. Serials have three digits until there are more than 999."""
    given: dict[str, int] | None = session.info.get(GIVEN)
    if given is not None and prefix in given:
        given[prefix] = serial = given[prefix] + 1
        return f"{prefix}{serial:03d}" if serial < 1000 else f"{prefix}{serial}"
    inside = f"FROM {table} WHERE {column} >= ? AND {column} < ?"
    values = (prefix, f"{prefix}~")
    serial = _serial(direct.first(session, f"SELECT max({column}) {inside}", values), prefix)
    if serial >= 999:  # as text “1000” sorts before “999”
        longest = f"SELECT {column} {inside} ORDER BY length({column}) DESC, {column} DESC LIMIT 1"
        serial = _serial(direct.first(session, longest, values), prefix)
    if given is not None:
        given[prefix] = serial + 1
    return f"{prefix}{serial + 1:03d}"


def _serial(found: tuple[str | None, ...] | None, prefix: str) -> int:
    tail = ((found or ("",))[0] or "").removeprefix(prefix)
    return int(tail) if tail.isdigit() else 0
