"""What people changed of drafts, kept by quarter in the register."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import BulletinDraft
from db.store import Actor
from db.types import now
from returns.bulletin.edit import Edits

USUAL = ("seal", "post")


def kept(session: Session, quarter: str) -> Edits:
    """The changes of a quarter (“2024Q2”); none where nobody changed anything."""
    row = session.get(BulletinDraft, quarter)
    return Edits.from_json(row.content) if row is not None else Edits()


def usual(session: Session) -> Mapping[str, str]:
    """How the office closes its bulletins (盖章 and 签发人职务): as it last chose, for quarters not changed yet."""
    found: dict[str, str] = {}
    for row in session.scalars(select(BulletinDraft).order_by(BulletinDraft.saved_at)):
        head = Edits.from_json(row.content).head
        found |= {name: head[name] for name in USUAL if name in head}
    return found


def keep(session: Session, quarter: str, edits: Edits, actor: Actor) -> None:
    """Keep the changes in place of those before."""
    session.merge(
        BulletinDraft(quarter=quarter, content=edits.as_json(), saved_at=now(), saved_by=actor.person)
    )
