"""The lines of a sheet below its header, one after the other: which are rows, which are not, and what lies beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db.fields import Kind
from db.text import clean
from returns.cells import shown
from returns.files import Sheet
from returns.ledger.again import OTHER, Again
from returns.ledger.columns import Column
from returns.ledger.fillers import is_filler, line_of

Line = tuple[int, list[Any], Mapping[int, str]]  # number as Excel counts, cells from A, troubles by column
_KEPT = 200  # lines that are no rows, kept with what they say
_GAP = 2  # blank lines after which another table may begin
_NO_TROUBLES: Mapping[int, str] = {}
_MOST_KNOWN = 20_000
_SHORT = 3


class Lines:
    """Walks through once. `skipped` are lines that are no rows: totals, signatures, notes."""

    def __init__(self, sheet: Sheet, first: int, last: int, columns: Sequence[Column], register: str) -> None:
        self._sheet, self._last, self._register = sheet, last, register
        self._again = Again(sheet, first, last)
        self._inside = {column.index for column in columns}
        self._width = max(self._inside, default=-1) + 1
        self._gaps = [index for index in range(self._width) if index not in self._inside]
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for row, column, to_row, _ in sheet.spans:
            if row > last and to_row > row:
                self._spans.setdefault(row, []).append((column, to_row))
        self._troubles: dict[int, dict[int, str]] = {}
        for (row, column), reason in sheet.troubles.items():
            if row > last:
                self._troubles.setdefault(row, {})[column] = reason
        self._known: dict[tuple[Any, Any], bool] = {}
        self._firms: dict[str, bool] = {}
        self._other_table = 0
        self._figures = {
            column.index: column.title
            for column in columns
            if column.target is not None
            and column.target.register
            and column.target.declared.kind in (Kind.NUMBER, Kind.INTEGER)
        }
        self._shared: list[
            tuple[int, int, int]
        ] = []  # first row, last row, column of a figure merged over rows
        self._beside: list[str] = []
        self._beside_count = 0
        self.skipped: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[Line]:
        merged: dict[int, tuple[int, Any]] = {}  # column → down to which row, value
        before = self._last
        spans, troubled = self._spans, self._troubles
        gaps, width = self._gaps, self._width
        for at, cells in self._sheet.rows(self._last + 1):
            if what := self._again.kind(cells, after_gap=at - before > _GAP):
                if what == OTHER:
                    self._other_table = at + 1
                    return
                before = at
                continue
            before = at
            if merged:
                merged = {column: held for column, held in merged.items() if held[0] >= at}
                _fill(cells, merged)
            for column, down_to in spans.get(at, ()) if spans else ():
                if column < len(cells) and cells[column] is not None:
                    merged[column] = (down_to, cells[column])
                    if column in self._figures:
                        self._shared.append((at, down_to, column))
            if self._is_filler(cells):
                if (line := line_of(cells)) and len(self.skipped) < _KEPT:
                    self.skipped.append((at + 1, line))
                continue
            if len(cells) > width or gaps:
                self._look_beside(at, cells)
            yield at + 1, cells, troubled.get(at, _NO_TROUBLES) if troubled else _NO_TROUBLES

    def told(self) -> list[str]:
        """What should be said about the lines, once all of them went by."""
        told = []
        if self._other_table:
            told.append(
                f"第 {self._other_table} 行起是另一张表（表头不同），没有读取；请把它另存为一张工作表后单独导入。"
            )
        if self._beside_count:
            rest = f"等 {self._beside_count} 处" if self._beside_count > len(self._beside) else ""
            told.append(f"表头以外的列里还有内容，没有读取：{'、'.join(self._beside)}{rest}。")
        for first, last, column in self._shared[:5]:
            told.append(
                f"第 {first + 1}—{last + 1} 行的“{self._figures[column]}”是一个合并的格，"
                "已按每行都是这个数读入；如果它是几行的合计，请拆开后更正。"
            )
        if len(self._shared) > 5:
            told.append(f"这样合并的数还有 {len(self._shared) - 5} 处。")
        end = (self._other_table or self._sheet.height + 1) - 1
        hidden = [(max(a, self._last + 1), min(b, end - 1)) for a, b in self._sheet.hidden_rows]
        hidden = [(a, b) for a, b in hidden if a <= b]
        if hidden:
            named = "、".join(f"{a + 1}—{b + 1}" if b > a else f"{a + 1}" for a, b in hidden[:5])
            rest = f"等 {len(hidden)} 处" if len(hidden) > 5 else ""
            told.append(f"第 {named} 行{rest}是隐藏的，也已读入。")
        columns = [
            _letter(index)
            for a, b in self._sheet.hidden_columns
            for index in range(a, min(b, self._width) + 1)
            if index in self._inside
        ]
        if columns:
            told.append(f"{'、'.join(columns)} 列是隐藏的，也已读入。")
        return told

    def _is_filler(self, cells: Sequence[Any]) -> bool:
        """`is_filler`, remembered: it looks at the first two things in a line, and firms come again and again."""
        two: list[Any] = []
        for cell in cells:
            if cell is not None:
                two.append(cell)
                if len(two) == 2:
                    break
        if two and two[0].__class__ in (int, float) and two[0] >= 0 and two[0] == int(two[0]):
            two[0] = 0  # a running number: which one does not matter
        name = two[-1] if two and two[0] == 0 else two[0] if two else None
        if name.__class__ is str and name.endswith("公司"):
            # A firm, whatever stands beside it; unless its name stands in a note or a signature.
            known = self._firms.get(name)
            if known is None:
                known = is_filler([name])
                if len(self._firms) < _MOST_KNOWN:
                    self._firms[name] = known
            return known
        if len(two) > 1 and (two[1].__class__ is not str or len(two[1]) <= _SHORT):
            return is_filler(cells)  # perhaps a line that numbers the columns: the rest of it decides
        key = (two[0] if two else None, two[1] if len(two) > 1 else None)
        found = self._known.get(key)
        if found is None:
            found = is_filler(cells)
            if len(self._known) < _MOST_KNOWN:
                self._known[key] = found
        return found

    def _look_beside(self, at: int, cells: Sequence[Any]) -> None:
        for index in (*self._gaps, *range(self._width, len(cells))):
            cell = cells[index] if index < len(cells) else None
            if cell is not None and (text := clean(shown(cell)).text):
                self._beside_count += 1
                if len(self._beside) < 5:
                    self._beside.append(f"{_letter(index)}{at + 1}“{text[:20]}”")


def _fill(cells: list[Any], merged: Mapping[int, tuple[int, Any]]) -> None:
    """Cells that were merged over several rows say the same in each of them."""
    for column, (_, value) in merged.items():
        if column >= len(cells):
            cells.extend([None] * (column + 1 - len(cells)))
        if cells[column] is None:
            cells[column] = value


def _letter(index: int) -> str:
    number, name = index + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
