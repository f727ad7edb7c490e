"""What a report workbook looks like: columns, cells, colours and the formats made of them. Nothing is written here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

TENTH, COUNT, MONEY, DAY = "0.0", "#,##0", "#,##0.00", "yyyy-mm-dd"
POINTS = "+0.0;-0.0;0.0"  # percentage points, always with their sign

INK, MUTED, LINE, HEAD_GROUND, TOTAL_GROUND = "1B2430", "5B6675", "B9C3D0", "EEF3FA", "F6F8FB"
BLUE, PALE, GREY, GREEN, AMBER, RED = "1F5FBF", "C9DBF4", "9AA7B8", "1F8A5B", "B7791F", "C0392B"
LINKED = "1A53A8"  # a figure that leads somewhere
FACE, TITLE_FACE = "宋体", "黑体"
DASH = "—"

_WORDS = {
    "正常": GREEN, "按时": GREEN, "已完成": GREEN, "已销号": GREEN,
    "关注": AMBER, "迟报": AMBER, "未报齐": AMBER, "滞后": AMBER,
    "预警": RED, "未报": RED, "超期": RED, "逾期": RED,
}  # fmt: skip
_LINE_HEIGHT = 14  # points of one line of 10 point type


class _Sum:
    """Marks the cell of a total row that adds up its column."""

    def __repr__(self) -> str:
        return "SUM"


SUM: Final = _Sum()


@dataclass(frozen=True, slots=True)
class Col:
    """A column: header, width in characters, number format of its figures, "left", "center" or "right"."""

    header: str
    width: float = 12
    format: str = ""
    align: str = ""
    comment: str = ""  # on the header: how the column is counted


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with what goes with it.

    `formula`: in Excel's English, “{r}” standing for the cell's own row; `value` is then what the formula gives,
    worked out by the program, so that every reader shows it. `link`: a place in the workbook (`place`).
    `look`: "strong", "muted" or a colour. `format` stands before the column's.
    """

    value: Any = None
    formula: str = ""
    link: str = ""
    comment: str = ""
    look: str = ""
    format: str = ""
    tip: str = ""


def place(sheet: str, ref: str) -> str:
    """Where a link goes: a cell or range of a sheet of the same workbook."""
    quoted = sheet.replace("'", "''")
    return f"internal:'{quoted}'!{ref}"


def decimals(places: int) -> str:
    """The number format of a figure with so many decimal places."""
    return f"#,##0.{'0' * places}" if places else COUNT


def letter(column: int) -> str:
    """“A” for 1, “AA” for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def lines_of(value: Any, width: float) -> int:
    """How many lines a text takes in a column of so many characters; a Chinese character is two wide."""
    if not isinstance(value, str):
        return 1
    room = max(width - 2, 1)
    # Ten points are a little less than two of the widths that columns are measured in.
    return sum(max(math.ceil(_wide(part) * 0.96 / room), 1) for part in value.split("\n"))


def height_of(lines: int) -> float:
    """The height in points of a row with so many lines; no row can be higher than 409."""
    return min(5 + _LINE_HEIGHT * lines, 405)


def _wide(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 or char in "—“”‘’…％" else 1 for char in text)


@dataclass(slots=True)
class Looks:
    """The formats of one workbook, each made once."""

    book: Any
    _made: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, **wanted: Any) -> Any:
        """A format of XlsxWriter with these properties over ours."""
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            base: Mapping[str, Any] = {
                "font_name": FACE,
                "font_size": 10,
                "font_color": f"#{INK}",
                "valign": "vcenter",
            }
            self._made[key] = self.book.add_format({**base, **wanted})
        return self._made[key]

    def title(self) -> Any:
        return self.format(font_name=TITLE_FACE, font_size=16, bold=True, align="center")

    def heading(self) -> Any:
        return self.format(font_name=TITLE_FACE, font_size=12)

    def note(self, align: str = "left") -> Any:
        return self.format(font_color=f"#{MUTED}", align=align, text_wrap=True)

    def line(self, look: str = "", *, link: bool = False) -> Any:
        return self.format(align="left", text_wrap=True, **_ink(look, "", link))

    def head(self) -> Any:
        return self.format(
            bold=True,
            align="center",
            text_wrap=True,
            border=1,
            border_color=f"#{LINE}",
            bg_color=f"#{HEAD_GROUND}",
        )

    def body(self, column: Col, value: Any, cell: Cell, *, total: bool = False) -> Any:
        """How a value stands in its column: figures right, words left, state words in their colour."""
        figure = is_number(value) or is_day(value) or value is None
        align = column.align or ("right" if figure else "left")
        if is_day(value) and not column.align:
            align = "center"
        wanted: dict[str, Any] = {"align": align, "border": 1, "border_color": f"#{LINE}"}
        shown = cell.format or column.format
        if is_day(value) and "y" not in shown:
            shown = DAY
        if shown and (figure or cell.formula):
            wanted["num_format"] = shown
        if not figure:
            wanted["text_wrap"] = True
            if align == "left":
                wanted["indent"] = 1  # else it touches the figure before it
        if total:
            wanted |= {"bold": True, "bg_color": f"#{TOTAL_GROUND}"}
        return self.format(**wanted, **_ink(cell.look, value, bool(cell.link) and not total))


def _ink(look: str, value: Any, link: bool) -> dict[str, Any]:
    if look == "strong":
        return {"bold": True}
    colour = {"muted": MUTED, "": ""}.get(look, look)
    if not colour and isinstance(value, str):
        colour = _WORDS.get(value, "")
        if colour == RED:
            return {"font_color": f"#{colour}", "bold": True}
    if not colour and link:
        colour = LINKED
    return {"font_color": f"#{colour}"} if colour else {}
