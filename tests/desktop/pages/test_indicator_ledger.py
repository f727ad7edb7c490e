"""指标: what the registers give beside the reported figure: filled in with one key, and the rows behind it one away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from sqlalchemy import select

from db import setup
from db.computed_indicators import Computed
from db.models import IndicatorValue
from db.store import Actor, Store
from desktop.pages.indicator_ledger import LedgerRows, difference_words, signed
from desktop.pages.indicators import IndicatorsPage
from tests.db import fixtures
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
D = Decimal
BUREAU = Actor("qfgw", "李伟")


def _projects(store: Store, number: int) -> None:
    with store.write() as session:
        for n in range(number):
            fixtures.add(
                session, "project", BUREAU, name=f"云谷 {n + 1} 期", in_stock=True, stocked_on=date(2024, 3, 1), stage="在建"
            )  # fmt: skip


@pytest.fixture
def reform(tmp_path: Path) -> Iterator[Store]:
    """区发改委 with three projects, of which it has reported two."""
    store = setup.initialise(tmp_path / "reform", "区发改委", person="李伟")
    _projects(store, 3)
    with store.write() as session:
        fixtures.add(
            session, "indicator", BUREAU, indicator_no=13, org_code="qfgw", period="2024-05", value=D(2), data_source="部门统计"
        )  # fmt: skip
    yield store
    store.close()


def _page(at: Sitting) -> IndicatorsPage:
    assert at.main.goto("indicators")
    at.settle()
    page = at.main.page
    assert isinstance(page, IndicatorsPage)
    return page


def _words(widget: QWidget) -> str:
    return " ".join(each.text() for each in widget.findChildren(QLabel) if not each.isHidden())


def test_words_of_a_difference() -> None:
    found = Computed(D(33), "project", (), "在库")
    assert difference_words(found, D(31), "个", 0) == "台账数 33 个，比填报多 2 个"
    assert difference_words(found, D(40), "个", 0) == "台账数 33 个，比填报少 7 个"
    assert difference_words(found, D(33), "个", 0) == "台账数 33 个，与填报一致"
    assert difference_words(found, None, "个", 0) == "台账数 33 个，还没有填报"
    assert [signed(D(n), 0) for n in (2, 0, -7)] == ["+2", "0", "-7"]


def test_a_bureau_sees_the_difference_fills_in_and_looks_at_the_rows(reform: Store, sit: Sit) -> None:
    at = sit(reform, "2024-05")
    page = _page(at)
    assert page.fill is not None and page.ledger is not None
    row = next(each for each in page.fill.rows if each.line.indicator.no == 13)
    assert row.ledger is not None
    assert row.ledger.words.text() == "台账数 3 个，比填报多 1 个"
    others = [each for each in page.fill.rows if each.line.computed is None]
    assert others and all(each.ledger is None for each in others)
    row.ledger.rows.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert page.ledger.isVisible()
    table = page.ledger.rows.table
    assert [item.cells["name"] for item in table.paged.rows()] == ["云谷 1 期", "云谷 2 期", "云谷 3 期"]
    assert "年度底线 30 个，还差 27 个" in _words(page.ledger)
    row.ledger.fill.setFocus()
    at.press(Qt.Key.Key_Space)
    assert at.focus is row.boxes["value"].editor.target
    assert row.ledger.words.text() == "台账数 3 个，与填报一致" and row.ledger.fill.isHidden()
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    with reform.read() as session:
        stored = session.scalars(select(IndicatorValue).where(IndicatorValue.indicator_no == 13)).one()
    assert (stored.value, stored.data_source) == (D(3), "台账汇总")
    table.choose(table.paged.row_at(1).id)
    table.setFocus()
    at.enter()
    at.settle()
    assert at.main.page.key == "projects"


def test_the_board_shows_both_figures_and_the_rows(tmp_path: Path, sit: Sit) -> None:
    store = setup.initialise(tmp_path / "district", "区数字经济办公室", "supervisor", person="李明")
    _projects(store, 2)
    with store.write() as session:
        for org, value in (("qfgw", 3), ("qfwyfzj", 1)):
            fixtures.add(
                session, "indicator", BUREAU, indicator_no=13, org_code=org, period="2024-05", value=D(value), data_source="部门统计"
            )  # fmt: skip
        fixtures.cloud(session, fixtures.firm(session))
        fixtures.add(
            session, "indicator", BUREAU, indicator_no=5, org_code="xhdx", period="2024-05", value=D(700), data_source="部门统计"
        )  # fmt: skip
    at = sit(store, "2024-05")
    page = _page(at)
    assert page.board is not None
    rows = {row.id: row.cells for row in page.board.table.paged.rows()}
    assert (rows["13"]["value"], rows["13"]["ledger"], rows["13"]["apart"]) == ("4", "2", "-2")
    assert (rows["5"]["value"], rows["5"]["ledger"], rows["5"]["apart"]) == ("1,301", "1,301", "")
    assert rows["1"]["ledger"] == "" and rows["1"]["apart"] == ""
    page.board.table.choose("13")
    page.board.table.setFocus()
    at.enter()
    at.settle()
    ledger = page.board.panel.findChild(LedgerRows)
    assert ledger is not None and "台账数 2 个，比填报少 2 个" in _words(ledger)
    assert ledger.table.paged.rowCount() == 2
    page.board.table.choose("5")
    at.settle()
    (ledger,) = [each for each in page.board.panel.findChildren(LedgerRows) if each.isVisible()]
    assert "填报还不齐" in _words(ledger) and "净新增 1 家，有效数 1,301 家" in _words(ledger)
    store.close()


def test_a_carrier_sees_its_own_part_and_is_not_told_to_report_it(tmp_path: Path, sit: Sit) -> None:
    store = setup.initialise(tmp_path / "carrier", "中国电信南昌西湖分局", person="刘洋")
    with store.write() as session:
        fixtures.cloud(session, fixtures.firm(session), provider_org="xhdx")
    at = sit(store, "2024-05")
    page = _page(at)
    assert page.fill is not None
    (row,) = page.fill.rows
    assert row.ledger is not None
    assert row.ledger.words.text() == "台账数 1 家（本单位记录中可计数的部分，不含期初数）"
    assert row.ledger.fill.isHidden() and not row.ledger.rows.isHidden()
    store.close()
