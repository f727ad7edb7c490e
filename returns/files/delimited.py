"""Texts with separators (csv, tsv): the encoding, the separator by content, and rows of texts. Text stays text."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter, deque
from collections.abc import Iterator

from db.errors import Refused
from returns.files.book import Row, Sheet
from returns.files.draft import MOST_TEXT, Draft, trouble_in
from returns.files.encodings import SHOWN, NoEncoding, decode
from returns.files.refusals import AGAIN, too_large

SEPARATORS = (",", "\t", ";", "|", "，")
MOST_ROWS = 1_000_000
MOST_COLUMNS = 4_000
MOST_CELLS = 8_000_000
_LOOKED_AT = 60  # records that the separator is told by
_STATED = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"\Z')
_END = "\x00"


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """The one sheet of a text table. Refused when no encoding fits."""
    if data.count(b"\n") > 2 * MOST_ROWS:
        raise too_large(name, f"有 {2 * MOST_ROWS} 行以上")
    try:
        decoded = decode(data)
    except NoEncoding as no:
        raise Refused(
            f"“{name}”第 {no.line} 行有认不出的文字编码（按 {SHOWN[no.encoding]} 读不通）。",
            f"请用 Excel 或 WPS 打开，检查这一行，另存为“xlsx 工作簿”后再试。{AGAIN}",
            "damaged_file",
        ) from no
    notes.append(f"文字编码是 {SHOWN[decoded.encoding]}")
    text = decoded.text
    del decoded
    stated = _STATED.match(text)
    separator = stated[1] if stated else separator_of(text)
    if stated:
        text = text[stated.end() :]
    draft = Draft(Sheet(name.rpartition(".")[0] or name, 0), expected=text.count("\n") + 1)
    draft.rows = _rows(draft, text, separator, name)
    yield draft


def separator_of(text: str) -> str:
    """Which separator gives rows of the same number of cells; a comma when none does."""
    start = text[: 256 * 1024]
    best, chosen = (0.0, 0), ","
    for separator in SEPARATORS:
        widths: Counter[int] = Counter()
        records = 0
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator, strict=True)
        try:
            for record in itertools.islice(reader, _LOOKED_AT):
                if record:
                    records += 1
                    widths[len(record)] += 1
        except csv.Error:
            # Quotes that do not end at this separator, unless it is only the cut at the end of the sample.
            if records < 2:
                continue
        several = [(count, width) for width, count in widths.items() if width > 1]
        if not several:
            continue
        count, width = max(several)
        worth = (round(count / max(records, 1), 1), width)
        # The Chinese comma is ordinary in texts: it separates only where nothing else does.
        if (separator != "，" or best[0] < 0.5) and worth > best:
            best, chosen = worth, separator
    return chosen


def _rows(draft: Draft, text: str, separator: str, name: str) -> Iterator[Row]:
    quoted, strict = _manner(text, separator)
    if not quoted:
        draft.note("引号不成对，引号已按普通字符读取")
    csv.field_size_limit(max(len(text) + 1, 131_072))
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=strict,
    )
    count = 0
    for number, record in enumerate(reader):
        count += len(record)
        if number >= MOST_ROWS or len(record) > MOST_COLUMNS or count > MOST_CELLS:
            raise too_large(name, f"第 {number + 1} 行以后的行或列过多")
        yield number, [_cell(draft, number, column, field) for column, field in enumerate(record)]


def _manner(text: str, separator: str) -> tuple[bool, bool]:
    """Whether quotes are quotes, and read strictly: leniently where one stands amid a cell, not at all where one is open."""
    if '"' not in text:
        return True, False
    csv.field_size_limit(4 * MOST_TEXT)
    for strict in (True, False):
        reader = csv.reader(io.StringIO(text + "\n" + _END, newline=""), delimiter=separator, strict=strict)
        try:
            last = deque(reader, maxlen=1)
        except csv.Error:
            continue
        if last and last[0] == [_END]:
            return True, strict
    return False, False


def _cell(draft: Draft, row: int, column: int, field: str) -> str | None:
    if not field:
        return None
    if len(field) > MOST_TEXT:
        draft.trouble(row, column, f"文字超过 {MOST_TEXT} 字，没有读取")
        return None
    first = field[0]
    if first == "=":
        found = _AS_TEXT.match(field)
        if found:
            return found[1].replace('""', '"') or None
    elif first == "'" and field[1:2] in ("=", "+", "-", "@", "\t", "\r"):
        return field[1:]
    if first in "#=":
        what = trouble_in(field)
        if what:
            draft.trouble(row, column, what)
            return None
    return field
