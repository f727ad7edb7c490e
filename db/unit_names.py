"""Names of units by their codes. Finding a unit by what people call it is lookup.py's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import OrgUnit

_ALL = select(OrgUnit.__table__.c.code, OrgUnit.__table__.c.name)


def names_of(session: Session) -> dict[str, str]:
    """Every unit's name, retired ones included."""
    return {code: name for code, name in session.execute(_ALL)}


def name_of(session: Session, code: str) -> str:
    """One unit's name; the code itself where there is no such unit."""
    found = session.get(OrgUnit, code)
    return found.name if found is not None else code
