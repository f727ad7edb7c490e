"""Suspected duplicates in the register: the whole directory, or the cards that resemble one being typed.

How two cards are compared is in duplicates.py; here is where they come from, and what people decided about pairs.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import plan_store, search
from db.direct import stream
from db.duplicates import SUGGEST, Card, Index, Pair, Progress, Suspect, card_of, compare, pair_of
from db.errors import MachineError, Refused
from db.models import DuplicateDecision, Enterprise
from db.store import Actor
from db.text import fold, name_core
from db.types import new_key, now

SAME, DIFFERENT = "同一家", "不是同一家"
LEAST_REASON = 4  # characters; “不同” says nothing to whoever looks at it next year
_FEW = 60  # candidates looked at for one typed card
_COLUMNS = "id, name, alias, uscc, phone, reg_address, biz_address, legal_rep"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a pair, with the names the cards bear now."""

    first: UUID
    second: UUID
    names: tuple[str, str]
    decision: str
    reason: str
    at: datetime
    by: str


def cards(session: Session, where: str = "", values: tuple[Any, ...] = ()) -> list[Card]:
    """The live cards as far as they are compared."""
    query = f"SELECT {_COLUMNS} FROM enterprise WHERE deleted_at IS NULL {where}"
    names = _COLUMNS.split(", ")
    found = []
    # Row by row: a hundred thousand at once would hold up the window.
    for row in stream(session, query, values):
        record: dict[str, Any] = dict(zip(names, row, strict=True))
        record["id"] = UUID(bytes=row[0])
        found.append(card_of(record))
    return found


def scan(
    session: Session,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[list[Suspect], int]:
    """The suspected pairs of the directory nobody has decided about, best first, and how many there are in all."""
    index = Index(_places(session))
    with _without_collecting():
        try:
            known = cards(session)
            for place, card in enumerate(known):
                if place % 512 == 0:
                    if cancelled is not None and cancelled():
                        return [], 0
                    if progress is not None:
                        progress(place, len(known), "读取企业档案")
                index.add(card)
            return index.pairs(progress, cancelled, skip=decided(session))
        finally:
            index.clear()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for garbage cycles meanwhile: with so many objects alive one takes a second, and the window stands still."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def resembling(
    session: Session, values: Mapping[str, Any], key: UUID | None = None, limit: int = 5
) -> list[tuple[Suspect, Card]]:
    """The cards that may be the firm being typed, best first; answered from the indexes in milliseconds.

    `values`: what is typed so far by column. `key`: the card that is being edited, which is not itself suspected.
    """
    wanted = card_of({**values, "id": key or new_key()})
    if len(wanted.name.strip()) < 2 and not wanted.uscc:
        return []
    places = _places(session)
    done = decided(session, wanted.id) if key is not None else frozenset()
    found = []
    for card in _candidates(session, wanted, places):
        suspect = compare(wanted, card, places)
        if card.id != wanted.id and suspect.score >= SUGGEST and suspect.pair not in done:
            found.append((suspect, card))
    found.sort(key=lambda each: (-each[0].score, each[1].name))
    return found[:limit]


