"""粘贴录入 by keys alone: paste, mend, save, take back; nothing is lost and the rows that cannot be saved stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db import drafts, records
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import paste as actions
from desktop.actions.paste import draft_key
from desktop.app import build_window
from desktop.pages.paste import PasteView
from desktop.pages.paste_desk import ALL_AT_ONCE
from desktop.window import MainWindow
from returns.paste.verdict import State
from tests.desktop.conftest import PERIOD, TODAY, Hands
from tests.returns.paste.test_check import HEAD, line
from tests.state import state_hash

Key = Qt.Key
GOOD, TWO, THREE = "江西云栈网络科技有限公司", "南昌数澜软件有限公司", "江西元栖文化创意有限公司"
Opened = Callable[..., PasteView]


@pytest.fixture
def window(register: Store, qtbot: QtBot) -> Iterator[MainWindow]:
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
def person(window: MainWindow) -> Hands:
    return Hands(window, window.jobs)


def settle(view: PasteView, person: Hands) -> None:
    """Until everything typed was read and checked."""
    for _ in range(40):
        person.settle(30)
        if not view.sheet.unchecked() and not view._check_timer.isActive():
            break
    person.settle()


@pytest.fixture
def opened(window: MainWindow, person: Hands) -> Opened:
    """The grid of a register, opened from its list by Ctrl+V."""

    def do(text: str = "", key: str = "visits", **args: Any) -> PasteView:
        window.goto(key, **args)
        person.settle()
        page: Any = window.page
        page = getattr(page, "current", page)
        if text:
            QGuiApplication.clipboard().setText(text)
            page.list.table.setFocus()
            person.ctrl(Key.Key_V)
        else:
            person.press(Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        assert isinstance(page.paste, PasteView)
        settle(page.paste, person)
        return page.paste

    return do


def visits(store: Store) -> int:
    with store.read() as session:
        table = records.table_of(REGISTERS["visit"])
        return (
            session.scalar(select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))) or 0
        )


def fingerprint(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def states(view: PasteView) -> list[str]:
    return [each.state.value if each is not None else "?" for each in view.sheet.checks]


def test_paste_mend_save_and_take_back_by_keys(opened: Opened, person: Hands, register: Store) -> None:
    before = fingerprint(register)
    text = (
        HEAD
        + line()
        + line(TWO, mode="飞过去")
        + line("江西云站网络科技有限公司", "2024-05-09")
        + line(THREE, met="")
    )
    view = opened(text)
    assert states(view) == ["可保存", "要改", "要改", "有提醒"]
    assert view.save_button.text() == "保存 2 行，留下 2 行"
    person.press(Key.Key_F8)
    assert (
        view.panel.place.text() == f"第 2 行 · {TWO} · 走访方式"
        and "飞过去" in view.panel.findings[0].message
    )
    person.ctrl(Key.Key_S)
    settle(view, person)
    assert visits(register) == 2 and states(view) == ["要改", "要改"]
    assert (
        view.undo_banner.isVisible()
        and view.undo_banner.text.text() == "已保存 2 条走访记录，其中 1 条待补全，留下 2 行。"
    )
    # The cell with the mistake has the keys: the first letters of a choice are enough.
    assert view.table.cell == (0, view.sheet.column_of("visit_mode"))
    person.type("sd")
    person.enter()
    person.press(Key.Key_F8)
    assert view.panel.offers and view.panel.offers[0].text() == f"改为“{GOOD}”"
    person.ctrl(Key.Key_1)
    settle(view, person)
    assert [row[0] for row in view.sheet.rows] == [TWO, GOOD] and states(view) == ["可保存", "有提醒"]
    person.ctrl(Key.Key_S)
    person.settle(300)
    page: Any = view.parent().parent()
    assert visits(register) == 4 and page.stack.currentWidget() is page.list
    assert page.list.undo.isVisible() and "已保存 2 条走访记录" in page.list.undo.text.text()
    assert drafts.load(register, draft_key("visit")) is None
    page.list.table.setFocus()
    person.ctrl(Key.Key_Z)
    person.settle(300)
    assert visits(register) == 2
    # What was taken back waits as a draft.
    kept = drafts.load(register, draft_key("visit"))
    assert kept is not None and len(kept.values["paste"]["rows"]) == 2
    assert before != fingerprint(register)


def test_undo_of_the_whole_paste_leaves_the_register_as_it_was(
    opened: Opened, person: Hands, register: Store
) -> None:
    before = fingerprint(register)
    view = opened(HEAD + line(revenue="5000") + line(TWO, mode="？"))
    person.ctrl(Key.Key_S)
    settle(view, person)
    assert visits(register) == 1 and fingerprint(register) != before
    person.ctrl(Key.Key_Z)
    settle(view, person)
    assert fingerprint(register) == before
    assert [row[0] for row in view.sheet.rows] == [GOOD, TWO] and states(view) == ["可保存", "要改"]


def test_typing_into_an_empty_grid(opened: Opened, person: Hands, register: Store) -> None:
    view = opened()
    assert view.table.hasFocus() and view.sheet.blank and view.table.cell == (0, 0)
    person.type("yzwl")  # initials of a firm
    person.press(Key.Key_Tab)
    settle(view, person)
    assert view.sheet.text(0, 0) == GOOD
    person.type("8")  # a day of the month in work
    person.press(Key.Key_Tab)
    person.type("1")
    person.press(Key.Key_Tab)
    assert view.sheet.rows[0][:3] == [GOOD, "2024-05-08", "实地"]
    person.enter()
    assert view.table.cell[0] == 1
    person.press(Key.Key_Up)
    person.press(Key.Key_Left)
    person.press(Key.Key_Delete)
    assert view.sheet.text(0, 2) == ""
    person.ctrl(Key.Key_Z)
    assert view.sheet.text(0, 2) == "实地"
    person.ctrl(Key.Key_Y)
    assert view.sheet.text(0, 2) == ""
    settle(view, person)
    assert states(view)[0] == "有提醒" and states(view)[1] == ""


def test_an_input_method_writes_into_a_cell(opened: Opened, person: Hands) -> None:
    view = opened()
    at = view.sheet.column_of("visitors")
    assert at is not None
    view.table.go((0, at))
    compose = QInputMethodEvent("zhang", [])
    QApplication.sendEvent(view.table, compose)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit) and view.table.viewport().isAncestorOf(editor)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("张敏𠮷")
    QApplication.sendEvent(editor, commit)
    person.enter()
    assert view.sheet.text(0, at) == "张敏𠮷"
    # A long text takes several lines; Enter alone is done with it.
    long = view.sheet.column_of("operation_text")
    assert long is not None
    view.table.go((0, long))
    person.press(Key.Key_F2)
    assert isinstance(person.focus, QPlainTextEdit)
    person.type("订单饱满。")
    person.press(Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    person.type("用工稳定。")
    person.enter()
    assert view.sheet.text(0, long) == "订单饱满。\n用工稳定。"
    person.press(Key.Key_Up)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("全新")
    QApplication.sendEvent(view.table, commit)
    person.enter()
    assert view.sheet.text(0, long) == "全新"


def test_a_piece_is_pasted_where_the_keys_are(opened: Opened, person: Hands) -> None:
    view = opened(HEAD + line() + line(TWO))
    at = view.sheet.column_of("visitors")
    assert at is not None
    QGuiApplication.clipboard().setText("甲\r\n乙\r\n丙\r\n")
    view.table.go((1, at))
    person.ctrl(Key.Key_V)
    settle(view, person)
    assert [row[at] for row in view.sheet.rows] == ["张敏", "甲", "乙", "丙"]
    person.ctrl(Key.Key_Z)
    assert len(view.sheet.rows) == 2 and view.sheet.text(1, at) == "张敏"
    # Copied cells come back from the clipboard; one cell fills those below it.
    view.table.go((0, at))
    person.press(Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    person.ctrl(Key.Key_C)
    assert QGuiApplication.clipboard().text() == "张敏\r\n张敏\r\n"
    view.model.change({(0, at): "王强"})
    person.ctrl(Key.Key_D)
    assert [row[at] for row in view.sheet.rows] == ["王强", "王强"]


def test_a_second_block_with_its_header_comes_below(opened: Opened, person: Hands) -> None:
    view = opened(HEAD + line())
    QGuiApplication.clipboard().setText("走访日期\t企业名称\t走访领导\n2024-05-09\t" + TWO + "\t李副区长\n")
    person.ctrl(Key.Key_V)
    settle(view, person)
    assert len(view.sheet.rows) == 2 and view.sheet.rows[1][0] == TWO
    assert view.sheet.columns[-1].slot == "leader" and view.sheet.rows[1][-1] == "李副区长"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real popups
def test_a_column_goes_where_a_person_says_and_is_remembered(opened: Opened, person: Hands) -> None:
    text = "企业名称\t走访日期\t天气\n" + f"{GOOD}\t2024-05-08\t晴朗，订单饱满，较上月略有增长\n"
    view = opened(text)
    assert view.sheet.columns[2].slot == ""
    view.table.go((0, 2))
    person.press(Key.Key_F4)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [action.text() for action in menu.actions()]
    for _ in range(names.index("生产经营情况")):
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    settle(view, person)
    assert view.sheet.columns[2].slot == "operation_text"
    view.window().activateWindow()
    person.settle(50)
    assert view.table.hasFocus()
    person.press(Key.Key_Escape)
    person.settle()
    drafts.drop(view.context.store, draft_key("visit"))
    view.model.set_sheet(type(view.sheet)(type(view.sheet.block)("visit", view.sheet.columns[:1], [[""]])))
    again = opened(text)
    assert [each.slot for each in again.sheet.columns] == ["enterprise_id", "visit_date", "operation_text"]


def test_rows_that_stay_open_survive(
    opened: Opened, person: Hands, window: MainWindow, register: Store
) -> None:
    view = opened(HEAD + line(TWO, mode="飞过去"))
    person.press(Key.Key_Escape)
    person.settle()
    page: Any = view.parent().parent()
    assert page.stack.currentWidget() is page.list
    assert page.list.draft.isVisible() and "粘贴录入，1 行" in page.list.draft.text.text()
    kept = drafts.load(register, draft_key("visit"))
    assert kept is not None
    other, context = build_window(register, today=lambda: TODAY)  # the program was killed and starts again
    try:
        other.show()
        other.goto("visits", draft=kept)
        context.jobs.wait_idle()
        fresh: Any = other.page
        fresh = getattr(fresh, "current", fresh)
        assert fresh.paste.sheet.rows[0][0] == TWO and fresh.paste.sheet.columns[0].slot == "enterprise_id"
    finally:
        QTest.qWait(200)
        context.jobs.wait_idle()
        context.close()
        other.close()


def test_the_last_letters_are_kept_when_the_program_ends(
    opened: Opened, person: Hands, window: MainWindow, register: Store
) -> None:
    opened()
    person.type("云栈")
    window.close()
    kept = drafts.load(register, draft_key("visit"))
    assert kept is not None and kept.values["paste"]["rows"][0][0] == "云栈" and kept.values["open"]


def test_an_unknown_firm_gets_its_card_when_asked_for(opened: Opened, person: Hands, register: Store) -> None:
    view = opened(HEAD + line("南昌新办网络有限公司"))
    assert states(view) == ["要改"]
    person.press(Key.Key_F3)
    settle(view, person)
    assert states(view) == ["有提醒"]
    person.ctrl(Key.Key_S)
    person.settle(200)
    assert visits(register) == 1
    with register.read() as session:
        names = session.scalars(select(records.table_of(REGISTERS["enterprise"]).c.name)).all()
    assert "南昌新办网络有限公司" in names


def test_the_clipboard_holds_no_table(opened: Opened, person: Hands) -> None:
    view = opened(" \n\t\n")
    assert view.message.isVisible() and "剪贴板里没有表格内容" in view.message.text.text()


def test_cancel_in_the_middle_leaves_nothing(
    opened: Opened, person: Hands, register: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date, timedelta

    days = [(date(2024, 1, 2) + timedelta(days=n)).isoformat() for n in range(130)]
    rows = [
        line(name, day, text=f"第 {n} 天订单饱满，较上月增长 {n * 7} 万元。")
        for n, day in enumerate(days)
        for name in (GOOD, TWO, THREE)
    ]
    view = opened(HEAD + "".join(rows))
    assert len(rows) > ALL_AT_ONCE and states(view).count("要改") == 0
    before = fingerprint(register)
    jobs = view.context.jobs
    told: list[int] = []
    whole = actions.save_good

    def stopped(*args: Any, progress: Any, **more: Any) -> Any:
        def tell(done: int, total: int, step: str) -> None:
            told.append(done)
            if done == 200:
                jobs.cancel("paste/save")
            progress(done, total, step)

        return whole(*args, progress=tell, **more)

    monkeypatch.setattr(actions, "save_good", stopped)
    view.save()
    person.settle(300)
    monkeypatch.undo()
    settle(view, person)
    assert told == [0, 100, 200] and fingerprint(register) == before and len(view.sheet.rows) == len(rows)
    assert "一行也没有保存" in view.message.text.text() and not view.model.locked
    person.ctrl(Key.Key_S)
    person.settle(300)
    assert visits(register) == len(rows)


@pytest.mark.parametrize("key", ["enterprises", "issues", "cloud", "nurture", "tasks", "projects", "parks"])
def test_every_list_offers_it(key: str, opened: Opened) -> None:
    view = opened(key=key)
    assert view.sheet.width > 5 and view.sheet.blank
    assert State.GOOD.value == "可保存" and view.table.hasFocus()
