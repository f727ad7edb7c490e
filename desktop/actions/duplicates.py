"""Suspected duplicates for the windows: look through the directory, hint while a card is typed, keep decisions. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from db import duplicate_search
from db.duplicate_search import Decision
from db.duplicates import Progress, Suspect
from db.models import Enterprise
from db.store import Actor, Store

_FIRM = Enterprise.__table__


@dataclass(frozen=True, slots=True)
class SuspectedPair:
    """Two cards with their names, and why they may be one firm."""

    suspect: Suspect
    names: tuple[str, str]

    @property
    def why(self) -> str:
        """The reasons in a line; what speaks against it after “但”."""
        said = "；".join(self.suspect.reasons)
        return f"{said}；但{'，'.join(self.suspect.against)}" if self.suspect.against else said


@dataclass(frozen=True, slots=True)
class Found:
    """What a search through the directory found: the best pairs of `total`, and the state it was of."""

    pairs: tuple[SuspectedPair, ...]
    total: int
    stamp: tuple[int, str]


def directory_stamp(store: Store) -> tuple[int, str]:
    """(cards, last change): the same stamp means nothing to look for anew."""
    with store.read() as session:
        count = session.scalar(select(func.count()).select_from(_FIRM).where(_FIRM.c.deleted_at.is_(None)))
        last = session.scalar(select(func.max(_FIRM.c.updated_at)))
    return count or 0, str(last or "")


def find_duplicates(
    store: Store, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
) -> Found:
    """Look through the whole directory; pairs somebody decided about stay out."""
    stamp = directory_stamp(store)
    with store.read() as session:
        shown, total = duplicate_search.scan(session, progress, cancelled)
        wanted = {key for each in shown for key in each.pair}
        names: dict[UUID, str] = {}
        ordered = sorted(wanted)
        for start in range(0, len(ordered), 400):
            query = select(_FIRM.c.id, _FIRM.c.name).where(_FIRM.c.id.in_(ordered[start : start + 400]))
            names.update((row.id, row.name or "（未填名称）") for row in session.execute(query))
    pairs = tuple(SuspectedPair(each, (names[each.first], names[each.second])) for each in shown)
    return Found(pairs, total, stamp)


def resembling(store: Store, values: Mapping[str, Any], key: UUID | None = None) -> list[SuspectedPair]:
    """Cards that the one being typed may be; `names` are (typed, known). `suspect.second` is the known card."""
    with store.read() as session:
        found = duplicate_search.resembling(session, values, key)
    return [SuspectedPair(suspect, (str(values.get("name") or ""), card.name)) for suspect, card in found]


def keep_apart(store: Store, one: UUID, other: UUID, reason: str, actor: Actor) -> None:
    """不是同一家, remembered. Refused without a reason."""
    with store.write() as session:
        duplicate_search.keep_apart(session, one, other, reason, actor)


def take_back_decision(store: Store, one: UUID, other: UUID) -> bool:
    """The pair may be suggested again."""
    with store.write() as session:
        return duplicate_search.take_back(session, one, other)


def kept_apart(store: Store) -> Sequence[Decision]:
    """The pairs people said are different firms, newest first."""
    with store.read() as session:
        return duplicate_search.decisions(session)
