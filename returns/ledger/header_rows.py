"""The rows of a header as one text per column: groups over their columns, rows of units and of numbers beneath. No matching."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from returns.files import Sheet
from returns.ledger.fillers import is_numbering
from returns.ledger.headers import HeaderText, is_unit, join, join_short, take_apart, with_unit

MOST_COLUMNS = 1000  # of a sheet that may be columns of a table
_LONGEST_HEADER = 200  # a cell with more is an instruction
# What stands under a group and says nothing alone: 联系人 over 姓名 is 联系人.
_HOLLOW = frozenset({"姓名", "名称", "内容", "情况", "具体内容", "具体情况", "名字", "全称"})


def readings(sheet: Sheet, first: int, last: int) -> dict[int, list[HeaderText]]:
    """How the header of each column may be read, best first: whole with its groups, shortened, its lowest cell alone."""
    # The first row counts whatever is in it: a person may have named the columns 甲 乙 丙.
    rows = [row for row in range(first, last + 1) if row == first or not is_numbering(sheet.head[row])]
    while len(rows) > 1 and is_unit_row(sheet.head[rows[-1]]):
        rows.pop()
    units = (
        sheet.head[rows[-1] + 1] if rows and rows[-1] < last and is_unit_row(sheet.head[rows[-1] + 1]) else []
    )
    lines = _lines(sheet, rows)
    found: dict[int, list[HeaderText]] = {}
    for index in sorted({index for line in lines for index in line}):
        read = _of_column([line[index] for line in lines if index in line])
        if index < len(units) and units[index] is not None:
            read = [with_unit(each, units[index]) for each in read]
        found[index] = read
    return found


def _of_column(cells: Sequence[Any]) -> list[HeaderText]:
    parts = [take_apart(cell) for cell in cells]
    whole = parts[0]
    for part in parts[1:]:
        whole = join(whole, part)
    if len(parts) == 1:
        return [whole]
    lowest, above = parts[-1], parts[-2]
    found = [whole]
    if len(parts) > 2:
        found.append(join(above, lowest))
    if (short := join_short(above, lowest)) is not None:
        found.append(short)
    if lowest.base in _HOLLOW and above.base:
        found.append(HeaderText(whole.shown, above.full, above.base, whole.unit, whole.span))
    # A lower cell that is only a unit or a year means nothing alone.
    if lowest.base:
        found.append(HeaderText(lowest.shown, lowest.full, lowest.base, whole.unit, lowest.span))
    return found


def is_unit_row(cells: Sequence[Any]) -> bool:
    """A row of units alone (万元 家 人): at least two of them, or one of money."""
    filled = [cell for cell in cells if cell is not None and str(cell).strip()]
    if len(filled) == 1:
        return is_unit(filled[0]) and "元" in str(filled[0])
    return len(filled) >= 2 and all(is_unit(cell) or str(cell).strip() in "-—/" for cell in filled)


def _lines(sheet: Sheet, rows: Sequence[int]) -> list[dict[int, Any]]:
    """The cells of the header rows by column, merged groups and groups over empty cells repeated over their columns."""
    lines: list[dict[int, Any]] = []
    for number, row in enumerate(rows):
        line = {
            index: cell
            for index, cell in enumerate(sheet.head[row][:MOST_COLUMNS])
            if cell is not None and str(cell).strip() and len(str(cell)) <= _LONGEST_HEADER
        }
        covered: set[int] = set()
        for r1, c1, r2, c2 in sheet.spans:
            if r1 <= row <= r2:
                covered.update(range(c1, c2 + 1))
                if r1 == row and c2 - c1 < MOST_COLUMNS and c1 in line:
                    line.update({index: line[c1] for index in range(c1, c2 + 1) if index not in line})
        if number < len(rows) - 1:
            _reach(sheet, line, row, rows[number + 1], covered, lines[-1] if lines else None)
        lines.append(line)
    return lines


def _reach(
    sheet: Sheet,
    line: dict[int, Any],
    row: int,
    below: int,
    covered: set[int],
    above: Mapping[int, Any] | None,
) -> None:
    """A group that is shown over empty cells without being merged reaches to the next filled cell of its row.

    Only where the row below has something under the group itself and under the empty cell, and never across the
    end of a higher group.
    """
    cells, under = sheet.head[row], sheet.head[below]
    held: int | None = None
    for index in range(min(max(len(cells), len(under)), MOST_COLUMNS)):
        if index in line:
            filled = index < len(under) and under[index] is not None
            held = index if filled and index not in covered else None
        elif index in covered or index >= len(under) or under[index] is None:
            held = None
        elif held is not None and (above is None or above.get(index) == above.get(held)):
            line[index] = line[held]


def signature(read: Mapping[int, Sequence[HeaderText]]) -> str:
    """The digest by which a header is known again: its texts in order, without the months and years in them."""
    texts = [f"{each[0].base}({each[0].unit})" for _, each in sorted(read.items())]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
