"""机会清单 and 产品清单: publishing what is not published yet, and products that may suit an opportunity. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records
from db.errors import Refused
from db.models import Enterprise, Match, Opportunity, Product, Release
from db.models.lists import OPPORTUNITY_LIST
from db.registers import REGISTERS, Register
from db.store import Store

SUGGESTED = 5
_LEAST = 45  # of 100: less alike than that is no suggestion


@dataclass(frozen=True, slots=True)
class Suggested:
    """A product that may suit an opportunity; `alike` from 0 to 100, `matched` where the two were brought together."""

    id: UUID
    name: str
    enterprise: str
    scenes: str
    alike: int
    matched: bool


def unpublished(store: Store, release_id: UUID) -> int:
    """How many entries of the batch's list are in no batch yet."""
    with store.read() as session:
        return len(_open_entries(session, _release(session, release_id)))


def publish(store: Store, release_id: UUID) -> list[UUID]:
    """Put every entry of the batch's list that is in no batch yet into this one; the keys of those entries."""
    with store.write() as session:
        release = _release(session, release_id)
        register = _register(release)
        found = _open_entries(session, release)
        for key in found:
            records.save(
                session, register, {"release_id": release_id}, store.actor, id=key, note="列入发布批次"
            )
    return found


def take_back_publishing(store: Store, release_id: UUID, entries: Sequence[UUID]) -> None:
    """Undo `publish`: entries that are still in the batch leave it."""
    with store.write() as session:
        register = _register(_release(session, release_id))
        for key in entries:
            record = records.get(session, register, key)
            if record is not None and record["release_id"] == release_id and record["deleted_at"] is None:
                records.save(
                    session, register, {"release_id": None}, store.actor, id=key, note="撤销列入批次"
                )


def products_for(store: Store, opportunity_id: UUID) -> list[Suggested]:
    """Products whose scenes, name or description are like what the opportunity seeks, the likest first."""
    from rapidfuzz import fuzz, process

    with store.read() as session:
        wanted = session.get(Opportunity, opportunity_id)
        if wanted is None:
            return []
        rows = session.execute(
            select(Product.id, Product.name, Product.scenes, Product.description, Enterprise.name)
            .outerjoin(Enterprise, Enterprise.id == Product.enterprise_id)
            .where(Product.deleted_at.is_(None))
        ).all()
        together = set(
            session.scalars(
                select(Match.product_id).where(
                    Match.opportunity_id == opportunity_id, Match.deleted_at.is_(None)
                )
            )
        )
    said = [f"{row[2] or ''} {row[1] or ''} {row[3] or ''}" for row in rows]
    sought = f"{wanted.scene or ''} {wanted.need or ''}"
    ranked = process.extract(
        wanted.scene or sought, said, scorer=fuzz.partial_ratio, limit=SUGGESTED, score_cutoff=_LEAST
    )
    return [
        Suggested(
            rows[place][0], rows[place][1] or "", rows[place][4] or "", rows[place][2] or "", round(score), rows[place][0] in together
        )
        for _text, score, place in ranked
    ]  # fmt: skip


def _release(session: Session, release_id: UUID) -> Release:
    found = session.get(Release, release_id)
    if found is None or found.deleted_at is not None:
        raise Refused("这个发布批次已不存在。", "请刷新列表后再试。", "no_such_record")
    return found


def _register(release: Release) -> Register:
    return REGISTERS["opportunity" if release.list_kind == OPPORTUNITY_LIST else "product"]


def _open_entries(session: Session, release: Release) -> list[UUID]:
    if release.list_kind == OPPORTUNITY_LIST:
        query = select(Opportunity.id).where(
            Opportunity.release_id.is_(None), Opportunity.deleted_at.is_(None), Opportunity.status == "有效"
        )
        return list(session.scalars(query.order_by(Opportunity.registered_on, Opportunity.id)))
    return list(
        session.scalars(
            select(Product.id)
            .where(Product.release_id.is_(None), Product.deleted_at.is_(None))
            .order_by(Product.registered_on, Product.id)
        )
    )
