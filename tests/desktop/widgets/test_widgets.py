"""The small widgets, worked by real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.memory import ForgetfulMemory
from desktop.style import theme
from desktop.widgets.banner import Banner
from desktop.widgets.bars import BulletBar, ProgressToLine
from desktop.widgets.button import Button
from desktop.widgets.calendar import date_edit
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.facts import Facts, TabStrip
from desktop.widgets.filter_row import FilterRow
from desktop.widgets.header import PageHeader
from desktop.widgets.hit import Hit
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.month import MonthPicker, shift, words
from desktop.widgets.search_box import SearchBox
from desktop.widgets.side_panel import SidePanel
from desktop.widgets.stat import StatCard
from desktop.widgets.todo import TodoItem, TodoList

_kept: list[QWidget] = []  # qtbot holds its widgets weakly


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    yield
    _kept.clear()


def show(qtbot, *widgets: QWidget, size: tuple[int, int] = (900, 500)) -> QWidget:
    """A window holding these widgets, ready for keys."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    window.resize(*size)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    _kept.append(window)
    return window


def test_chip_takes_the_state_of_its_word(qtbot) -> None:
    chip = Chip("预警")
    show(qtbot, chip)
    assert (chip.state, chip.accessibleName()) == ("alarm", "预警")
    chip.set("未填", "watch")
    assert chip.state == "watch" and chip.width() >= chip.sizeHint().width() - 1
    chip.set("")
    assert not chip.isVisible()


