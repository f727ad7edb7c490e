"""Marks in a sender's own workbook: the cells in red, a comment in each. Which are wrong was found when it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.findings import Finding
from returns.workbook import HEADER_ROW, REQUIRED, find_header, plans

MARK = "F8D7DA"
Notes = dict[tuple[str, int, str], list[str]]  # sheet, row, label of the column → sentences


def notes_of(findings: Iterable[Finding]) -> Notes:
    """The sentences by cell; those that name no row are left to the list."""
    notes: Notes = {}
    for finding in findings:
        if finding.sheet and finding.row:
            notes.setdefault((finding.sheet, finding.row, finding.column), []).append(finding.message)
    return notes


def mark(
    book: Any,
    notes: Mapping[tuple[str, int, str], list[str]],
    author: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """Mark the cells in an openpyxl workbook. `names`: what a sheet of the sender is called in this book."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fill = PatternFill("solid", fgColor=MARK)
    places: dict[str, dict[str, int]] = {}
    for (sheet_name, row, label), texts in notes.items():
        name = (names or {}).get(sheet_name, sheet_name)
        if name not in book.sheetnames:
            continue
        if name not in places:
            places[name] = _places(book[name], sheet_name)
        cell = book[name].cell(row, places[name].get(label, 1))
        if cell.coordinate in book[name].merged_cells:
            continue
        cell.fill = fill
        comment = Comment("\n".join(texts), author)
        comment.width, comment.height = 320, 40 + 36 * len(texts)
        cell.comment = comment


def _by_label(sheet: Any) -> dict[str, int]:
    """The same for a 专项, whose columns only its own header knows: without the mark of required ones and the unit."""
    found: dict[str, int] = {}
    for cell in sheet[HEADER_ROW]:
        header = str(cell.value or "").removesuffix(REQUIRED).strip()
        if header:
            found.setdefault(header, cell.column)
            found.setdefault(header.split("（")[0], cell.column)
    return found


def _places(sheet: Any, name: str) -> dict[str, int]:
    """Label → column number, from the header that the sheet has now."""
    plan = next((each for each in plans() if each.name == name), None)
    if plan is None:
        return _by_label(sheet)
    rows = [list(row) for row in sheet.iter_rows(max_row=15, values_only=True)]
    header = find_header(plan, rows)
    if header is None:
        return {}
    found = {column.label: place + 1 for place, column in header.columns.items()}
    return found | {column.field.label: found[column.label] for column in header.columns.values()}
