"""Tables of web pages, often named .xls by the systems that export them. One table is one sheet; scripts are ignored."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from returns.files.book import Row, Sheet
from returns.files.draft import MOST_TEXT, PICTURES, Draft, trouble_in
from returns.files.encodings import SHOWN, NoEncoding, decode
from returns.files.refusals import not_read, too_large

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 300_000, 4_000, 4_000_000
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:!--.*?-->|(script|style|template|svg)\b.*?</\1\s*>|(/?)([a-zA-Z][\w:]*)((?:\"[^\"<]*\"|'[^'<]*'|[^>\"'])*+|[^>]*)>"
    r"|[!?][^>]*>)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>", re.IGNORECASE)
_BREAK = (
    "\0"  # where a line ends in a cell: those of the source are only blanks, and zeros have been taken out
)
_MESSY = re.compile(r"[\t\r\n\f\0]|  ")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*collapse", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[-+(]?\s*[¥￥$]?\s*[\d,]*\.?\d+(?:e[-+]?\d+)?\s*[%)]?\s*\Z", re.IGNORECASE)
_BREAKING = frozenset(("br", "p", "div", "li", "tr"))
_ALIAS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "utf8": "utf-8"}


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Tables of a page, one after the other. Refused when there is none."""
    text, encoding = _decode(data)
    notes.append(f"文字编码是 {SHOWN.get(encoding, encoding)}")
    if "<frameset" in text[:20_000].lower() and "<table" not in text.lower():
        raise not_read("frames", name)
    yield from tables(text, name, 0, _SHEET_NAME.findall(text))


