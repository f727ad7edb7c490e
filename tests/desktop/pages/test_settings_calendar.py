"""工作日历: a day toggled by key and click, a year pasted as its notice was published, files in and out, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from sqlalchemy import select

from db.deadlines import deadline
from db.errors import KnownError
from db.holiday_notice import SpecialDay
from db.models import AuditEntry
from db.store import Store
from desktop.actions import calendar as actions
from desktop.pages.settings import SettingsPage
from desktop.pages.settings_calendar import CalendarSection
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
KEY = Qt.Key
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至12日（周五）放假调休，共8天。2月14日（周日）、2月20日（周六）上班。
"""  # of an invented year


def section(at: Sitting) -> CalendarSection:
    assert at.main.goto("settings", section="calendar")
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage) and isinstance(page.shown, CalendarSection)
    return page.shown


def due(store: Store) -> date:
    with store.read() as session:
        return deadline(session, "2024-05", date(2024, 5, 20)).day


def test_a_day_is_toggled_by_keys_and_the_deadline_follows(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    shown = section(at)
    shown.grid.show_month(date(2024, 5, 17))
    assert at.focus is shown.grid and due(bureau) == date(2024, 5, 24)
    at.press(KEY.Key_Down)
    assert shown.told.text() == "2024 年 5 月 24 日 周五：上班"
    at.press(KEY.Key_Space)
    at.settle()
    assert due(bureau) == date(2024, 5, 23)
    assert shown.told.text() == "2024 年 5 月 24 日 周五：放假（本单位放假，本单位）"
    assert "24 日周五放假" in shown.grid.accessibleName()
    shown.name.setFocus()
    at.press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    at.type("停电")
    at.enter()
    at.settle()
    assert actions.own_days(bureau) == (SpecialDay(date(2024, 5, 24), False, "停电", "本单位"),)
    assert "停电：5月24日放假。" in shown.text.toPlainText()
    assert at.focus is shown.grid
    at.press(KEY.Key_Delete)
    at.settle()
    assert actions.own_days(bureau) == () and due(bureau) == date(2024, 5, 24)


def test_months_are_turned_and_the_29th_has_its_place(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    grid = section(at).grid
    grid.show_month(date(2024, 1, 31))
    at.press(KEY.Key_PageDown)
    assert grid.current == date(2024, 2, 29)
    at.press(KEY.Key_PageUp)
    at.press(KEY.Key_Left)
    assert grid.current == date(2024, 1, 28)
    grid.turn(-1)
    assert grid.current == date(2023, 12, 28)
    at.press(KEY.Key_Home)
    assert grid.current == grid.today


def test_the_first_click_chooses_the_next_changes(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    grid = section(at).grid
    grid.show_month(date(2024, 5, 6))
    where = grid._box(date(2024, 5, 11)).center().toPoint()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=where)
    assert grid.current == date(2024, 5, 11) and actions.own_days(bureau) == ()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=where)
    at.settle()
    (own,) = actions.own_days(bureau)
    assert (own.day, own.workday) == (date(2024, 5, 11), False)  # a Saturday that was to be worked
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))  # the head of the week: nothing there
    assert grid.current == date(2024, 5, 11)


