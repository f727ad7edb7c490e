"""Every figure of the summary leads to its line of 数据来源 and from there to its rows: followed as a reader would, by clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from db.figures import figures_of
from db.rollup import rollup
from db.sources import rows_of, source_of
from db.store import Store
from desktop.actions.rollup import write_rollup

pytestmark = pytest.mark.slow

PERIOD = "2024-05"


@pytest.fixture(scope="module")
def book(practice_may: Store, tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("summary") / "汇总.xlsx"
    write_rollup(practice_may, PERIOD, out)
    return openpyxl.load_workbook(out, data_only=True)


def _clicked(book: Any, cell: Any) -> Any:
    """The first cell of the place a link goes to."""
    sheet, _, ref = cell.hyperlink.location.rpartition("!")
    column, row, _, _ = range_boundaries(ref)
    return book[sheet.strip("'").replace("''", "'")].cell(row, column)


def _figures(book: Any) -> Iterator[tuple[Any, Any]]:
    """Cells with a link to 数据来源, and the first cell of their line."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if (
                    cell.hyperlink is not None
                    and cell.hyperlink.location
                    and "数据来源" in cell.hyperlink.location
                ):
                    line = _clicked(book, cell)
                    if line.row > 3:
                        yield cell, line


def test_two_clicks_lead_from_every_figure_to_its_rows(book: Any) -> None:
    followed = 0
    for cell, line in _figures(book):
        sheet = line.parent
        value, rows, detail = (
            sheet.cell(line.row, 5).value,
            sheet.cell(line.row, 7).value,
            sheet.cell(line.row, 9),
        )
        assert sheet.cell(line.row, 2).value and sheet.cell(line.row, 3).value
        if isinstance(cell.value, int | float) and value != "—":  # a row of months shares one line
            assert cell.value == pytest.approx(value), f"{cell.parent.title}!{cell.coordinate}"
        if rows:
            there = _clicked(book, detail)
            told = str(there.value).split("、")
            assert str(line.value) in told, f"{line.value}: {detail.value}"
        else:
            assert detail.hyperlink is None
        followed += 1
    assert followed > 300


def test_the_rows_that_name_a_figure_are_its_rows(practice_may: Store, book: Any) -> None:
    """Counted in the workbook, and compared with what the register gives for the key."""
    named: dict[int, int] = {}
    for sheet in book.worksheets:
        if sheet.title.startswith("明细·"):
            for (told,) in sheet.iter_rows(min_row=4, max_col=1, values_only=True):
                for number in str(told or "").split("、"):
                    if number:
                        named[int(number)] = named.get(int(number), 0) + 1
    lines = list(book["数据来源"].iter_rows(min_row=4, values_only=True))
    assert {line[0]: line[6] for line in lines if line[6]} == named
    with practice_may.read() as session:
        figures = {figure.name: figure for figure in figures_of(rollup(session, PERIOD)).values()}
        checked = 0
        for line in lines:
            figure = figures.get(line[1])
            if figure is not None:
                assert sum(1 for _ in rows_of(session, PERIOD, figure.key)) == line[6], figure.key
                if source_of(session, PERIOD, figure.key).counts == "rows":
                    assert source_of(session, PERIOD, figure.key).base or line[4] == line[6], figure.key
                checked += 1
    assert checked > 150


def test_the_spans_told_are_the_rows_that_name_the_figure(book: Any) -> None:
    for line in book["数据来源"].iter_rows(min_row=4, values_only=True):
        found = re.fullmatch(r"(明细·\S+) 第 ([\d—、]+) 行", str(line[8]))
        if found is None:
            continue
        sheet, spans = book[found[1]], [piece.split("—") for piece in found[2].split("、")]
        rows = [row for span in spans for row in range(int(span[0]), int(span[-1]) + 1)]
        assert len(rows) == line[6]
        assert all(str(line[0]) in str(sheet.cell(row, 1).value).split("、") for row in rows)


def test_every_number_of_the_sheets_that_show_figures_is_linked(book: Any) -> None:
    loose = []
    for name in ("封面", "分单位"):
        for row in book[name].iter_rows():
            for cell in row:
                subtotal = name == "分单位" and book[name].cell(cell.row, 1).value == "小计"
                if isinstance(cell.value, int | float) and cell.hyperlink is None and not subtotal:
                    loose.append(f"{name}!{cell.coordinate}")
    for row in book["指标"].iter_rows(min_row=4, max_row=17, min_col=5, max_col=5):
        loose += [cell.coordinate for cell in row if cell.hyperlink is None]
    assert loose == []


def test_no_link_leads_nowhere(book: Any) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None and cell.hyperlink.location:
                    assert _clicked(book, cell) is not None
