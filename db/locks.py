"""What may not be changed: rows of a month that has been handed in, and records that others name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import closing, direct
from db.errors import Refused
from db.fields import RECORD_TARGETS, Kind
from db.models import ParkMonth, ReturnFile
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


# In `Session.info` while many records are saved at once: (unit, month) → handed in (save_many.py).
KNOWN = "months_known"
_NEWEST_STATE = (
    "SELECT state FROM return_file WHERE period = ? AND unit_code = ? AND (state = 'sent' OR state = 'reopened') "
    "ORDER BY revision DESC LIMIT 1"
)


def is_locked(session: Session, unit_code: str, period: str) -> bool:
    """Whether the unit's month has been handed in and not reopened for a correction."""
    session.flush()  # a return that was just marked counts
    known: dict[tuple[str, str], bool] | None = session.info.get(KNOWN)
    if known is not None and (unit_code, period) in known:
        return known[unit_code, period]
    locked = direct.first(session, _NEWEST_STATE, (period, unit_code)) == ("sent",)
    if known is not None:
        known[unit_code, period] = locked
    return locked


def check_open(
    session: Session, register: Register, stored: Mapping[str, Any] | None, record: Mapping[str, Any] | None
) -> None:
    """Refused when the row lies, or would lie, in a handed-in month of its unit or a closed one, or repeats a park's month.

    Only rows that belong to one month are locked; the living ledgers (问题, 上云, 培育, 项目 …) go on.
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
                f"{year} 年 {int(month)} 月已上报并锁定。",
                "如需更正，请在“月调度”里说明理由后重新打开该月。",
                "month_locked",
            )
        if period and (closed := closing.closing_of(session, period)) is not None:
            raise closing.refusal(closed)
    if register.key == "park" and record is not None and record.get("deleted_at") is None:
        _check_park(session, record)


def _check_park(session: Session, record: Mapping[str, Any]) -> None:
    """A park has one row a month in an office's register (forms.md 8)."""
    table = ParkMonth.__table__
    same = select(table.c.id).where(
        table.c.park_code == record.get("park_code"),
        table.c.period == record.get("period"),
        table.c.unit_code == record["unit_code"],
        table.c.deleted_at.is_(None),
    )
    found = session.scalars(same.limit(2)).all()
    if any(key != record.get("id") for key in found):
        raise Refused(
            f"这个园区 {record['period']} 已有一条月报。", "请打开已有的那一条修改。", "duplicate_park_month"
        )


def referring(source: str) -> tuple[tuple[Register, str], ...]:
    """The registers, and their fields, that refer to records of this one."""
    return tuple(
        (other, field.name)
        for other in REGISTERS.values()
        for field in other.fields
        if field.kind is Kind.REF and field.source == source and source in RECORD_TARGETS
    )


def check_unused(session: Session, register: Register, record_id: UUID) -> None:
    """Refused when live records name this one."""
    for other, name in referring(register.key):
        table = other.model.__table__
        count = session.scalar(
            select(func.count())
            .select_from(table)
            .where(table.c[name] == record_id, table.c.deleted_at.is_(None))
        )
        if count:
            raise Refused(
                f"还有 {count} 条{other.noun}引用它，不能删除。", "请先处理这些记录。", "still_referenced"
            )