def test_a_notice_is_pasted_and_taken_back(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    shown = section(at)
    shown.grid.show_month(date(2027, 3, 1))
    assert "只按周末计算" in shown.source.text()
    QGuiApplication.clipboard().setText(NOTICE)
    shown.text.setFocus()
    at.press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    at.press(KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    at.press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    assert at.main.page.message.text.text() == "2027 年已按文字更新：放假 11 天，调休上班 2 天。"  # type: ignore[union-attr]
    own = {each.day: each.workday for each in actions.own_days(bureau)}
    # Only what differs from the week: New Year's Saturday and Sunday are free anyway.
    assert own == {
        date(2027, 1, 1): False, **dict.fromkeys([date(2027, 2, 5), *(date(2027, 2, day) for day in range(8, 13))], False),
        date(2027, 2, 14): True, date(2027, 2, 20): True,
    }  # fmt: skip
    assert "国务院办公厅关于2027年部分节假日安排的通知" in shown.source.text()
    shown.undo_button.click()
    at.settle()
    assert actions.own_days(bureau) == () and shown.undo_button.isHidden()


def test_text_that_says_nothing_changes_nothing(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    shown = section(at)
    shown.grid.show_month(date(2027, 3, 1))
    shown.text.setPlainText("今年怎么放假？😀")
    shown.update_button.click()
    at.settle()
    assert "没有读出" in shown.problem.text() and shown.text.toPlainText() == "今年怎么放假？😀"
    assert actions.own_days(bureau) == ()


def test_what_is_being_typed_stays_while_something_else_changes(bureau: Store, sit: Sit) -> None:
    at = sit(bureau, "2024-05")
    shown = section(at)
    shown.text.setFocus()
    at.type("1")
    typed = shown.text.toPlainText()
    shown.refresh()
    assert shown.text.toPlainText() == typed
    assert at.main.page is not None


def test_a_year_goes_to_another_office_as_a_file(bureau: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(bureau, "2024-05")
    shown = section(at)
    shown.grid.show_month(date(2024, 5, 24))
    shown.toggle(date(2024, 5, 24))
    target = tmp_path / "2024年工作日历.txt"
    shown.save_file(target)
    actions.restore(bureau, 2024, bureau.actor)
    assert actions.own_days(bureau) == ()
    shown.read_file(target)
    at.settle()
    assert [(each.day, each.workday) for each in actions.own_days(bureau)] == [(date(2024, 5, 24), False)]
    shown.read_file(tmp_path / "没有.txt")
    assert "找不到文件" in at.main.page.message.text.text()  # type: ignore[union-attr]
    shown.save_file(tmp_path / "没有的文件夹" / "a.txt")
    assert "没有存成" in at.main.page.message.text.text()  # type: ignore[union-attr]


# ---------------------------------------------------------------- without a window


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_older_windows_are_read(bureau: Store, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "通知.txt"
    path.write_text(NOTICE, encoding=encoding)
    assert actions.read_file(path) == NOTICE


@pytest.mark.parametrize("content", [b"\xff\xff\x00\x01" * 20, b"0" * (actions.LARGEST_FILE + 1)])
def test_files_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "照片.txt"
    path.write_bytes(content)
    with pytest.raises(KnownError) as refused:
        actions.read_file(path)
    assert refused.value.id == "not_a_notice"


def test_a_text_says_all_of_its_year(bureau: Store) -> None:
    actor = bureau.actor
    actions.toggle(bureau, date(2024, 5, 24), actor)
    actions.toggle(bureau, date(2025, 5, 23), actor)
    done = actions.update_from_text(bureau, actions.year_text(bureau, 2024), 2024, actor)
    assert done.own == 1 and len(actions.own_days(bureau)) == 2  # nothing changed
    cleared = "2024年\n元旦：1月1日放假。\n"  # no other holiday is left
    done = actions.update_from_text(bureau, cleared, 2024, actor)
    days = actions.own_days(bureau)
    assert date(2025, 5, 23) in [each.day for each in days]
    assert all(each.workday for each in days if date(2024, 10, 1) <= each.day <= date(2024, 10, 4))
    actions.put_back(bureau, done.before, actor)
    assert len(actions.own_days(bureau)) == 2


def test_a_change_of_the_calendar_is_noted_with_who_did_it(bureau: Store) -> None:
    actions.toggle(bureau, date(2024, 5, 24), bureau.actor)
    actions.toggle(bureau, date(2024, 5, 24), bureau.actor)
    with bureau.read() as session:
        notes = session.scalars(select(AuditEntry).where(AuditEntry.register == "setting")).all()
    told = [(entry.before, entry.after) for entry in notes if "holidays" in (entry.before or {})]
    assert told == [
        ({"holidays": ["2024-05-24 按内置"]}, {"holidays": ["2024-05-24 放假"]}),
        ({"holidays": ["2024-05-24 放假"]}, {"holidays": ["2024-05-24 按内置"]}),
    ]
    assert notes[0].by == bureau.actor.person


def test_only_days_the_office_changed_are_named_by_it(bureau: Store) -> None:
    day = actions.rename(bureau, date(2024, 5, 1), "放假啦", bureau.actor)
    assert day.name == "劳动节" and actions.own_days(bureau) == ()
