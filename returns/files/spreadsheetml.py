"""Workbooks of Excel 2003 as one XML file (SpreadsheetML), by expat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from returns.files.book import Row, Sheet
from returns.files.draft import COMMENTS, NOT_CALCULATED, Draft, error_value
from returns.files.refusals import damaged, too_large, unsafe

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 1_048_576, 16_384, 3_000_000
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_GB = re.compile(rb"<\?xml\b[^>]*encoding\s*=\s*[\"'](gbk|gb2312|gb18030)[\"']", re.IGNORECASE)


class _Reader:
    """Handlers of the parser; each sheet is collected whole, with a cap on its cells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[tuple[Draft, list[Row]]] = []
        self.row = self.column = -1
        self.line: dict[int, Any] = {}
        self.cells = 0
        self.about: dict[str, str] = {}
        self.kind = ""
        self.text: list[str] | None = None
        self.had_data = False
        self.skipping = 0

    def start(self, tag: str, about: dict[str, str]) -> None:
        if self.skipping:
            self.skipping += 1
        elif tag == _SPACE + " Worksheet":
            title = about.get(_SPACE + " Name") or f"表{len(self.found) + 1}"
            self.found.append((Draft(Sheet(title, len(self.found))), []))
            self.row = self.column = -1
        elif not self.found:
            return
        elif tag == _SPACE + " Row":
            self._row(about)
        elif tag == _SPACE + " Column":
            self._column(about)
        elif tag == _SPACE + " Cell":
            self.column = _place(about, "Index", self.column + 1)
            self.about, self.had_data = about, False
        elif tag == _SPACE + " Data":
            self.kind, self.text, self.had_data = about.get(_SPACE + " Type", ""), [], True
        elif tag == _SPACE + " Comment":
            self.skipping = 1
            self.found[-1][0].note(COMMENTS)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif not self.found:
            return
        elif tag == _SPACE + " Row":
            if self.line:
                cells = [self.line.get(column) for column in range(max(self.line) + 1)]
                self.found[-1][1].append((self.row, cells))
            self.line = {}
        elif tag == _SPACE + " Cell":
            self._end_cell()
        elif tag.endswith(" Visible") and self.text is not None:
            self.text = None

    def data(self, text: str) -> None:
        if self.text is not None and not self.skipping:
            self.text.append(text)

    def _row(self, about: dict[str, str]) -> None:
        at = _place(about, "Index", self.row + 1)
        if at <= self.row or at >= MOST_ROWS:
            raise damaged(self.name) if at <= self.row else too_large(self.name, "表格的行过多")
        self.row, self.column, self.line = at, -1, {}
        if about.get(_SPACE + " Hidden") == "1":
            self.found[-1][0].hide_row(at)

    def _column(self, about: dict[str, str]) -> None:
        first = _place(about, "Index", self.column + 1)
        last = first + _number(about, "Span")
        if about.get(_SPACE + " Hidden") == "1" and last < MOST_COLUMNS:
            self.found[-1][0].sheet.hidden_columns.append((first, last))
        self.column = last

    def _end_cell(self) -> None:
        draft, row, column = self.found[-1][0], self.row, self.column
        if not 0 <= column < MOST_COLUMNS:
            raise too_large(self.name, "表格的列过多")
        across, down = _number(self.about, "MergeAcross"), _number(self.about, "MergeDown")
        if across or down:
            draft.sheet.spans.append((row, column, row + down, column + across))
        if self.had_data:
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise too_large(self.name)
            text = "".join(self.text or ())
            self.line[column] = self._value(draft, text)
        elif _SPACE + " Formula" in self.about:
            draft.trouble(row, column, NOT_CALCULATED)
            self.line[column] = None
        self.text = None
        self.column += across

    def _value(self, draft: Draft, text: str) -> Any:
        try:
            if self.kind == "Number":
                return float(text)
            if self.kind == "Boolean":
                return text.strip() == "1"
            if self.kind == "DateTime":
                found = datetime.fromisoformat(text)
                if found.date() in (date(1899, 12, 31), date(1899, 12, 30)) and found.time() != time():
                    return found.time()
                return found.date() if found.time() == time() else found
        except ValueError:
            return text or None
        if self.kind == "Error":
            draft.trouble(self.row, self.column, error_value(text or "（未写明）"))
            return None
        return text or None


def _place(about: dict[str, str], key: str, otherwise: int) -> int:
    number = _number(about, key)
    return number - 1 if number > 0 else otherwise


def _number(about: dict[str, str], key: str) -> int:
    text = about.get(f"{_SPACE} {key}", "")
    return int(text) if text.isdigit() and len(text) < 9 else 0


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Sheets of the file. Refused for what can not be read."""
    reader = _Reader(name)
    declared = _GB.match(data[:200].lstrip())
    if declared:  # expat knows no Chinese encodings
        try:
            data = data.decode("gb18030").encode()
        except UnicodeDecodeError as error:
            raise damaged(name) from error
    parser = expat.ParserCreate("utf-8" if declared else None, namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data

    def refuse(*_: object) -> None:
        raise unsafe(name)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise damaged(name) from error
    for draft, lines in reader.found:
        draft.rows = iter(lines)
        yield draft
        draft.rows = ()
        lines.clear()
