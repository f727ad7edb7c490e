"""Every editor by keys and by input method: what it holds, what it shows, what it does not understand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.editors import make_editor
from desktop.forms.line_editors import DateEditor, NumberEditor
from desktop.forms.list_editors import LogEditor
from desktop.forms.pick_editors import PickEditor, PickManyEditor
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor
from tests.desktop.conftest import Hands

Put = Callable[[str, str], tuple[Editor, Hands]]


@pytest.fixture
def put(context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot) -> Put:
    """An editor for a field, with the focus, and another field to go to."""

    def make(register: str, name: str) -> tuple[Editor, Hands]:
        home = QWidget()
        qtbot.addWidget(home)
        column = QVBoxLayout(home)
        editor = make_editor(REGISTERS[register].field(name), context)
        column.addWidget(editor)
        column.addWidget(QLineEdit())
        person = hands(home)
        editor.target.setFocus()
        assert QApplication.focusWidget() is editor.target
        return editor, person

    return make


def test_every_field_of_every_register_has_an_editor_with_a_name(context: AppContext, qtbot: QtBot) -> None:
    for register in REGISTERS.values():
        for field in register.fields:
            if field.computed:
                continue
            editor = make_editor(field, context)
            qtbot.addWidget(editor)
            assert field.label in editor.target.accessibleName(), field.name
            assert editor.content().blank
            assert editor.target.focusPolicy() != Qt.FocusPolicy.NoFocus


def test_a_number_has_thousands_when_left_and_none_while_typed(put: Put) -> None:
    editor, person = put("visit", "revenue_ytd")
    person.type("1814.5")
    assert editor.content().value == Decimal("1814.5")
    person.press(Qt.Key.Key_Tab)
    assert isinstance(editor, NumberEditor)
    assert editor.line.text() == "1,814.50"
    assert editor.line.suffix == "万元"
    editor.line.setFocus()
    assert editor.line.text() == "1814.50"


def test_blank_zero_and_not_applicable_are_three_things(put: Put) -> None:
    editor, person = put("visit", "revenue_ytd")
    assert editor.content() == Content()
    person.type("0")
    assert editor.content().value == 0 and not editor.content().blank
    person.press(Qt.Key.Key_F4)
    assert editor.content() == Content(not_applicable=True)
    person.press(Qt.Key.Key_F4)
    assert editor.content().blank
    person.type("不适用")
    assert editor.content().not_applicable


def test_what_is_no_number_stays_as_it_was_typed(put: Put) -> None:
    editor, person = put("visit", "revenue_ytd")
    person.type("约两千万")
    person.press(Qt.Key.Key_Tab)
    assert editor.content().value is None
    assert editor.content().unparsed == "约两千万"
    assert isinstance(editor, NumberEditor) and editor.line.text() == "约两千万"


@pytest.mark.parametrize("typed", ["5-8", "0508", "2024.5.8", "2024-05-08"])
def test_dates_in_the_usual_spellings_show_the_weekday(put: Put, typed: str) -> None:
    editor, person = put("visit", "visit_date")
    person.type(typed)
    assert editor.content().value == date(2024, 5, 8)
    assert isinstance(editor, DateEditor) and editor.line.suffix == "周三"
    person.press(Qt.Key.Key_Tab)
    assert editor.line.text() == "2024-05-08"


def test_today_and_the_arrows(put: Put) -> None:
    editor, person = put("visit", "visit_date")
    person.type("今天")
    assert editor.content().value == date(2024, 5, 21)
    person.press(Qt.Key.Key_Down)
    assert editor.content().value == date(2024, 5, 20)


def test_a_day_that_does_not_exist_is_kept_as_text(put: Put) -> None:
    editor, person = put("visit", "visit_date")
    person.type("2-30")
    assert editor.content().value is None and editor.content().unparsed == "2-30"
    assert "没有" in editor.content().reason


def test_segments_by_digit_by_letter_and_back(put: Put) -> None:
    editor, person = put("visit", "visit_mode")
    assert isinstance(editor, SegmentEditor)
    person.type("2")
    assert editor.content().value == "电话"
    person.type("s")  # 实地 alone begins with s
    assert editor.content().value == "实地"
    person.press(Qt.Key.Key_Right)
    assert editor.content().value == "电话"
    person.press(Qt.Key.Key_Delete)
    assert editor.content().blank


def test_yes_and_no_are_answers_and_blank_is_none(put: Put) -> None:
    editor, person = put("visit", "has_issue")
    assert editor.content().value is None
    person.type("2")
    assert editor.content().value is False and not editor.content().blank


def test_a_choice_by_initials_digit_and_list(put: Put) -> None:
    editor, person = put("visit", "visit_type")
    assert isinstance(editor, PickEditor)
    person.type("zc")
    assert [item.value for item in editor.list.items] == ["政策宣讲"]
    person.enter()
    assert editor.content().value == "政策宣讲"
    editor.line.selectAll()
    person.type("2")
    assert editor.content().value == "挂点领导走访"
    person.press(Qt.Key.Key_Down)
    assert editor.list.isVisible() and len(editor.list.items) == 6
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Tab)
    assert editor.content().value == "数字化改造摸底"
    assert not editor.list.isVisible()


def test_the_list_is_a_child_of_the_window_and_never_takes_the_focus(put: Put) -> None:
    editor, person = put("visit", "visit_type")
    assert isinstance(editor, PickEditor)
    person.press(Qt.Key.Key_Down)
    assert editor.list.window() is editor.window()
    assert not editor.list.isWindow()
    assert QApplication.focusWidget() is editor.line
    person.press(Qt.Key.Key_Escape)
    assert not editor.list.isVisible()


def test_a_word_that_is_no_choice_stays(put: Put) -> None:
    editor, person = put("visit", "visit_type")
    person.type("喝茶")
    person.press(Qt.Key.Key_Tab)
    assert editor.content().unparsed == "喝茶" and editor.content().rule == "GEN-005"


def test_units_by_pinyin_and_industries_by_code_or_name(put: Put, context: AppContext) -> None:
    editor, person = put("issue", "org_code")
    assert isinstance(editor, PickEditor)
    name = context.directory.options("unit")[3][1]
    person.type(name)
    assert name in [item.text for item in editor.list.items]
    person.enter()
    assert editor.content().value == context.directory.find("unit", name)
    industry, person = put("enterprise", "industry_code")
    person.type("6550")
    person.enter()
    assert industry.content().value in ("6550", "I6550")


def test_several_units_with_a_stop_between_them(put: Put, context: AppContext) -> None:
    editor, person = put("issue", "support_org_codes")
    assert isinstance(editor, PickManyEditor)
    (first, one), (second, two) = context.directory.options("unit")[1:3]
    person.type(one)
    person.enter()
    person.type("、")
    person.type(two)
    person.enter()
    assert editor.content().value == [first, second]


def test_chips_by_digit_letter_and_space(put: Put) -> None:
    editor, person = put("visit", "systems")
    assert isinstance(editor, ChipsEditor)
    person.type("1")
    person.type("3")
    assert editor.content().value == ["ERP", "财务软件"]
    person.press(Qt.Key.Key_Left)
    person.press(Qt.Key.Key_Space)
    assert editor.content().value == ["ERP", "OA", "财务软件"]
    person.type("1")
    assert editor.content().value == ["OA", "财务软件"]


def test_enter_goes_on_from_a_long_text_and_shift_enter_begins_a_line(put: Put) -> None:
    editor, person = put("visit", "operation_text")
    went = []
    editor.advance.connect(lambda: went.append(True))
    person.type("订单饱满")
    person.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    person.type("计划扩招")
    assert editor.content().value == "订单饱满\n计划扩招" and not went
    person.enter()
    assert went


def test_a_log_only_grows_and_knows_who_and_when(put: Put) -> None:
    editor, person = put("issue", "progress_log")
    assert isinstance(editor, LogEditor)
    editor.load(Content([{"at": "2024-05-01", "by": "李伟", "text": "已联系企业"}]))
    person.type("已约谈银行")
    person.enter()
    person.type("未按回车的一条")
    entries = editor.content().value
    assert [entry["text"] for entry in entries] == ["已联系企业", "已约谈银行", "未按回车的一条"]
    assert entries[1] == {"at": "2024-05-21", "by": "张敏", "text": "已约谈银行"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("visit", "visitors"),
        ("visit", "operation_text"),
        ("visit", "visit_type"),
        ("visit", "visit_date"),
        ("visit", "revenue_ytd"),
        ("visit", "enterprise_id"),
        ("issue", "progress_log"),
        ("issue", "support_org_codes"),
        ("nurture", "asof_ym"),
        ("enterprise", "phone"),
    ],
)
def test_an_input_method_composes_and_commits(put: Put, kind: str, name: str) -> None:
    editor, _ = put(kind, name)
    target = editor.target
    assert isinstance(target, (QLineEdit, QPlainTextEdit))
    assert target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QApplication.sendEvent(target, QInputMethodEvent("zhang", []))
    assert editor.content().blank  # still being composed
    event = QInputMethodEvent("", [])
    event.setCommitString("张敏")
    heard = []
    editor.edited.connect(lambda: heard.append(True))
    QApplication.sendEvent(target, event)
    text = target.text() if isinstance(target, QLineEdit) else target.toPlainText()
    assert text == "张敏" and heard
    assert not editor.content().blank
