"""A report as a workbook that nobody reads back: sheets with titles, tables, live formulas, charts, printed on A4.

What a report says is its writer's (summary.py and others). The workbooks that travel between offices have their own
contract (workbook.py).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from returns.replacing import replacing
from returns.report_looks import DASH, SUM, Cell, Col, Looks, height_of, is_day, is_number, letter, lines_of
from returns.streaming import Poured, clean, figure, pour

_A4 = 9
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "·"))
SIGNED = ("单位负责人（签字）：", "审核人：", "填表人：", "联系电话：", "填报日期：")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table came to lie. Rows and columns are numbered from 1 as in the sheet; `first` to `last` are data.

    An empty table has `last` before `first`. `next`: the row after it and a gap.
    """

    sheet: Sheet
    header: int
    first: int
    last: int
    column: int
    columns: tuple[Col, ...]

    @property
    def next(self) -> int:
        return max(self.last, self.first) + 2

    @property
    def rows(self) -> int:
        return max(self.last - self.first + 1, 0)

    def ref(self, column: int, row: int | None = None) -> str:
        """“E4”: column `column` of the table (from 1), the sheet's row `row` (else the first of the data)."""
        return f"{letter(self.column + column - 1)}{self.first if row is None else row}"

    def span(self, column: int) -> str:
        """“E4:E17”: the data of a column."""
        return f"{self.ref(column)}:{self.ref(column, max(self.last, self.first))}"


class Book:
    """A workbook being laid out. Nothing is written before `save`."""

    def __init__(self, title: str, *, practice: bool = False) -> None:
        from xlsxwriter import Workbook  # a tenth of a second

        self._laid_out = io.BytesIO()
        self.mark = "（练习）" if practice else ""
        self.book: Any = Workbook(self._laid_out, _OPTIONS)
        self.book.set_properties({"title": f"{title}{self.mark}", "author": "千企台账"})
        self.looks = Looks(self.book)
        self.sheets: list[Sheet] = []
        self._long: list[tuple[Sheet, Poured]] = []

    def sheet(
        self,
        name: str,
        title: str,
        note: str = "",
        *,
        width: int,
        one_page: bool = False,
        portrait: bool = False,
    ) -> Sheet:
        """A new sheet: title over `width` columns, note under it, A4 landscape, “第 页 共 页”, fitted to the paper's width.

        `one_page`: fitted to one page altogether. The practice mark is set behind every title.
        """
        made = Sheet(self, _sheet_name(name, {each.name for each in self.sheets}), width)
        self.sheets.append(made)
        made._print(one_page, portrait)
        made._title(f"{title}{self.mark}", note)
        return made

    def long(self, table: Poured, sheet: Sheet) -> None:
        self._long.append((sheet, table))

    def save(self, out: Path) -> None:
        """Write everything in place of `out`, whole or not at all. MachineError says what is in the way.

        Whatever the rows of a long table raise is raised, and leaves what stood at `out`.
        """
        for sheet in self.sheets:
            sheet._finish()
        self.book.close()
        self._laid_out.seek(0)
        with replacing(out) as temporary:
            if self._long:
                pour(self._laid_out, [table for _, table in self._long], temporary)
            else:
                temporary.write_bytes(self._laid_out.getbuffer())


