"""What a unit handed in before, as far as it was applied here and not undone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Batch, ReturnFile, ReturnRow
from db.registers import Register

RECEIVED = "received"


class History:
    """What the unit handed in before, as far as it was applied here and not undone."""

    def __init__(self, session: Session, unit: str, period: str) -> None:
        self._session = session
        applied = session.execute(
            select(ReturnFile.id, ReturnFile.period, ReturnFile.revision, ReturnFile.batch_id)
            .where(ReturnFile.unit_code == unit, ReturnFile.state == RECEIVED)
            .order_by(ReturnFile.created_at, ReturnFile.id)
        ).all()
        same_month = sorted(
            (each for each in applied if each.period == period), key=lambda each: each.revision
        )
        self.revision = same_month[-1].revision if same_month else 0
        self.month_file: UUID | None = same_month[-1].id if same_month else None
        self.month_batch: UUID | None = same_month[-1].batch_id if same_month else None
        newest = applied[-1] if applied else None
        self.exported_at = ""
        for each in applied:
            cover = (
                session.scalar(select(Batch.cover).where(Batch.id == each.batch_id))
                if each.batch_id
                else None
            )
            moment = str((cover or {}).get("exported_at") or "")
            if moment >= self.exported_at and moment:
                self.exported_at, newest = moment, each
        self._newest = newest.id if newest is not None else None
        self._known: dict[str, dict[UUID, str]] = {}

    def rows(self, register: Register) -> dict[UUID, str]:
        """The rows of the return that this one follows: of the same month, or for ledgers the unit's newest."""
        source = self.month_file if register.scope == "month" else self._newest
        if source is None:
            return {}
        if register.key not in self._known:
            query = select(ReturnRow.record_id, ReturnRow.digest).where(
                ReturnRow.return_id == source, ReturnRow.register == register.key
            )
            self._known[register.key] = {key: digest for key, digest in self._session.execute(query)}
        return self._known[register.key]

    def digest(self, register: Register, key: UUID) -> str | None:
        return self.rows(register).get(key)
