"""What people really put into forms: rare characters, pictures, endless notes, phones in five spellings, a clock set back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from db import records
from db.lookup import Directory
from db.models.nurture import TITLES, UPSCALE
from db.registers import REGISTERS
from db.store import Store
from db.values import parse
from desktop.actions.records import missing_fields
from desktop.context import AppContext
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

Open = Callable[..., tuple[FormView, Hands]]


@pytest.fixture
def opened(context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot) -> Open:
    def make(kind: str, record: UUID | None = None, **more: Any) -> tuple[FormView, Hands]:
        view = FormView(kind, context)
        qtbot.addWidget(view)
        person = hands(view)
        view.begin(record, **more)
        person.settle()
        return view, person

    return make


def commit(view: FormView, name: str, text: str) -> None:
    """Paste or compose a text at once."""
    view.form.focus(name)
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(view.form.editor(name).target, event)


def the_visit(store: Store) -> records.Values:
    with store.read() as session:
        [row] = session.execute(records.table_of(REGISTERS["visit"]).select()).mappings()
        return dict(row)


@pytest.mark.parametrize("text", ["𠮷田屋", "㛃琼", "订单👍很好", "“引号”、①②、½", "café naïve"])
def test_rare_characters_and_pictures_come_back_as_they_were(
    opened: Open, register: Store, firms: dict[str, UUID], context: AppContext, text: str
) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    commit(view, "firm_attendees", text)
    commit(view, "operation_text", text)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    stored = the_visit(register)
    assert stored["firm_attendees"] == text and stored["operation_text"] == text
    again = FormView("visit", context)
    again.begin(stored["id"])
    assert again.form.value("operation_text") == text
    again.put_away()
    again.deleteLater()


def test_a_note_of_two_thousand_characters_is_kept_and_a_longer_one_is_said(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    note = "企业反映用工紧张，" * 250
    note = note[:2000]
    commit(view, "operation_text", note)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert the_visit(register)["operation_text"] == note
    assert not [each.id for each in view.form.boxes["operation_text"].findings if each.id == "GEN-007"]
    box = view.form.boxes["operation_text"]
    assert box.editor.height() < 400  # it scrolls instead of pushing everything away
    commit(view, "operation_text", "又及")
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert the_visit(register)["operation_text"] == f"{note}又及"  # nothing typed is cut off
    assert "GEN-007" in [each.id for each in box.findings]


@pytest.mark.parametrize(
    "typed", ["3,5", "1.2.3", "abc", "约500", "1e5", "五百", "12万元", "９９９９９９９９９９９９９９９"]
)
def test_garbage_in_a_figure_is_kept_and_never_guessed(
    opened: Open, register: Store, firms: dict[str, UUID], typed: str
) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    commit(view, "revenue_ytd", typed)
    person.press(Qt.Key.Key_Tab)
    content = view.form.editor("revenue_ytd").content()
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    stored = the_visit(register)
    if content.value is None:
        assert stored["revenue_ytd"] is None and stored["unparsed"] == {"revenue_ytd": typed}
    else:
        assert typed == "12万元" and stored["revenue_ytd"] == 12


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("（0791）86510023", "0791-86510023"),
        ("0791—86510023", "0791-86510023"),
        ("0791 8651 0023", "079186510023"),
        ("１３８ ００００ ００００", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("0791-86510023转8012", "0791-86510023-8012"),
    ],
)
def test_a_phone_is_one_spelling_of_itself(register: Store, typed: str, stored: str) -> None:
    with register.read() as session:
        lookup = Directory(session)
        for name, field in (
            ("issue", "owner_phone"), ("enterprise", "phone"), ("product", "phone"), ("park", "operator_phone"),
        ):  # fmt: skip
            assert parse(REGISTERS[name].field(field), typed, lookup).value == stored


def test_papers_are_required_of_those_who_hand_papers_in() -> None:
    for kind, wanted in ((UPSCALE, True), *((title, False) for title in TITLES)):
        record = {"nurture_type": kind, "stage": "街道初审"}
        assert ("materials" in missing_fields("nurture", record)) is wanted
    assert "materials" not in missing_fields("nurture", {"nurture_type": UPSCALE, "stage": "摸底"})


def test_a_clock_set_back_does_not_turn_a_record_around(
    register: Store, firms: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2024, 5, 21, 9, 0, tzinfo=UTC)
    clock = [start]
    monkeypatch.setattr("db.records.now", lambda: clock[0])
    with register.write() as session:
        key = fixtures.add(session, "visit", enterprise_id=firms["云栈"], visitors="张敏")
    clock[0] = start - timedelta(days=400)
    seen = []
    with register.write() as session:
        fixtures.change(session, "visit", key, visitors="李伟")
        seen.append(fixtures.read(session, "visit", key)["updated_at"])
        fixtures.change(session, "visit", key, visitors="王强")
        seen.append(fixtures.read(session, "visit", key)["updated_at"])
        records.delete(session, REGISTERS["visit"], key, fixtures.CLERK)
        last = fixtures.read(session, "visit", key)
    assert start == last["created_at"] < seen[0] < seen[1] < last["updated_at"] == last["deleted_at"]
    with register.read() as session:
        history = records.history(session, key)
    assert [each.action for each in history] == ["delete", "update", "update", "create"]
    assert [each.at for each in history] == sorted((each.at for each in history), reverse=True)


def test_the_same_firm_twice_is_told_and_not_made(opened: Open, register: Store) -> None:
    view, person = opened("enterprise")
    commit(view, "name", "江西云栈网络科技有限公司")
    commit(view, "uscc", fixtures.CODES[0])
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert view.form.state().id is None and "已" in view.banner.text.text()
    assert view.form.value("name") == "江西云栈网络科技有限公司"


@pytest.mark.parametrize(
    "typed", ["2024/5/8", "2024.05.08", "5月8日", "0508", "2024年5月8日", "20240508", "２０２４－５－８"]
)
def test_a_day_in_many_spellings(opened: Open, firms: dict[str, UUID], typed: str) -> None:
    view, _ = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    commit(view, "visit_date", typed)
    assert view.form.value("visit_date") == date(2024, 5, 8)