class Sheet:
    """One sheet, filled from the top: `row` is the next free row, numbered from 1."""

    def __init__(self, book: Book, name: str, width: int) -> None:
        self.book, self.name, self.width, self.row = book, name, width, 1
        self.ws: Any = book.book.add_worksheet(name)
        self.part = f"xl/worksheets/sheet{len(book.sheets) + 1}.xml"
        self._widths: dict[int, float] = {}
        self._heights: dict[int, float] = {}
        self._pending: list[
            tuple[int, str, Any, int]
        ] = []  # merged lines, whose height follows from all widths

    def table(
        self, columns: Sequence[Col], rows: Iterable[Sequence[Any]], *, total: Sequence[Any] | None = None,
        empty: str = "（无）", row: int | None = None, column: int = 1, follow: bool = True,
    ) -> Placed:  # fmt: skip
        """A table of plain values and Cells from the next free row on (or `row`, `column`).

        `total`: a last row; SUM adds up the column by a live formula. `empty`: what stands under the header where
        there are no rows. `follow`: whether what comes next goes under it. The widest wish decides a column's width.
        """
        header = self.row if row is None else row
        heads = [lines_of(each.header, each.width) for each in columns]
        for number, each in enumerate(columns, start=column):
            self._widths[number] = max(each.width, self._widths.get(number, 0))
            self._put(header, number, Cell(each.header, comment=each.comment), self.book.looks.head())
        self._high(header, max(32, height_of(max(heads))))
        held = [[each if isinstance(each, Cell) else Cell(each) for each in values] for values in rows]
        for offset, cells in enumerate(held, start=1):
            self._row(header + offset, column, columns, cells)
        placed = Placed(self, header, header + 1, header + len(held), column, tuple(columns))
        last = placed.last
        if not held:
            self._nothing(placed, empty)
            last += 1
        elif total is not None:
            last += 1
            self._row(last, column, columns, _totals(placed, total, held), total=True)
        if follow:
            self.row = max(self.row, last + 2)
        return placed

    def long_table(
        self, columns: Sequence[Col], rows: Iterable[Sequence[Any]], *, filtered: int = 0
    ) -> Poured:
        """A table of any length as the last thing of its sheet: plain values, poured in at `save`, never held.

        `filtered`: how many rows a filter in the header spans (0: none). Its `written` counts them after `save`.
        """
        placed = self.table(columns, (), empty="")
        for number, each in enumerate(columns, start=1):
            # A sample of each column's look; figures and words of one column share it.
            sample: Any = Decimal(0) if each.format else ""
            look = self.book.looks.body(each, sample, Cell())
            self.ws.write_blank(placed.first - 1, number - 1, None, look)
        if filtered:
            self.ws.autofilter(placed.header - 1, 0, placed.header - 1 + filtered, len(columns) - 1)
        self.repeat(placed)
        widths = [each.width for each in columns]
        shown = ([DASH if value is None else value for value in values] for values in rows)
        poured = Poured(
            self.part, placed.first, len(columns), shown, height=lambda values: height_of(max(map(lines_of, values, widths)))
        )  # fmt: skip
        self.book.long(poured, self)
        return poured

    def spread(
        self, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], *, empty: str = "（无）"
    ) -> None:
        """A table whose columns (header, how many of the sheet's columns they span) fit under a finer one above."""
        looks, spans, at = self.book.looks, [], 1
        for header, wide in columns:
            spans.append((at, at + wide - 1))
            self._across(self.row, spans[-1], Cell(header), looks.head())
            at += wide
        self._high(self.row, 24)
        self.row += 1
        held = [list(values) for values in rows]
        for values in held:
            lines = 1
            for span, value in zip(spans, values, strict=True):
                cell = value if isinstance(value, Cell) else Cell(value)
                self._across(self.row, span, cell, looks.body(Col(""), cell.value, cell))
                lines = max(
                    lines,
                    lines_of(cell.value, sum(self._widths.get(n, 9) for n in range(span[0], span[1] + 1))),
                )
            self._high(self.row, height_of(lines))
            self.row += 1
        if not held:
            self._across(
                self.row,
                (1, at - 1),
                Cell(empty),
                looks.body(Col("", align="center"), empty, Cell(look="muted")),
            )
            self.row += 1
        self.row += 1

    def heading(self, text: str, *, row: int | None = None, column: int = 1) -> int:
        """A heading inside the sheet; returns the row under it."""
        at = self.row if row is None else row
        self.ws.write_string(at - 1, column - 1, clean(text), self.book.looks.heading())
        self._high(at, 22)
        if row is None:
            self.row = at + 1
        return at + 1

    def line(self, text: str, *, look: str = "", link: str = "", note: bool = False) -> int:
        """A paragraph over the sheet's whole width, as high as it needs; returns its row."""
        looks = self.book.looks
        self._pending.append((self.row, text, looks.note() if note else looks.line(look, link=bool(link)), 0))
        if link:
            self.ws.write_url(self.row - 1, 0, link, None, "")
        self.row += 1
        return self.row - 1

    def signatures(self, words: Sequence[str] = SIGNED) -> None:
        """The line to sign on, spread over the sheet."""
        room = "　" * max(2, min(8, self.width))
        self._pending.append((self.row, room.join(words), self.book.looks.line(), 24))
        self.row += 2

    def write(self, row: int, column: int, value: Any, look: Any = None) -> None:
        """One cell outside any table."""
        cell = value if isinstance(value, Cell) else Cell(value)
        self._put(row, column, cell, look or self.book.looks.line(cell.look, link=bool(cell.link)))

    def repeat(self, placed: Placed, *, columns: int = 0, alone: bool = False) -> None:
        """Repeat everything down to the table's header on each printed page; keep it and some columns in view.

        `alone`: only the header, for a table that stands under others.
        """
        if alone:
            self.ws.repeat_rows(placed.header - 1)
            return
        self.ws.repeat_rows(0, placed.header - 1)
        self.ws.freeze_panes(placed.header, columns)

    def widths(self, *wished: float) -> None:
        """Widths of the first columns where no table says them."""
        for number, width in enumerate(wished, start=1):
            self._widths[number] = max(width, self._widths.get(number, 0))

    # what follows is for this file

    def _title(self, title: str, note: str) -> None:
        looks = self.book.looks
        self._merged(1, title, looks.title(), 30)
        self.row = 2
        if note:
            self._pending.append((2, note, looks.note(), 18))
            self.row = 3

    def _print(self, one_page: bool, portrait: bool) -> None:
        ws = self.ws
        ws.set_paper(_A4)
        if not portrait:
            ws.set_landscape()
        ws.fit_to_pages(1, int(one_page))
        ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        ws.set_footer("&C第 &P 页 共 &N 页", {"margin": 0.3})
        ws.center_horizontally()
        ws.hide_gridlines(2)

    def _row(
        self, row: int, column: int, columns: Sequence[Col], cells: Sequence[Cell], *, total: bool = False
    ) -> None:
        lines = 1
        for number, (each, cell) in enumerate(zip(columns, cells, strict=True), start=column):
            self._put(row, number, cell, self.book.looks.body(each, cell.value, cell, total=total))
            lines = max(lines, lines_of(cell.value, each.width))
        self._high(row, height_of(lines))

    def _put(self, row: int, column: int, cell: Cell, look: Any) -> None:
        ws, at, value = self.ws, (row - 1, column - 1), cell.value
        if cell.link:
            ws.write_url(*at, cell.link, look, DASH, cell.tip or "看这个数的来源")
        if cell.comment:
            ws.write_comment(
                *at,
                clean(cell.comment),
                {"author": "千企台账", "x_scale": 2, "font_name": "宋体", "font_size": 9},
            )
        if cell.formula:
            ws.write_formula(*at, cell.formula.replace("{r}", str(row)), look, _cached(value))
        elif value is None:
            ws.write_string(*at, DASH, look)
        elif is_day(value):
            ws.write_datetime(*at, datetime.combine(value, time()), look)
        elif is_number(value) and figure(value):
            ws.write_number(*at, value, look)
        elif value == "":
            ws.write_blank(*at, None, look)
        else:
            # A name may begin with “=”: it is text, never a formula.
            ws.write_string(*at, clean(str(value)), look)

    def _across(self, row: int, span: tuple[int, int], cell: Cell, look: Any) -> None:
        if span[1] > span[0]:
            self.ws.merge_range(row - 1, span[0] - 1, row - 1, span[1] - 1, "", look)
        self._put(row, span[0], cell, look)

    def _nothing(self, placed: Placed, text: str) -> None:
        if not text:
            return
        look = self.book.looks.body(Col("", align="center"), text, Cell(look="muted"))
        left = placed.column - 1
        if len(placed.columns) > 1:
            self.ws.merge_range(
                placed.first - 1, left, placed.first - 1, left + len(placed.columns) - 1, text, look
            )
        else:
            self.ws.write_string(placed.first - 1, left, text, look)

    def _high(self, row: int, height: float) -> None:
        self._heights[row] = max(height, self._heights.get(row, 0))

    def _merged(self, row: int, text: str, look: Any, height: float) -> None:
        if self.width > 1:
            self.ws.merge_range(row - 1, 0, row - 1, self.width - 1, "", look)
        self.ws.write_string(row - 1, 0, clean(text), look)
        self._high(row, height)

    def _finish(self) -> None:
        whole = sum(self._widths.get(number, 9) for number in range(1, self.width + 1))
        for row, text, look, least in self._pending:
            self._merged(row, text, look, max(least, height_of(lines_of(text, whole))))
        for number, width in self._widths.items():
            self.ws.set_column(number - 1, number - 1, width)
        for row, height in self._heights.items():
            self.ws.set_row(row - 1, height)


