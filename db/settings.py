"""Settings and editable parameters inside a transaction. Whole-store access is Store.setting; their meaning is with their users."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from db import direct, workdays
from db.models import Setting
from db.types import now

# In `Session.info` while many records are saved at once: what was read already (save_many.py).
KNOWN = "settings_known"
_TODAY = "\0today"  # beside them; no setting is called so


def get(session: Session, key: str, default: Any = None) -> Any:
    """The stored value, or `default` where there is none."""
    known: dict[str, Any] | None = session.info.get(KNOWN)
    if known is None:
        value = _stored(session, key)
    elif key in known:
        value = known[key]
    else:
        value = known[key] = _stored(session, key)
    return default if value is None else value


def _stored(session: Session, key: str) -> Any:
    row = direct.first(session, "SELECT value FROM setting WHERE key = ?", (key,))
    return None if row is None or row[0] is None else json.loads(row[0])


def put(session: Session, key: str, value: Any) -> None:
    """Store a value under its key, in place of the one before."""
    session.merge(Setting(key=key, value=value))
    session.flush()
    if (known := session.info.get(KNOWN)) is not None:
        known.clear()  # the day, and which months are closed, may follow from it


def parameters(session: Session) -> Mapping[str, Any]:
    """What the office changed of the defaults (thresholds, words, limits), by name."""
    found: Mapping[str, Any] = get(session, "parameters", {})
    return found


def holidays(session: Session) -> workdays.Overrides:
    """The office's own corrections of the working calendar."""
    entries = get(session, "holidays")
    return workdays.read_overrides(entries) if entries else workdays.NO_OVERRIDES


def today(session: Session) -> date:
    """The day it is; a practice register stands still on the day it is played on (as Store.today)."""
    known: dict[str, Any] | None = session.info.get(KNOWN)
    if known is None:
        return _today(session)
    if _TODAY not in known:
        known[_TODAY] = _today(session)
    found: date = known[_TODAY]
    return found


def moment(session: Session) -> datetime:
    """Now; in a practice register the time of day on the day it is played on."""
    found, day = now(), today(session)
    local = found.astimezone()
    return found if local.date() == day else datetime.combine(day, local.timetz()).astimezone(UTC)


def _today(session: Session) -> date:
    played = get(session, "practice_today")
    return date.fromisoformat(played) if played and get(session, "practice") else date.today()
