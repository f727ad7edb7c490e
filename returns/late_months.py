"""What is kept of the months that the records of a return have left behind, read once for all rows of a register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.month_states import told
from db.records import Values
from returns.match import in_chunks
from returns.rows_read import RowRead


class LateMonths:
    """Asks only when a row tells of an earlier month than its record does now."""

    def __init__(self, session: Session, rows: Mapping[str, Sequence[RowRead]]) -> None:
        self._session, self._rows = session, rows
        self._known: dict[str, dict[UUID, dict[str, Values]]] = {}

    def said(self, register: str, record: UUID, month: str) -> Values | None:
        """What the record said of exactly this month; None where nothing is kept."""
        if register not in self._known:
            named = (row.record_id for row in self._rows.get(register, ()))
            self._known[register] = {}
            for chunk in in_chunks(key for key in named if key is not None):
                self._read(register, chunk)
        if record not in self._known[register]:  # the file does not name it: it was known by its natural key
            self._read(register, [record])
        return self._known[register].get(record, {}).get(month)

    def _read(self, register: str, records: Sequence[UUID]) -> None:
        found = told(self._session, register, records)
        self._known[register] |= {key: dict(months) for key, months in found.items()}