def _totals(placed: Placed, total: Sequence[Any], held: Sequence[Sequence[Cell]]) -> list[Cell]:
    made = []
    for number, wanted in enumerate(total, start=1):
        if wanted is SUM or (isinstance(wanted, Cell) and wanted.value is SUM):
            values = [row[number - 1].value for row in held]
            added = sum((value for value in values if is_number(value)), Decimal(0))
            asked = (
                wanted
                if isinstance(wanted, Cell)
                else Cell(format=next((row[number - 1].format for row in held), ""))
            )
            made.append(replace(asked, value=added, formula=f"=SUM({placed.span(number)})"))
        else:
            made.append(wanted if isinstance(wanted, Cell) else Cell(wanted))
    return made


def _cached(value: Any) -> Any:
    """A value as it stands beside a formula: plain digits, never an exponent; “—” where there is none."""
    if value is None:
        return DASH
    if isinstance(value, Decimal):
        # As many digits as a reader keeps; without an exponent.
        return Decimal(format(Decimal(format(value, ".17g")), "f"))
    return value if isinstance(value, int) else clean(str(value))


def _sheet_name(name: str, taken: set[str]) -> str:
    wished = name.translate(_FORBIDDEN_IN_NAMES).strip("'")[:31] or "表"
    for number in chain([0], range(2, 1000)):
        tried = wished if not number else f"{wished[:27]}（{number}）"
        if tried not in taken:
            return tried
    raise ValueError(name)
