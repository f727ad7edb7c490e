"""Workbooks of Excel 2.0 to 2003 and of WPS (.et): BIFF, in a compound file or bare, by xlrd."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from returns.files.book import Row, Sheet
from returns.files.compound import MAGIC, Compound
from returns.files.draft import COMMENTS, EXTERNAL, MACROS, NOT_CALCULATED, PICTURES, Draft, error_value
from returns.files.refusals import damaged, not_read, too_large

MOST_CELLS = 5_000_000
_FORMULA = (0x0006, 0x0206, 0x0406)
_CALCULATE_ON_LOAD = 2
_EMPTY_RESULT = 3
_CELL_RECORDS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00FD, 0x0201, *_FORMULA))
_BEGINS = (0x0009, 0x0209, 0x0409, 0x0809)  # of the globals, of each sheet
_OBJECT, _SUPPORT = 0x005D, 0x01AE
_MANY = (0x00BD, 0x00BE)  # several cells in one record
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)


def read(data: bytes, name: str, notes: list[str]) -> Iterator[Draft]:
    """Sheets of an xls file, one after the other. Refused for what can not be read."""
    import xlrd
    from xlrd.biffh import error_text_from_code

    stream, has_macros = _stream(data)
    if has_macros:
        notes.append(MACROS)
    seen = _look_through(stream, name)
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
    if seen.external:
        notes.append(EXTERNAL)
    for index, title in enumerate(book.sheet_names()):
        sheet, begin = book.sheet_by_index(index), _start_of(book, index)
        draft = Draft(Sheet(title, index, bool(sheet.visibility)), expected=sheet.nrows)
        _structure(draft, sheet)
        if begin in seen.pictures:
            draft.note(PICTURES)
        draft.rows = _rows(draft, sheet, error_text_from_code, seen.uncalculated.get(begin, set()))
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


@dataclass(slots=True)
class _Seen:
    """What xlrd does not tell, by the start of a sheet in the stream."""

    uncalculated: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    pictures: set[int] = field(default_factory=set)
    external: bool = False


def _look_through(stream: bytes, name: str) -> _Seen:
    """One walk over all records. Refused for too many cells."""
    seen = _Seen()
    zero, blank = seen.uncalculated, dict[int, set[tuple[int, int]]]()
    cells = begin = 0
    calculated = False
    for kind, at in _records(stream):
        if kind in _CELL_RECORDS:
            cells += (struct.unpack_from("<H", stream, at + 2)[0] // 2) if kind in _MANY else 1
            if cells > MOST_CELLS:
                raise too_large(name, f"有 {MOST_CELLS} 个以上的单元格")
            if kind in _FORMULA and at + 24 <= len(stream):
                row, column, _, result, flags, chain = struct.unpack_from("<HHH8sHI", stream, at + 4)
                # Programs that calculate nothing store zero and ask to be calculated on load …
                if flags & _CALCULATE_ON_LOAD and result == bytes(8):
                    zero.setdefault(begin, set()).add((row, column))
                # … or store the mark of an empty text for every formula, which in a single one is a result.
                elif result[6:] == b"\xff\xff" and result[0] == _EMPTY_RESULT and not chain:
                    blank.setdefault(begin, set()).add((row, column))
                else:
                    calculated = True
        elif kind in _BEGINS:
            begin = at
        elif kind == _OBJECT:
            # In all versions its kind stands here: 8 is a picture.
            if stream[at + 8 : at + 10] == b"\x08\0":
                seen.pictures.add(begin)
        elif kind == _SUPPORT:
            # Four bytes long it names this workbook itself.
            seen.external = seen.external or struct.unpack_from("<H", stream, at + 2)[0] > 4
    if not calculated:
        for key, places in blank.items():
            zero.setdefault(key, set()).update(places)
    return seen


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
        draft.note(COMMENTS)


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
