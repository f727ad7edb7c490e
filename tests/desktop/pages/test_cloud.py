"""上云 in the real window: why a record counts, operators side by side, a conflict decided by keys, the opening list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from db import cloud_choices, settings, setup
from db.store import Actor, Store
from desktop.actions import cloud as actions
from desktop.pages import cloud_compare
from desktop.pages.cloud import CloudPage
from desktop.pages.cloud_compare import CompareView
from desktop.pages.cloud_conflicts import ConflictView
from desktop.widgets.button import Button
from desktop.widgets.reason import ReasonLine
from tests.db import fixtures
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
CARRIER = Actor("xhdx", "刘洋")
TODAY = date(2024, 5, 24)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    """The district with a firm that two operators proved, one proved by one, one that waits."""
    store = setup.initialise(tmp_path / "office", "区数字经济办公室", "supervisor", person="李明")
    store.set_setting("practice", True)
    store.set_setting("practice_today", TODAY.isoformat())
    with store.write() as session:
        both = fixtures.firm(session, "两家都报有限公司")
        fixtures.cloud(session, both, cloud_on=date(2024, 2, 1))
        fixtures.cloud(
            session, both, provider_org="xhdx", product="云备份", cloud_on=date(2024, 3, 1), actor=CARRIER
        )
        one = fixtures.firm(session, "一家报有限公司", fixtures.CODES[1])
        fixtures.cloud(session, one, expire_on=date(2024, 5, 1))
        waits = fixtures.firm(session, "待核实有限公司", fixtures.CODES[2])
        fixtures.cloud(session, waits, verify_status="待核实")
    yield store
    store.close()


def _page(at: Sitting, view: str = "") -> CloudPage:
    assert at.main.goto("cloud", **({"view": view} if view else {}))
    at.settle()
    page = at.main.page
    assert isinstance(page, CloudPage)
    return page


def _cells(table: Any, column: str) -> list[str]:
    return [str(row.cells.get(column)) for row in table.paged.rows()]


def _words(widget: QWidget) -> str:
    return " ".join(each.text() for each in widget.findChildren(QLabel))


def test_list_and_panel_say_why_a_record_counts_or_not(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at)
    table = page.list.table
    assert table is not None
    found = dict(zip(_cells(table, "product"), _cells(table, "counted"), strict=True))
    assert found["云备份"] == "重复服务" and "待核实" in _cells(table, "counted")
    duplicate = next(row.id for row in table.paged.rows() if row.cells["product"] == "云备份")
    assert table.choose(duplicate)
    at.settle()
    words = _words(page.list.panel)
    assert "不计数：该企业已由中国移动南昌西湖分公司 2024-02-01 的“云主机”计入（上云日期较早）" in words
    button = next(b for b in page.list.panel.findChildren(Button) if b.text() == "看计入的那条")
    button.setFocus()
    at.enter()
    at.settle()
    assert page.form is not None
    assert page.form.form.value("product") == "云主机"


def test_operators_stand_side_by_side_and_lead_to_their_records(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "compare")
    view = page.view("compare")
    assert isinstance(view, CompareView)
    assert view.value._figure.text() == "1,302" and view.union._figure.text() == "2"
    assert view.valid._figure.text() == "1" and view.shared._figure.text() == "1"
    assert _cells(view.operators, "name") == ["中国移动南昌西湖分公司", "中国电信南昌西湖分局"]
    assert _cells(view.operators, "provable") == ["2", "1"] and _cells(view.operators, "counted") == [
        "2",
        "0",
    ]
    assert _cells(view.reasons, "reason") == ["待核实", "重复服务"] and _cells(view.reasons, "all") == [
        "1",
        "1",
    ]
    view.reasons.choose("重复服务")
    view.reasons.setFocus()
    at.enter()
    at.settle()
    assert page.shown == "list" and page.list.table is not None
    assert _cells(page.list.table, "product") == ["云备份"]
    at.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    assert at.focus is view.operators
    view.operators.choose("xhyd")
    at.enter()
    at.settle()
    assert page.list.table.paged.rowCount() == 3


def test_a_conflict_is_decided_with_a_reason_and_taken_back(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "conflicts")
    view = page.view("conflicts")
    assert isinstance(view, ConflictView)
    assert _cells(view.table, "name") == ["两家都报有限公司"] and _cells(view.table, "basis") == ["按日期"]
    view.table.choose(view.table.paged.row_at(0).id)
    at.settle()
    button = next(b for b in view.panel.findChildren(Button) if b.isVisible() and b.text() == "改由这条计")
    button.setFocus()
    at.enter()
    reason = view.panel.findChild(ReasonLine)
    assert reason is not None and at.focus is reason.field
    at.type("合同主体在电信")
    at.enter()
    at.settle()
    assert _cells(view.table, "basis") == ["人工选定"] and _cells(view.table, "counted") == [
        "中国电信南昌西湖分局"
    ]
    assert "理由：合同主体在电信" in _words(view.panel) and "已选定由中国电信" in view.message.text.text()
    view.filters.set_values({"basis": "按日期"})
    at.settle()
    assert view.table.paged.rowCount() == 0
    view.filters.clear()
    at.settle()
    view.table.choose(view.table.paged.row_at(0).id)
    at.settle()
    back = next(b for b in view.panel.findChildren(Button) if b.isVisible() and b.text() == "撤销选定")
    back.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _cells(view.table, "basis") == ["按日期"]


def test_an_opening_list_is_imported_and_stands_for_the_figure(
    office: Store, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["企业名称", "统一社会信用代码", "报送单位", "产品名称"])
    sheet.append(["两家都报有限公司", fixtures.CODES[0], "中国移动南昌西湖分公司", "协同办公"])
    sheet.append(["期初才有有限公司", "91360103MA0000197Q", "中国电信南昌西湖分局", "云主机"])
    path = tmp_path / "2022年期初名单.xlsx"
    book.save(path)
    monkeypatch.setattr(cloud_compare, "ask_ledger", lambda *_: path)
    at = sit(office, "2024-05")
    page = _page(at, "compare")
    view = page.view("compare")
    assert isinstance(view, CompareView)
    assert "期初数 1,300 家（2022 年），没有名单" in view.opening_words.text() and not view.forget.isVisible()
    view.load.click()
    at.settle(50)
    assert actions.opening(office).listed == 2
    assert "期初名单 2 条，去重后计入 1 家" in view.opening_words.text(), "a card without a street is outside"
    assert view.value._figure.text() == "2"
    view.forget.click()
    view.ask.yes.click()
    at.settle(50)
    assert actions.opening(office).listed == 0 and view.value._figure.text() == "1,302"
    with pytest.raises(Exception, match="还没有期初名单"):
        actions.forget_opening(office)


def test_counts_are_caught_up_when_a_parameter_was_changed(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at)
    assert page.list.table is not None and sorted(_cells(page.list.table, "counted")) == [
        "待核实",
        "计数",
        "计数（已到期）",
        "重复服务",
    ]
    with office.write() as session:
        settings.put(session, "parameters", {"cloud_drop_expired": True})
    page.refresh()
    at.settle(50)
    assert sorted(_cells(page.list.table, "counted")) == ["已失效", "待核实", "计数", "重复服务"]
    assert not actions.catch_up(office, TODAY)


def test_a_choice_survives_for_another_record_of_the_firm(office: Store) -> None:
    (found,) = actions.conflicts(office, TODAY)
    telecom = next(side for side in found.sides if side.provider_org == "xhdx")
    actions.choose(office, telecom.record, "合同主体在电信", office.actor)
    with office.write() as session:
        fixtures.cloud(session, found.firm, product="云桌面", cloud_on=date(2024, 1, 1))
    (again,) = actions.conflicts(office, TODAY)
    assert again.counted.record == telecom.record and again.by == "李明"
    assert isinstance(again.firm, UUID)
    with office.read() as session:
        assert cloud_choices.listed(session) == 0
