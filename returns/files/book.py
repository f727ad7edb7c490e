"""What a file holds, whatever its format: a book of sheets of plain cells. How it is read is not known here.

Cells are None, str, int, float, bool, date, datetime, time or timedelta.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, overload

HEAD, TAIL = 120, 60

Row = tuple[int, list[Any]]
Source = Callable[[int], Iterator[Row]]


def _nothing(start: int) -> Iterator[Row]:
    return iter(())


@dataclass(slots=True)
class Sheet:
    """One sheet. All places count from 0, at cell A1; ranges include their last row and column."""

    name: str
    index: int
    hidden: bool = False
    height: int = 0  # the last row that holds something, plus one
    width: int = 0  # the last column that holds something, plus one
    head: list[list[Any]] = field(default_factory=list)  # the first HEAD rows; empty rows are []
    tail: list[Row] = field(default_factory=list)  # of the last TAIL rows those that hold something
    spans: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # merged: row, column, to row, column
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    # Error values, formulas without a result, pictures in cells …: what to say of the cell. Its value is None.
    troubles: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: Source = field(default=_nothing, repr=False, compare=False)

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Rows from `start` that hold something (a trouble is something): (row, cells from column A).

        May be called as often as wanted, also from several threads; only a piece is held at a time.
        """
        return self.source(start)

    def cell(self, row: int, column: int) -> Any:
        """A cell of the head; None outside of it."""
        line = self.head[row] if 0 <= row < len(self.head) else ()
        return line[column] if 0 <= column < len(line) else None


class Rows(Sequence[list[Any]]):
    """The rows of a long sheet from A1 as a list would have them (empty ones are []), read anew each time they are asked for."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def __len__(self) -> int:
        return self._sheet.height

    def __iter__(self) -> Iterator[list[Any]]:
        return self._between(0, len(self))

    @overload
    def __getitem__(self, place: int) -> list[Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Any]]: ...
    def __getitem__(self, place: int | slice) -> list[Any] | list[list[Any]]:
        if isinstance(place, slice):
            first, stop, step = place.indices(len(self))
            if step != 1:
                raise ValueError("rows are read one after the other")
            return list(self._between(first, stop))
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(place)
        return next(self._between(at, at + 1))

    def _between(self, first: int, stop: int) -> Iterator[list[Any]]:
        at = first
        for number, cells in self._sheet.rows(first):
            if number >= stop:
                break
            for _ in range(number - at):
                yield []
            yield cells
            at = number + 1
        for _ in range(stop - at):
            yield []


class Book:
    """A file as it was read. `sha256` is that of its bytes, `kind` what it is by its content (xlsx, xls, csv …)."""

    def __init__(
        self, path: Path, sha256: str, kind: str, sheets: list[Sheet], notes: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.name = path.name
        self.sha256 = sha256
        self.kind = kind
        self.notes = notes
        self.sheets = sheets

    def close(self) -> None:
        """Let go of the rows: after this no sheet has any."""
        for sheet in self.sheets:
            sheet.source = _nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class MemoryBook(Book):
    """A book made of rows at hand: a retry of rows kept aside, what was pasted, a test.

    `sheets`: name → rows from A1, or name → {row from 0: cells}. `spans`: name → merged ranges; a bare list
    is of the first sheet.
    """

    def __init__(
        self,
        name: str,
        sheets: Mapping[str, Sequence[Sequence[Any]] | Mapping[int, Sequence[Any]]],
        spans: Mapping[str, Iterable[tuple[int, int, int, int]]]
        | Iterable[tuple[int, int, int, int]]
        | None = None,
        troubles: Mapping[str, Mapping[tuple[int, int], str]] | None = None,
        kind: str = "memory",
        notes: tuple[str, ...] = (),
    ) -> None:
        merged: dict[str, list[tuple[int, int, int, int]]]
        if spans is None:
            merged = {}
        elif isinstance(spans, Mapping):
            merged = {key: list(each) for key, each in spans.items()}
        else:
            merged = {next(iter(sheets), ""): list(spans)}
        made: list[Sheet] = []
        digest = hashlib.sha256()
        for index, (title, rows) in enumerate(sheets.items()):
            numbered = rows.items() if isinstance(rows, Mapping) else enumerate(rows)
            lines = [(number, list(cells)) for number, cells in sorted(numbered)]
            digest.update(repr((title, lines)).encode())
            sheet = Sheet(title, index, spans=merged.get(title, []))
            sheet.troubles = dict((troubles or {}).get(title, {}))
            sheet.source = _listed(lines, {row for row, _ in sheet.troubles})
            fill(sheet, sheet.troubles)
            made.append(sheet)
        super().__init__(Path(name), digest.hexdigest(), kind, made, notes)


def _listed(lines: list[Row], troubled: set[int]) -> Source:
    def rows(start: int) -> Iterator[Row]:
        for number, cells in lines:
            if number >= start and (number in troubled or any(cell is not None for cell in cells)):
                yield number, list(cells)

    return rows


def fill(sheet: Sheet, troubles: Iterable[tuple[int, int]] = ()) -> None:
    """Head, tail, height and width of a sheet from its rows and the places of its troubles."""
    sheet.head, sheet.tail = [], []
    sheet.height = max((row + 1 for row, _ in troubles), default=0)
    sheet.width = max((column + 1 for _, column in troubles), default=0)
    for number, cells in sheet.rows():
        if number < HEAD:
            sheet.head.extend([] for _ in range(number - len(sheet.head)))
            sheet.head.append(cells)
        sheet.height, sheet.width = max(sheet.height, number + 1), max(sheet.width, len(cells))
        sheet.tail.append((number, cells))
        if len(sheet.tail) > TAIL:
            del sheet.tail[0]
    sheet.head.extend([] for _ in range(min(sheet.height, HEAD) - len(sheet.head)))
    sheet.tail = [line for line in sheet.tail if line[0] >= sheet.height - TAIL]
