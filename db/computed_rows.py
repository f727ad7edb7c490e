"""The records behind a computed indicator, named for people: what it counted, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.computed_indicators import Computed
from db.models import Cloud, Enterprise, Nurture, Project, Release

IN_CHUNKS = 500
FIRM = Enterprise.__table__


@dataclass(frozen=True, slots=True)
class Counted:
    """One record that was counted: `name` is its firm or its own, `detail` what it counts by."""

    id: UUID
    name: str
    detail: str


def counted_rows(session: Session, found: Computed, limit: int | None = None) -> list[Counted]:
    """The rows of a computed value, in the order they were counted; at most `limit` of them."""
    keys = found.rows if limit is None else found.rows[:limit]
    named: dict[UUID, Counted] = {}
    for start in range(0, len(keys), IN_CHUNKS):
        for row in session.execute(_query(found.register, keys[start : start + IN_CHUNKS])):
            key, name, *rest = row
            named[key] = Counted(key, name or "未填名称", _detail(found.register, rest))
    return [named[key] for key in keys if key in named]


def _query(register: str, keys: Sequence[UUID]) -> Select[Any]:
    if register == "cloud":
        table = Cloud.__table__
        return (
            select(table.c.id, FIRM.c.name, table.c.cloud_on, table.c.product, table.c.opening)
            .select_from(table.outerjoin(FIRM, FIRM.c.id == table.c.enterprise_id))
            .where(table.c.id.in_(keys))
        )
    if register == "nurture":
        table = Nurture.__table__
        return (
            select(table.c.id, FIRM.c.name, table.c.nurture_type, table.c.certified_on)
            .select_from(table.outerjoin(FIRM, FIRM.c.id == table.c.enterprise_id))
            .where(table.c.id.in_(keys))
        )
    if register == "project":
        table = Project.__table__
        return select(table.c.id, table.c.name, table.c.stage, table.c.stocked_on).where(table.c.id.in_(keys))
    if register == "release":
        table = Release.__table__
        return select(table.c.id, table.c.name, table.c.list_kind, table.c.released_on).where(
            table.c.id.in_(keys)
        )
    return select(FIRM.c.id, FIRM.c.name, FIRM.c.is_above_scale, FIRM.c.uscc).where(FIRM.c.id.in_(keys))


def _detail(register: str, rest: Sequence[Any]) -> str:
    if register == "cloud":
        day, product, opening = rest
        return " · ".join(str(part) for part in ("期初" if opening else "", day, product) if part)
    if register == "enterprise":
        above, code = rest
        return " · ".join(part for part in ("规上" if above else "规下", code) if part)
    return " · ".join(str(part) for part in rest if part)
