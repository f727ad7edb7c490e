"""A workbook that came back: why, and which cells of which records, as the sheet 退回意见 says. The writer is send_back.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from db.errors import Refused
from db.values import Lookup
from returns.read import load, open_sheets, read_return
from returns.send_back import OPINION
from returns.workbook import plans

_REASON = re.compile(r"^理由[：:]\s*")
_FIRST = 5  # index of the first line below the header


@dataclass(frozen=True, slots=True)
class Opinion:
    """One line: where, what, and the record and field it is about as far as the workbook tells."""

    sheet: str
    row: int | None
    column: str
    message: str
    register: str = ""
    record_id: UUID | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class SentBack:
    unit: str
    period: str
    revision: int
    reason: str
    opinions: tuple[Opinion, ...]


def read_sent_back(path: Path, lookup: Lookup) -> SentBack:
    """Read a workbook that was sent back. Refused (“not_sent_back”) for any other; as read_return for one that is no return."""
    data = load(path)
    sheets, _ = open_sheets(data, path.name)
    if OPINION not in sheets:
        raise Refused(
            f"“{path.name}”里没有退回意见。", "请选择区里发回的“退回_”开头的文件。", "not_sent_back"
        )
    found = read_return(path, lookup, data)
    grid = sheets[OPINION]
    records = {
        (row.sheet, row.number): (key, row.record_id) for key, rows in found.rows.items() for row in rows
    }
    reason = _REASON.sub("", str(grid[2][0] or "").strip()) if len(grid) > 2 and grid[2] else ""
    opinions = tuple(
        _opinion(cells, records) for cells in grid[_FIRST:] if len(cells) > 3 and str(cells[3] or "").strip()
    )
    manifest = found.manifest
    return SentBack(manifest.unit, manifest.period, manifest.revision, reason, opinions)


def _opinion(cells: Sequence[Any], records: dict[tuple[str, int], tuple[str, UUID | None]]) -> Opinion:
    sheet, column, message = (str(cells[place] or "").strip() for place in (0, 2, 3))
    row = int(cells[1]) if isinstance(cells[1], (int, float)) else None
    register, record = records.get((sheet, row or 0), ("", None))
    plan = next((each for each in plans() if each.name == sheet), None)
    field = ""
    if plan is not None:
        labels = {each.label: each.field.name for each in plan.columns}
        labels |= {each.field.label: each.field.name for each in plan.columns}
        field = labels.get(column, "")
        register = register or plan.register.key
    return Opinion(sheet, row, column, message, register, record, field)
