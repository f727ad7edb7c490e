"""The 年度考核 workbook of a register: what stands where, two clicks from a value to its rows, forms to sign, an empty year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from db import records, setup
from db.assessment import keeping, reading
from db.assessment.scoring import Result, score
from db.registers import REGISTERS
from db.store import Actor, Store
from returns.assessment import write_assessment
from returns.assessment_sheets import APPEAL_WIDTHS
from tests.db import fixtures
from tests.returns.recalculated_many import differences

CHIEF = Actor("qszjjb", "刘科长", "supervisor")
STREET = fixtures.STREET


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor", person="刘科长")
    opened.set_setting("practice", True)
    opened.set_setting("practice_today", "2025-01-20")
    yield opened
    opened.close()


def some_work(store: Store) -> None:
    with store.write() as session:
        firm = fixtures.firm(session)
        for day in (5, 6):
            fixtures.add(session, "visit", enterprise_id=firm, visit_date=date(2024, 3, day))
        fixtures.cloud(session, firm)
        records.save(
            session, REGISTERS["indicator"],
            {"period": "2024-12", "indicator_no": 4, "org_code": "qzsj", "value": 89, "data_source": "部门统计"},
            Actor("qzsj", "测试"),
        )  # fmt: skip
        keeping.note_points(
            session, 2024, STREET, "加分", "获省级表彰", None, "获省级先进集体表彰", "=赣府字1号", CHIEF
        )
        keeping.appeal(session, 2024, STREET, "cloud", "有两家企业没有计入", CHIEF)


def write(store: Store, out: Path, *, ranked: bool = False) -> tuple[Result, dict[str, int], Any]:
    with store.read() as session:
        version = keeping.version(session, 2024)
        inputs = reading.read_inputs(session, 2024, version.scheme)
        result = score(version.scheme, inputs, version.version)
        made = write_assessment(
            session, result, out, entries=inputs.entries, appeals=keeping.appeals(session, 2024), version=version.words,
            ranked=ranked, practice=True,
        )  # fmt: skip
    return result, made, load_workbook(out)


def test_every_sheet_is_there_and_says_what_the_program_says(store: Store, tmp_path: Path) -> None:
    some_work(store)
    result, made, book = write(store, tmp_path / "a.xlsx")
    assert book.sheetnames[:9] == [
        "汇总", "街道得分", "区直部门得分", "运营商得分", "得分表", "约束性", "加减分", "报送质量", "方案"
    ]  # fmt: skip
    assert made["汇总"] == 22 and made["加减分"] == 1
    told = load_workbook(tmp_path / "a.xlsx", data_only=True)
    totals = {row[2].value: row[8].value for row in told["汇总"].iter_rows(min_row=4, max_row=25)}
    for unit in result.units:
        assert float(totals[unit.unit.name]) == float(unit.total or 0)
    assert "（练习）" in told["汇总"]["A1"].value
    assert not any(cell.value == "位次" for cell in told["汇总"][3]), (
        "no ranking unless the office turned it on"
    )
    evidence = [row[5].value for row in book["加减分"].iter_rows(min_row=5, max_row=6)]
    assert evidence[0] == "=赣府字1号" and book["加减分"]["F5"].data_type == "s", "a text is never a formula"


def test_a_ranking_is_there_where_the_office_may_rank(store: Store, tmp_path: Path) -> None:
    some_work(store)
    _result, _made, book = write(store, tmp_path / "a.xlsx", ranked=True)
    heads = [cell.value for cell in book["汇总"][3]]
    assert "位次" in heads and "RANK(" in book["汇总"].cell(row=4, column=heads.index("位次") + 1).value


def test_a_value_is_two_clicks_from_its_rows(store: Store, tmp_path: Path) -> None:
    some_work(store)
    result, _made, book = write(store, tmp_path / "a.xlsx")
    scores, followed = book["得分表"], 0
    for row in scores.iter_rows(min_row=4):
        if row[4].value is None:
            continue
        link = row[4].hyperlink
        assert link is not None, f"{row[1].value} {row[2].value} has no source"
        place = re.fullmatch(r"'?数据来源'?!A(\d+)", link.location)
        assert place, link.location
        line = book["数据来源"][int(place[1])]
        assert line[1].value and line[2].value
        if line[8].hyperlink is not None:
            sheet, first = re.fullmatch(r"'(.+)'!A(\d+)(?::A\d+)?", line[8].hyperlink.location).groups()  # type: ignore[union-attr]
            assert str(line[0].value) in str(book[sheet][int(first)][0].value).split("、")
            followed += 1
        else:
            assert line[8].value == "没有明细行" and not line[6].value
    expected = sum(bool(each.measured.source) for unit in result.units for each in unit.items)
    assert expected == sum(1 for row in scores.iter_rows(min_row=4) if row[4].hyperlink) and followed >= 24


def test_each_unit_has_a_form_on_a_page_of_its_own(store: Store, tmp_path: Path) -> None:
    some_work(store)
    _result, _made, book = write(store, tmp_path / "a.xlsx")
    sheet = book["复核表"]
    heads = [
        row[0].row
        for row in sheet.iter_rows()
        if str(row[0].value).endswith("年度考核复核表") and row[0].row > 2
    ]
    assert len(heads) == 21 and [each.id for each in sheet.row_breaks.brk] == [row - 1 for row in heads[1:]]
    # A page is chosen by its breaks, so that nothing is fitted to its width: the seven columns must be narrow enough.
    margins = sheet.page_margins.left + sheet.page_margins.right
    paper = Decimal("8.27") - Decimal(str(margins))  # A4 upright, inches
    wide = sum(Decimal(str(width)) * 7 + 5 for width in APPEAL_WIDTHS) / 96 * sheet.page_setup.scale / 100
    assert len(APPEAL_WIDTHS) == sheet.max_column == 7 and wide <= paper
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "portrait"
    words = [str(row[0].value) for row in sheet.iter_rows()]
    assert sum("复核人" in each for each in words) == 21
    assert any("有两家企业没有计入" in each for each in words)


@pytest.mark.office
@pytest.mark.parametrize("filled", [False, True])
def test_libreoffice_works_out_every_formula_to_the_same(store: Store, tmp_path: Path, filled: bool) -> None:
    if filled:
        some_work(store)
    write(store, tmp_path / "a.xlsx", ranked=True)
    count, wrong = differences([tmp_path / "a.xlsx"], tmp_path / "office")
    assert count > 1000 and not wrong, wrong[:5]


@pytest.mark.office
def test_a_weight_changed_in_the_workbook_moves_the_points(store: Store, tmp_path: Path) -> None:
    some_work(store)
    write(store, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    plan = book["方案"]
    cell = next(row[3] for row in plan.iter_rows() if row[0].value == "街道 企业走访")
    assert cell.value == 20
    cell.value = 40
    book.save(tmp_path / "b.xlsx")
    _count, moved = differences([tmp_path / "b.xlsx"], tmp_path / "office")
    assert any("得分表!K" in each and each.endswith("→ 40") for each in moved)
