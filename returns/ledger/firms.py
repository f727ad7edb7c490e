"""The firm that a row names: found by credit code, else by its exact name, else put on a new card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records
from db.findings import Severity
from db.lineage import kept_by_code
from db.records import Values, table_of
from db.registers import REGISTERS
from db.store import Actor
from db.text import same_name
from returns.ledger.merging import CHUNK, Merge, merge
from returns.ledger.rows import LedgerRow

FIRM = REGISTERS["enterprise"]
SAME_NAME, OTHER_NAME, AMBIGUOUS = "ENT-006", "IMP-008", "IMP-009"

_WIDE = str.maketrans("()", "（）")
_NARROW = str.maketrans("（）", "()")


@dataclass(slots=True)
class Placed:
    """Where a row's record went. `action` as in StagedRow: new, same, update or conflict (same, but not agreeing)."""

    id: UUID
    action: str
    before: Values | None = None
    merge: Merge = field(default_factory=Merge)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a row's firm, at the column of `name`."""

    rule: str
    severity: Severity
    name: str
    message: str


class Firms:
    """Cards by code and name: those that the rows of one file may mean, and those made for them."""

    def __init__(self, session: Session, actor: Actor, unit_code: str, street: str | None) -> None:
        self._session, self._actor = session, actor
        self._unit_code, self._street = unit_code, street
        self.fetched: dict[UUID, Values] = {}  # the cards as they were before the import
        self._by_id: dict[UUID, Values] = {}
        self._by_code: dict[str, Values] = {}
        self._by_name: dict[str, list[Values]] = {}

    @property
    def ids(self) -> set[UUID]:
        """All cards known so far."""
        return set(self._by_id)

    def card(self, key: UUID) -> Values | None:
        """A card as last read."""
        return self._by_id.get(key)

    def fetch(self, rows: Sequence[LedgerRow]) -> None:
        """Read the cards that the rows may mean, in few queries."""
        codes = sorted({code for row in rows if (code := row.get("enterprise", "uscc"))})
        names: set[str] = set()
        for row in rows:
            if name := row.get("enterprise", "name"):
                names.update((name, name.translate(_WIDE), name.translate(_NARROW)))
        table = table_of(FIRM)
        for column, wanted in ((table.c.uscc, codes), (table.c.name, sorted(names))):
            for start in range(0, len(wanted), CHUNK):
                inside = column.in_(wanted[start : start + CHUNK])
                live = select(table).where(inside, table.c.deleted_at.is_(None))
                for found in self._session.execute(live).mappings():
                    self.fetched[found["id"]] = dict(found)
                    self._keep(dict(found))
        self._follow_merged(codes)

    def _follow_merged(self, codes: Sequence[str]) -> None:
        """A code that only a merged card bore means the card it went into."""
        kept = kept_by_code(self._session, (code for code in codes if code not in self._by_code))
        for code, key in kept.items():
            card = self._by_id.get(key) or records.get(self._session, FIRM, key)
            if card is not None and card["deleted_at"] is None:
                self.fetched.setdefault(key, card)
                self._keep(card)
                self._by_code[code] = card

    def place(self, row: LedgerRow, origin: Mapping[str, Any]) -> tuple[Placed | None, list[Remark]]:
        """The card of the row's firm, made or filled as needed. None when the name alone fits several cards."""
        wanted = dict(row.values.get("enterprise", {}))
        unread = dict(row.unparsed.get("enterprise", {}))
        remarks: list[Remark] = []
        card, clear = self._find(wanted, remarks)
        if not clear:
            return None, remarks
        if card is None:
            return Placed(self._create(wanted, unread, origin), "new"), remarks
        wanted.pop("name", None)  # a name that differs was remarked on; a code decides
        change = merge(FIRM, card, wanted, unread)
        if not change.changes:
            return Placed(card["id"], "conflict" if change.conflicts else "same", merge=change), remarks
        records.save(
            self._session, FIRM, change.values, self._actor,
            id=card["id"], unparsed=change.unparsed, action="import", note=_note(origin),
        )  # fmt: skip
        self._reread(card["id"])
        return Placed(card["id"], "update", before=card, merge=change), remarks

    def _find(self, wanted: Mapping[str, Any], remarks: list[Remark]) -> tuple[Values | None, bool]:
        code, name = wanted.get("uscc"), wanted.get("name")
        if code and (card := self._by_code.get(code)) is not None:
            if name and card["name"] and same_name(name) != same_name(card["name"]):
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

    def _create(self, wanted: dict[str, Any], unread: dict[str, str], origin: Mapping[str, Any]) -> UUID:
        wanted["source"] = "导入"
        if self._street and "street_code" not in wanted and "street_code" not in unread:
            wanted["street_code"] = self._street
        if str(wanted.get("name") or "").endswith("分公司"):
            wanted.setdefault("entity_type", "分支机构")  # only a branch may be called so
        saved = records.save(
            self._session, FIRM, wanted, self._actor,
            unparsed=unread, unit_code=self._unit_code, origin=origin, action="import", note=_note(origin),
        )  # fmt: skip
        self._reread(saved.id)
        return saved.id

    def _reread(self, key: UUID) -> None:
        record = records.get(self._session, FIRM, key)
        assert record is not None
        self._keep(record)

    def _keep(self, card: Values) -> None:
        self._by_id[card["id"]] = card
        if card["uscc"]:
            self._by_code[card["uscc"]] = card
        if card["name"]:
            rows = self._by_name.setdefault(same_name(card["name"]), [])
            rows[:] = [row for row in rows if row["id"] != card["id"]]
            rows.append(card)


def _note(origin: Mapping[str, Any]) -> str:
    return f"{origin['file']} {origin['sheet']} 第 {origin['row']} 行"
