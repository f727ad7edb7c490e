"""Native charts of a report workbook. They are drawn from the cells beside them and follow when those are edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from returns.report_book import Placed, Sheet
from returns.report_looks import AMBER, BLUE, FACE, GREEN, GREY, INK, LINE, MUTED, PALE, RED, TITLE_FACE

COLOURS = (BLUE, GREY, GREEN, AMBER, RED, PALE, "6B4FA0", "2A9DA8", "8A5A12", "5B6675")


@dataclass(frozen=True, slots=True)
class Series:
    """One series: a column of a table (numbered from 1); with `row`, that row of the sheet from the column on.

    `colour`: of ours, else by its turn. `offset`: an invisible bar that only holds the next one in its place.
    """

    column: int
    name: str = ""
    colour: str = ""
    labels: bool = True
    dashed: bool = False
    marked: bool = True
    offset: bool = False
    row: int = 0


def add_chart(
    kind: str, title: str, table: Placed, series: Sequence[Series], *, at: tuple[int, int], size: tuple[int, int],
    names: int = 1, unit: str = "", stacked: bool = False, lines: Sequence[Series] = (), bullet: Series | None = None,
    top: int | None = None, into: Sheet | None = None, format: str = "", along: int = 0, small: bool = False,
    offset: tuple[int, int] = (0, 0),
) -> None:  # fmt: skip
    """A "bar", "column" or "line" chart of some columns of a table over the names in its column `names`.

    `at`: row and column of its upper left corner, `offset`: pixels from there; `size`: pixels. `lines`: more series,
    drawn as lines over it. `bullet`: wide pale bars behind the others, as the mark to be reached, on the same scale up to
    `top`. `along`: the series run over so many columns of their row, named by the header from column `names` on.
    Nothing is drawn for a table without rows.
    """
    if not table.rows:
        return
    sheet = into or table.sheet
    options: dict[str, Any] = {"type": kind}
    if stacked:
        options["subtype"] = "stacked"
    chart = sheet.book.book.add_chart(options)
    if bullet is not None:
        chart.add_series(_series(table, bullet, names, 0, kind, format, along) | {"gap": 30})
    for number, each in enumerate(series):
        made = _series(table, each, names, number, kind, format, along)
        if bullet is not None:
            made |= {"gap": 160, "y2_axis": True}
        elif kind != "line" and not number:
            made |= {"gap": 60} | ({"overlap": 100} if stacked else {})
        chart.add_series(made)
    if lines:
        over = sheet.book.book.add_chart({"type": "line"})
        for number, each in enumerate(lines, start=len(series)):
            over.add_series(_series(table, each, names, number, "line", format, along))
        chart.combine(over)
    told = sum(not each.offset for each in series) + len(lines) + (bullet is not None)
    hidden = [place for place, each in enumerate(series) if each.offset]
    _dress(chart, kind, title, unit, top, told > 1 and not small, hidden, size, small)
    if bullet is not None:
        chart.set_y2_axis({"min": 0, "max": top, "visible": False, "major_gridlines": {"visible": False}})
        chart.set_x2_axis({"reverse": True, "visible": False})
    place = {"object_position": 2, "x_offset": offset[0], "y_offset": offset[1]}
    sheet.ws.insert_chart(at[0] - 1, at[1] - 1, chart, place)


def _series(
    table: Placed, series: Series, names: int, number: int, kind: str, format: str, along: int
) -> dict[str, Any]:
    colour = f"#{series.colour or COLOURS[number % len(COLOURS)]}"
    made: dict[str, Any] = {
        "categories": _along(table, names, table.header, along) if along else _range(table, names),
        "values": _along(table, series.column, series.row, along) if along else _range(table, series.column),
        "name": series.name or table.columns[series.column - 1].header,
    }
    if series.offset:
        return made | {"fill": {"none": True}, "border": {"none": True}}
    if kind == "line":
        made["line"] = {"color": colour, "width": 1.75, "dash_type": "dash" if series.dashed else "solid"}
        made["marker"] = {"type": "none"}
        if series.marked:
            made["marker"] = {
                "type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}
            }  # fmt: skip
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
    first, last = table.span(column).split(":")
    return f"={_quoted(table)}!{_fixed(first)}:{_fixed(last)}"


def _along(table: Placed, column: int, row: int, count: int) -> str:
    first, last = table.ref(column, row), table.ref(column + count - 1, row)
    return f"={_quoted(table)}!{_fixed(first)}:{_fixed(last)}"


def _quoted(table: Placed) -> str:
    name = table.sheet.name.replace("'", "''")
    return f"'{name}'"


def _fixed(ref: str) -> str:
    letters = ref.rstrip("0123456789")
    return f"${letters}${ref[len(letters) :]}"


def _dress(
    chart: Any, kind: str, title: str, unit: str, top: int | None, legend: bool, hidden: Sequence[int],
    size: tuple[int, int], small: bool,
) -> None:  # fmt: skip
    name_font = {"name": TITLE_FACE, "size": 9 if small else 12, "bold": False, "color": f"#{INK}"}
    chart.set_title({"name": title, "name_font": name_font, "overlay": False})
    chart.set_size({"width": size[0], "height": size[1]})
    legend_look = {"position": "bottom", "font": _font(9, INK), "delete_series": list(hidden)}
    chart.set_legend(legend_look if legend else {"none": True})
    chart.set_chartarea({"border": {"color": f"#{LINE}"}})
    names: dict[str, Any] = {
        "num_font": _font(8 if small else 9, INK), "line": {"color": f"#{LINE}"}, "major_tick_mark": "none",
    }  # fmt: skip
    values: dict[str, Any] = {
        "num_font": _font(8, MUTED), "line": {"none": True}, "min": 0, "num_format": "General",
        "major_gridlines": {"visible": True, "line": {"color": "#E3E8EF", "width": 0.75}}, "major_tick_mark": "none",
    }  # fmt: skip
    if top is not None:
        values["max"] = top
    if unit:
        values |= {"name": unit, "name_font": _font(9, MUTED)}
    if kind == "line":
        values.pop("min")
        chart.show_blanks_as("gap")
    if kind == "bar":
        # First name on top, as in the table; the scale stays at the bottom. Of a bar chart X is the scale.
        names |= {"reverse": True, "crossing": "max"}
        chart.set_x_axis(values)
        chart.set_y_axis(names)
        return
    chart.set_x_axis(names)
    chart.set_y_axis(values)


def _font(size: int, colour: str) -> dict[str, Any]:
    return {"name": FACE, "size": size, "color": f"#{colour}", "bold": False}
