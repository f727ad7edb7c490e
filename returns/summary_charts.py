"""Native charts of the summary workbook. They follow the cells they are drawn from when those are edited."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter

from db.rollup import Rollup
from returns.report_sheet import Placed

BLUE, GREY, AMBER = "1F5FBF", "9AA7B8", "B7791F"
COMPLETION, DUE = 8, 9  # columns of the indicator table


def completion_chart(placed: Placed, month: Rollup) -> None:
    """完成率 beside 序时进度 for every indicator, below the table."""
    chart = BarChart()
    chart.type, chart.title = "bar", f"完成率与序时进度（%） {month.period.display()}"
    _fill(chart, placed, [COMPLETION, DUE], 2)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.height, chart.width = 0.9 * (placed.last - placed.first + 1) + 3, 30
    placed.sheet.add_chart(chart, f"B{placed.next}")


def column_chart(
    placed: Placed, title: str, columns: list[int], *, anchor: str = "", height: float = 9
) -> None:
    """Columns over the first column's names."""
    chart = BarChart()
    chart.type, chart.title = "col", title
    _fill(chart, placed, columns, 1)
    chart.height, chart.width = height, 20
    placed.sheet.add_chart(chart, anchor or f"A{placed.next}")


def line_chart(placed: Placed, title: str, column: int, *, anchor: str) -> None:
    chart = LineChart()
    chart.title = title
    _fill(chart, placed, [column], 1)
    chart.height, chart.width = 8, 20
    placed.sheet.add_chart(chart, anchor)


def _fill(chart: Any, placed: Placed, columns: list[int], names: int) -> None:
    sheet = placed.sheet
    for column, colour in zip(columns, (BLUE, GREY, AMBER), strict=False):
        chart.add_data(
            Reference(sheet, min_col=column, min_row=placed.header, max_row=placed.last),
            titles_from_data=True,
        )
        series = chart.series[-1]
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.graphicalProperties.line.solidFill = colour
    chart.set_categories(Reference(sheet, min_col=names, min_row=placed.first, max_row=placed.last))
    # Excel hides axes that the file does not say to keep.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "General"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=None)
    chart.legend = None if len(columns) == 1 else chart.legend
    if chart.legend is not None:
        chart.legend.position = "b"
    if len(columns) == 1:
        chart.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False
        )


def cell_range(placed: Placed, column: int) -> str:
    """The address of a column's data, for tests and for readers."""
    letter = get_column_letter(column)
    return f"{letter}{placed.first}:{letter}{placed.last}"
