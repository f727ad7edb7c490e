"""A list as people see it, written to a workbook: its columns, their order, filter and sorting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from db import lists, values
from db.errors import Refused
from db.fields import Field, Kind
from db.lists import ListQuery
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from returns.list_book import Heading, write_list

Progress = Callable[[int, int, str], None]
EXTRA: Mapping[str, str] = {
    "enterprise_uscc": "统一社会信用代码",
    "enterprise_street": "企业所属街道",
    "unit_code": "登记单位",
}  # columns of a list beside the register's own fields
_PAGE = 1000
_WIDTHS = {Kind.LONG: 40, Kind.NUMBER: 14, Kind.INTEGER: 11, Kind.DATE: 12, Kind.PERIOD: 10, Kind.BOOL: 9}


class Cancelled(Exception):
    """The person stopped an export; nothing was written."""


def export_list(
    store: Store,
    query: ListQuery,
    columns: Sequence[str],
    out: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Write every row of a list to `out`, with the named fields (or EXTRA) in that order; returns how many rows.

    Days and figures are typed, everything else is text. Cancelled when stopped, MachineError when the file cannot
    be written, Refused for a list without columns.
    """
    if not columns:
        raise Refused("没有可导出的列。", "请先在“选择列”里勾选要看的列。", "no_columns")
    register = REGISTERS[query.register]
    fields = {field.name: field for field in register.fields}
    own = tuple(name for name in columns if name in fields)
    wanted = replace(query, columns=own)
    with store.read() as session:
        lookup = Directory(session)
        total = lists.count(session, wanted, cap=1_048_576)
        cells = [_cells_of(name, fields.get(name), lookup) for name in columns]

        def rows() -> Iterator[Sequence[Any]]:
            after, done = None, 0
            while True:
                if cancelled is not None and cancelled():
                    raise Cancelled
                page = lists.page(session, wanted, after, _PAGE)
                lookup.remember_enterprises(
                    (row["enterprise_id"], row["enterprise_name"] or "")
                    for row in page.rows
                    if row.get("enterprise_id") is not None and "enterprise_name" in row
                )
                odd = [
                    (place, row)
                    for place, row in enumerate(page.rows)
                    if row.get("unparsed") or row.get("not_applicable")
                ]
                yield from zip(*(column(page.rows, odd) for column in cells), strict=True)
                done += len(page.rows)
                if progress is not None:
                    progress(done, max(total, done), f"写出 {done:,} 行")
                after = page.next
                if after is None:
                    return

        headings = [_heading(name, fields.get(name)) for name in columns]
        return write_list(register.title, headings, rows(), total, out)


def _heading(name: str, field: Field | None) -> Heading:
    if field is None:
        return Heading(EXTRA[name], 22)
    width = 30 if field.source == "enterprise" or field.name == "name" else _WIDTHS.get(field.kind, 18)
    if field.kind is Kind.NUMBER:
        decimals = "." + "0" * field.places if field.places else ""
        return Heading(field.header, max(width, len(field.header) * 2), f"#,##0{decimals}")
    if field.kind is Kind.INTEGER:
        return Heading(field.header, max(width, len(field.header) * 2), "#,##0")
    return Heading(field.header, width, "yyyy-mm-dd" if field.kind is Kind.DATE else "")


Rows = Sequence[Mapping[str, Any]]
_AS_THEY_ARE = (Kind.NUMBER, Kind.INTEGER, Kind.DATE)
_TEXTS = (Kind.TEXT, Kind.LONG)


Odd = Sequence[tuple[int, Mapping[str, Any]]]


def _cells_of(name: str, field: Field | None, lookup: Directory) -> Callable[[Rows, Odd], list[Any]]:
    """What stands in one column's cells of a page of rows; `odd` are those with a text nobody could read, or an 不适用."""
    words = _words(name, field, lookup)

    def cells(rows: Rows, odd: Odd) -> list[Any]:
        found = [row.get(name) for row in rows]
        if words is not None:
            found = [None if value is None else words(value) for value in found]
        for place, row in odd if field is not None else ():
            if name in (row.get("unparsed") or ()):
                found[place] = row["unparsed"][name]
            elif found[place] is None and name in (row.get("not_applicable") or ()):
                found[place] = "不适用"
        return found

    return cells


def _words(name: str, field: Field | None, lookup: Directory) -> Callable[[Any], str] | None:
    """A value as words, None where it is shown as it is stored. Words of codes and choices are looked up once."""
    if field is None:
        if name == "enterprise_uscc":
            return None
        return _once(lambda value: lookup.name("unit", value))
    if field.kind in _AS_THEY_ARE or (field.kind in _TEXTS and not field.source):
        return None
    if field.source == "enterprise" and field.kind is Kind.REF:
        return lookup.enterprise_name
    if field.kind in (Kind.CHOICE, Kind.BOOL, Kind.REF):
        return _once(lambda value: values.to_text(field, value, lookup))
    return lambda value: values.to_text(field, value, lookup)


def _once(words: Callable[[Any], str]) -> Callable[[Any], str]:
    known: dict[Any, str] = {}

    def found(value: Any) -> str:
        text = known.get(value)
        if text is None:
            text = known[value] = words(value)
        return text

    return found
