"""What every parser hands over: a sheet being read, and the rows that go with it. Only in the child process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from returns.files.book import HEAD, TAIL, Row, Sheet

MOST_TROUBLES = 200_000
MOST_TEXT = 32_767  # characters that a cell of Excel can hold
ROWS_IN_PIECE = 400

NOT_CALCULATED = "公式没有计算结果，请在 Excel 或 WPS 中重新计算并保存"
PICTURE = "单元格里是图片，读不出文字"
EXTERNAL = "引用了别的工作簿，不会打开，只读文件里存下的值"
MACROS = "宏部分不读取也不会复制"
PICTURES = "工作表里有图片，图片不读取"
COMMENTS = "工作表里有批注，批注不读取"
NOT_A_NUMBER = "不是有效的数字"

_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|BLOCKED!|FIELD!)\Z"
)


def error_value(shown: object) -> str:
    """What to say of a cell with an error value."""
    return f"单元格是错误值 {shown}"


def trouble_in(text: str) -> str | None:
    """What is wrong with a text that stands for something else: an error value, a picture, a narrow column."""
    if text.startswith("#"):
        if _ERROR.match(text):
            return error_value(text)
        if len(text) > 3 and not text.strip("#"):
            return "列太窄，文件里只存下了“####”，没有数值"
    elif "DISPIMG(" in text[:40] and text.startswith("="):
        return PICTURE
    return None


@dataclass(slots=True)
class Draft:
    """A sheet, its rows still to come. `rows` is consumed once, before the next sheet is asked for."""

    sheet: Sheet
    rows: Iterable[Row] = ()
    reach: dict[int, int] = field(default_factory=dict)  # row → the last column with a trouble
    expected: int = 0  # how many rows are to come, as far as anybody can tell

    def trouble(self, row: int, column: int, what: str) -> None:
        """Note what is wrong with a cell; the parser leaves None as its value."""
        if len(self.sheet.troubles) >= MOST_TROUBLES:
            if len(self.sheet.troubles) == MOST_TROUBLES and not any("只列出" in n for n in self.sheet.notes):
                self.note(f"有问题的单元格过多，只列出前 {MOST_TROUBLES} 个，其余按空白读取")
            return
        self.sheet.troubles[row, column] = what
        if column > self.reach.get(row, -1):
            self.reach[row] = column

    def note(self, sentence: str) -> None:
        if sentence not in self.sheet.notes:
            self.sheet.notes += (sentence,)

    def hide_row(self, row: int) -> None:
        _extend(self.sheet.hidden_rows, row)

    def hide_column(self, column: int) -> None:
        _extend(self.sheet.hidden_columns, column)


def _extend(ranges: list[tuple[int, int]], place: int) -> None:
    if ranges and ranges[-1][1] == place - 1:
        ranges[-1] = (ranges[-1][0], place)
    elif not ranges or place > ranges[-1][1]:
        ranges.append((place, place))


def settle(draft: Draft, send: Callable[[list[Row]], None]) -> None:
    """Send the rows of a sheet piece by piece, and fill its head, tail, height and width on the way."""
    sheet, piece = draft.sheet, []
    for number, cells in _worth(draft):
        if number < HEAD:
            sheet.head.extend([] for _ in range(number - len(sheet.head)))
            sheet.head.append(cells)
        sheet.height, sheet.width = number + 1, max(sheet.width, len(cells))
        sheet.tail.append((number, cells))
        if len(sheet.tail) > 2 * TAIL:
            del sheet.tail[:TAIL]
        piece.append((number, cells))
        if len(piece) >= ROWS_IN_PIECE or len(piece) * sheet.width > 100 * ROWS_IN_PIECE:
            _send(draft, piece, send)
            piece = []
    if piece:
        _send(draft, piece, send)
    sheet.head.extend([] for _ in range(min(sheet.height, HEAD) - len(sheet.head)))
    sheet.tail = [line for line in sheet.tail if line[0] >= sheet.height - TAIL]


def _worth(draft: Draft) -> Iterator[Row]:
    """Rows that hold something, without the empty cells at their ends."""
    reach = draft.reach
    for number, cells in draft.rows:
        while cells and cells[-1] is None:
            cells.pop()
        far = reach.get(number, -1) + 1 if reach else 0
        if len(cells) < far:
            cells.extend([None] * (far - len(cells)))
        if cells:
            yield number, cells


def _send(draft: Draft, piece: list[Row], send: Callable[[list[Row]], None]) -> None:
    # A look at whole rows first: a look at each cell would cost as much as parsing it.
    try:
        send(piece)
    except ValueError:
        for number, cells in piece:
            for column, cell in enumerate(cells):
                if isinstance(cell, float) and not isfinite(cell):
                    cells[column] = None
                    draft.trouble(number, column, NOT_A_NUMBER)
        send(piece)


def plain(values: list[Any]) -> list[Any]:
    """Cells of a parser that shows empty ones as empty text; the list itself is changed."""
    at = -1
    for _ in range(values.count("")):
        at = values.index("", at + 1)
        values[at] = None
    return values
