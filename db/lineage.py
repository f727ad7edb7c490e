"""Which card stands for which: cards that were merged say into which they went. Merging itself is in merging.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import direct
from db.models import Enterprise, EnterpriseMerge
from db.types import key_of

_IN_CHUNKS = 400


@dataclass(frozen=True, slots=True)
class Merge:
    """One joining, as the card's timeline shows it."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    gone_name: str
    reason: str
    at: datetime
    by: str
    undone: bool


# In `Session.info` while many records are saved at once: card → the card that stands for it.
KNOWN = "cards_known"
_INTO = "SELECT merged_into FROM enterprise WHERE id = ?"


def kept_of(session: Session, key: UUID) -> UUID:
    """The card that a card went into, however many times; the key itself where it went nowhere."""
    known: dict[UUID, UUID] | None = session.info.get(KNOWN)
    if known is not None and (stands := known.get(key)) is not None:
        return stands
    while (row := direct.first(session, _INTO, (key.bytes,))) is not None and row[0] is not None:
        key = key_of(row[0])
    return key


def look_ahead(session: Session, keys: Iterable[UUID | None]) -> None:
    """Ask for many cards what `kept_of` will be asked, while many records are saved at once (save_many.py)."""
    known: dict[UUID, UUID] | None = session.info.get(KNOWN)
    if known is None:
        return
    wanted = {key for key in keys if key is not None} - known.keys()
    found = kept_of_all(session, wanted)
    known.update((key, found.get(key, key)) for key in wanted)


def kept_of_all(session: Session, keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these keys those whose card was merged, each with the card that stands for it now."""
    table = Enterprise.__table__
    found: dict[UUID, UUID] = {}
    steps: dict[UUID, UUID] = {}
    asked = set(keys)
    wanted = list(asked)
    while wanted:
        ordered, wanted = wanted, []
        for start in range(0, len(ordered), _IN_CHUNKS):
            query = select(table.c.id, table.c.merged_into).where(
                table.c.id.in_(ordered[start : start + _IN_CHUNKS]), table.c.merged_into.is_not(None)
            )
            for row in session.execute(query):
                steps[row.id] = row.merged_into
                if row.merged_into not in steps:
                    wanted.append(row.merged_into)
    for key in asked & steps.keys():
        target = steps[key]
        while target in steps:
            target = steps[target]
        found[key] = target
    return found


def kept_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """The cards that stand for codes which only merged cards bear: a file may still name the firm so."""
    table = Enterprise.__table__
    found: dict[str, UUID] = {}
    ordered = sorted(set(codes))
    for start in range(0, len(ordered), _IN_CHUNKS):
        query = select(table.c.uscc, table.c.id).where(
            table.c.uscc.in_(ordered[start : start + _IN_CHUNKS]), table.c.merged_into.is_not(None)
        )
        found.update((row.uscc, row.id) for row in session.execute(query))
    kept = kept_of_all(session, found.values())
    return {code: kept[key] for code, key in found.items()}


def lineage_of(session: Session, key: UUID) -> list[UUID]:
    """The cards that went into this one, directly or by way of others."""
    table = Enterprise.__table__
    found: list[UUID] = []
    wanted = [key]
    while wanted:
        rows = session.scalars(select(table.c.id).where(table.c.merged_into.in_(wanted))).all()
        wanted = [row for row in rows if row not in found]
        found += wanted
    return found


def merges_into(session: Session, key: UUID) -> list[Merge]:
    """The joinings that this card was kept in, newest first, undone ones too."""
    table = EnterpriseMerge.__table__
    query = select(
        table.c.id,
        table.c.kept_id,
        table.c.gone_id,
        table.c.reason,
        table.c.at,
        table.c.by,
        table.c.undone_at,
    )
    firm = Enterprise.__table__
    query = query.add_columns(firm.c.name).outerjoin(firm, firm.c.id == table.c.gone_id)
    rows = session.execute(query.where(table.c.kept_id == key).order_by(table.c.at.desc())).all()
    return [
        Merge(
            row.id,
            row.kept_id,
            row.gone_id,
            row.name or "",
            row.reason,
            row.at,
            row.by,
            row.undone_at is not None,
        )
        for row in rows
    ]
