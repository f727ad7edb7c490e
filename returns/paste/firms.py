"""The firms that pasted rows name: by credit code, by name, by a former name; many at once. Cards are not made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import search
from db.findings import Severity
from db.models import Enterprise
from db.text import same_name
from returns.ledger.firms import AMBIGUOUS, OTHER_NAME
from returns.paste.columns import FIRM, FIRM_CODE

UNKNOWN, FORMER, NEW = "PST-001", "PST-002", "PST-003"
IN_CHUNKS = 500
MOST_LIKE, LONGEST_NAME = 20, 80
MOST_SUGGESTED = 60  # names of one block for which likenesses are looked up
_WIDE = str.maketrans("()", "（）")
_NARROW = str.maketrans("（）", "()")
_CARD = Enterprise.__table__


@dataclass(frozen=True, slots=True)
class Card:
    id: UUID
    name: str
    uscc: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """The firm a row means, or why none; `offers` are names that may be meant."""

    card: Card | None = None
    slot: str = FIRM
    rule: str = ""
    severity: Severity = Severity.INFO
    message: str = ""
    offers: tuple[str, ...] = ()


class Firms:
    """Answers for one block; `fetch` asks for all its names and codes in few queries."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_code: dict[str, Card] = {}
        self._by_name: dict[str, list[Card]] = {}
        self._former: dict[str, list[Card]] = {}
        self._offers: dict[str, tuple[str, ...]] = {}

    def fetch(self, named: Iterable[tuple[str, str]]) -> None:
        """Read the cards that these (name, code) may mean."""
        pairs = list(dict.fromkeys(named))
        codes = sorted({code for _, code in pairs if code})
        names = sorted({name for name, _ in pairs if name})
        spellings = sorted(
            {each for name in names for each in (name, name.translate(_WIDE), name.translate(_NARROW))}
        )
        for column, wanted in ((_CARD.c.uscc, codes), (_CARD.c.name, spellings)):
            for chunk in _chunks(wanted):
                self._keep(select(_CARD.c.id, _CARD.c.name, _CARD.c.uscc).where(column.in_(chunk)))
        for name in names:
            if same_name(name) not in self._by_name:
                self._look_wider(name)

    def find(self, name: str, code: str) -> Found:
        """The card of a row's firm; `fetch` was called with this pair."""
        if code and (card := self._by_code.get(code)) is not None:
            if (
                name
                and same_name(name) != same_name(card.name)
                and card not in self._former.get(same_name(name), ())
            ):
                message = f"代码 {code} 在档案中是“{card.name}”，这里写“{name}”：按代码登记，名称请核对。"
                return Found(card, FIRM, OTHER_NAME, Severity.WARNING, message, (card.name,))
            return Found(card)
        named = self._by_name.get(same_name(name), []) if name else []
        fitting = [card for card in named if not card.uscc] if code else named
        if len(fitting) == 1:
            return Found(fitting[0])
        if len(fitting) > 1:
            message = f"档案中有 {len(fitting)} 家“{name}”，请补上信用代码。"
            return Found(
                None, FIRM_CODE, AMBIGUOUS, Severity.ERROR, message, tuple(c.uscc or "" for c in fitting[:3])
            )
        if named:
            message = f"档案中“{name}”的代码是 {named[0].uscc}，这里写 {code}，请核对。"
            return Found(None, FIRM_CODE, AMBIGUOUS, Severity.ERROR, message, (named[0].uscc or "",))
        former = self._former.get(same_name(name), []) if name else []
        if len(former) == 1 and not code:
            message = f"“{name}”是“{former[0].name}”的曾用名，按现名登记。"
            return Found(former[0], FIRM, FORMER, Severity.INFO, message)
        return self._unknown(name, code)

    def _unknown(self, name: str, code: str) -> Found:
        if not name:
            return Found(None, FIRM_CODE, UNKNOWN, Severity.ERROR, f"档案中没有代码为 {code} 的企业。")
        offers = self._like(name)
        told = f"是不是{'、'.join(f'“{each}”' for each in offers)}？" if offers else ""
        message = f"档案中没有“{name}”。{told}请改名称，或勾选“没有的企业建新档案”。"
        return Found(None, FIRM, UNKNOWN, Severity.ERROR, message, offers)

    def _like(self, name: str) -> tuple[str, ...]:
        if name not in self._offers:
            if len(self._offers) >= MOST_SUGGESTED:
                return ()
            hits = search.find_enterprises(self._session, name, limit=3) if len(name) <= LONGEST_NAME else []
            self._offers[name] = tuple(hit.name for hit in hits)
        return self._offers[name]

    def _keep(self, query: Any) -> None:
        for row in self._session.execute(query.where(_CARD.c.deleted_at.is_(None))):
            card = Card(row.id, row.name or "", row.uscc)
            if card.uscc:
                self._by_code[card.uscc] = card
            known = self._by_name.setdefault(same_name(card.name), [])
            if card not in known:
                known.append(card)

    def _look_wider(self, name: str) -> None:
        """Cards with this name in other blanks or width, and those that were once called so."""
        wanted = same_name(name)
        keys = search.matching(self._session, name, MOST_LIKE) if len(name) <= LONGEST_NAME else None
        if not keys:
            return
        query = select(_CARD.c.id, _CARD.c.name, _CARD.c.uscc, _CARD.c.alias).where(
            _CARD.c.id.in_([UUID(bytes=key) for key in keys]), _CARD.c.deleted_at.is_(None)
        )
        for row in self._session.execute(query):
            card = Card(row.id, row.name or "", row.uscc)
            if same_name(card.name) == wanted:
                self._by_name.setdefault(wanted, []).append(card)
            elif any(same_name(each) == wanted for each in search.names_in(row.alias)):
                self._former.setdefault(wanted, []).append(card)


def _chunks(wanted: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(wanted), IN_CHUNKS):
        yield wanted[start : start + IN_CHUNKS]
