"""What a session that only reads has asked once it knows: it sees one state of the register to its end.

A session that writes asks every time (what settings and locks it may remember is for save_many.py).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")
_KEY = "asked_once"


def reads_only(session: Session) -> None:
    """Nothing is written in this session: it may remember."""
    session.info[_KEY] = {}


def once(session: Session, key: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question; nobody changes it. `key`: whose question it is, and what it depends on."""
    known: dict[Hashable, T] | None = session.info.get(_KEY)
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]
