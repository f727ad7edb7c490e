"""The fingerprint of an office's register, to show that something changed nothing, or was taken back whole."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import models
from db.records import table_of
from db.registers import REGISTERS

# What a receipt or a 下发 may change beside the registers.
_BESIDE = (
    models.OrgUnit, models.Park, models.ReturnRow, models.Plan, models.Indicator, models.IndicatorTarget,
    models.IndicatorUnit, models.Programme, models.ActionItem, models.SpecialTable, models.SpecialRow,
    models.SpecialAnswer, models.MonthState,
)  # fmt: skip


def state_hash(session: Session) -> str:
    """Of everything a receipt may change: all records whole, units, parks, rows of returns, plan, calendar, 专项."""
    whole = hashlib.sha256()
    tables = [table_of(register) for register in REGISTERS.values()]
    tables += [model.__table__ for model in _BESIDE]  # type: ignore[misc]
    for table in tables:
        for row in session.execute(select(table).order_by(*table.primary_key.columns)):
            whole.update(repr(tuple(row)).encode())
        whole.update(table.name.encode())
    holidays = session.scalar(select(models.Setting.value).where(models.Setting.key == "holidays"))
    whole.update(repr(holidays).encode())
    return whole.hexdigest()
