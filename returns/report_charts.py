"""Native charts of a report workbook. They are drawn from the cells beside them and follow when those are edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from returns.report_book import Placed, Sheet
from returns.report_looks import AMBER, BLUE, FACE, GREEN, GREY, INK, LINE, MUTED, PALE, RED, TITLE_FACE

COLOURS = (BLUE, GREY, GREEN, AMBER, RED, PALE)
_KINDS = {"bar": "bar", "column": "column", "line": "line"}


@dataclass(frozen=True, slots=True)
class Series:
    """One series: a column of a table (numbered from 1). `colour`: of ours, else by its turn."""

    column: int
    name: str = ""
    colour: str = ""
    labels: bool = True
    dashed: bool = False
    thick: float = 0  # of a bar: the gap to the next in percent (0: as usual)


def add_chart(
    kind: str, title: str, table: Placed, series: Sequence[Series], *, at: tuple[int, int], size: tuple[int, int],
    names: int = 1, unit: str = "", stacked: bool = False, lines: Sequence[Series] = (), bullet: Series | None = None,
    percent: bool = False, into: Sheet | None = None, format: str = "",
) -> None:  # fmt: skip
    """A "bar", "column" or "line" chart of some columns of a table over the names in its column `names`.

    `at`: row and column of its upper left corner; `size`: pixels. `lines`: more series drawn as lines over it.
    `bullet`: a wide pale bar behind the others, as the mark to be reached, on the same scale.
    Nothing is drawn for a table without rows.
    """
    if not table.rows:
        return
    sheet = into or table.sheet
    options: dict[str, Any] = {"type": _KINDS[kind]}
    if stacked:
        options["subtype"] = "stacked"
    chart = sheet.book.book.add_chart(options)
    if bullet is not None:
        chart.add_series(_series(table, bullet, names, 0, kind, format) | {"gap": 35, "overlap": 100})
    for number, each in enumerate(series):
        made = _series(table, each, names, number, kind, format)
        if bullet is not None:
            made |= {"gap": 180, "y2_axis": False}
        elif kind != "line" and not number:
            made |= {"gap": each.thick or (60 if len(series) > 1 or stacked else 80)}
            made |= {"overlap": 100} if stacked else {}
        chart.add_series(made)
    if lines:
        over = sheet.book.book.add_chart({"type": "line"})
        for number, each in enumerate(lines, start=len(series)):
            over.add_series(_series(table, each, names, number, "line", format))
        chart.combine(over)
    _dress(chart, kind, title, unit, percent, len(series) + len(lines) + (bullet is not None) > 1, size)
    sheet.ws.insert_chart(at[0] - 1, at[1] - 1, chart, {"object_position": 2})


def _series(table: Placed, series: Series, names: int, number: int, kind: str, format: str) -> dict[str, Any]:
    colour = f"#{series.colour or COLOURS[number % len(COLOURS)]}"
    made: dict[str, Any] = {
        "categories": _range(table, names),
        "values": _range(table, series.column),
        "name": series.name or table.columns[series.column - 1].header,
    }
    if kind == "line":
        made["line"] = {"color": colour, "width": 2, "dash_type": "dash" if series.dashed else "solid"}
        made["marker"] = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
    else:
        made["fill"], made["border"] = {"color": colour}, {"none": True}
    if series.labels:
        made["data_labels"] = {"value": True, "font": _font(8, INK)}
        if format:
            made["data_labels"]["num_format"] = format
        if kind == "line":
            made["data_labels"]["position"] = "above"
    return made


def _range(table: Placed, column: int) -> str:
    name = table.sheet.name.replace("'", "''")
    first, last = table.span(column).split(":")
    return f"='{name}'!{_fixed(first)}:{_fixed(last)}"


def _fixed(ref: str) -> str:
    letters = ref.rstrip("0123456789")
    return f"${letters}${ref[len(letters) :]}"


def _dress(
    chart: Any, kind: str, title: str, unit: str, percent: bool, legend: bool, size: tuple[int, int]
) -> None:
    chart.set_title(
        {
            "name": title,
            "name_font": {"name": TITLE_FACE, "size": 12, "bold": False, "color": f"#{INK}"},
            "overlay": False,
        }
    )
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_legend({"position": "bottom", "font": _font(9, INK)} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": f"#{LINE}"}})
    names: dict[str, Any] = {
        "num_font": _font(9, INK),
        "line": {"color": f"#{LINE}"},
        "major_tick_mark": "none",
    }
    values: dict[str, Any] = {
        "num_font": _font(8, MUTED), "line": {"none": True}, "min": 0, "num_format": "0" if percent else "#,##0",
        "major_gridlines": {"visible": True, "line": {"color": "#E3E8EF", "width": 0.75}}, "major_tick_mark": "none",
    }  # fmt: skip
    if unit:
        values |= {"name": unit, "name_font": _font(9, MUTED)}
    if kind == "bar":
        # First name on top, as in the table.
        names["reverse"] = True
        values["crossing"] = "max"
    if kind == "line":
        values.pop("min")
        chart.show_blanks_as("gap")
    chart.set_x_axis(names)
    chart.set_y_axis(values)


def _font(size: int, colour: str) -> dict[str, Any]:
    return {"name": FACE, "size": size, "color": f"#{colour}", "bold": False}
