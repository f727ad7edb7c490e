"""Workbooks of Excel 2.0 to 2003 and of WPS (.et): BIFF, in a compound file or bare, by xlrd."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from returns.files.book import Row, Sheet
from returns.files.compound import MAGIC, Compound
from returns.files.draft import NOT_CALCULATED, Draft, error_value
from returns.files.refusals import damaged, not_read, too_large

MOST_CELLS = 5_000_000
_FORMULA = (0x0006, 0x0206, 0x0406)
_CALCULATE_ON_LOAD = 2
_EMPTY_RESULT = 3
_CELL_RECORDS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00FD, 0x0201, *_FORMULA))
_MANY = (0x00BD, 0x00BE)  # several cells in one record
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Sheets of an xls file, one after the other. Refused for what can not be read."""
    import xlrd
    from xlrd.biffh import error_text_from_code

    stream, has_macros = _stream(data)
    if has_macros:
        notes.append("宏部分不读取也不会复制")
    uncalculated = _look_through(stream, name)
    try:
        book = xlrd.open_workbook(
            file_contents=data,
            logfile=io.StringIO(),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,
        )
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise not_read("encrypted", name) from error
        raise damaged(name) from error
    if any(kind == 0x01AE for kind, _ in _records(stream)) and _has_external(stream):
        notes.append("引用了别的工作簿，不会打开，只读文件里存下的值")
    visible = book._sheet_visibility if hasattr(book, "_sheet_visibility") else []
    for index, title in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(index)
        hidden = bool(visible[index]) if index < len(visible) else bool(getattr(sheet, "visibility", 0))
        draft = Draft(Sheet(title, index, hidden))
        _structure(draft, sheet)
        draft.rows = _rows(
            draft, sheet, error_text_from_code, uncalculated.get(_start_of(book, index), set())
        )
        yield draft
        draft.rows = ()
        book.unload_sheet(index)


def _stream(data: bytes) -> tuple[bytes, bool]:
    """The BIFF stream of a file, and whether there are macros beside it."""
    if not data.startswith(MAGIC):
        return data, False
    found = Compound(data)
    stream = found.stream("workbook") or found.stream("book")
    return stream, found.has("_vba_project") or found.has("vba")


def _records(stream: bytes) -> Iterator[tuple[int, int]]:
    """Kind and place of every record."""
    at, end = 0, len(stream) - 4
    unpack = struct.Struct("<HH").unpack_from
    while at <= end:
        kind, size = unpack(stream, at)
        yield kind, at
        at += 4 + size


def _look_through(stream: bytes, name: str) -> dict[int, set[tuple[int, int]]]:
    """By start of its sheet in the stream: formulas that were never calculated. Refused for too many cells."""
    found: dict[int, set[tuple[int, int]]] = {}
    blank: dict[int, set[tuple[int, int]]] = {}
    cells = begin = 0
    calculated = False
    for kind, at in _records(stream):
        if kind in _CELL_RECORDS:
            cells += (struct.unpack_from("<H", stream, at + 2)[0] // 2) if kind in _MANY else 1
            if cells > MOST_CELLS:
                raise too_large(name, f"有 {cells} 个以上的单元格，内容过多")
            if kind in _FORMULA and at + 24 <= len(stream):
                row, column, _, result, flags, chain = struct.unpack_from("<HHH8sHI", stream, at + 4)
                # Programs that calculate nothing store zero and ask to be calculated on load …
                if flags & _CALCULATE_ON_LOAD and result == bytes(8):
                    found.setdefault(begin, set()).add((row, column))
                # … or store the mark of an empty text for every formula, which in a single one is a result.
                elif result[6:] == b"\xff\xff" and result[0] == _EMPTY_RESULT and not chain:
                    blank.setdefault(begin, set()).add((row, column))
                else:
                    calculated = True
        elif kind in (0x0009, 0x0209, 0x0409, 0x0809):
            begin = at
    return (
        found
        if calculated
        else {key: found.get(key, set()) | blank.get(key, set()) for key in {*found, *blank}}
    )


def _has_external(stream: bytes) -> bool:
    """Whether a SUPBOOK record names another workbook (one of four bytes names this one)."""
    return any(
        kind == 0x01AE and struct.unpack_from("<H", stream, at + 2)[0] > 4 for kind, at in _records(stream)
    )


def _start_of(book: Any, index: int) -> int:
    """Where the sheet begins in the stream: the key of what `_look_through` found."""
    starts = getattr(book, "_sh_abs_posn", [])
    base = getattr(book, "base", 0)
    return int(starts[index]) - int(base) if index < len(starts) else -1


def _structure(draft: Draft, sheet: Any) -> None:
    for r1, r2, c1, c2 in sheet.merged_cells:
        draft.sheet.spans.append((r1, c1, r2 - 1, c2 - 1))
    for row, about in sorted(sheet.rowinfo_map.items()):
        if about.hidden or about.height == 0:
            draft.hide_row(row)
    for column, about in sorted(sheet.colinfo_map.items()):
        if about.hidden or about.width == 0:
            draft.hide_column(column)
    if sheet.cell_note_map:
        draft.note("工作表里有批注，批注不读取")


def _rows(
    draft: Draft, sheet: Any, errors: dict[int, str], uncalculated: set[tuple[int, int]]
) -> Iterator[Row]:
    datemode, durations = sheet.book.datemode, _durations(sheet.book)
    for number in range(sheet.nrows):
        types, values = sheet.row_types(number), sheet.row_values(number)
        if not any(kind not in (_EMPTY, _BLANK) for kind in types):
            continue
        cells: list[Any] = list(values)
        for column, kind in enumerate(types):
            if kind in (_TEXT, _NUMBER):
                if cells[column] == "":
                    cells[column] = None
            elif kind == _DATE:
                serial = values[column]
                lasting = serial < 61 and sheet.cell_xf_index(number, column) in durations
                cells[column] = timedelta(days=serial) if lasting else moment(serial, datemode)
            elif kind == _BOOLEAN:
                cells[column] = bool(values[column])
            elif kind == _ERROR:
                cells[column] = None
                draft.trouble(number, column, error_value(errors.get(values[column], "（未写明）")))
            else:
                cells[column] = None
        if uncalculated:
            for column in range(len(cells)):
                if (number, column) in uncalculated and cells[column] in (0, None):
                    cells[column] = None
                    draft.trouble(number, column, NOT_CALCULATED)
        yield number, cells


def _durations(book: Any) -> set[int]:
    """Looks of cells that show hours, minutes or seconds beyond a day: [h]:mm."""
    found = set()
    for index, look in enumerate(book.xf_list):
        shape = book.format_map.get(look.format_key)
        if shape is not None and re.search(r"\[(?:h+|m+|s+)\]", shape.format_str, re.IGNORECASE):
            found.add(index)
    return found


def moment(serial: float, datemode: int) -> date | datetime | time | float:
    """A number with a date format: a day, a moment, a time of day; the number itself where there is no such day."""
    from xlrd.xldate import XLDateError, xldate_as_tuple

    try:
        year, month, day, hour, minute, second = xldate_as_tuple(serial, datemode)
        if not (year or month or day):
            return time(hour, minute, second)
        if hour or minute or second:
            return datetime(year, month, day, hour, minute, second)
        return date(year, month, day)
    except (XLDateError, ValueError, OverflowError):
        return serial
