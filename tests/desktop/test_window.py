"""The main window: pages built when visited, everything reached by keys, what it remembers. With pages of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from desktop.memory import ForgetfulMemory
from desktop.page import CLERK, SUPERVISOR, Page, PageSpec, arrange
from desktop.style import theme
from desktop.widgets.hit import Hit
from desktop.window import MainWindow

ALL = {
    "month": "本月",
    "enterprises": "企业",
    "visits": "走访",
    "issues": "问题",
    "receive": "收表",
    "analysis": "分析",
    "bulletin": "通报考核",
    "dispatch": "月调度",
    "settings": "设置",
}


class FakeContext:
    """A register that is not there: what the frame shows of one."""

    def __init__(self, role: str = CLERK, practice: bool = False) -> None:
        self.unit_name, self.person, self.role, self.practice = "朝阳洲街道", "张 敏", role, practice
        self.memory = ForgetfulMemory()
        self.period, self.period_locked = "2024-05", False
        self.last_backup_text = "已备份 今天 09:12"

    def set_period(self, period: str) -> None:
        self.period, self.period_locked = period, period < "2024-05"


class FakePage(Page):
    """Counts what happens to it."""

    def __init__(self, context: Any, key: str) -> None:
        self.word = ALL[key]
        super().__init__(context)
        self.key = key
        self.refreshed, self.opened, self.may_leave = 0, [], True
        self.field = QLineEdit()
        self.body.addWidget(self.field)
        self.saved = 0
        self.header.add("保存", self._save, "Ctrl+S", primary=True)

    def _save(self) -> None:
        self.saved += 1

    def refresh(self) -> None:
        self.refreshed += 1

    def open(self, **args: Any) -> None:
        self.opened.append(args)

    def first_focus(self) -> QWidget:
        return self.field

    def badge(self) -> int | None:
        return 3 if self.key == "issues" else None

    def leave(self) -> bool:
        return self.may_leave


def specs() -> list[PageSpec]:
    def make(key: str) -> Callable[[Any], Page]:
        return lambda context: FakePage(context, key)

    roles = {"receive": {SUPERVISOR}, "bulletin": {SUPERVISOR}, "dispatch": {CLERK}}
    return [
        PageSpec(key, word, "calendar", 0, roles.get(key, {CLERK, SUPERVISOR}), make(key))
        for key, word in ALL.items()
    ]


@pytest.fixture
def window(qapp: QApplication, qtbot) -> Iterator[MainWindow]:
    theme.apply(qapp)
    yield opened(qtbot, FakeContext())


def opened(qtbot, context: FakeContext) -> MainWindow:
    made = MainWindow(context, specs())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.page is not None, timeout=2000)
    return made


def page(window: MainWindow) -> FakePage:
    assert isinstance(window.page, FakePage)
    return window.page


def test_frame_is_painted_before_the_first_page_is_built(qapp: QApplication, qtbot) -> None:
    theme.apply(qapp)
    made = MainWindow(FakeContext(), specs())
    qtbot.addWidget(made)
    assert made.page is None
    made.show()
    assert made.page is None
    qtbot.waitUntil(lambda: made.page is not None, timeout=2000)
    assert page(made).key == "month" and page(made).refreshed == 1


def test_the_frame_needs_no_database_and_no_workbook() -> None:
    code = (
        "import sys, desktop.window\n"
        "heavy = {'sqlalchemy', 'alembic', 'openpyxl', 'docx', 'pypinyin', 'db', 'returns'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr


def test_first_focus_is_where_typing_starts(window: MainWindow, qtbot) -> None:
    assert page(window).field.hasFocus()
    QTest.keyClicks(window.focusWidget(), "abc")
    assert page(window).field.text() == "abc"


def test_each_role_sees_its_pages_in_its_order() -> None:
    clerk = [[spec.word for spec in group] for group in arrange(specs(), CLERK)]
    assert clerk == [["本月", "企业", "走访", "问题"], ["月调度", "分析", "设置"]]
    district = [[spec.word for spec in group] for group in arrange(specs(), SUPERVISOR)]
    assert district == [["本月", "收表", "分析", "通报考核"], ["企业", "走访", "问题", "设置"]]


def test_pages_are_built_once_and_on_their_first_visit(window: MainWindow) -> None:
    assert window.page_of("visits") is None
    window.goto("visits", record="r1")
    first = page(window)
    assert (first.refreshed, first.opened) == (1, [{"record": "r1"}])
    window.goto("month")
    window.goto("visits")
    assert page(window) is first and first.refreshed == 1
    assert window.goto("no such page") is False


def test_pages_read_again_only_after_a_change(window: MainWindow) -> None:
    window.goto("visits")
    visits = page(window)
    window.goto("issues")
    window.invalidate("visits")
    assert visits.refreshed == 1
    window.goto("visits")
    assert visits.refreshed == 2
    window.invalidate()
    assert visits.refreshed == 3


def test_everything_is_reached_by_keys(window: MainWindow, qtbot) -> None:
    field = page(window).field
    qtbot.keyClick(field, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert page(window).key == "visits"
    qtbot.keyClick(page(window).field, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert page(window).key == "issues"
    qtbot.keyClick(page(window).field, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page(window).field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page(window).key == "visits" and page(window).saved == 1
    qtbot.keyClick(page(window).field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.top.search.hasFocus()


def test_navigation_is_walked_with_arrows(window: MainWindow, qtbot) -> None:
    item = window.nav.items["month"]
    item.setFocus()
    qtbot.keyClick(item, Qt.Key.Key_Down)
    assert window.nav.items["enterprises"].hasFocus()
    qtbot.keyClick(window.nav.items["enterprises"], Qt.Key.Key_Return)
    assert page(window).key == "enterprises" and window.nav.items["enterprises"].isChecked()


def test_f1_shows_the_keys_of_page_and_window_and_goes_away(window: MainWindow, qtbot) -> None:
    field = page(window).field
    qtbot.keyClick(field, Qt.Key.Key_F1)
    assert window.overlay.isVisible()
    told = window.overlay.accessibleName()
    assert "Ctrl S 保存" in told and "Ctrl K" in told
    qtbot.keyClick(window.overlay, Qt.Key.Key_Escape)
    assert not window.overlay.isVisible() and field.hasFocus()


def test_a_page_can_hold_the_person_back(window: MainWindow) -> None:
    page(window).may_leave = False
    assert window.goto("visits") is False
    assert page(window).key == "month" and window.nav.items["month"].isChecked()
    assert window.close() is False
    window.top.month.asked.emit("2024-04")
    assert window.context.period == "2024-05"
    page(window).may_leave = True
    assert window.close() is True


def test_another_month_is_read_and_its_lock_shown(window: MainWindow) -> None:
    before = page(window).refreshed
    window.top.month.asked.emit("2024-04")
    assert window.context.period == "2024-04" and page(window).refreshed == before + 1
    assert "锁定" in window.top.month.accessibleName()


def test_badges_come_from_pages_and_from_outside(window: MainWindow) -> None:
    window.set_badge("visits", 2)
    assert window.nav.items["visits"].badge == 2
    assert "2 项待办" in window.nav.items["visits"].accessibleName()
    window.goto("issues")
    assert window.nav.items["issues"].badge == 3
    window.set_badge("visits", 0)
    assert window.nav.items["visits"].badge is None


def test_search_runs_aside_and_opens_the_record(window: MainWindow, qtbot) -> None:
    hit = Hit("企业", "江西梦驰", "朝阳洲街道", "enterprises", {"record": "r9"})
    window.set_search(lambda text: [hit])
    box = window.top.search
    qtbot.keyClick(page(window).field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(box, "mc")
    qtbot.waitUntil(lambda: box.results.isVisible(), timeout=3000)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert page(window).key == "enterprises" and page(window).opened == [{"record": "r9"}]


def test_last_page_and_size_are_remembered(qapp: QApplication, qtbot) -> None:
    theme.apply(qapp)
    context = FakeContext()
    first = opened(qtbot, context)
    first.goto("issues")
    first.resize(1300, 740)
    first.close()
    again = opened(qtbot, context)
    assert page(again).key == "issues" and context.memory.get("window/geometry")


def test_practice_data_is_marked_and_errors_say_what_to_do(qapp: QApplication, qtbot) -> None:
    theme.apply(qapp)
    made = opened(qtbot, FakeContext(practice=True))
    assert made.notices.practice.isVisible() and "练习" in made.notices.practice.accessibleName()
    plain = opened(qtbot, FakeContext())
    assert not plain.notices.isVisible()

    class Refused(Exception):
        hint = "请腾出空间后再试。"

    def broken(progress: Any, cancelled: Any) -> None:
        raise Refused("磁盘已满")

    plain.jobs.run("export", broken, title="导出")
    assert plain.jobs.wait_idle()
    qtbot.waitUntil(lambda: plain.notices.message.isVisible(), timeout=2000)
    assert plain.notices.message.accessibleName() == "导出没有完成：磁盘已满 请腾出空间后再试。"
    plain.notices.message.dismiss()
    assert not plain.notices.isVisible()


@pytest.mark.parametrize("size", [14, 16, 21])
@pytest.mark.parametrize("role", [CLERK, SUPERVISOR])
def test_fits_1280_by_720_at_every_text_size(qapp: QApplication, qtbot, size: int, role: str) -> None:
    theme.apply(qapp, size=size)
    try:
        context = FakeContext(role, practice=True)
        context.unit_name, context.period_locked = "区数字经济发展领导小组办公室", True
        made = MainWindow(context, specs())
        qtbot.addWidget(made)
        made.setMinimumSize(0, 0)
        assert made.minimumSizeHint().width() <= 1280 and made.minimumSizeHint().height() <= 720
        made.resize(1280, 720)
        made.show()
        qtbot.waitUntil(lambda: made.page is not None, timeout=2000)
        assert (made.width(), made.height()) == (1280, 720)
        assert not made.nav.horizontalScrollBar().isVisible()
        assert made.top.person.geometry().right() <= made.top.width()
    finally:
        theme.apply(qapp)


def test_a_page_too_high_for_the_screen_scrolls(window: MainWindow, qtbot) -> None:
    for _ in range(40):
        page(window).body.addWidget(QLineEdit())
    window.resize(1280, 720)
    fields = page(window).findChildren(QLineEdit)

    def one_below_the_other() -> None:
        assert all(upper.geometry().bottom() < lower.geometry().top() for upper, lower in pairwise(fields))

    qtbot.waitUntil(one_below_the_other)  # the layout is done when its events are
    assert window.height() == 720
    fields[-2].setFocus()
    qtbot.keyClick(fields[-2], Qt.Key.Key_Tab)
    assert not fields[-1].visibleRegion().isEmpty()


def test_every_control_of_the_frame_has_a_name(window: MainWindow) -> None:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            name = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            if not isinstance(widget, QLineEdit) or widget is window.top.search:
                assert name, widget


def test_themes_change_while_the_window_is_open(window: MainWindow, qapp: QApplication) -> None:
    light = window.grab().toImage().pixelColor(300, 600).name()
    theme.apply(qapp, dark=True, size=16)
    try:
        assert window.grab().toImage().pixelColor(300, 600).name() != light
        metrics = theme.tokens().metrics
        narrow = window.width() < metrics.narrow
        assert window.nav.width() == (metrics.nav_narrow if narrow else metrics.nav_width)
    finally:
        theme.apply(qapp)