def _candidates(session: Session, wanted: Card, places: tuple[str, ...]) -> list[Card]:
    connection = session.connection()
    keys: dict[bytes, None] = {}

    def ask(query: str, *values: Any) -> None:
        keys.update((bytes(row[0]), None) for row in connection.exec_driver_sql(query, values))

    if wanted.uscc:
        ask(
            "SELECT id FROM enterprise WHERE uscc = ? AND uscc IS NOT NULL AND deleted_at IS NULL",
            wanted.uscc,
        )
    if wanted.phone:
        ask("SELECT id FROM enterprise WHERE phone = ? AND deleted_at IS NULL LIMIT ?", wanted.phone, _FEW)
    core = name_core(wanted.name, places) if wanted.name else ""
    if core:
        entry = "SELECT enterprise_id FROM enterprise_search WHERE"
        ask(f"{entry} name_key = ? LIMIT ?", core, _FEW)
        by_text = f"{entry} seq IN (SELECT rowid FROM fts_name WHERE fts_name MATCH ? LIMIT {_FEW})"
        by_letters = (
            f"{entry} seq IN (SELECT rowid FROM fts_initials WHERE fts_initials MATCH ? LIMIT {_FEW})"
        )
        for text in {core, *wanted.former}:
            if search.phrase(text):
                ask(by_text, search.phrase(text))
        letters = search.letters(core)
        if len(letters) >= 3:
            # Whatever sounds alike begins alike in pinyin; whatever differs in one character has one half in common.
            ask(by_letters, f'"{search.initials(core).split(" ")[0]}"*')
            for half in (letters[: max(3, len(letters) - 2)], letters[:2] + letters[3:]):
                if len(half) >= 3:
                    ask(by_text, f'"{search.spaced(half)}"')
    if not keys:
        return []
    chosen = list(keys)[: 4 * _FEW]
    return cards(session, f"AND id IN ({','.join('?' * len(chosen))})", tuple(chosen))


def _places(session: Session) -> tuple[str, ...]:
    try:
        return tuple(sorted(plan_store.current(session).name_places, key=len, reverse=True))
    except MachineError:  # a register that is just being set up
        return ()


# ---------------------------------------------------------------- what people decided


def decided(session: Session, key: UUID | None = None) -> frozenset[Pair]:
    """The pairs somebody decided about (of one card, or all)."""
    table = DuplicateDecision.__table__
    query = select(table.c.first_id, table.c.second_id)
    if key is not None:
        query = query.where((table.c.first_id == key) | (table.c.second_id == key))
    return frozenset((row.first_id, row.second_id) for row in session.execute(query))


def keep_apart(session: Session, one: UUID, other: UUID, reason: str, actor: Actor) -> None:
    """不是同一家: remembered with who, when and why; the pair is not suggested again. Refused without a reason."""
    if len(fold(reason)) < LEAST_REASON:
        raise Refused(
            "请写明为什么不是同一家。",
            f"至少 {LEAST_REASON} 个字，如“两家代码不同，地址不同”。",
            "reason_missing",
        )
    remember(session, one, other, DIFFERENT, reason, actor)


def remember(session: Session, one: UUID, other: UUID, decision: str, reason: str, actor: Actor) -> None:
    """Keep what was decided about a pair, in place of an earlier decision."""
    first, second = pair_of(one, other)
    session.merge(
        DuplicateDecision(
            first_id=first,
            second_id=second,
            decision=decision,
            reason=reason.strip(),
            at=now(),
            by=actor.person,
        )
    )
    session.flush()


def take_back(session: Session, one: UUID, other: UUID) -> bool:
    """Forget a decision: the pair may be suggested again. False where there was none."""
    first, second = pair_of(one, other)
    table = DuplicateDecision.__table__
    query = delete(DuplicateDecision).where(table.c.first_id == first, table.c.second_id == second)
    return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


def decisions(session: Session, decision: str = DIFFERENT) -> Sequence[Decision]:
    """What was decided, newest first, of the cards that are still there."""
    table, firm = DuplicateDecision.__table__, Enterprise.__table__
    one, other = firm.alias("one"), firm.alias("other")
    query = (
        select(table, one.c.name.label("one_name"), other.c.name.label("other_name"))
        .join(one, one.c.id == table.c.first_id)
        .join(other, other.c.id == table.c.second_id)
        .where(table.c.decision == decision, one.c.deleted_at.is_(None), other.c.deleted_at.is_(None))
        .order_by(table.c.at.desc())
    )
    return [
        Decision(
            row.first_id,
            row.second_id,
            (row.one_name or "", row.other_name or ""),
            row.decision,
            row.reason,
            row.at,
            row.by,
        )
        for row in session.execute(query)
    ]
