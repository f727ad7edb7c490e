"""Names of units by their codes. Finding a unit by what people call it is lookup.py's."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from db import direct
from db.models import OrgUnit
from db.once import once


def names_of(session: Session) -> Mapping[str, str]:
    """Every unit's name, retired ones included."""
    return once(session, "unit names", lambda: dict(direct.fetch(session, "SELECT code, name FROM org_unit")))


def name_of(session: Session, code: str) -> str:
    """One unit's name; the code itself where there is no such unit."""
    found = session.get(OrgUnit, code)
    return found.name if found is not None else code
