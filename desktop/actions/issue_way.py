"""How far a problem is: its clocks, its way so far, who settled it. Reading only; no Qt here.

What people do with one is in issues.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db import issue_clocks, parameters, records, settings, workflow
from db.issue_clocks import HANDLE, Clock, Limits
from db.models import AuditEntry
from db.store import Store
from db.workdays import Overrides
from desktop.actions.moves import ACTION

MACHINE = workflow.MACHINES["issue"]


def rules(session: Session) -> tuple[Limits, Overrides]:
    """The limits of the clocks and the office's calendar."""
    return issue_clocks.limits(parameters.read(session)), settings.holidays(session)


def clocks(store: Store, record: Mapping[str, Any], today: date) -> list[Clock]:
    """The clocks of a problem that ran or run."""
    with store.read() as session:
        allowed, overrides = rules(session)
    return issue_clocks.all_clocks(record, today, allowed, overrides)


def new_due(store: Store, record: Mapping[str, Any], today: date) -> date:
    """The deadline a problem gets that is assigned or begins anew today."""
    with store.read() as session:
        return due_from(session, record, today)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a problem's way: a move (`word`) or a note."""

    at: str
    by: str
    word: str
    text: str


def timeline(store: Store, record: Mapping[str, Any]) -> list[Event]:
    """The way of a problem, newest first: its log, when it was registered, and moves made in the form."""
    events = [event_of(entry) for entry in record.get("progress_log") or ()]
    with store.read() as session:
        entries = records.history(session, record["id"], MACHINE.field)
    for entry in reversed(entries):
        after = (entry.after or {}).get(MACHINE.field)
        before = (entry.before or {}).get(MACHINE.field)
        if entry.action in (ACTION, "create", "import") or before is None or after is None:
            continue
        day = entry.at.astimezone().date().isoformat()
        events.append(Event(day, entry.by, "改状态", f"{before} → {after}"))
    registered = record.get("registered_on")
    events.sort(key=lambda event: event.at)  # stable: of one day in the order they were noted
    if registered is not None:
        who = str(record.get("created_by") or "")
        events.insert(0, Event(registered.isoformat(), who, "登记", str(record.get("source") or "")))
    return events[::-1]


def event_of(entry: Mapping[str, Any]) -> Event:
    """A log entry: 〔交办〕 at its beginning says which step it was."""
    text = str(entry.get("text") or "")
    word = ""
    if text.startswith("〔") and "〕" in text:
        word, text = text[1:].split("〕", 1)
    return Event(str(entry.get("at") or ""), str(entry.get("by") or ""), word, text)


def day_words(day: date | None) -> str:
    """“5 月 28 日”."""
    return f"{day.month} 月 {day.day} 日" if day is not None else "未定"


def due_from(session: Session, record: Mapping[str, Any], today: date) -> date:
    """The deadline by its urgency of a problem that begins on a day."""
    allowed, overrides = rules(session)
    fresh = {"registered_on": today, "urgency": record.get("urgency")}
    found = issue_clocks.due_day(HANDLE, fresh, allowed, overrides)
    assert found is not None
    return found


def finished_by(session: Session, record: Mapping[str, Any]) -> str | None:
    """Who settled the problem last: by its log, else by the audit of this register."""
    for entry in reversed(record.get("progress_log") or []):
        if event_of(entry).word == "办结":
            return str(entry.get("by") or "") or None
    for audit in records.history(session, record["id"], MACHINE.field):
        if _settled_here(audit):
            return audit.by
    return None


def _settled_here(entry: AuditEntry) -> bool:
    after = (entry.after or {}).get(MACHINE.field)
    return after == "已办结" and entry.action in ("create", "update", ACTION)
