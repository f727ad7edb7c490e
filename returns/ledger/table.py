"""A foreign ledger read as it streams by: sheet, header, columns, rows, and everything that should be told about it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from db.findings import Finding
from db.values import Lookup
from returns.files import Book, Sheet, open_book
from returns.ledger import context as surroundings
from returns.ledger import find_header
from returns.ledger.columns import Column, column_of, map_columns
from returns.ledger.context import Context
from returns.ledger.fillers import is_filler, line_of
from returns.ledger.find_header import Header, Remembered
from returns.ledger.layouts import layout_of
from returns.ledger.locate import check_kind, locate
from returns.ledger.needed import must_have
from returns.ledger.rows import LedgerRow, RowReader
from returns.ledger.telling import about_columns, about_lines, about_percents, about_sheets
from returns.ledger.walking import Lines

CHUNK = 2000  # rows that are worked on at once
_NOTED = 5000


@dataclass(slots=True)
class LedgerTable:
    """What a file holds for one register. `rows` are those that `read` collected: a long table is only walked
    through (`chunks`); `skipped` lines of the sheet with what they say."""

    path: Path
    register: str
    sheet: str
    header_rows: tuple[int, int]  # first and last, as Excel counts
    columns: list[Column]
    context: Context
    sha256: str = ""
    height: int = 0  # the last row of the sheet that holds something
    rows: list[LedgerRow] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()  # of the file and the sheet
    head: Sequence[Sequence[Any]] = ()  # the rows up to the header's last one
    spans: Sequence[tuple[int, int, int, int]] = ()  # merged cells in them
    by_hand: dict[str, str | None] = field(default_factory=dict)  # the mapping as it was given
    day: date | None = None
    header: Header | None = None  # as it was found: what memory.remember asks for
    _lines: Lines | None = None
    _reader: RowReader | None = None
    _noted: list[LedgerRow] = field(default_factory=list)
    _titles: set[str] = field(default_factory=set)

    @property
    def findings(self) -> list[Finding]:
        return [finding for row in self.rows for finding in row.findings]

    def column_of(self, register: str, name: str) -> Column | None:
        """The column that a field was read from."""
        if self._reader is not None:
            return self._reader.column_of(register, name)
        return column_of(self.columns, register, name)

    @property
    def mapping(self) -> dict[str, str | None]:
        """Header → field, as --map takes it."""
        return {
            column.title: f"{column.target.register}.{column.target.field}" if column.target else None
            for column in self.columns
            if column.target is None or column.target.register
        }

    def chunks(self, size: int = CHUNK) -> Generator[list[LedgerRow]]:
        """The rows of the table, some at a time. After the last one `warnings` are complete."""
        assert self._lines is not None and self._reader is not None
        layout, reader = layout_of(self.register), self._reader
        found: list[LedgerRow] = []
        lines = iter(self._lines)
        try:
            while some := list(islice(lines, size - len(found))):
                for row in reader.read_many(some):
                    layout.finish(row, reader)
                    must_have(row, reader, layout.date, self.day)
                    if (row.other and not row.other.keys() <= self._titles) or self.register == "nurture":
                        self._note(row)
                    found.append(row)
                if len(found) == size:
                    yield found
                    found = []
            if found:
                yield found
        finally:
            self.skipped = self._lines.skipped
            self.warnings += about_lines(self.skipped, self.columns)
            self.warnings += about_columns(self.register, self.columns, self.context, self._noted)
            self.warnings += self._lines.told()

    def first(self, most: int) -> list[LedgerRow]:
        """The first rows, with what can be told by then; the table cannot be walked through after that."""
        chunks = self.chunks(most)
        self.rows = next(chunks, [])
        chunks.close()
        return self.rows

    def _note(self, row: LedgerRow) -> None:
        """A row that something is told of at the end."""
        if len(self._noted) < _NOTED:
            self._titles.update(row.other)
            self._noted.append(row)


def begin(
    book: Book,
    register: str,
    *,
    lookup: Lookup,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
    remembered: Remembered | None = None,
) -> LedgerTable:
    """The table of a book, found and ready to be walked through; none of its rows is read yet.

    `day` dates the rows that have no date of their own. `mapping` {header or column letter: field, or None to
    leave the column out} goes before what is worked out; `remembered` is what memory.layouts gives for the office.
    Raises UsageError (no such sheet, header or field),
    Refused (“no_header”, “no_date_column”, “not_this_ledger”: no table of this register).
    """
    found = locate(book, register, sheet, mapping, remembered)
    header = found[0]
    chosen: Sheet = header.sheet
    below = [line_of(cells) for row, cells in chosen.tail if row > header.last and is_filler(cells)]
    context = surroundings.read(chosen.head[: header.first], below, chosen.name, book.path.stem, lookup)
    columns = map_columns(
        register,
        find_header.readings(chosen, header.first, header.last),
        year=context.year,
        mapping=mapping,
        remembered=header.remembered,
        samples=find_header.samples(chosen, header.last),
    )
    doubt = check_kind(book.name, register, header, columns, dated=day is not None)
    table = LedgerTable(
        book.path, register, chosen.name, (header.first + 1, header.last + 1), columns, context,
        sha256=book.sha256, height=chosen.height, notes=(*book.notes, *chosen.notes),
        head=chosen.head[: header.last + 1], by_hand=dict(mapping or {}), day=day, header=replace(header, columns=columns),
        spans=[span for span in chosen.spans if span[0] <= header.last],
        warnings=[
            *([doubt] if doubt else []), *about_sheets(found, book.sheets, sheet),
            *about_percents(columns, find_header.samples(chosen, header.last)),
        ],
    )  # fmt: skip
    table._lines = Lines(chosen, header.first, header.last, columns, register)
    table._reader = RowReader(register, chosen.name, columns, context, lookup, layout_of(register).spellings)
    return table


def read(
    path: Path,
    register: str,
    *,
    lookup: Lookup,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
) -> LedgerTable:
    """A whole ledger with all its rows, for one that is not long. Writes nothing; see `begin`.

    Raises what `begin` and returns.files.open_book raise.
    """
    with open_book(path) as book:
        table = begin(book, register, lookup=lookup, sheet=sheet, mapping=mapping, day=day)
        table.rows = [row for chunk in table.chunks() for row in chunk]
    return table
