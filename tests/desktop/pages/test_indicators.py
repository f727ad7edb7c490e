"""指标: filling in by keys, live progress, and the district's board with its chart, picture and summary."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from sqlalchemy import insert, select

from db import indicator_history, indicator_sheet
from db.analysis_indicators import trend
from db.models import IndicatorValue, ReturnFile
from db.periods import Period
from db.progress import Semantics
from db.store import Store
from db.types import new_key, now
from desktop.pages.analysis import AnalysisPage
from desktop.pages.analysis_parts import IndicatorSection
from desktop.pages.indicators import IndicatorsPage
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[..., Sitting]


def _page(at: Sitting) -> IndicatorsPage:
    assert at.main.goto("indicators")
    at.settle()
    page = at.main.page
    assert isinstance(page, IndicatorsPage)
    return page


def _values(store: Store) -> list[IndicatorValue]:
    with store.read() as session:
        return list(session.scalars(select(IndicatorValue).order_by(IndicatorValue.period)))


def test_a_bureau_fills_in_its_indicator_by_keys(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    page = _page(at)
    assert page.fill is not None and page.fill.left == 1 and page.badge() == 1
    row = page.fill.rows[0]
    assert row.line.indicator.name == "网络零售额" and row.line.wants_month
    assert at.focus is row.boxes["value_month"].editor.target
    at.type("9.4")
    at.enter()
    at.type("50.4")
    assert "完成率 42.7%，序时 41.7%，进度差 +1.0" in row.told.text()
    assert row.chip.word == "正常"
    at.enter()
    at.enter()  # past 上年同期
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    stored = _values(bureau)
    assert len(stored) == 1
    assert (stored[0].value_month, stored[0].value) == (Decimal("9.4000"), Decimal("50.4000"))
    assert stored[0].org_code == "qswj" and stored[0].completion == Decimal("42.7")
    assert page.fill.left == 0 and page.badge() is None
    assert row.saved.text().startswith("已保存")
    assert row.boxes["data_source"].findings, "what is still missing is said under its field"


def test_the_total_follows_from_the_month_before(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-01")
    page = _page(at)
    at.type("8")
    assert page.fill is not None
    assert page.fill.rows[0].boxes["value"].editor.content().value == Decimal(8)
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    at.main.top.month.asked.emit("2024-02")
    at.settle()
    row = page.fill.rows[0]
    assert row.line.before == Decimal("8.0000")
    row.boxes["value_month"].editor.target.setFocus()
    at.type("7.5")
    assert row.boxes["value"].editor.content().value == Decimal("15.5")
    row.boxes["value"].editor.target.setFocus()
    at.ctrl(Qt.Key.Key_A)
    at.type("15.9")
    row.boxes["value_month"].editor.target.setFocus()
    at.ctrl(Qt.Key.Key_A)
    at.type("7.6")
    assert row.boxes["value"].editor.content().value == Decimal("15.9"), "a typed total stays"


def test_leaving_the_page_stores_what_was_typed(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    page = _page(at)
    at.type("9.4")
    assert at.main.goto("visits")
    at.settle()
    assert [each.value_month for each in _values(bureau)] == [Decimal("9.4000")]
    assert at.main.goto("indicators")
    at.settle()
    assert page.fill is not None
    assert page.fill.rows[0].boxes["value_month"].editor.content().value == Decimal("9.4")


def test_a_refresh_does_not_disturb_what_is_being_typed(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    page = _page(at)
    at.type("9.")
    page.refresh()
    at.settle()
    assert page.fill is not None
    assert page.fill.rows[0].boxes["value_month"].editor.line.text() == "9."
    assert at.focus is page.fill.rows[0].boxes["value_month"].editor.target


def test_a_locked_month_can_only_be_looked_at(bureau: Store, sit: Sit) -> None:
    with bureau.write() as session:
        session.execute(
            insert(ReturnFile),
            [
                {
                    "id": new_key(), "unit_code": "qswj", "period": "2024-05", "revision": 1, "state": "sent",
                    "created_at": now(), "created_by": "李伟", "late_days": 0,
                }
            ],
        )  # fmt: skip
    at = sit(bureau, "2024-05")
    page = _page(at)
    assert page.fill is not None and page.fill.locked.isVisible()
    assert not page.fill.rows[0].boxes["value"].isEnabled()
    assert not page.save_button.isEnabled()


def test_a_street_sees_the_districts_targets(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    assert page.targets is not None
    rows = page.targets.table.paged.rows()
    assert len(rows) == 14
    assert next(row.cells["target"] for row in rows if "上云" in row.cells["name"]) == "1,700"


def test_the_board_shows_all_indicators_and_leads_to_the_units(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    assert page.board is not None
    assert page.board.table.paged.rowCount() == 14
    assert page.header.title.text() == "14 项指标 · 1—12 月"
    assert at.focus is page.board.table
    page.board.table.choose("3")
    at.settle()
    at.enter()
    assert page.board.panel.isVisible() and page.board.panel.record == "3"
    at.press(Qt.Key.Key_Escape)
    assert not page.board.panel.isVisible()


def test_the_board_leads_to_the_picture_of_the_indicator(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    assert page.board is not None
    page.board.table.choose("3")
    at.ctrl(Qt.Key.Key_G)
    at.settle()
    at.settle()
    shown = at.main.page
    assert isinstance(shown, AnalysisPage) and shown.tab == "indicators"
    section = shown.current
    assert isinstance(section, IndicatorSection)
    assert section.year.title.text().startswith("网络零售额") and section.bars.picture.at is not None


def test_the_summary_is_written_and_said(
    district: Store, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "汇总.xlsx"
    monkeypatch.setattr("desktop.pages.indicators.ask_save", lambda *_args: out)
    at = sit(district)
    page = _page(at)
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    assert len(openpyxl.load_workbook(out).sheetnames) > 1
    assert "汇总.xlsx" in page.message.text.text()
    assert at.focus is page.message.folder_button


def test_history_continues_by_the_last_three_months() -> None:
    flow = tuple(Decimal(10 * n) for n in range(1, 6)) + (None,) * 7
    found = indicator_history.forecast(Semantics.ANNUAL_FLOW, flow)
    assert found[3] is None and found[4] == 50 and found[11] == 120
    assert indicator_history.forecast(Semantics.RATIO, flow) == (None,) * 12
    assert indicator_history.forecast(Semantics.STOCK, flow[:2] + (None,) * 10) == (None,) * 12
    assert indicator_history.forecast(Semantics.ANNUAL_FLOW, (Decimal(6),) + (None,) * 11)[11] == 72


def test_history_of_the_cloud_starts_from_the_opening_balance(district: Store) -> None:
    with district.read() as session:
        found = trend(session, 5, Period(PERIOD))
        lines = indicator_sheet.lines(session, "qswj", PERIOD)
    assert found is not None and found.reached[0] is not None and found.reached[0] > 1000
    assert all(value is not None for value in found.reached)
    assert [line.indicator.no for line in lines] == [3]