def read_mail(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Tables of a page saved as a single file (MHTML): of each part that has one."""
    from email import message_from_bytes, policy

    message = message_from_bytes(data, policy=policy.compat32)
    index = 0
    titles: list[str] = []
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        text, _ = _decode(payload, str(part.get_param("charset") or ""))
        titles = titles or [html.unescape(each) for each in _SHEET_NAME.findall(text)]
        if "<table" not in text.lower():
            continue
        for draft in tables(text, name, index, titles):
            index += 1
            yield draft
    if not index:
        raise not_read("page", name)


def _decode(data: bytes, stated: str = "") -> tuple[str, str]:
    """By byte order mark, by what the page says if it is true, by what fits."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        if b"\0" not in data[:4096]:
            with suppress(UnicodeDecodeError):  # hardly any other encoding makes true UTF-8
                return data.decode("utf-8"), "utf-8"
        meta = _META.search(data[:8192])
        said = stated or (meta[1].decode("ascii") if meta else "")
        encoding = _ALIAS.get(said.lower(), said.lower())
        if encoding and not encoding.startswith("utf-16"):
            try:
                return data.decode(encoding).replace("\0", ""), encoding
            except (UnicodeDecodeError, LookupError):
                pass  # pages often say what they are not
    try:
        decoded = decode(data)
    except NoEncoding as no:
        return data.decode(no.encoding, "replace").replace("\0", ""), no.encoding
    return decoded.text, decoded.encoding


def tables(text: str, name: str, index: int, titles: list[str]) -> Iterator[Draft]:
    """The tables of a page that hold something, tables within cells as tables of their own after them."""
    page = _Page(name)
    steps = page.walk(text)
    begun = index

    def titled(table: _Table, rows: Iterator[Row]) -> Draft:
        nonlocal index
        title = titles[index] if index < len(titles) else f"表{index + 1}"
        table.draft.sheet.name, table.draft.sheet.index, table.draft.rows = html.unescape(title), index, rows
        index += 1
        return table.draft

    for table in steps:
        if table.lines:
            yield titled(table, _lines(table, steps))
        if table.closed:
            inner, page.inner = page.inner, []
            for each in inner:
                if each.lines:
                    yield titled(each, iter(each.lines))
                    each.lines = []
    if index == begun == 0:
        raise not_read("page", name)


def _lines(table: _Table, steps: Iterator[_Table]) -> Iterator[Row]:
    """The rows of an outermost table while the page is walked over: a large one is never held whole."""
    while True:
        lines, table.lines = table.lines, []
        yield from lines
        if table.closed:
            return
        next(steps, None)


class _Table:
    def __init__(self) -> None:
        self.draft = Draft(Sheet("", 0))
        self.lines: list[Row] = []
        self.row = -1
        self.line: dict[int, Any] = {}
        self.column = 0
        self.taken: dict[int, int] = {}  # column → first row below a cell that reaches down
        self.open_row = self.closed = False
        self.cell: dict[str, str] | None = None
        self.pieces: list[str] = []


class _Page:
    """Walks over the tags of a page."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = 0
        self.stack: list[_Table] = []
        self.inner: list[_Table] = []  # tables within cells of the outermost one, closed

    def walk(self, text: str) -> Iterator[_Table]:
        """The outermost table, each time one of its rows is finished and when it is closed."""
        at = 0
        stack = self.stack
        for tag in _TAG.finditer(text):
            begin = tag.start()
            if stack and begin > at and stack[-1].cell is not None:
                stack[-1].pieces.append(text[at:begin])
            at = tag.end()
            word = tag[3]
            if word is None:
                continue
            word, outer = word.lower(), stack[0] if stack else None
            self._tag(word, bool(tag[2]), tag[4] or "")
            if outer is not None and (outer.closed or (word == "tr" and outer.lines)):
                yield outer
        while stack:
            outer = stack[0]
            self._close_table()
            if outer.closed:
                yield outer

    def _tag(self, word: str, closing: bool, about: str) -> None:
        if word == "table":
            if closing:
                if self.stack:
                    self._close_table()
            else:
                self.stack.append(_Table())
            return
        if not self.stack:
            return
        table = self.stack[-1]
        if word == "tr":
            self._end_row(table)
            if not closing:
                self._begin_row(table, attributes(about))
        elif word in ("td", "th"):
            self._end_cell(table)
            if not closing:
                if not table.open_row:
                    self._begin_row(table, {})
                table.cell, table.pieces = attributes(about), []
        elif table.cell is not None:
            if word == "br" or (
                word in _BREAKING and not closing and "".join(table.pieces).strip(" \t\r\n\f\0")
            ):
                table.pieces.append(_BREAK)
            elif word == "img" and not closing:
                table.draft.note(PICTURES)
        elif word == "col" and not closing:
            self._column(table, attributes(about))

    def _column(self, table: _Table, about: dict[str, str]) -> None:
        count = _whole(about.get("span"), MOST_COLUMNS)
        if _HIDDEN.search(about.get("style", "")):
            table.draft.sheet.hidden_columns.append((table.column, table.column + count - 1))
        table.column += count

    def _begin_row(self, table: _Table, about: dict[str, str]) -> None:
        table.row += 1
        table.column, table.line, table.open_row = 0, {}, True
        if table.row >= MOST_ROWS:
            raise too_large(self.name, "表格的行过多")
        if _HIDDEN.search(about.get("style", "")) or "hidden" in about:
            table.draft.hide_row(table.row)

    def _end_row(self, table: _Table) -> None:
        self._end_cell(table)
        if table.open_row and table.line:
            width = max(table.line) + 1
            table.lines.append((table.row, [table.line.get(column) for column in range(width)]))
        table.open_row = False

    def _end_cell(self, table: _Table) -> None:
        about = table.cell
        if about is None:
            return
        table.cell = None
        while table.taken.get(table.column, 0) > table.row:
            table.column += 1
        wide, high = _whole(about.get("colspan"), MOST_COLUMNS), _whole(about.get("rowspan"), MOST_ROWS)
        if table.column + wide > MOST_COLUMNS:
            raise too_large(self.name, "表格的列过多")
        if wide > 1 or high > 1:
            spans = table.draft.sheet.spans
            spans.append((table.row, table.column, table.row + high - 1, table.column + wide - 1))
        if high > 1:
            for column in range(table.column, table.column + wide):
                table.taken[column] = table.row + high
        value = self._value(table, about, "".join(table.pieces))
        if value is not None:
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise too_large(self.name)
            table.line[table.column] = value
        table.column += wide

    def _value(self, table: _Table, about: dict[str, str], text: str) -> Any:
        if "&" in text:
            text = html.unescape(text).replace("\xa0", " ")
        if _MESSY.search(text):
            text = "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split(_BREAK))
        text = text.strip()
        if "x:err" in about:
            table.draft.trouble(table.row, table.column, f"单元格是错误值 {about['x:err'] or text}")
            table.line.setdefault(table.column, None)
            return None
        what = trouble_in(text) or (f"文字超过 {MOST_TEXT} 字，没有读取" if len(text) > MOST_TEXT else None)
        if "\ufffd" in text:
            what = "文字里有认不出的字符，文件的文字编码已损坏"
        if what and "x:num" not in about:
            table.draft.trouble(table.row, table.column, what)
            table.line.setdefault(table.column, None)
            return None
        if "x:num" in about:
            # The number itself: what is shown of it may be rounded. A day is shown as a day, and stays one.
            with suppress(ValueError):
                if _NUMBER.match(text):
                    return float((about["x:num"] or text).replace(",", ""))
        return text or None

    def _close_table(self) -> None:
        table = self.stack.pop()
        self._end_row(table)
        table.closed = True
        if self.stack:
            self.inner.append(table)


@lru_cache(maxsize=4096)
def attributes(about: str) -> dict[str, str]:
    """Attributes of a tag by lower name; one without a value has an empty one."""
    if not about or about == "/":
        return {}
    return {
        key.lower(): html.unescape(double or single or bare)
        for key, double, single, bare in _ATTRIBUTE.findall(about)
    }


def _whole(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdigit() and len(text) < 8 else 1
