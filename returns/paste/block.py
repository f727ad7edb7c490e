"""The clipboard to cells and back: tab-separated text as Excel and WPS write it, or an HTML table. No meaning here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

from returns.pace import UNHURRIED, Pace

Cells = list[list[str]]

MOST_COLUMNS = 200  # of a table in HTML: a cell may claim to span a million
_NEEDS_QUOTES = re.compile(r'[\t\r\n"]')
_PLAIN = re.compile(r"[^\t\r\n]*")
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_READING, _TELL_EVERY = "读取粘贴的内容", 200
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_clipboard(text: str, html: str = "", pace: Pace = UNHURRIED) -> Cells:
    """The cells of a block, as wide in every row; blank lines and columns at its end are left off.

    The text goes first: it holds what the cells show. The HTML is for programs that give nothing else.
    Refused (“cancelled”) when `pace` is to stop.
    """
    text = text.rstrip("\0")
    rows = parse_tsv(text, pace) if text.strip() else parse_html(html, pace)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell.strip()), default=0)
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def parse_tsv(text: str, pace: Pace = UNHURRIED) -> Cells:
    """Rows of tab-separated text. A cell in quotes may hold tabs, line breaks and doubled quotes.

    Quotes that were not needed are part of the text: a spreadsheet puts none round a cell that holds neither.
    """
    rows: Cells = []
    row: list[str] = []
    at, end = 0, len(text)
    lines = text.count("\n") + 1
    while at < end:
        if not row and len(rows) % _TELL_EVERY == 0:
            pace.tell(min(len(rows), lines), lines, _READING)
        cell, at = _cell(text, at)
        row.append(cell)
        if at < end and text[at] == "\t":
            at += 1
            if at < end:
                continue
            row.append("")
        elif at < end:
            at += 2 if text.startswith("\r\n", at) else 1
        rows.append(row)
        row = []
    return rows


def _cell(text: str, at: int) -> tuple[str, int]:
    """The cell that begins at `at`, and where its separator stands."""
    if text.startswith('"', at) and (quoted := _quoted(text, at)) is not None:
        return quoted
    found = _PLAIN.match(text, at)
    assert found is not None  # it matches nothing, too
    return found[0], found.end()


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    """A cell in quotes that closes before a separator and needed them; None where it is a text with quotes in it."""
    at = start + 1
    while True:
        close = text.find('"', at)
        if close < 0:
            return None
        if text.startswith('"', close + 1):
            at = close + 2
            continue
        break
    after = close + 1
    if after < len(text) and text[after] not in "\t\r\n":
        return None
    inside = text[start + 1 : close]
    if not _NEEDS_QUOTES.search(inside):
        return None
    return _LINE_END.sub("\n", inside.replace('""', '"')), after


def to_tsv(rows: Iterable[Sequence[str]]) -> str:
    """Cells as Excel puts them on the clipboard; `parse_tsv` gives them back."""
    return "".join("\t".join(map(_written, row)) + "\r\n" for row in rows)


def _written(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if _NEEDS_QUOTES.search(cell) else cell


def parse_html(html: str, pace: Pace = UNHURRIED) -> Cells:
    """The cells of the first table in a piece of HTML; none where there is no table.

    A cell merged downwards stands in every row it covers, as it does for the reader of a ledger.
    """
    reader = _TableReader()
    # Cut where a row begins: a text is never cut in two.
    places = [found.start() for found in _ROW.finditer(html)]
    at = 0
    for gone in range(0, len(places), _TELL_EVERY):
        pace.tell(gone, len(places), _READING)
        reader.feed(html[at : places[gone]])
        at = places[gone]
    reader.feed(html[at:])
    reader.close()
    return reader.rows


_BREAKS = frozenset({"br", "p", "div", "li"})
_SILENT = frozenset({"style", "script", "head", "title"})


class _TableReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Cells = []
        self._depth = 0  # tables within a cell are part of its text
        self._done = False
        self._silent = 0
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._down: dict[int, tuple[int, str]] = {}  # column → rows still covered, the text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table" and not self._done:
            self._depth += 1
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._end_cell()
            self._end_row()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.rows:
                self.rows.append([])
            given = dict(attrs)
            self._spans = _span(given.get("colspan")), _span(given.get("rowspan"))
            self._cell = []
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self._end_cell()
                self._end_row()
                self._done = True
        elif self._depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(re.sub(r"[ \t\r\n\xa0]+", " ", data))

    def close(self) -> None:
        super().close()
        self._end_cell()
        self._end_row()
        self.rows = [row for row in self.rows if row]

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = "\n".join(line.strip() for line in "".join(self._cell).split("\n")).strip()
        self._cell = None
        row = self.rows[-1]
        self._cover(row)
        across, down = self._spans
        for place in range(across):
            if len(row) >= MOST_COLUMNS:
                break
            if down > 1:
                self._down[len(row)] = (down - 1, text if place == 0 else "")
            row.append(text if place == 0 else "")

    def _cover(self, row: list[str], *, rest: bool = False) -> None:
        """Put in the cells that reach down from above."""
        while len(row) in self._down or (rest and any(column > len(row) for column in self._down)):
            left, text = self._down.get(len(row), (0, ""))
            if left > 1:
                self._down[len(row)] = (left - 1, text)
            else:
                self._down.pop(len(row), None)
            row.append(text)

    def _end_row(self) -> None:
        if self.rows and self._depth:
            self._cover(self.rows[-1], rest=True)


def _span(raw: str | None) -> int:
    return max(1, min(int(raw), MOST_COLUMNS)) if raw and raw.isascii() and raw.isdigit() else 1
