"""专精特新 and 核心企业认定: until when they hold, and which expire soon. Candidates for them are the pipeline's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Enterprise, Nurture
from db.models.nurture import CORE, TITLES
from db.upscale.rules import Rules

RECOGNISED = (*TITLES, CORE)
OVER = ("退回", "放弃", "退库")
ALARM, WATCH, OK = "alarm", "watch", "ok"


@dataclass(frozen=True, slots=True)
class Title:
    """A title a firm holds. `days`: left until `valid_to`, negative after it; None without an end."""

    record: UUID
    firm: UUID | None
    name: str
    street_code: str
    kind: str
    doc_no: str
    certified_on: date | None
    valid_to: date | None
    days: int | None
    state: str

    @property
    def words(self) -> str:
        """“还有 41 天到期”."""
        if self.days is None:
            return "没有填有效期"
        if self.days < 0:
            return f"已过期 {-self.days} 天"
        return f"还有 {self.days} 天到期" if self.days else "今天到期"


def titles(
    session: Session,
    rules: Rules,
    today: date,
    *,
    soon: bool = False,
    street: str | None = None,
    firm_id: UUID | None = None,
) -> tuple[Title, ...]:
    """Titles that were given (已入库 or with a day of certification), the first to expire first.

    `soon`: only those that expire within the reminder's days, have expired, or give no end at all.
    `firm_id`: those of one firm.
    """
    title, firm = Nurture.__table__, Enterprise.__table__
    query = (
        select(
            title.c.id, title.c.enterprise_id, firm.c.name, firm.c.street_code, title.c.nurture_type, title.c.doc_no,
            title.c.certified_on, title.c.valid_to,
        )
        .select_from(title.outerjoin(firm, firm.c.id == title.c.enterprise_id))
        .where(
            title.c.deleted_at.is_(None),
            title.c.nurture_type.in_(RECOGNISED),
            title.c.stage.not_in(OVER),
            (title.c.stage == "已入库") | title.c.certified_on.is_not(None),
        )
    )  # fmt: skip
    if soon:
        limit = today + timedelta(days=rules.expiry_days)
        query = query.where((title.c.valid_to <= limit) | title.c.valid_to.is_(None))
    if firm_id is not None:
        query = query.where(title.c.enterprise_id == firm_id)
    if street:
        query = query.where(firm.c.street_code == street)
    found = []
    for row in session.execute(query):
        days = (row.valid_to - today).days if row.valid_to is not None else None
        found.append(
            Title(
                row.id, row.enterprise_id, row.name or "", row.street_code or "", row.nurture_type, row.doc_no or "",
                row.certified_on, row.valid_to, days, _state(days, rules.expiry_days),
            )
        )  # fmt: skip
    found.sort(
        key=lambda each: (each.valid_to is None, each.valid_to or date.max, each.name, each.record.bytes)
    )
    return tuple(found)


def _state(days: int | None, limit: int) -> str:
    if days is None:
        return WATCH
    if days < 0:
        return ALARM
    return WATCH if days <= limit else OK
