"""What people do with a firm's card: rename, move, close, reopen, join two cards; and take each of it back. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from db import enterprise_events, lineage, merge_undo, merging
from db.enterprise_events import Done
from db.store import Actor, Store

Preview = merging.Preview


def rename_enterprise(store: Store, firm: UUID, name: str, on: date, reason: str, actor: Actor) -> Done:
    """更名: the old name stays findable as 曾用名. Refused for no name, no reason, a day to come."""
    with store.write() as session:
        return enterprise_events.rename(session, firm, name, on, reason, actor)


def move_enterprise(
    store: Store,
    firm: UUID,
    on: date,
    reason: str,
    actor: Actor,
    *,
    street_code: str | None = None,
    reg_address: str | None = None,
    park_code: str | None = None,
) -> Done:
    """迁址 inside the district. Refused where nothing would change."""
    with store.write() as session:
        return enterprise_events.move(
            session, firm, on, reason, actor, street_code=street_code, reg_address=reg_address, park_code=park_code
        )  # fmt: skip


def close_enterprise(store: Store, firm: UUID, kind: str, on: date, reason: str, actor: Actor) -> Done:
    """停业, 迁出, 注销 or 吊销; tells what is still open for the firm."""
    with store.write() as session:
        return enterprise_events.close(session, firm, kind, on, reason, actor)


def reopen_enterprise(store: Store, firm: UUID, on: date, reason: str, actor: Actor) -> Done:
    """复业. Refused for a firm that was struck off."""
    with store.write() as session:
        return enterprise_events.reopen(session, firm, on, reason, actor)


def change_enterprise(
    store: Store, firm: UUID, kind: str, on: date, reason: str, actor: Actor, **values: Any
) -> Done:
    """The change of that kind; `values`: name for 更名, street_code, reg_address and park_code for 迁址."""
    if kind == enterprise_events.RENAMED:
        return rename_enterprise(store, firm, str(values.get("name") or ""), on, reason, actor)
    if kind == enterprise_events.MOVED:
        wanted = {name: values.get(name) for name in ("street_code", "reg_address", "park_code")}
        return move_enterprise(store, firm, on, reason, actor, **wanted)
    if kind == enterprise_events.REOPENED:
        return reopen_enterprise(store, firm, on, reason, actor)
    return close_enterprise(store, firm, kind, on, reason, actor)


def undo_change(store: Store, event: UUID, actor: Actor) -> None:
    """Take a change back. Refused where its fields were changed again since."""
    with store.write() as session:
        enterprise_events.undo(session, event, actor)


def look_at_change(store: Store, event: UUID) -> enterprise_events.Event | None:
    """One change as it was registered."""
    with store.read() as session:
        return enterprise_events.event(session, event)


def look_at_merges(store: Store, firm: UUID) -> list[lineage.Merge]:
    """The joinings a card was kept in, newest first."""
    with store.read() as session:
        return lineage.merges_into(session, firm)


def preview_merge(store: Store, kept: UUID, gone: UUID) -> Preview:
    """Two cards side by side with a suggestion per field. Refused where one is not there."""
    with store.read() as session:
        return merging.preview(session, kept, gone)


def merge_enterprises(
    store: Store, kept: UUID, gone: UUID, take: Collection[str], reason: str, actor: Actor
) -> UUID:
    """Join two cards in one transaction; `take` are the fields taken from the one that goes. Returns the merge's key."""
    with store.write() as session:
        return merging.merge(session, kept, gone, take, actor, reason)


def undo_merge(store: Store, merge: UUID, actor: Actor) -> None:
    """Both cards and everything moved as they were. Refused, saying what, where something was touched since."""
    with store.write() as session:
        merge_undo.undo(session, merge, actor)
