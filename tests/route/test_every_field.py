"""Every field of every register: entered by keys, checked, listed, handed in, received back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db import checks, indicator_sheet, lists, records
from db.fields import Field, Kind
from db.findings import Severity
from db.lists import ListQuery
from db.models import ReturnFile
from db.registers import REGISTERS
from db.store import Store
from db.types import new_key, now
from desktop.actions import returns
from desktop.actions.records import save_form
from desktop.context import AppContext
from desktop.forms import files_editor
from desktop.forms.editor import Editor
from desktop.forms.pick_editors import PickEditor
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor
from desktop.forms.view import FormView
from desktop.pages.indicator_row import IndicatorRow
from desktop.style import theme
from tests.desktop.conftest import Hands
from tests.returns.offices import CODES, MAY, STREET, TODAY, export, facts, open_office, rows

pytestmark = pytest.mark.slow

# What stands in a field where its kind alone does not say it.
TYPED = {
    "uscc": CODES[3],
    "name": "江西㛃𠮷网络科技有限公司",
    "industry_code": "6513",
    "period": MAY,
    "asof_ym": MAY,
    "revenue_asof": MAY,
    "year": "2024",
    "to_on": "2025-5-8",
    "due_date": "2024-6-28",
    "closed_on": "2024-5-20",
}
# States are moved later, by their own steps; a new record starts where its table of states does.
STATES = {register.key: register.state_field for register in REGISTERS.values()}


@pytest.fixture
def context(street: Store, qapp: QApplication) -> Iterator[AppContext]:
    if not qapp.styleSheet():
        theme.apply(qapp)
    made = AppContext(street, today=lambda: TODAY)
    made.set_period(MAY)
    yield made
    made.jobs.wait_idle()
    made.close()


def text_for(field: Field) -> str:
    """What a person types into a field that takes text."""
    if field.name in TYPED:
        return TYPED[field.name]
    if field.editor == "phone":
        return "0791-86510023"
    if field.kind is Kind.INTEGER:
        return "12"
    if field.kind is Kind.NUMBER:
        return "34.5" if field.places else "34"
    if field.kind is Kind.DATE:
        return "2024-5-8"
    if field.kind is Kind.PERIOD:
        return MAY
    return f"{field.label}=+①"[: field.limit or None]


def enter(person: Hands, editor: Editor, field: Field) -> None:
    """Fill in the field that has the focus, by keys alone."""
    if isinstance(editor, (SegmentEditor, ChipsEditor)):
        person.type("1")
    elif field.kind is Kind.REF and field.source == "enterprise":
        person.type("㛃𠮷")
        person.settle(200)
        person.enter()
        person.settle()
        return
    elif (field.kind is Kind.REF or isinstance(editor, PickEditor)) and field.name not in TYPED:
        person.press(Qt.Key.Key_Down)
        person.settle(200)
        person.enter()
    elif field.kind is Kind.FILES:
        person.press(Qt.Key.Key_Space)
        person.settle()
    else:
        person.type(text_for(field))
    person.press(Qt.Key.Key_Tab)


def fill_in(view: FormView, person: Hands, key: str) -> dict[str, Any]:
    """Every field of the form; what the editors then hold, by field."""
    held: dict[str, Any] = {}
    for field in REGISTERS[key].fields:
        if field.computed:
            continue
        assert field.name in view.form.boxes, f"{key}.{field.name} is not on the form"
        editor = view.form.editor(field.name)
        if editor.content().blank or (field.name in TYPED and field.name != STATES[key]):
            view.form.focus(field.name)
            if not editor.content().blank:
                person.ctrl(Qt.Key.Key_A)
            enter(person, editor, field)
        content = editor.content()
        assert not content.unparsed, f"{key}.{field.name}: {content.unparsed}"
        assert content.value not in (None, "", []), f"{key}.{field.name} took nothing"
        held[field.name] = content.value
    return held


def test_every_field_by_keys_checked_listed_handed_in_and_received(
    street: Store,
    district: Store,
    context: AppContext,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = tmp_path / "走访照片.txt"
    paper.write_text("签到", encoding="utf-8")
    monkeypatch.setattr(files_editor, "ask_several", lambda *_args, **_more: [paper])
    stored: dict[str, UUID] = {}
    for key in REGISTERS:
        if key == "indicator":
            continue  # a street reports none: test_every_field_of_an_indicator
        held, record = _enter_record(context, qtbot, key)
        for name, value in held.items():
            assert record[name] == value, f"{key}.{name}"
        stored[key] = record["id"]
        _check(street, key, record)
        _listed(street, key, record)
    export(street, tmp_path / "a.xlsx")
    [staged] = returns.stage_returns(district, [tmp_path / "a.xlsx"])
    assert staged.batch is not None
    returns.apply_batch(district, staged.batch)
    mine, theirs = rows(street), rows(district, STREET)
    for key in stored:
        sent = {row["id"]: facts(row, key) for row in mine[key]}
        assert stored[key] in sent, f"{key} is not part of the month"
        assert {row["id"]: facts(row, key) for row in theirs[key]} == sent, key


def _enter_record(context: AppContext, qtbot: QtBot, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    view = FormView(key, context)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    view.activateWindow()
    assert QTest.qWaitForWindowActive(view)
    person = Hands(view, context.jobs)
    view.begin(None)
    person.settle()
    held = fill_in(view, person, key)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert view.form.state().id is not None, (
        f"{key}: {view.banner.text() if hasattr(view.banner, 'text') else ''}"
    )
    with context.store.read() as session:
        record = records.get(session, REGISTERS[key], view.form.state().id)
    assert record is not None
    view.put_away()
    view.hide()
    return held, record


def _check(store: Store, key: str, record: dict[str, Any]) -> None:
    """Nothing is missing and nothing was misread: what the rules still say is about odd values only."""
    with store.read() as session:
        ctx = checks.context(session, today=TODAY, period=MAY, unit_code=STREET)
        found = checks.check_record(ctx, key, record)
    assert not [each for each in found if each.id == "GEN-001" and each.severity is Severity.ERROR], key
    assert record["incomplete"] is False and record["unparsed"] is None


def _listed(store: Store, key: str, record: dict[str, Any]) -> None:
    names = tuple(field.name for field in REGISTERS[key].fields)
    with store.read() as session:
        page = lists.page(session, ListQuery(key, columns=names))
    [row] = [row for row in page.rows if row["id"] == record["id"]]
    assert {name: row[name] for name in names} == {name: record[name] for name in names}


def test_every_field_of_an_indicator(
    district: Store, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    """A bureau's month that was handed in and is being corrected: the one in which every field is asked for."""
    store = open_office(tmp_path / "bureau", "qswj")
    with store.write() as session:
        session.add(
            ReturnFile(
                id=new_key(),
                unit_code="qswj",
                period=MAY,
                revision=1,
                state="reopened",
                created_at=now(),
                created_by="张敏",
            )
        )
    made = AppContext(store, today=lambda: TODAY)
    made.set_period(MAY)
    with store.read() as session:
        [line] = indicator_sheet.lines(session, "qswj", MAY)
    row = IndicatorRow(line, made)
    qtbot.addWidget(row)
    row.show()
    row.activateWindow()
    assert QTest.qWaitForWindowActive(row)
    person = Hands(row, made.jobs)
    asked = {"period", "indicator_no", "org_code", *row.boxes}
    assert asked == {field.name for field in REGISTERS["indicator"].fields if not field.computed}
    held: dict[str, Any] = {}
    for name, box in row.boxes.items():
        box.editor.target.setFocus()
        if not box.editor.content().blank:
            person.ctrl(Qt.Key.Key_A)
        enter(person, box.editor, REGISTERS["indicator"].field(name))
        held[name] = box.editor.content().value
        assert held[name] not in (None, ""), name
    saved = save_form(store, row.state(), made.actor, today=TODAY, period=MAY)
    with store.read() as session:
        record = records.get(session, REGISTERS["indicator"], saved.saved.id)
    assert record is not None and {name: record[name] for name in held} == held
    _listed(store, "indicator", record)
    export(store, tmp_path / "b.xlsx")
    [staged] = returns.stage_returns(district, [tmp_path / "b.xlsx"])
    assert staged.batch is not None
    returns.apply_batch(district, staged.batch)
    [theirs] = rows(district, "qswj")["indicator"]
    assert facts(theirs, "indicator") == facts(record, "indicator")
    made.close()
    store.close()
