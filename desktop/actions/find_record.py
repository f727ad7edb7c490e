"""Finding a record that another one refers to (a visit, a problem, a release, an opportunity …) by what people remember of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.orm import Session

from db import records
from db.registers import REGISTERS, Register
from db.store import Store
from db.text import fold

Rank = Callable[[str, str], int | None]  # how well a name answers what was typed, None for not at all
NEWEST = 400  # records among which initials and fragments are looked for

# What tells one record of a register from the others: what stands first, and what stands beside it.
_SAID: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "visit": (("visit_date", "visit_mode", "visitors"), ("visit_no",)),
    "issue": (("category", "description"), ("status", "registered_on", "issue_no")),
    "opportunity": (("scene",), ("demand_side", "status")),
    "release": (("name",), ("list_kind", "released_on")),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A record, what it is called in a line, what tells it apart, and its firm."""

    id: UUID
    title: str
    detail: str
    firm: UUID | None = None


def find_records(
    store: Store,
    register: str,
    typed: str,
    firm: UUID | None = None,
    rank: Rank | None = None,
    limit: int = 12,
) -> list[Found]:
    """The records that what was typed means, the best first; of the firm alone where it is given and has some.

    `rank(name, typed)` says how well a text answers (None: not at all); nothing typed gives the newest.
    """
    model = REGISTERS[register]
    table = records.table_of(model)
    wanted = fold(typed).lower()
    with store.read() as session:
        if firm is not None and model.has_enterprise:
            own = _matching(
                _asked(session, model, table, _newest(table, table.c.enterprise_id == firm)), wanted, rank
            )
            if own or wanted == "":
                return own[:limit]
        found = _matching(_asked(session, model, table, _newest(table)), wanted, rank)
        if wanted and len(found) < limit:
            # Older ones, by a fragment of what they are called.
            texts = [table.c[name] for name in _texts(model)]
            older = _newest(table, or_(*(text.contains(typed.strip(), autoescape=True) for text in texts)))
            known = {each.id for each in found}
            found += [
                each for each in _asked(session, model, table, older.limit(limit)) if each.id not in known
            ]
    return found[:limit]


def record_title(store: Store, register: str, key: UUID) -> str:
    """What a record is called in a line; "" where it is gone."""
    model = REGISTERS[register]
    table = records.table_of(model)
    with store.read() as session:
        found = _asked(session, model, table, select(table).where(table.c.id == key))
    return found[0].title if found else ""


def _newest(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(table)
        .where(table.c.deleted_at.is_(None), *conditions)
        .order_by(table.c.id.desc())
        .limit(NEWEST)
    )


def _texts(model: Register) -> list[str]:
    first, beside = _said(model)
    return [name for name in (*first, *beside) if model.field(name).kind.value in ("文本", "长文本")]


def _said(model: Register) -> tuple[tuple[str, ...], tuple[str, ...]]:
    state = (model.state_field,) if model.state_field else ()
    return _SAID.get(model.key, ((model.title_field,), state))


def _asked(session: Session, model: Register, table: Table, query: Select[Any]) -> list[Found]:
    rows = session.execute(query).mappings().all()
    names: dict[UUID, str] = {}
    if model.has_enterprise:
        firms = {row["enterprise_id"] for row in rows} - {None}
        card = records.table_of(REGISTERS["enterprise"])
        asked = select(card.c.id, card.c.name).where(card.c.id.in_(firms))
        names = {row.id: row.name for row in session.execute(asked).all()}
    first, beside = _said(model)
    found = []
    for row in rows:
        firm = row["enterprise_id"] if model.has_enterprise else None
        title = " ".join(str(row[name]) for name in first if row[name] is not None)
        parts = [str(row[name]) for name in beside if row[name] is not None]
        if firm in names:
            parts.insert(0, names[firm])
        found.append(Found(row["id"], title or model.noun, " · ".join(parts), firm))
    return found


def _matching(found: Sequence[Found], wanted: str, rank: Rank | None) -> list[Found]:
    if not wanted or rank is None:
        return [each for each in found if wanted in f"{each.title} {each.detail}".lower()]
    ranked = []
    for place, each in enumerate(found):
        best = min(
            (r for r in (rank(each.title, wanted), rank(each.detail, wanted)) if r is not None), default=None
        )
        if best is not None:
            ranked.append((best, place, each))
    return [each for _, _, each in sorted(ranked, key=lambda item: item[:2])]
