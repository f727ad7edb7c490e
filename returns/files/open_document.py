"""OpenDocument tables (ods): content.xml by expat, block by block, so that repeated cells can not grow into memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from returns.files.book import Row, Sheet
from returns.files.draft import COMMENTS, EXTERNAL, MACROS, NOT_CALCULATED, Draft, error_value, trouble_in
from returns.files.package import Parts
from returns.files.refusals import damaged, too_large

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_CELLS = 4_000_000
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?\Z")


class _Content:
    """Handlers of the parser. Finished rows wait in `ready` until the reader takes them."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name = name
        self.notes = notes
        self.ready: list[tuple[Draft, Row | None]] = []  # None: the sheet ends
        self.draft: Draft | None = None
        self.hidden_styles: set[str] = set()
        self.sheets = self.cells_held = 0
        self.row = self.column = 0
        self.row_repeat = self.column_repeat = 1
        self.line: list[Any] = []
        self.row_hidden = False
        self.spans: list[tuple[int, int, int]] = []
        self.bad: list[tuple[int, str]] = []
        self.about: dict[str, str] = {}
        self.text: list[str] | None = None
        self.paragraphs = 0
        self.skipping = 0  # inside a comment, a picture, an embedded table
        self.style = ""

    def start(self, tag: str, about: dict[str, str]) -> None:
        if self.skipping:
            self.skipping += 1
            return
        begin = _STARTS.get(tag)
        if begin is not None:
            begin(self, about)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        finish = _ENDS.get(tag)
        if finish is not None:
            finish(self)

    def data(self, text: str) -> None:
        if self.text is not None and not self.skipping and self.paragraphs:
            self.text.append(text)

    def _skip(self, about: dict[str, str]) -> None:
        self.skipping = 1

    def _comment(self, about: dict[str, str]) -> None:
        self.skipping = 1
        if self.draft:
            self.draft.note(COMMENTS)

    def _picture(self, about: dict[str, str]) -> None:
        self.skipping = 1
        if self.draft:
            self.draft.note("工作表里有图片或图表，不读取")

    def _style(self, about: dict[str, str]) -> None:
        self.style = about.get("style:name", "")

    def _table_style(self, about: dict[str, str]) -> None:
        if about.get("table:display") == "false":
            self.hidden_styles.add(self.style)

    def _table(self, about: dict[str, str]) -> None:
        if "'#$" in about.get("table:name", ""):
            # A sheet of another file, of which the office program keeps a copy.
            self.skipping = 1
            self._elsewhere(about)
            return
        hidden = about.get("table:style-name", "") in self.hidden_styles
        title = about.get("table:name") or f"表{self.sheets + 1}"
        self.draft = Draft(Sheet(title, self.sheets, hidden))
        self.sheets += 1
        self.row = self.column = 0

    def _elsewhere(self, about: dict[str, str]) -> None:
        if EXTERNAL not in self.notes:
            self.notes.append(EXTERNAL)

    def _end_table(self) -> None:
        if self.draft is not None:
            self.ready.append((self.draft, None))
        self.draft = None

    def _column(self, about: dict[str, str]) -> None:
        count = _repeat(about, "table:number-columns-repeated", MOST_COLUMNS)
        if self.draft and about.get("table:visibility", "visible") != "visible":
            last = min(self.column + count, MOST_COLUMNS) - 1
            self.draft.sheet.hidden_columns.append((self.column, last))
        self.column = min(self.column + count, MOST_COLUMNS)

    def _row(self, about: dict[str, str]) -> None:
        self.row_repeat = _repeat(about, "table:number-rows-repeated", MOST_ROWS)
        self.row_hidden = about.get("table:visibility", "visible") != "visible"
        self.column, self.line, self.spans, self.bad = 0, [], [], []

    def _end_row(self) -> None:
        draft, count = self.draft, self.row_repeat
        if draft is None:
            return
        if self.row_hidden and count:
            draft.sheet.hidden_rows.append((self.row, min(self.row + count, MOST_ROWS) - 1))
        for column, rows, columns in self.spans:
            draft.sheet.spans.append((self.row, column, self.row + rows - 1, column + columns - 1))
        if any(cell is not None for cell in self.line) or self.bad:
            self._hold(len(self.line) * count)
            if self.row + count > MOST_ROWS:
                raise too_large(self.name, "表格的行过多")
            for number in range(self.row, self.row + count):
                for column, what in self.bad:
                    draft.trouble(number, column, what)
                self.ready.append((draft, (number, list(self.line))))
        self.row += count

    def _hold(self, cells: int) -> None:
        self.cells_held += cells
        if self.cells_held > MOST_CELLS:
            raise too_large(self.name, f"有 {MOST_CELLS} 个以上的单元格，内容过多")

    def _cell(self, about: dict[str, str]) -> None:
        self.column_repeat = _repeat(about, "table:number-columns-repeated", MOST_COLUMNS)
        self.about, self.text, self.paragraphs = about, [], 0

    def _end_cell(self) -> None:
        text = "".join(self.text or ())
        about, self.text = self.about, None
        column, count = self.column, self.column_repeat
        value, what = _value(about, text)
        rows, columns = _repeat(about, "table:number-rows-spanned", MOST_ROWS), 1
        columns = _repeat(about, "table:number-columns-spanned", MOST_COLUMNS)
        if rows > 1 or columns > 1:
            self.spans.append((column, rows, columns))
        self.column += count
        if value is None and what is None:
            return
        self._hold(count)
        if self.column > MOST_COLUMNS:
            raise too_large(self.name, "表格的列过多")
        self.line.extend([None] * (column - len(self.line)))
        self.line.extend([value] * count)
        if what is not None:
            self.bad.extend((each, what) for each in range(column, column + count))

    def _paragraph(self, about: dict[str, str]) -> None:
        if self.text is not None:
            if self.paragraphs:
                self.text.append("\n")
            self.paragraphs += 1

    def _spaces(self, about: dict[str, str]) -> None:
        self._add(" " * min(_repeat(about, "text:c", 32_767), 32_767))

    def _tab(self, about: dict[str, str]) -> None:
        self._add("\t")

    def _break(self, about: dict[str, str]) -> None:
        self._add("\n")

    def _add(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)


