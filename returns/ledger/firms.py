"""The firm that a row names: found by credit code, else by its exact name, else put on a new card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records
from db.bulk import dumps
from db.findings import Severity
from db.lineage import kept_by_code
from db.records import Values, table_of
from db.registers import REGISTERS
from db.text import same_name as compared
from db.types import key_of
from returns.ledger.merging import CHUNK, SAME, Merge, merge
from returns.ledger.rows import LedgerRow
from returns.ledger.waiting import Fresh, Waiting

FIRM = REGISTERS["enterprise"]
SAME_NAME, OTHER_NAME, AMBIGUOUS = "ENT-006", "IMP-008", "IMP-009"

_MOST_CARDS = 8000
_NOTHING: Mapping[str, Any] = {}
same_name = lru_cache(maxsize=4096)(compared)  # asked when a firm is looked for, and when it is made

_BRACKETS = frozenset("()（）")
_WIDE = str.maketrans("()", "（）")
_NARROW = str.maketrans("（）", "()")


@dataclass(slots=True)
class Placed:
    """Where a row's record went. `action` as in StagedRow: new, same, update or conflict (same, but not agreeing).

    `fresh` is a new record, `after` a changed one as it will be.
    """

    id: UUID
    action: str
    before: Values | None = None
    merge: Merge = field(default_factory=lambda: SAME)
    fresh: Fresh | None = None
    after: Values | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a row's firm, at the column of `name`."""

    rule: str
    severity: Severity
    name: str
    message: str


