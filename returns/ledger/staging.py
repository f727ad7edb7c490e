"""What the batch keeps of each row: what was done with which record, or the cells of a row that was not stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import Session

from db import bulk, records, values
from db.bulk import dumps
from db.findings import Severity
from db.models import StagedRow
from db.records import Values
from db.registers import Register
from returns.ledger.firms import Placed
from returns.ledger.rows import LedgerRow, label_of

_TABLE: Table = StagedRow.__table__  # type: ignore[assignment]


class Staging:
    """The staged rows of one batch, written chunk by chunk. Without a batch (a dry run) nothing is written."""

    def __init__(self, session: Session, batch: UUID | None, sheet: str, register: Register) -> None:
        self._session, self._batch, self._sheet, self._register = session, batch, sheet, register
        self._rows: list[dict[str, Any]] = []
        self._later: list[tuple[dict[str, Any], Register, Placed]] = []
        self._touched: set[int] = (
            set()
        )  # an earlier row of the file holds how they were; the numbers of their keys
        self.count = 0

    def has_touched(self, key: UUID) -> bool:
        """Whether a row made or changed this record."""
        return key.int in self._touched

    def done(self, row: LedgerRow, register: Register, placed: Placed) -> dict[str, Any]:
        """A record that the row made, changed or met; `before` is what an undo puts back."""
        staged = self._row(row, register.key, placed.id, placed.action)
        if placed.action in ("new", "update"):
            before = len(self._touched)
            self._touched.add(placed.id.int)
            if len(self._touched) > before:
                # {} for a record that was not there before: an undo takes it away again.
                staged["before"] = (
                    "{}" if placed.action == "new" else dumps(records.image(register, placed.before))
                )
            if placed.merge.values:
                held = placed.before or {}
                staged["changes"] = dumps(
                    [
                        {"field": name, "old": values.to_json(held.get(name)), "new": values.to_json(value)}
                        for name, value in placed.merge.values.items()
                    ]
                )
            self._later.append((staged, register, placed))
        return staged

    def bad(self, row: LedgerRow) -> dict[str, Any]:
        """A row that was not stored, with its cells."""
        staged = self._row(row, self._register.key, None, "bad")
        # Half a character cannot be stored.
        text = dumps(bad(row)).encode("utf-8", "ignore").decode()
        staged["accepted"], staged["values"] = False, text
        return staged

    def along(self, register: Register, record: Values, before: Values) -> dict[str, Any]:
        """A record that no row named for change, and that changed with another."""
        return {
            "batch_id": self._batch, "seq": 0, "register": register.key, "record_id": record["id"], "action": "update",
            "accepted": True, "sheet": "", "row_no": None, "label": _label_of_record(register, record),
            "values": dumps(records.image(register, record)), "changes": None,
            "before": dumps(records.image(register, before)), "digest": record["digest"],
        }  # fmt: skip

    def _row(self, row: LedgerRow, register: str, key: UUID | None, action: str) -> dict[str, Any]:
        return {
            "batch_id": self._batch, "seq": 0, "register": register, "record_id": key, "action": action,
            "accepted": True, "sheet": self._sheet, "row_no": row.number, "label": label_of(row, self._register.key),
            "values": None, "changes": None, "before": None, "digest": None,
        }  # fmt: skip

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """These staged rows, in this order; what they made is stored by now."""
        for staged, register, placed in self._later:
            if placed.fresh is not None:
                # What it holds stands in the register, and as it was brought in in its first audit entry.
                staged["digest"] = placed.fresh.record["digest"]
            elif placed.after is not None:
                staged["values"] = dumps(records.image(register, placed.after))
                staged["digest"] = placed.after["digest"]
        self._later.clear()
        found = list(rows)
        for staged in found:
            staged["seq"] = self.count
            self.count += 1
        if self._batch is not None:
            bulk.insert_rows(self._session, _TABLE, found, ready=("values", "changes", "before"))


def _label_of_record(register: Register, record: Values) -> str:
    return str(record.get("name") or record.get("uscc") or register.noun)


def bad(row: LedgerRow) -> dict[str, Any]:
    """Kept with its cells, so that nothing of it is lost and it can be put right.

    `cells` by header as text, `raw` from column A as the file had them, `reasons` in words, `places` the same by column.
    """
    errors = [finding for finding in row.findings if finding.severity is Severity.ERROR]
    return {
        "cells": row.cells,
        "raw": json_cells(row.raw),
        "reasons": [finding.message for finding in errors],
        "places": [
            {"column": finding.column, "id": finding.id, "message": finding.message} for finding in errors
        ],
    }


def json_cells(cells: Sequence[Any]) -> list[Any]:
    """Cells as JSON: days and times as the text that reads back to them, without the empty ones at the end."""
    found = [_json_cell(cell) for cell in cells]
    while found and found[-1] is None:
        found.pop()
    return found


def _json_cell(cell: Any) -> Any:
    if cell is None or isinstance(cell, (str, int, float)):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)
