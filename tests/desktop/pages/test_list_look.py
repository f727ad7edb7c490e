"""Saved views, chosen columns and export, in the real window and by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from db.store import Store
from desktop.app import build_window
from desktop.memory import ForgetfulMemory
from desktop.pages import files
from desktop.pages.register_page import RegisterPage
from desktop.pages.saved_views import MOST, SavedViews, View
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(register: Store, firms: dict[str, UUID], qtbot: QtBot) -> Iterator[MainWindow]:
    with register.write() as session:
        for number, name in enumerate(("云栈", "数澜", "元栖")):
            fixtures.add(
                session, "visit", enterprise_id=firms[name], visit_date=date(2024, 5, 3 + number),
                visit_mode=("实地", "电话", "实地")[number], visit_type="升规辅导", visitors="张敏（经发办）",
            )  # fmt: skip
    made, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    context.jobs.wait_idle()
    context.close()


@pytest.fixture
def hands(window: MainWindow) -> Hands:
    return Hands(window, window.jobs)


@pytest.fixture
def go(window: MainWindow, hands: Hands) -> Callable[..., RegisterPage]:
    def to(key: str, **args: Any) -> RegisterPage:
        assert window.goto(key, **args)
        hands.settle()
        page = window.page
        assert isinstance(page, RegisterPage)
        return page

    return to


def shown(page: RegisterPage) -> list[str]:
    assert page.list.table is not None
    return [column.label for column in page.list.table.paged.columns]


def firms_of(page: RegisterPage) -> list[str]:
    assert page.list.table is not None
    return [str(row.cells["enterprise_id"])[2:4] for row in page.list.table.paged.rows()]


def pick(page: RegisterPage, hands: Hands, words: str) -> None:
    """Open 视图 by its keys and take the line that says `words`, by keys too."""
    hands.press(Qt.Key.Key_F, CTRL_SHIFT)
    hands.settle()
    menu = page.list.look.button.menu_
    assert menu.isVisible()
    for _ in range(30):
        active = menu.activeAction()
        if active is not None and active.text().startswith(words):
            break
        QTest.keyClick(menu, Qt.Key.Key_Down)
    else:
        raise AssertionError([each.text() for each in menu.actions()])
    QTest.keyClick(menu, Qt.Key.Key_Return)
    hands.settle()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real popups
def test_a_view_is_saved_chosen_renamed_and_deleted_by_keys(go: Any, hands: Hands) -> None:
    page = go("visits")
    page.list.filters.set_values({"visit_mode": "实地"})
    hands.settle()
    assert firms_of(page) == ["元栖", "云栈"]
    pick(page, hands, "保存当前视图")
    assert hands.focus is page.list.look.strip.edit
    hands.type("本月实地")
    hands.enter()
    hands.settle()
    assert page.list.look.button.accessibleName() == "视图：本月实地"
    pick(page, hands, "默认")
    assert len(firms_of(page)) == 3 and page.list.look.button.accessibleName() == "视图"
    pick(page, hands, "本月实地")
    assert firms_of(page) == ["元栖", "云栈"]
    pick(page, hands, "“本月实地”改名")
    hands.ctrl(Qt.Key.Key_A)
    hands.type("上门")
    hands.enter()
    hands.settle()
    assert list(page.list.look.saved.all()) == ["上门"]
    pick(page, hands, "删除“上门”")
    assert page.list.look.saved.all() == {}
    page.list.undo_button.click()
    assert list(page.list.look.saved.all()) == ["上门"]


def test_a_view_needs_a_name_and_escape_gives_up(go: Any, hands: Hands) -> None:
    page = go("visits")
    page.list.filters.set_values({"visit_mode": "电话"})
    hands.settle()
    page.list.look.ask_name()
    hands.enter()
    assert "名字" in page.list.look.strip.trouble.text()
    hands.press(Qt.Key.Key_Escape)
    assert not page.list.look.strip.isVisible() and page.list.look.saved.all() == {}


def test_columns_are_chosen_and_moved_by_keys_and_remembered(
    go: Any, hands: Hands, window: MainWindow
) -> None:
    page = go("visits")
    assert "填报人" not in shown(page)
    page.list.look.choose_columns()
    chooser = page.list.look.chooser
    assert chooser is not None and hands.focus is chooser.list
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    hands.settle()
    assert shown(page)[:3] == ["企业", "走访日期", "经营评价"]
    hands.press(Qt.Key.Key_Space)  # 经营评价 off
    for row in range(chooser.list.count()):
        if chooser.list.item(row).text() == "填报人":
            chooser.list.setCurrentRow(row)
    hands.press(Qt.Key.Key_Space)
    hands.settle()
    assert "经营评价" not in shown(page) and shown(page)[-2] == "填报人"
    hands.press(Qt.Key.Key_Escape)
    assert not chooser.isVisible() and hands.focus is page.list.table
    kept = window.context.memory.get("columns/visit")
    assert kept[:2] == ["enterprise_id", "visit_date"] and kept[-1] == "filler"
    page.list.look.choose_columns()
    chooser.reset.click()
    hands.settle()
    assert window.context.memory.get("columns/visit") is None and "经营评价" in shown(page)


def test_a_column_dragged_in_the_header_stays_where_it_was_put(
    go: Any, hands: Hands, window: MainWindow
) -> None:
    page = go("visits")
    header = page.list.table.horizontalHeader()
    header.moveSection(3, 1)
    hands.settle(30)
    assert shown(page)[:4] == ["企业", "走访方式", "经营评价", "走访日期"]
    assert [header.visualIndex(n) for n in range(4)] == [0, 1, 2, 3]
    assert window.context.memory.get("columns/visit")[1] == "visit_mode"
    assert page.list.look.gives_way
    hands.settle(30)
    assert firms_of(page) == ["元栖", "数澜", "云栈"]


def test_the_order_stays_with_its_column_when_columns_change(go: Any, hands: Hands) -> None:
    page = go("visits")
    table = page.list.table
    table.set_order(("visit_date", False))
    page.list.reload()
    hands.settle()
    assert firms_of(page) == ["云栈", "数澜", "元栖"]
    page.list.look._columns_chosen(["visit_date", "enterprise_id"])
    hands.settle()
    assert firms_of(page) == ["云栈", "数澜", "元栖"]
    assert table.horizontalHeader().sortIndicatorSection() == 0


def test_the_list_is_exported_as_shown(
    go: Any, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = go("visits")
    page.list.look._columns_chosen(["visit_date", "enterprise_id", "enterprise_uscc"])
    page.list.table.set_order(("visit_date", False))
    page.list.filters.set_values({"visit_mode": "实地"})
    hands.settle()
    out = tmp_path / "走访.xlsx"
    asked: list[str] = []

    def answer(_parent: Any, _title: str, start: str, _kind: str) -> tuple[str, str]:
        asked.append(Path(start).name)
        return str(out), ""

    monkeypatch.setattr(files.QFileDialog, "getSaveFileName", answer)
    hands.press(Qt.Key.Key_E, CTRL_SHIFT)
    hands.settle()
    assert asked == ["走访_2024-05-21.xlsx"]
    assert page.list.message.text.text() == "已导出 2 行到“走访.xlsx”。"
    rows = [[cell.value for cell in row] for row in load_workbook(out).active.iter_rows()]
    assert rows[0] == ["走访日期", "企业", "统一社会信用代码"]
    assert [row[1][2:4] for row in rows[1:]] == ["云栈", "元栖"]


def test_rows_a_link_asked_for_are_named_above_the_list_and_taken_off_again(go: Any, hands: Hands) -> None:
    page = go("visits", filters={"owing": "cloud", "scope": None}, told="走访写了已上云")
    assert firms_of(page) == [] and page.list.filters.pinned.isVisible()
    assert "走访写了已上云" in page.list.filters.pinned.text()
    page.list.filters.pinned.click()
    hands.settle()
    assert len(firms_of(page)) == 3 and not page.list.filters.pinned.isVisible()


def test_no_more_views_than_a_menu_holds_and_a_lost_column_is_forgotten() -> None:
    saved = SavedViews(ForgetfulMemory(), "visit")
    for number in range(MOST):
        assert (
            saved.save(f"视图 {number}", View({"text": str(number)}, ["visit_date"], ("visit_date", True)))
            == ""
        )
    assert "请先删去" in saved.save("又一个", View({}))
    assert saved.save("视图 3", View({"text": "另"})) == ""  # in the place of the old one
    assert saved.named(View({"text": "4"}, ["visit_date"], ("visit_date", True))) == "视图 4"
    assert "已经有" in saved.rename("视图 4", "视图 3")


def test_a_column_that_is_no_field_any_more_is_left_out(go: Any, window: MainWindow) -> None:
    window.context.memory.set("columns/visit", ["visit_date", "gone_long_ago"])
    page = go("visits")
    assert shown(page) == ["走访日期", "待补"]