class Firms:
    """Cards by code and name: those that the rows at hand may mean, and those made for them."""

    def __init__(self, session: Session, waiting: Waiting, street: str | None) -> None:
        self._session, self._waiting, self._street = session, waiting, street
        self._by_id: dict[UUID, Values] = {}
        self._by_code: dict[str, Values] = {}
        self._by_name: dict[str, list[Values]] = {}
        self._asked: set[str] = set()  # codes and names

    def card(self, key: UUID) -> Values | None:
        """A card as last read."""
        return self._by_id.get(key)

    def fetch(self, rows: Sequence[LedgerRow]) -> list[UUID]:
        """Read the cards that the rows may mean, in few queries; the keys of those that were not read before.

        Cards of earlier rows are let go when there are many of them.
        """
        if len(self._by_id) > _MOST_CARDS:
            for held in (self._by_id, self._by_code, self._by_name, self._asked):
                held.clear()
        asked, codes, names, brackets = self._asked, set[str](), set[str](), _BRACKETS
        for row in rows:
            about = row.values.get("enterprise")
            if about is None:
                continue
            if (code := about.get("uscc")) and code not in asked:
                codes.add(code)
            if (name := about.get("name")) and name not in asked:
                names.add(name)
                if not brackets.isdisjoint(name):
                    names.update((name.translate(_WIDE), name.translate(_NARROW)))
        asked |= codes
        asked |= names
        found: list[Values] = []
        for column, wanted in (("uscc", codes), ("name", names)):
            ids = self._ids(column, sorted(wanted))
            found += self._read([key for key in ids if key not in self._by_id])
        return [*(card["id"] for card in found), *self._follow_merged(codes)]

    def _ids(self, column: str, wanted: Sequence[str]) -> list[UUID]:
        """Few of the firms of a file are known, or all of them: their keys are asked for first."""
        if not wanted:
            return []
        # Worded as the index of codes is, so that it serves.
        found = self._session.connection().exec_driver_sql(
            f"SELECT id FROM enterprise WHERE {column} IN (SELECT value FROM json_each(?)) "
            f"AND {column} IS NOT NULL AND deleted_at IS NULL",
            (dumps(wanted),),
        )
        return [key_of(row[0]) for row in found]

    def _read(self, keys: Sequence[UUID]) -> list[Values]:
        table = table_of(FIRM)
        cards: list[Values] = []
        for start in range(0, len(keys), CHUNK):
            live = select(table).where(
                table.c.id.in_(keys[start : start + CHUNK]), table.c.deleted_at.is_(None)
            )
            cards += [dict(row) for row in self._session.execute(live).mappings()]
        for card in cards:
            self._keep(card)
        return cards

    def reread(self, keys: Iterable[UUID]) -> None:
        """Cards that changed along with other records, as they are now."""
        self._read([key for key in keys if key in self._by_id])

    def _follow_merged(self, codes: Iterable[str]) -> list[UUID]:
        """A code that only a merged card bore means the card it went into."""
        kept = kept_by_code(self._session, (code for code in codes if code not in self._by_code))
        for code, key in kept.items():
            card = self._by_id.get(key) or records.get(self._session, FIRM, key)
            if card is not None and card["deleted_at"] is None:
                self._keep(card)
                self._by_code[code] = card
        return list(kept.values())

    def place(
        self, row: LedgerRow, origin: Mapping[str, Any], note: str
    ) -> tuple[Placed | None, list[Remark]]:
        """The card of the row's firm, made or filled as needed. None when the name alone fits several cards."""
        wanted = dict(row.values.get("enterprise", _NOTHING))
        unread = row.unparsed.get("enterprise", _NOTHING)
        remarks: list[Remark] = []
        card, clear = self._find(wanted, remarks)
        if not clear:
            return None, remarks
        if card is None:
            fresh = self._create(wanted, unread, origin, note)
            return Placed(fresh.record["id"], "new", fresh=fresh), remarks
        wanted.pop("name", None)  # a name that differs was remarked on; a code decides
        change = merge(FIRM, card, wanted, unread)
        if not change.changes:
            return Placed(card["id"], "conflict" if change.conflicts else "same", merge=change), remarks
        record = self._waiting.change(FIRM, card, change.values, change.unparsed, note)
        self._keep(record)
        return Placed(card["id"], "update", before=card, merge=change, after=record), remarks

    def _find(self, wanted: Mapping[str, Any], remarks: list[Remark]) -> tuple[Values | None, bool]:
        code, name = wanted.get("uscc"), wanted.get("name")
        if code and (card := self._by_code.get(code)) is not None:
            if name and card["name"] and name != card["name"] and same_name(name) != same_name(card["name"]):
                remarks.append(
                    Remark(
                        OTHER_NAME, Severity.WARNING, "name",
                        f"代码 {code} 在档案中是“{card['name']}”，文件写“{name}”，按代码登记，名称未改，请核对。",
                    )
                )  # fmt: skip
            return card, True
        named = self._by_name.get(same_name(name), []) if name else []
        fitting = [card for card in named if not card["uscc"]] if code else named
        if len(fitting) == 1:
            return fitting[0], True
        if len(fitting) > 1:
            remarks.append(
                Remark(
                    AMBIGUOUS,
                    Severity.ERROR,
                    "uscc",
                    f"档案中有 {len(fitting)} 家“{name}”，请在文件里补上信用代码。",
                )
            )
            return None, False
        if named:
            remarks.append(
                Remark(
                    SAME_NAME, Severity.WARNING, "name",
                    f"已有同名企业“{name}”而代码不同（{named[0]['uscc']}），已另建档案，请确认是否重复建档。",
                )
            )  # fmt: skip
        return None, True

    def _create(
        self, wanted: dict[str, Any], unread: Mapping[str, str], origin: Mapping[str, Any], note: str
    ) -> Fresh:
        wanted["source"] = "导入"
        if self._street and "street_code" not in wanted and "street_code" not in unread:
            wanted["street_code"] = self._street
        if str(wanted.get("name") or "").endswith("分公司"):
            wanted.setdefault("entity_type", "分支机构")  # only a branch may be called so
        fresh = self._waiting.add(FIRM, wanted, unread, origin, note)
        self._keep(fresh.record)
        return fresh

    def _keep(self, card: Values) -> None:
        self._by_id[card["id"]] = card
        if card["uscc"]:
            self._by_code[card["uscc"]] = card
        if card["name"]:
            rows = self._by_name.setdefault(same_name(card["name"]), [])
            if rows:
                rows[:] = [row for row in rows if row["id"] != card["id"]]
            rows.append(card)
