"""The findings about received files as a workbook: a list, and the senders' sheets with the cells marked.

退回 with its reason is send_back.py; how a cell is marked is in marking.py.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from db.errors import MachineError
from db.models import Batch
from db.store import Store
from returns.batches import copy_path
from returns.marking import Notes, mark, notes_of
from returns.read import load
from returns.results import FileReport
from returns.write import write_atomically

TITLE = "问题清单"
COLUMNS = (("文件", 36), ("工作表", 14), ("行", 8), ("列", 18), ("级别", 8), ("规则", 12), ("说明", 70))
_SHEET_NAME = 31  # characters Excel allows


def write_findings(reports: Sequence[FileReport], out: Path, store: Store | None = None) -> int:
    """One line per finding; the number of lines. MachineError when `out` can not be written.

    With the `store` that read the files, the cells are marked too: in the sender's own workbook where only
    one file has findings in rows, else in copies of the sheets that have any.
    """
    from openpyxl import Workbook

    marked = [(each, notes) for each in reports if (notes := notes_of(each.findings))]
    books = [(report, notes, book) for report, notes in marked if (book := _sent(store, report)) is not None]
    office = "" if store is None else store.actor.person
    sheet: Any
    if len(books) == 1:
        _report, notes, book = books[0]
        if TITLE in book.sheetnames:
            del book[TITLE]
        sheet = book.create_sheet(TITLE, 0)
        mark(book, notes, office)
    else:
        book = Workbook()
        sheet = book.active
        sheet.title = TITLE
        for report, notes, source in books:
            _copies(book, report, notes, source, office)
    book.active = 0
    lines = _list(sheet, reports)
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(out, buffer.getvalue())
    return lines


def _sent(store: Store | None, report: FileReport) -> Any | None:
    """The workbook as it was sent, from the copy that was kept; None for a file that was not read."""
    if store is None or not report.batch:
        return None
    from openpyxl import load_workbook

    with store.read() as session:
        batch = session.get(Batch, UUID(report.batch))
        sha = batch.file_sha256 if batch is not None else None
    try:
        return load_workbook(io.BytesIO(load(copy_path(store, sha)))) if sha else None
    except MachineError:
        return None  # the copy was tidied away: the list still says everything


def _copies(book: Any, report: FileReport, notes: Notes, source: Any, office: str) -> None:
    names: dict[str, str] = {}
    for name in dict.fromkeys(sheet for sheet, _row, _label in notes):
        if name not in source.sheetnames:
            continue
        stem = Path(report.file).stem[: _SHEET_NAME - len(name) - 4]
        title, number = f"{stem} {name}", 2
        while title in book.sheetnames:
            title, number = f"{stem} {name}{number}", number + 1
        names[name] = title
        target = book.create_sheet(title)
        for row in source[name].iter_rows():
            for cell in row:
                if cell.value is not None:
                    copy = target.cell(cell.row, cell.column)
                    copy.value = cell.value
                    copy.data_type = cell.data_type
                    copy.number_format = cell.number_format
        for letter, known in source[name].column_dimensions.items():
            target.column_dimensions[letter].width = known.width
            target.column_dimensions[letter].hidden = known.hidden
    mark(book, notes, office, names)


def _list(sheet: Any, reports: Sequence[FileReport]) -> int:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="top")
    for index, (name, width) in enumerate(COLUMNS, start=1):
        sheet.cell(1, index, name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = width
    lines = 0
    for report in reports:
        for finding in report.findings:
            lines += 1
            values = (
                report.file, finding.sheet, finding.row, finding.column, finding.severity.word, finding.id, finding.message
            )  # fmt: skip
            for index, value in enumerate(values, start=1):
                cell = sheet.cell(lines + 1, index, value)
                cell.alignment = wrapped
                if isinstance(value, str):
                    cell.data_type = "s"  # a name that begins with “=” is a name
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    return lines
