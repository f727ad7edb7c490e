"""A glance at one sheet, in the child process: enough to sort files before they are read whole. Proves nothing of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from returns.files.book import Row, Sheet
from returns.files.draft import Draft, plain

MOST_ROWS = 60


def first_rows(data: bytes, title: str) -> Iterator[Draft]:
    """The first rows of the sheet with this title; whatever the parser makes of garbage is raised."""
    from python_calamine import CalamineWorkbook

    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(title)
    rows: list[list[Any]] = found.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    numbered: list[Row] = [(number, plain(cells)) for number, cells in enumerate(rows)]
    yield Draft(Sheet(title, 0), numbered)
