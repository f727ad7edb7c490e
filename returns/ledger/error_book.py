"""出错清单: the sender's own sheet with every cell that could not be read marked, and a comment that says why.

From the file itself where it is still there and small; else from its cells as they were read; else from the rows
that the batch kept. Formulas leave their values, macros, links and pictures never come along. How cells are
written is error_sheet.py's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.errors import Refused
from db.findings import Severity
from db.models import Batch, StagedRow
from db.store import Store
from returns.files import Book, open_bytes
from returns.ledger import error_sheet
from returns.ledger.error_sheet import Marks
from returns.ledger.kept import columns_of
from returns.results import FileReport
from returns.write import write_atomically

MOST_SHEET_ROWS = 50_000  # of a longer sheet only the marked rows are written, under its head


@dataclass(slots=True)
class _Kept:
    """What the batch holds of the rows: row from 0 → cells."""

    sheet: str
    head: list[list[Any]]
    rows: dict[int, list[Any]] = field(default_factory=dict)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)


def write_errors(store: Store, batch_id: UUID, out: Path, *, source: Path | None = None) -> Path:
    """Write the marked sheet of an import; `out` is a file, or a folder that gets “出错清单_<name>.xlsx”.

    `source` is the file as the sender sent it; where it is gone or another by now, the rows that the batch kept
    are written under their header. Refused: “undone” (no such import), “no_errors” (nothing to mark).
    """
    with store.read() as session:
        batch = session.get(Batch, batch_id)
        if batch is None or batch.kind != "ledger":
            raise Refused("这批导入已经不在了。", "请刷新列表。", "undone")
        query = select(StagedRow).where(StagedRow.batch_id == batch_id, StagedRow.action == "bad")
        bad = session.scalars(query.order_by(StagedRow.seq)).all()
        marks = _marks_of(batch, bad)
        kept = _kept(batch, bad)
        name, sha = batch.file_name, batch.file_sha256
    data = _same_file(source, sha)
    if data is None:
        return _save(out, name, error_sheet.condensed(kept.sheet, kept.head, kept.rows, kept.spans, marks))
    return _from_file(data, name, marks, out)


def write_report(report: FileReport, source: Path, out: Path) -> Path:
    """The same for an import that left no batch (a dry run): from the file and what was found in it.

    Refused: “no_errors”; as open_book for a file that cannot be opened.
    """
    sheets = [each.sheet for each in report.findings if each.sheet]
    marks = Marks(sheets[0] if sheets else "")
    for finding in report.findings:
        if finding.severity is Severity.ERROR and finding.row:
            marks.add(finding.row, finding.column, finding.message)
    _some(marks)
    return _from_file(Path(source).read_bytes(), report.file, marks, out)


# ---------------------------------------------------------------- what to mark


def _marks_of(batch: Batch, bad: Iterable[StagedRow]) -> Marks:
    """The cells of rows that wait, as they stand now, and those that were stored without being understood."""
    cover = batch.cover or {}
    marks = Marks(str(cover.get("sheet") or ""), header=int((cover.get("header_rows") or [0, 0])[1]))
    aside: set[int] = set()
    for row in bad:
        aside.add(row.row_no or 0)
        if row.accepted or not row.row_no:
            continue  # put right since
        held = row.values or {}
        for place in held.get("places") or [
            {"column": "", "message": each} for each in held.get("reasons") or ()
        ]:
            marks.add(row.row_no, place["column"], place["message"])
    for found in batch.findings or ():
        if found["severity"] == Severity.ERROR.value and found.get("row") and found["row"] not in aside:
            marks.add(found["row"], found.get("column") or "", found["message"])
    _some(marks)
    return marks


def _some(marks: Marks) -> None:
    if not marks.cells:
        raise Refused("没有要标的格子。", "每一行都读懂了，或者都已经更正。", "no_errors")


def _kept(batch: Batch, bad: Iterable[StagedRow]) -> _Kept:
    cover: Mapping[str, Any] = batch.cover or {}
    rows = [row for row in bad if not row.accepted]
    columns = columns_of(cover, [row.values or {} for row in rows])
    above = int((cover.get("header_rows") or [1, 1])[1]) - 1
    head = [list(each) for each in cover.get("head") or ()]
    kept = _Kept(
        str(cover.get("sheet") or "台账"),
        head or [*([] for _ in range(above)), [column.title for column in columns]],
        spans=[(a, b, c, d) for a, b, c, d in cover.get("spans") or ()],
    )
    for row in rows:
        held = row.values or {}
        cells: Mapping[str, str] = held.get("cells") or {}
        kept.rows[(row.row_no or 1) - 1] = list(
            held.get("raw") or [cells.get(column.title) for column in columns]
        )
    return kept


# ---------------------------------------------------------------- where the cells come from


def _same_file(source: Path | None, sha: str) -> bytes | None:
    """The bytes of the file that was imported; None where it is gone or was changed."""
    try:
        data = Path(source).read_bytes() if source is not None else None
    except OSError:
        return None
    return data if data is not None and hashlib.sha256(data).hexdigest() == sha else None


def _from_file(data: bytes, name: str, marks: Marks, out: Path) -> Path:
    with open_bytes(data, name) as book:
        made = error_sheet.dressed(data, book, marks)
        return _save(out, name, made if made is not None else _plain(book, marks))


def _plain(book: Book, marks: Marks) -> bytes:
    sheet = next((each for each in book.sheets if each.name == marks.sheet), book.sheets[0])
    if sheet.height <= MOST_SHEET_ROWS:
        return error_sheet.whole(sheet, marks)
    wanted = {row for row, _ in marks.cells}
    first = min(wanted)
    head = sheet.head[: marks.header or min(first, len(sheet.head))]
    rows = {number: cells for number, cells in sheet.rows(first) if number in wanted}
    spans = [span for span in sheet.spans if span[2] < len(head)]
    return error_sheet.condensed(sheet.name, head, rows, spans, marks)


def _save(out: Path, name: str, data: bytes) -> Path:
    target = out / f"出错清单_{Path(name).stem}.xlsx" if out.is_dir() else out
    write_atomically(target, data)
    return target
