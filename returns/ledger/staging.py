"""What the batch keeps of each row: what was done with which record, or the cells of a row that was not stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from db import records, values
from db.findings import Severity
from db.records import Values
from db.registers import Register
from returns.ledger.firms import Placed
from returns.ledger.rows import LedgerRow, label_of


def about(sheet: str, row: LedgerRow, register: str) -> dict[str, Any]:
    """Which row of the file it is."""
    return {"sheet": sheet, "row_no": row.number, "label": label_of(row, register)}


def done(register: Register, placed: Placed, after: Values | None) -> dict[str, Any]:
    """A record that the row made, changed or met; `before` is what an undo puts back."""
    changes = [
        {"field": name, "old": values.to_json((placed.before or {}).get(name)), "new": values.to_json(value)}
        for name, value in placed.merge.values.items()
    ]
    return {
        "register": register.key,
        "record_id": placed.id,
        "action": placed.action,
        "accepted": True,
        "values": records.image(register, after),
        "changes": changes or None,
        # {} for a record that was not there before: an undo takes it away again.
        "before": {} if placed.action == "new" else records.image(register, placed.before),
        "digest": after["digest"] if after else None,
    }


def bad(register: Register, row: LedgerRow) -> dict[str, Any]:
    """Kept with its cells, so that nothing of it is lost and it can be put right.

    `cells` by header as text, `raw` from column A as the file had them, `reasons` in words, `places` the same by column.
    """
    errors = [finding for finding in row.findings if finding.severity is Severity.ERROR]
    return {
        "register": register.key,
        "record_id": None,
        "action": "bad",
        "accepted": False,
        "values": {
            "cells": row.cells,
            "raw": json_cells(row.raw),
            "reasons": [finding.message for finding in errors],
            "places": [
                {"column": finding.column, "id": finding.id, "message": finding.message} for finding in errors
            ],
        },
        "changes": None,
        "before": None,
        "digest": None,
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
