"""Every field of every register is filled in by keys and an input method, stored, and shown again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from db import records
from db.fields import RECORD_TARGETS, Field, Kind
from db.registers import REGISTERS
from db.store import Store
from desktop.context import AppContext
from desktop.forms.editor import Editor
from desktop.forms.files_editor import FilesEditor
from desktop.forms.form import RecordForm
from desktop.forms.frame import titles
from desktop.forms.pick_editors import PickEditor, PickManyEditor
from desktop.forms.picker import EnterprisePicker
from desktop.forms.record_picker import RecordPicker
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

FORMS = [key for key in REGISTERS if key != "indicator"]  # 指标 is filled in as a table of all 14
TEXT = "𠮷安㛃成😀甲乙"  # rare characters and a picture, as people paste them


@pytest.fixture
def full(register: Store, firms: dict[str, UUID]) -> Store:
    """A register with one of everything another record may refer to."""
    with register.write() as session:
        firm = firms["云栈"]
        release = fixtures.add(session, "release", name="二季度第一批", list_kind="机会清单")
        fixtures.add(session, "opportunity", scene="智慧仓储", demand_side="南昌数澜", release_id=release)
        fixtures.add(session, "product", name="仓储云平台", enterprise_id=firm)
        visit = fixtures.add(
            session, "visit", enterprise_id=firm, visit_date=date(2024, 5, 6), visit_mode="实地"
        )
        fixtures.add(
            session, "issue", enterprise_id=firm, visit_id=visit, registered_on=date(2024, 5, 6),
            category="用工", description="缺客服八人",
        )  # fmt: skip
    return register


@pytest.fixture
def opened(
    full: Store, context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot
) -> Iterator[Callable[[str], tuple[FormView, Hands]]]:
    def make(register: str) -> tuple[FormView, Hands]:
        view = FormView(register, context)
        qtbot.addWidget(view)
        person = hands(view)
        view.begin()
        view.form.show_all = True
        view.form.show_record()
        person.settle()
        return view, person

    yield make


def put(form: RecordForm, person: Hands, field: Field) -> Any:
    """Fill one field in by keys; what should be stored."""
    editor = form.editor(field.name)
    form.focus(field.name)
    target = editor.target
    assert QApplication.focusWidget() is target, field.name
    if isinstance(target, (QLineEdit, QPlainTextEdit)):
        person.ctrl(Qt.Key.Key_A)
    if isinstance(editor, FilesEditor):
        return None
    if isinstance(editor, EnterprisePicker):
        person.type("云栈")
        person.settle(130)
        person.enter()
        person.settle()
    elif isinstance(editor, RecordPicker):
        person.press(Qt.Key.Key_Down)
        person.settle()
        person.enter()
    elif isinstance(editor, SegmentEditor):
        person.type("1")
    elif isinstance(editor, ChipsEditor):
        if editor.boxes.words:
            person.type("1")
    elif isinstance(editor, (PickEditor, PickManyEditor)):
        person.press(Qt.Key.Key_Delete)
        person.press(Qt.Key.Key_Down)
        person.enter()
    elif field.kind is Kind.DATE:
        person.type("5-8")
    elif field.kind is Kind.PERIOD:
        person.type("5")
    elif field.kind in (Kind.NUMBER, Kind.INTEGER):
        person.type("12")
    elif field.editor == "code":
        person.type(fixtures.CODES[3])
    elif field.editor == "phone":
        person.type("13800000000")
    else:
        compose(target, "甲乙" if field.limit and field.limit < 10 else TEXT)
    return editor.content()


def compose(target: QWidget, text: str) -> None:
    """As an input method does: letters being composed, then the characters."""
    assert target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QApplication.sendEvent(target, QInputMethodEvent("jia'yi", []))
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


@pytest.mark.parametrize("key", FORMS)
def test_every_field_is_typed_stored_and_shown_again(
    opened: Callable[[str], tuple[FormView, Hands]], full: Store, key: str, context: AppContext
) -> None:
    view, person = opened(key)
    typed: dict[str, Any] = {}
    for field in view.form.fields:
        if key == "issue" and field.name == "status":
            continue  # a problem begins where problems begin
        content = put(view.form, person, field)
        person.settle()
        if content is not None and not (field.kind is Kind.CHECKLIST and content.blank):
            assert not content.unparsed, (field.name, content)
            assert not content.blank, field.name
            typed[field.name] = view.form.editor(field.name).content().value
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert not view.banner.isVisible() or "错误" in view.banner.text.text(), view.banner.text.text()
    state = view.form.state()
    assert state.id is not None, view.banner.text.text()
    with full.read() as session:
        stored = records.get(session, REGISTERS[key], state.id)
    assert stored is not None and stored["unparsed"] is None
    for name, value in typed.items():
        held = stored[name]
        if isinstance(held, Decimal):
            assert held == Decimal(value), name
        elif REGISTERS[key].field(name).kind is Kind.LOG:
            assert held[-1]["text"] == TEXT
        else:
            assert held == value, name
    again = FormView(key, context)
    again.show()
    again.begin(state.id)
    for name in typed:
        if REGISTERS[key].field(name).kind not in (Kind.NUMBER, Kind.LOG):
            assert again.form.value(name) == stored[name], name
    person.settle()
    again.close()
    again.deleteLater()


@pytest.mark.parametrize("key", FORMS)
def test_every_field_that_takes_text_takes_an_input_method(
    opened: Callable[[str], tuple[FormView, Hands]], key: str
) -> None:
    """Composing is no content, committing is, and no list or key of ours comes between."""
    view, person = opened(key)
    for field in view.form.fields:
        editor: Editor = view.form.editor(field.name)
        target = editor.target
        if not isinstance(target, (QLineEdit, QPlainTextEdit)):
            assert not target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled), field.name
            continue
        view.form.focus(field.name)
        person.ctrl(Qt.Key.Key_A)
        person.press(Qt.Key.Key_Delete)
        QApplication.sendEvent(target, QInputMethodEvent("zhang'min", []))
        assert editor.content().blank, field.name
        compose(target, "张敏")
        shown = target.text() if isinstance(target, QLineEdit) else target.toPlainText()
        assert shown == "张敏" and not editor.content().blank, field.name
        assert QApplication.focusWidget() is target, field.name
    person.settle(120)


@pytest.mark.parametrize("key", FORMS)
def test_every_form_has_its_words(key: str) -> None:
    assert all(titles(key)) and len(set(titles(key))) == 3


@pytest.mark.parametrize(
    ("key", "name", "typed"),
    [
        ("matter", "issue_id", "客服"),
        ("matter", "issue_id", "yg"),
        ("opportunity", "release_id", "ejd"),
        ("match", "opportunity_id", "智慧"),
        ("match", "product_id", "cc"),
        ("issue", "visit_id", "实地"),
    ],
)
def test_records_of_other_registers_are_found_by_what_is_remembered_of_them(
    opened: Callable[[str], tuple[FormView, Hands]], key: str, name: str, typed: str
) -> None:
    view, person = opened(key)
    editor = view.form.editor(name)
    assert isinstance(editor, RecordPicker) and editor.field.source in RECORD_TARGETS
    view.form.focus(name)
    person.type(typed)
    for _ in range(100):  # the list comes a moment after the last key
        person.settle(30)
        if editor.offering:
            break
    assert len(editor.list.items) == 1 and editor.list.window() is view.window()
    person.enter()
    person.settle()
    assert editor.content().value is not None and view.form.current != name


def test_a_chosen_record_brings_its_firm_and_what_is_no_record_stays(
    opened: Callable[[str], tuple[FormView, Hands]], firms: dict[str, UUID]
) -> None:
    view, person = opened("matter")
    view.form.focus("issue_id")
    person.type("没有这件")
    person.enter()
    person.settle()
    assert view.form.editor("issue_id").content().unparsed == "没有这件"
    person.ctrl(Qt.Key.Key_A)
    person.press(Qt.Key.Key_Delete)
    person.press(Qt.Key.Key_Down)
    person.settle()
    person.enter()
    assert view.form.value("enterprise_id") == firms["云栈"]
