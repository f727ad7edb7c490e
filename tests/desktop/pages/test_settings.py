"""设置: stored as one goes, seen at once, and a backup that is put back through the window."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from db import backup, plan_issues, plan_store
from db.periods import Period
from db.store import Store, open_store
from desktop.actions import preferences
from desktop.pages import settings_office
from desktop.pages.settings import SECTIONS, SettingsPage
from desktop.style import theme
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]


def _page(at: Sitting) -> SettingsPage:
    assert at.main.goto("settings")
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage)
    return page


def _tab(at: Sitting, key: str) -> Any:
    """A tab of the settings, shown; the card on it where it is only a card."""
    assert at.main.goto("settings", section=key)
    at.settle()
    page = _shown(at)
    assert page.tabs.current == key and page.stack.currentWidget() is page.shown
    return page.shown


def _shown(at: Sitting) -> SettingsPage:
    page = at.main.page
    assert isinstance(page, SettingsPage)
    return page


def test_people_are_stored_when_the_line_is_left(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    page = _page(at).shown
    assert at.focus is page.people["person"]
    at.ctrl(Qt.Key.Key_A)
    at.type("李静")
    at.enter()
    assert at.focus is page.people["phone"]
    at.type("0791-86510023")
    at.enter()
    assert register.setting("person") == "李静" and register.setting("phone") == "0791-86510023"
    assert at.context.person == "李静"
    assert at.main.top.person.text() == "李静"


def test_leaving_the_page_stores_a_line_still_being_typed(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    page = _page(at).shown
    page.people["head"].setFocus()
    at.type("刘磊")
    assert at.main.goto("visits")
    assert register.setting("head") == "刘磊"


def test_dark_and_large_are_seen_at_once(register: Store, sit: Sit, qapp: QApplication) -> None:
    at = sit(register, "2024-05")
    page = _page(at).shown
    try:
        page.theme.buttons["dark"].setFocus()
        at.press(Qt.Key.Key_Space)
        at.settle(50)
        _until(lambda: theme.tokens().dark)
        assert register.setting("theme") == "dark"
        page.text_size.buttons[16].setFocus()
        at.press(Qt.Key.Key_Space)
        at.settle(50)
        _until(lambda: theme.tokens().metrics.text == 16)
        assert register.setting("text_size") == 16
        assert theme.tokens().dark
    finally:
        theme.apply(qapp)


def test_policies_are_added_and_removed(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    card = _tab(at, "policies").card
    card.name.setFocus()
    at.type("数字化改造补贴")
    at.enter()
    assert preferences.policies(register)[-1] == "数字化改造补贴"
    assert "数字化改造补贴" in [name for _, name in at.context.directory.options("policy")]
    at.type("数字化改造补贴")
    at.enter()
    assert card.problem.text() == "清单里已有这一项。"
    for name in preferences.policies(register):
        card.removed.emit(name)
    assert len(preferences.policies(register)) == 1 and card.problem.text()


def test_a_backup_is_made_listed_and_verified(register: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(register, "2024-05")
    backups = _tab(at, "backup").card
    backups.place.setFocus()
    at.type(str(tmp_path / "usb"))
    at.press(Qt.Key.Key_Tab)
    at.settle()
    assert register.setting("backup_dir") == str(tmp_path / "usb")
    backups.now.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert len(backup.list_backups(register.folder)) == 1
    assert list((tmp_path / "usb").glob("*.qqbak"))
    assert backups.table.paged.rowCount() == 1
    assert "已备份" in at.main.top.backup.text()
    backups.check.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert "校验通过" in _shown(at).message.text.text()


def test_totals_that_lie_are_counted_anew(register: Store, sit: Sit) -> None:
    with register.write() as session:
        wrong = session.execute(text("UPDATE visit_tally SET rows = rows + 1 WHERE unit_code = ''")).rowcount
        wrong += session.execute(text("INSERT INTO visit_tally VALUES ('2020-01', '', 3, 1, 1, 1)")).rowcount
    at = sit(register, "2024-05")
    backups = _tab(at, "backup").card
    assert not backups.recount.isVisible()
    backups.check.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    said = _shown(at).message.text.text()
    assert f"有 {wrong} 个走访汇总数与记录不一致" in said and "条记录都完好" in said
    assert at.focus is backups.recount
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert "已按逐条记录重新计数" in _shown(at).message.text.text()
    assert not backups.recount.isVisible() and at.focus is backups.check
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert "校验通过" in _shown(at).message.text.text()


def test_the_month_a_new_plan_holds_from_is_chosen_beside_it(
    register: Store, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with register.read() as session:
        document = copy.deepcopy(dict(plan_store.as_printed(session).document))
    document["indicators"][0]["targets"]["2024"] = "145"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(settings_office, "ask_open", lambda *_rest: file)
    at = sit(register, "2024-05")
    office = _page(at).shown
    today = str(Period.of_date(register.today()))
    assert office.since.period == today and "新计划起用月份" in office.since.accessibleName()
    office.since.setFocus()
    at.type("202403")
    assert office.since.period == "2024-03"
    office.plan_button.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert "自 2024 年 3 月起执行" in _shown(at).message.text.text()
    with register.read() as session:
        held = [plan_issues.plan_for(session, month).target(1, 2024) for month in ("2024-02", "2024-03")]
    assert held == [Decimal(140), Decimal(145)]


def test_a_place_that_cannot_be_written_is_said(register: Store, sit: Sit, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    at = sit(register, "2024-05")
    backups = _tab(at, "backup").card
    backups.place.setFocus()
    at.type(str(tmp_path / "file" / "usb"))
    at.press(Qt.Key.Key_Tab)
    at.settle()
    assert "不能写入" in _shown(at).message.text.text()
    assert register.setting("backup_dir") is None


def test_restoring_asks_first(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    backups = _tab(at, "backup").card
    backups.back_up()
    at.settle()
    asked: list[Path] = []
    at.context.restore_asked.connect(asked.append)
    backups.table.choose(backups.table.paged.row_at(0).id)
    backups.restore.setFocus()
    at.press(Qt.Key.Key_Space)
    assert backups.confirm.isVisible() and at.focus is backups.confirm.no
    at.enter()
    assert not asked
    backups.restore.setFocus()
    at.press(Qt.Key.Key_Space)
    backups.confirm.yes.setFocus()
    at.enter()
    assert asked == [backup.list_backups(register.folder)[0].path]


def test_the_program_puts_a_backup_back_and_opens_again(
    register: Store, qapp: QApplication, qtbot: object
) -> None:
    from desktop.app import Program

    made = backup.make(register.engine, register.folder)
    register.set_setting("person", "后来的人")
    root = register.folder.root
    register.close()
    program = Program(qapp, root)
    program.start()
    assert program.window is not None
    _until(lambda: program.context is not None)
    assert program.context.person == "后来的人"
    program.context.restore_asked.emit(made.path)
    _until(lambda: program.context is not None)
    program.jobs.wait_idle()
    assert program.context.person == "张敏"
    assert "已恢复" in program.window.notices.message.text.text()
    program.window.close()
    program.finish()
    theme.apply(qapp)
    again = open_store(root)
    assert again.setting("person") == "张敏"
    again.close()


def _until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        QTest.qWait(20)
    raise AssertionError("it did not come to that")


def test_the_practice_register_is_made_apart_with_the_same_plan(register: Store) -> None:
    command = preferences.practice_command(register)
    root = Path(command[-1])
    assert command[-2] == "--data" and root.parent == register.folder.root
    practice = open_store(root)
    try:
        assert practice.setting("practice") is True
        assert practice.actor.unit_code == register.actor.unit_code
    finally:
        practice.close()
    assert register.setting("practice") is False
    assert preferences.practice_command(register) == command, "made once"


def test_the_tabs_are_walked_with_the_arrows_and_build_what_they_show(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    page = _page(at)
    assert list(page._made) == ["office"]
    page.tabs.focus_current()
    for key in ("rules", "parameters", "calendar", "cycles", "policies", "backup"):
        at.press(Qt.Key.Key_Right)
        at.settle()
        assert page.tabs.current == key and page.shown.isVisible()
    at.press(Qt.Key.Key_Right)
    at.settle()
    assert page.tabs.current == "office"
    assert sorted(page._made) == sorted(key for key, _ in SECTIONS)
