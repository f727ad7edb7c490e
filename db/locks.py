"""What may not be changed: rows of a month that has been handed in, and records that others name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import ReturnFile
from db.registers import REGISTERS, Register


def month_of(register: Register, record: Mapping[str, Any]) -> str | None:
    """The month a row belongs to ('YYYY-MM'), or None where its date is missing."""
    value = record.get(register.placed_by)
    return str(value)[:7] if value else None


def state_of(session: Session, unit_code: str, period: str) -> ReturnFile | None:
    """The newest return of a unit and month, in whatever state, or None."""
    return session.scalars(
        select(ReturnFile)
        .where(ReturnFile.unit_code == unit_code, ReturnFile.period == period, ReturnFile.state != "undone")
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    ).first()


def is_locked(session: Session, unit_code: str, period: str) -> bool:
    """Whether the unit's month has been handed in and not reopened for a correction."""
    newest = session.execute(
        select(ReturnFile.state)
        .where(ReturnFile.period == period, ReturnFile.unit_code == unit_code, ReturnFile.state.in_(("sent", "reopened")))
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    ).scalar()
    return newest == "sent"


def check_open(
    session: Session, register: Register, stored: Mapping[str, Any] | None, record: Mapping[str, Any] | None
) -> None:
    """Refused when the row lies, or would lie, in a handed-in month of its unit.

    Only rows that belong to one month are locked; the living ledgers (问题, 上云, 培育) go on.
    """
    if register.scope != "month":
        return
    for version in (stored, record):
        if version is None:
            continue
        period = month_of(register, version)
        if period and is_locked(session, version["unit_code"], period):
            year, month = period.split("-")
            raise Refused(
                f"{year} 年 {int(month)} 月已上报并锁定。", "如需更正，请在“月调度”里说明理由后重新打开该月。", "month_locked"
            )


def check_unused(session: Session, register: Register, record_id: UUID) -> None:
    """Refused when live records name this one."""
    if register.key == "enterprise":
        pairs = [(other, "enterprise_id") for other in REGISTERS.values() if other.has_enterprise]
    elif register.key == "visit":
        pairs = [(REGISTERS["issue"], "visit_id")]
    else:
        return
    for other, name in pairs:
        table = other.model.__table__
        count = session.scalar(
            select(func.count()).select_from(table).where(table.c[name] == record_id, table.c.deleted_at.is_(None))
        )
        if count:
            raise Refused(f"还有 {count} 条{other.noun}引用它，不能删除。", "请先处理这些记录。", "still_referenced")
