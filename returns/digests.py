"""Fingerprints of cells, rows, sheets and of the register: they tell what was edited, and replace no seal.

What the text of a cell is stands in cells.py; where the fingerprints lie is for workbook.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    ActionItem,
    Indicator,
    IndicatorTarget,
    IndicatorUnit,
    OrgUnit,
    Park,
    Plan,
    Programme,
    ReturnRow,
    Setting,
    SpecialAnswer,
    SpecialRow,
    SpecialTable,
)
from db.records import table_of
from db.registers import REGISTERS

MARK = 4  # characters of one cell's fingerprint
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
BLANK_MARK = "." * MARK


def cell_mark(text: str) -> str:
    """Four characters that change when the cell's text does; dots for an empty cell.

    A checksum, not a hash: it only has to name the cell that someone edited. That a row was edited at
    all is told by `row_digest`.
    """
    if not text:
        return BLANK_MARK
    code = crc32(text.encode()) & 0xFFFFFF
    return _PAIRS[code >> 12] + _PAIRS[code & 0xFFF]


def row_digest(texts: Sequence[str]) -> str:
    """The fingerprint of one row, from the texts of its cells in the order of the columns."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:24]


def sheet_digest(rows: Iterable[tuple[str, str]]) -> str:
    """The fingerprint of a sheet from (record id, row digest); sorting the rows does not change it."""
    whole = hashlib.sha256()
    for record_id, digest in sorted(rows):
        whole.update(f"{record_id}:{digest}\n".encode())
    return whole.hexdigest()[:32]


def document_digest(content: Any) -> str:
    """The fingerprint of a JSON document, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# What a receipt or a 下发 may change beside the registers.
_BESIDE = (
    OrgUnit, Park, ReturnRow, Plan, Indicator, IndicatorTarget, IndicatorUnit, Programme, ActionItem, SpecialTable,
    SpecialRow, SpecialAnswer,
)  # fmt: skip


def state_hash(session: Session) -> str:
    """The fingerprint of everything a receipt may change: all records whole, units, parks, rows of returns, plan, calendar, 专项."""
    whole = hashlib.sha256()
    tables = [table_of(register) for register in REGISTERS.values()]
    tables += [model.__table__ for model in _BESIDE]  # type: ignore[misc]
    for table in tables:
        for row in session.execute(select(table).order_by(*table.primary_key.columns)):
            whole.update(repr(tuple(row)).encode())
        whole.update(table.name.encode())
    holidays = session.scalar(select(Setting.value).where(Setting.key == "holidays"))
    whole.update(repr(holidays).encode())
    return whole.hexdigest()