_STARTS = {
    "style:style": _Content._style,
    "style:table-properties": _Content._table_style,
    "table:table": _Content._table,
    "table:table-column": _Content._column,
    "table:table-row": _Content._row,
    "table:table-cell": _Content._cell,
    "table:covered-table-cell": _Content._cell,
    "text:p": _Content._paragraph,
    "text:h": _Content._paragraph,
    "text:s": _Content._spaces,
    "text:tab": _Content._tab,
    "text:line-break": _Content._break,
    "office:annotation": _Content._comment,
    "draw:frame": _Content._picture,
    "draw:custom-shape": _Content._picture,
    "table:table-source": _Content._elsewhere,
    "table:cell-range-source": _Content._elsewhere,
    "table:shapes": _Content._picture,
    "table:tracked-changes": _Content._skip,
    "table:dde-links": _Content._skip,
    "text:ruby-text": _Content._skip,
}
_ENDS = {
    "table:table": _Content._end_table,
    "table:table-row": _Content._end_row,
    "table:table-cell": _Content._end_cell,
    "table:covered-table-cell": _Content._end_cell,
}


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Sheets of an ods file, one after the other. Refused for what may not be parsed."""
    parts = Parts(data, name)
    if "content.xml" not in parts.infos:
        raise damaged(name)
    if any(part.startswith("basic/") and part.endswith(".xml") for part in parts.infos):
        notes.append(MACROS)
    content = _Content(name, notes)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = content.start, content.end
    parser.CharacterDataHandler = content.data
    blocks = parts.blocks("content.xml")
    stream = _Stream(parser, blocks, content)
    try:
        while (draft := stream.next_sheet()) is not None:
            draft.rows = stream.rows_of(draft)
            yield draft
            draft.rows = ()
    except expat.ExpatError as error:
        raise damaged(name) from error


class _Stream:
    """Feeds the parser as rows are asked for."""

    def __init__(self, parser: Any, blocks: Iterator[bytes], content: _Content) -> None:
        self.parser, self.blocks, self.content = parser, blocks, content
        self.done = False

    def _more(self) -> bool:
        if self.done:
            return False
        block = next(self.blocks, None)
        if block is None:
            self.done = True
            self.parser.Parse(b"", True)
        else:
            for start in range(0, len(block), 1 << 16):
                self.parser.Parse(block[start : start + (1 << 16)], False)
        return True

    def next_sheet(self) -> Draft | None:
        ready = self.content.ready
        while not ready:
            if not self._more():
                return None
        return ready[0][0]

    def rows_of(self, draft: Draft) -> Iterator[Row]:
        content = self.content
        while True:
            batch, content.ready = content.ready, []
            for at, (owner, row) in enumerate(batch):
                if row is None and owner is draft:
                    content.ready = batch[at + 1 :] + content.ready
                    return
                if row is not None:
                    yield row
            if not content.ready and not self._more():
                return


def _repeat(about: dict[str, str], key: str, most: int) -> int:
    text = about.get(key)
    if not text:
        return 1
    return min(max(int(text), 1), most + 1) if text.isdigit() and len(text) < 12 else 1


def _value(about: dict[str, str], text: str) -> tuple[Any, str | None]:
    """The value of a cell, and what is wrong with it."""
    kind = about.get("office:value-type", "")
    if about.get("calcext:value-type") == "error":
        return None, error_value(text or "（未写明）")
    what = trouble_in(text)
    if what and (kind in ("", "string") or about.get("table:formula")):
        return None, what
    if not kind:
        if about.get("table:formula") and not text:
            return None, NOT_CALCULATED
        return text or None, None
    try:
        if kind in ("float", "percentage", "currency"):
            return float(about["office:value"]), None
        if kind == "date":
            return _moment(about["office:date-value"]), None
        if kind == "time":
            return _duration(about["office:time-value"]), None
        if kind == "boolean":
            return about["office:boolean-value"] == "true", None
    except (KeyError, ValueError, OverflowError):
        return text or None, None
    return about.get("office:string-value") or text or None, None


def _moment(text: str) -> date | datetime:
    if len(text) <= 10:
        return date.fromisoformat(text)
    found = datetime.fromisoformat(text)
    return found.date() if found.time() == time() else found


def _duration(text: str) -> time | timedelta:
    found = _DURATION.match(text)
    if not found:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:5])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if found[1]:
        return -length
    return (datetime.min + length).time() if length < timedelta(days=1) else length
