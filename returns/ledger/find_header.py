"""Which sheet holds the table and which rows are its header. Rows below it are rows.py's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from db.registers import REGISTERS
from returns.ledger.columns import Column, map_columns
from returns.ledger.headers import HeaderText, join, take_apart
from returns.ledger.sheets import Grid
from returns.ledger.vocabulary import Target

LOOK_AT = 40  # rows of a sheet in which a header may stand
MOST_LEVELS = 3
_LONGEST_HEADER = 60  # a cell with more is a sentence
_PER_LEVEL = 30  # what a further header row must bring in to be one: a title above the header brings nothing


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: rows `first`..`last` (from 0) of `grid`."""

    grid: Grid
    first: int
    last: int
    columns: list[Column]
    score: int


def find(
    grids: Sequence[Grid], register: str, *, mapping: Mapping[str, str | None] | None = None
) -> list[Header]:
    """The best header of every sheet that has one, best sheet first; visible sheets go before hidden ones."""
    found = [header for grid in grids if (header := _in_sheet(grid, register, mapping)) is not None]
    return sorted(found, key=lambda header: (header.grid.hidden, -header.score, -len(header.grid.rows)))


def _in_sheet(grid: Grid, register: str, mapping: Mapping[str, str | None] | None) -> Header | None:
    best: Header | None = None
    for first in range(min(LOOK_AT, len(grid.rows))):
        for levels in range(1, MOST_LEVELS + 1):
            last = first + levels - 1
            if last >= len(grid.rows) or _is_data(grid.rows[last]):
                break
            columns = map_columns(register, readings(grid, first, last))
            score = _score(register, columns, mapping) - _PER_LEVEL * (levels - 1)
            if score > 0 and (best is None or score > best.score):
                best = Header(grid, first, last, columns, score)
    return best


def readings(grid: Grid, first: int, last: int) -> dict[int, list[HeaderText]]:
    """How each column's header may be read: whole with its groups, and its lowest cell alone."""
    lines = [_widened(grid, row, top=row == first < last) for row in range(first, last + 1)]
    found: dict[int, list[HeaderText]] = {}
    for index in sorted({index for line in lines for index in line}):
        parts = [take_apart(cell) for line in lines if (cell := line.get(index)) is not None]
        if not parts:
            continue
        whole = parts[0]
        for part in parts[1:]:
            whole = join(whole, part)
        lowest = parts[-1]
        # A lower cell that is only a unit or a year means nothing alone.
        alone = [lowest] if lowest is not whole and lowest.base else []
        if alone and not lowest.unit and whole.unit:
            alone = [HeaderText(lowest.shown, lowest.full, lowest.base, whole.unit, lowest.span)]
        found[index] = [whole, *alone]
    return found


class _Line(dict[int, Any]):
    """The cells of one header row by column."""


def _widened(grid: Grid, row: int, *, top: bool) -> _Line:
    """A header row with merged groups repeated over their columns.

    A file may show a group over empty cells without merging: then it reaches to the next filled cell, as
    long as the row below has something there.
    """
    line = _Line()
    cells = grid.rows[row]
    for index, cell in enumerate(cells):
        if cell is not None and len(str(cell)) <= _LONGEST_HEADER:
            line[index] = cell
    for r1, c1, r2, c2 in grid.spans:
        if r1 <= row <= r2 and grid.cell(r1, c1) is not None and r1 == row:
            for index in range(c1, c2 + 1):
                line.setdefault(index, grid.cell(r1, c1))
    if top and not any(r1 <= row <= r2 for r1, _, r2, _ in grid.spans):
        below = grid.rows[row + 1] if row + 1 < len(grid.rows) else []
        held: Any = None
        for index in range(len(cells)):
            if cells[index] is not None:
                held = cells[index]
            elif held is not None and index < len(below) and below[index] is not None and below is not cells:
                line.setdefault(index, held)
    return line


def _is_data(row: Sequence[Any]) -> bool:
    """A row with a figure or a day in it is no header (years like 2024 aside)."""
    for cell in row:
        if isinstance(cell, (date, time)):
            return True
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not 2000 <= cell <= 2100:
            return True
    return False


def _score(register: str, columns: Sequence[Column], mapping: Mapping[str, str | None] | None) -> int:
    """How much of a header this is; 0 if it could not even name the row's firm."""
    targets = {column.target for column in columns if column.target is not None}
    real = {target for target in targets if target.register}
    by_hand = {header for header in mapping or () if any(_is_named(column, header) for column in columns)}
    if not by_hand and not _anchored(register, real):
        return 0
    if len(real) + len(by_hand) < 2:
        return 0
    return sum(column.confidence for column in columns if column.target is not None) + 100 * len(by_hand)


def _anchored(register: str, targets: set[Target]) -> bool:
    if REGISTERS[register].of_firm or register == "enterprise":
        return Target("enterprise", "name") in targets or Target("enterprise", "uscc") in targets
    return Target(register, REGISTERS[register].title_field) in targets


def _is_named(column: Column, header: str) -> bool:
    return column.header.shown == take_apart(header).shown or column.header.shown.endswith(
        "·" + take_apart(header).shown
    )