def test_a_page_s_button_shows_and_obeys_its_shortcut_while_the_page_is_shown(qtbot) -> None:
    pressed: list[str] = []
    page, other = QWidget(), QLineEdit()
    row = QHBoxLayout(page)
    header = PageHeader("登记走访", page)
    row.addWidget(header)
    inside = QLineEdit()
    row.addWidget(inside)
    save = header.add("保存", lambda: pressed.append("save"), "Ctrl+S")
    main = header.add("上报", lambda: pressed.append("main"), primary=True)
    show(qtbot, page, other)
    assert save.hint == "Ctrl S" and save.x() < main.x()
    assert save.sizeHint().width() > Button("保存").sizeHint().width() + 30
    for field in (inside, other):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["save", "save"]
    save.setEnabled(False)
    qtbot.keyClick(other, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    save.setEnabled(True)
    page.hide()
    qtbot.keyClick(other, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["save", "save"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_press_the_button_that_has_the_focus(qtbot, key: Qt.Key) -> None:
    pressed: list[str] = []
    button = Button("添加", lambda: pressed.append("add"))
    show(qtbot, button)
    button.setFocus()
    qtbot.keyClick(button, key)
    assert pressed == ["add"]


def test_a_button_s_own_shortcut_works_inside_its_part_only(qtbot) -> None:
    pressed: list[str] = []
    part, other = QWidget(), QLineEdit()
    row = QHBoxLayout(part)
    inside, add = QLineEdit(), Button("添加", lambda: pressed.append("add"))
    row.addWidget(inside)
    row.addWidget(add)
    add.set_shortcut("Ctrl+Return", part)
    show(qtbot, part, other)
    other.setFocus()
    qtbot.keyClick(other, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == []
    inside.setFocus()
    qtbot.keyClick(inside, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["add"] and add.hint == "Ctrl Enter"


def test_header_replaces_its_chips(qtbot) -> None:
    header = PageHeader("企业")
    show(qtbot, header)
    header.set_chips([("正常", "ok"), ("", None), ("规下", "neutral")])
    header.set_chip("本月已走访 1 次", "watch")
    assert [chip.word for chip in header.chips if chip.isVisible()] == ["本月已走访 1 次"]


def test_long_words_are_cut_and_told_whole(qtbot) -> None:
    long = "江西省南昌市西湖区某某数字科技集团股份有限公司" * 3
    label = ElidedLabel(long)
    window = show(qtbot, label, size=(300, 60))
    assert window.width() == 300 and label.toolTip() == long
    label.setText("短")
    label.resize(200, 20)
    assert label.toolTip() == ""


def test_filter_row_waits_for_typing_remembers_and_clears(qtbot) -> None:
    memory = ForgetfulMemory()
    row = FilterRow(memory=memory, name="visits")
    field = row.add_search()
    row.add_choice("street", "街道", [(None, "全部街道"), ("CYZ", "朝阳洲街道")])
    row.add_check("open", "只看未办结")
    show(qtbot, row)
    assert not row.active and not row.clear_button.isVisible()
    with qtbot.waitSignal(row.changed, timeout=2000) as told:
        qtbot.keyClicks(field, "mch")
    assert told.args == [{"text": "mch", "street": None, "open": False}]
    assert row.active and row.clear_button.isVisible()
    again = FilterRow(memory=memory, name="visits")
    assert again.add_search().text() == "mch"
    with qtbot.waitSignal(row.changed):
        row.clear_button.click()
    assert row.values() == {"text": "", "street": None, "open": False}
    assert memory.get("filter/visits")["text"] == ""


def test_banner_says_closes_and_tells(qtbot) -> None:
    banner = Banner("磁盘已满。", "请腾出空间。", "alarm")
    show(qtbot, banner)
    assert "请腾出空间" in banner.accessibleName()
    with qtbot.waitSignal(banner.closed):
        banner.dismiss()
    assert banner.isHidden()


def test_confirm_strip_enter_does_not_press_the_dangerous_answer(qtbot) -> None:
    done: list[str] = []
    strip, field = ConfirmStrip(), QLineEdit()
    show(qtbot, strip, field)
    field.setFocus()
    strip.ask("删除这 3 条？", "删除", lambda: done.append("deleted"), danger=True)
    assert strip.no.hasFocus()
    qtbot.keyClick(strip.no, Qt.Key.Key_Return)
    assert done == [] and strip.isHidden() and field.hasFocus()
    strip.ask("保存并离开？", "保存", lambda: done.append("saved"), on_no=lambda: done.append("stayed"))
    qtbot.keyClick(strip.yes, Qt.Key.Key_Escape)
    assert done == ["stayed"]
    strip.ask("保存并离开？", "保存", lambda: done.append("saved"))
    qtbot.keyClick(strip.yes, Qt.Key.Key_Return)
    assert done == ["stayed", "saved"]


def test_side_panel_closes_on_escape_while_the_focus_is_in_the_list(qtbot) -> None:
    page, field = QWidget(), QLineEdit()
    row = QHBoxLayout(page)
    panel = SidePanel(page)
    row.addWidget(field)
    row.addWidget(panel)
    show(qtbot, page)
    field.setFocus()
    panel.open_for("r1", "江西云栈", "预警", "alarm")
    assert panel.isVisible() and panel.record == "r1"
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not panel.isVisible() and panel.record == ""


def test_escape_answers_the_question_before_it_closes_the_panel(qtbot) -> None:
    page = QWidget()
    row = QVBoxLayout(page)
    panel, strip = SidePanel(page), ConfirmStrip(page)
    row.addWidget(strip)
    row.addWidget(panel)
    show(qtbot, page)
    panel.open_for("r1", "江西云栈")
    strip.ask("删除？", "删除", lambda: None, danger=True)
    qtbot.keyClick(strip.no, Qt.Key.Key_Escape)
    assert strip.isHidden() and panel.isVisible()


def test_stat_card_and_bars_are_pressed_by_key_and_read_aloud(qtbot) -> None:
    card = StatCard("本月走访", "23", "家", "目标 260")
    line = ProgressToLine("江西梦驰", "差 186 万元", 0.907)
    bullet = BulletBar()
    bullet.set(0.366, 0.417, "watch")
    show(qtbot, card, line, bullet)
    assert card.accessibleName() == "本月走访 23 家，目标 260"
    assert "91%" in line.accessibleName() and "36.6%" in bullet.accessibleName()
    for widget in (card, line, bullet):
        widget.setFocus()
        with qtbot.waitSignal(widget.clicked):
            qtbot.keyClick(widget, Qt.Key.Key_Return)
        with qtbot.waitSignal(widget.clicked):
            qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_todo_list_asks_and_keeps_the_focus_when_nothing_changed(qtbot) -> None:
    items = [
        TodoItem("visits", "补全 4 条走访记录", "缺企业参加人", "4 处错误", "alarm", "去补全"),
        TodoItem("hand-in", "上报", "核对通过后可导出", "待核对", "neutral", "上报", enabled=False),
        TodoItem("done", "填指标", done=True),
    ]
    todo = TodoList(items)
    show(qtbot, todo)
    button = todo.first_focus()
    assert isinstance(button, Button) and button.text() == "去补全"
    with qtbot.waitSignal(todo.asked) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == ["visits"]
    button.setFocus()
    todo.set_items(list(items))
    assert todo.first_focus() is button and button.hasFocus()
    todo.set_items(items[1:])
    assert todo.first_focus() is None and len(todo.rows) == 2


def test_tabs_move_with_the_arrows_and_keep_the_choice(qtbot) -> None:
    tabs = TabStrip([("all", "全部往来"), ("visits", "走访 6"), ("issues", "问题 1")])
    show(qtbot, tabs)
    assert tabs.current == "all"
    tabs.findChildren(QWidget)[0].setFocus()
    with qtbot.waitSignal(tabs.chosen) as told:
        qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert told.args == ["visits"]
    tabs.set_tabs([("all", "全部往来"), ("visits", "走访 7")])
    assert tabs.current == "visits"


def test_facts_say_what_is_not_filled_in(qtbot) -> None:
    facts = Facts([("联系人", ""), ("行业", "I6550")])
    show(qtbot, facts)
    names = [label.accessibleName() for label in facts.findChildren(ElidedLabel)]
    assert "联系人：未填" in names and "行业：I6550" in names


def test_months_step_over_the_year() -> None:
    assert shift("2024-01", -1) == "2023-12"
    assert shift("2024-12", 1) == "2025-01"
    assert shift("2024-05", -12) == "2023-05"
    assert words("2024-05") == "2024 年 5 月"


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ([Qt.Key.Key_Left], "2024-04"),
        ([Qt.Key.Key_Right], "2024-06"),
        ([Qt.Key.Key_Up], "2023-05"),
        ([Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Return], "2024-12"),
        ([Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_0, Qt.Key.Key_7], "2023-07"),
    ],
)
def test_month_is_chosen_by_keys_alone(qtbot, keys: list[Qt.Key], asked: str) -> None:
    picker = MonthPicker("2024-05")
    show(qtbot, picker)
    picker.setFocus()
    with qtbot.waitSignal(picker.asked) as told:
        for key in keys:
            qtbot.keyClick(picker, key)
    assert told.args == [asked]
    assert picker.period == "2024-05"  # it only asks


def test_month_refuses_nonsense_and_shows_a_lock(qtbot) -> None:
    picker = MonthPicker("2024-05")
    show(qtbot, picker)
    with qtbot.assertNotEmitted(picker.asked):
        for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_Return):
            qtbot.keyClick(picker, key)
    before = picker.sizeHint().width()
    picker.set("2024-04", True)
    assert "锁定" in picker.accessibleName() and picker.sizeHint().width() > before
    with qtbot.waitSignal(picker.asked) as told:
        qtbot.mouseClick(picker, Qt.MouseButton.LeftButton, pos=QPoint(6, 10))
    assert told.args == ["2024-03"]


def test_search_takes_input_methods_and_leads_to_the_hit(qtbot) -> None:
    box = SearchBox()
    window = show(qtbot, box, QLineEdit())
    asked: list[str] = []
    hits = [Hit("企业", "江西梦驰", "…0128", "enterprises", {"record": "r1"}), Hit("走访", "2024-05-14")]

    def search(text: str) -> list[Hit]:
        asked.append(text)
        return hits if "梦" in text else []

    box.set_search(search)
    box.setFocus()
    QApplication.sendEvent(box, QInputMethodEvent("meng", []))
    assert box.text() == ""  # not before it is committed
    commit = QInputMethodEvent()
    commit.setCommitString("梦")
    QApplication.sendEvent(box, commit)
    assert box.text() == "梦"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: box.results.isVisible(), timeout=2000)
    assert asked == ["梦"]
    assert box.results.window() is window and not box.results.isWindow()
    assert box.hasFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.results.current() == hits[1]
    qtbot.keyClick(box, Qt.Key.Key_Up)
    with qtbot.waitSignal(box.hit_chosen) as told:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told.args == [hits[0]] and not box.results.isVisible() and box.text() == ""


def test_search_without_a_hit_says_so_and_passes_the_text_on(qtbot) -> None:
    box = SearchBox()
    show(qtbot, box)
    box.set_search(lambda text: [])
    box.setFocus()
    qtbot.keyClicks(box, "zzz")
    qtbot.waitUntil(lambda: box.results.isVisible(), timeout=2000)
    assert box.results.current() is None
    with qtbot.waitSignal(box.search_asked) as told:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told.args == ["zzz"]
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not box.results.isVisible()


def test_flush_card_keeps_its_corners_round(qtbot) -> None:
    card = Card(flush=True)
    inside = QWidget()
    inside.setAutoFillBackground(True)
    card.add(inside, 1)
    show(qtbot, card)
    image = card.grab().toImage()
    corner, middle = image.pixelColor(0, 0), image.pixelColor(card.width() // 2, card.height() // 2)
    assert corner.name() == "#f6f8fb" and middle.isValid()


def test_dates_are_written_year_first_and_the_calendar_begins_on_monday(qtbot) -> None:
    field = date_edit()
    show(qtbot, field)
    field.setDate(QDate(2024, 5, 8))
    assert field.text() == "2024-05-08"
    calendar = field.calendarWidget()
    assert calendar.firstDayOfWeek() == Qt.DayOfWeek.Monday
    saturday = calendar.weekdayTextFormat(Qt.DayOfWeek.Saturday).foreground().color().name()
    assert saturday == theme.tokens().palette.text2.lower()
