"""Returns out of order: what a late one says of a month goes to that month, and nothing else is touched."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from sqlalchemy import select

from db.month_states import stood
from db.rollup import rollup
from db.store import Store
from returns import receive
from tests.returns.offices import MAY, SUPERVISOR, change, column_of, edit, hash_of, read, rows
from tests.returns.receiving import Offices, only

APRIL = "2024-04"
LATER: dict[str, Any] = {"asof_ym": MAY, "revenue_ytd": Decimal("1100.00"), "stage": "入库培育"}


def seen(store: Store, month: str) -> list[tuple[str, Decimal]]:
    with store.read() as session:
        columns = stood("nurture", month).c
        rows = session.execute(select(columns.stage, columns.revenue_ytd))
        return [(row[0], row[1]) for row in rows]


def sheet_of(book: Any) -> Any:
    return next(sheet for sheet in book.worksheets if "培育" in sheet.title)


def sent(offices: Offices) -> tuple[Path, Path]:
    """The street's April, and its May: its candidate has gone on."""
    change(offices.street, "nurture", offices.month.nurture, asof_ym=APRIL)
    april = offices.send("april.xlsx", period=APRIL)
    change(offices.street, "nurture", offices.month.nurture, **LATER)
    return april, offices.send("may.xlsx")


def test_a_street_exports_an_earlier_month_as_it_stood(offices: Offices) -> None:
    sent(offices)
    found = rows(offices.street, period=APRIL)["nurture"]
    assert [(row["revenue_ytd"], row["stage"]) for row in found] == [(Decimal(900), "摸底")]
    again = offices.send("april_again.xlsx", period=APRIL)
    values = {cell.value for row in sheet_of(openpyxl.load_workbook(again)) for cell in row}
    assert 900 in values and 1100 not in values


def test_the_later_month_stays_and_the_earlier_one_is_filled_in(offices: Offices) -> None:
    april, may = sent(offices)
    assert only(offices.receive(may)).outcome == "accepted"
    assert seen(offices.district, APRIL) == []
    before = hash_of(offices.district)
    staged = only(offices.stage(april))
    (row,) = [each for each in offices.staged(staged.batch) if each.register == "nurture"]
    assert (
        row.action == "update" and (row.values or {})["reason"] == "只改 2024 年 4 月的情况，现在的内容不变"
    )
    assert {"field": "stage", "label": "阶段", "old": "", "new": "摸底"} in row.changes
    assert hash_of(offices.district) == before
    report = only(offices.receive(april))
    assert report.outcome == "accepted"
    assert seen(offices.district, APRIL) == [("摸底", Decimal(900))]
    assert seen(offices.district, MAY) == [("入库培育", Decimal(1100))]
    now = read(offices.district, "nurture", offices.month.nurture)
    assert now is not None and (now["asof_ym"], now["rev"]) == (MAY, 1)
    with offices.district.read() as session:
        assert rollup(session, APRIL).nurtures.by_stage == {"摸底": 1}
        assert rollup(session, MAY).nurtures.by_stage == {"入库培育": 1}
    assert only(offices.receive(april)).stored == 0
    receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert hash_of(offices.district) == before


def test_a_correction_of_the_earlier_month_replaces_what_was_kept(offices: Offices) -> None:
    april, may = sent(offices)
    offices.receive(april, may)
    before = hash_of(offices.district)
    second = offices.send("april2.xlsx", period=APRIL, revision=2, correction_reason="少填一家")

    def mend(book: Any) -> None:
        sheet = sheet_of(book)
        (line,) = (row[0].row for row in sheet.iter_rows(min_row=4) if 900 in {cell.value for cell in row})
        sheet.cell(line, column_of(sheet, "本年累计营业收入（万元）")).value = 950

    edit(second, mend)
    report = only(offices.receive(second))
    assert report.updated == 1
    assert seen(offices.district, APRIL) == [("摸底", Decimal(950))]
    assert seen(offices.district, MAY) == [("入库培育", Decimal(1100))]
    receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert hash_of(offices.district) == before


def test_order_does_not_matter(offices: Offices) -> None:
    """In order or not, both months read the same in the end, and as the street has them."""
    april, may = sent(offices)
    offices.receive(may)
    offices.receive(april)
    assert seen(offices.district, APRIL) == [("摸底", Decimal(900))] == seen(offices.street, APRIL)
    assert seen(offices.district, MAY) == [("入库培育", Decimal(1100))] == seen(offices.street, MAY)
