"""Two windows on one record: the second save is told, sees both versions and chooses field by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from db import drafts, records
from db.store import Store
from desktop.actions import versions
from desktop.actions.records import open_form
from desktop.context import AppContext
from desktop.forms.conflict import ChoiceRow, ConflictPanel
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

OLD = "订单平稳，人员稳定，没有扩招计划，回款正常。"
MINE, THEIRS = (
    "订单一般，回款放缓，计划缩减人员，暂停扩招。",
    "订单饱满，计划扩招二十人，正在找新的办公场地。",
)


@pytest.fixture
def visit(register: Store, firms: dict[str, UUID]) -> UUID:
    with register.write() as session:
        return fixtures.add(
            session,
            "visit",
            enterprise_id=firms["云栈"],
            visit_date=date(2024, 5, 13),
            visit_mode="实地",
            visitors="李伟（社区）",
            operation_text=OLD,
            operation_trend="平稳",
        )


Windows = tuple[FormView, Hands, FormView, Hands]


@pytest.fixture
def windows(context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot, visit: UUID) -> Windows:
    """The same record in two windows."""
    found: list[Any] = []
    for _ in range(2):
        view = FormView("visit", context)
        qtbot.addWidget(view)
        person = hands(view)
        view.begin(visit)
        person.settle()
        found += [view, person]
    return found[0], found[1], found[2], found[3]


def write(view: FormView, person: Hands, name: str, text: str) -> None:
    view.window().activateWindow()
    person.settle(30)
    view.form.focus(name)
    person.ctrl(Qt.Key.Key_A)
    person.type(text)
    person.settle()


def stored(register: Store, visit: UUID) -> records.Values:
    with register.read() as session:
        return fixtures.read(session, "visit", visit)


def clash(windows: Windows) -> tuple[ConflictPanel, Hands]:
    """Both change the text; besides, the first changes the people and the second the trend. The first saves."""
    first, one, second, two = windows
    write(first, one, "operation_text", THEIRS)
    write(first, one, "visitors", "王强（社区）")
    one.ctrl(Qt.Key.Key_S)
    one.settle()
    write(second, two, "operation_text", MINE)
    second.form.focus("operation_trend")
    two.type("3")
    two.ctrl(Qt.Key.Key_S)
    two.settle()
    panel = second.versions.panel
    assert panel is not None and panel.isVisible() and not second.form.isVisible()
    return panel, two


def said(row: ChoiceRow) -> str:
    return "\n".join(each.text() for each in row.findChildren(QLabel))


def test_both_versions_stand_side_by_side_and_nothing_is_stored_yet(
    windows: Windows, register: Store, visit: UUID
) -> None:
    panel, _ = clash(windows)
    rows = {row.difference.name: row for row in panel.rows}
    assert set(rows) == {"operation_text", "visitors", "operation_trend"}
    assert MINE in said(rows["operation_text"]) and THEIRS in said(rows["operation_text"])
    assert "双方都改了" in said(rows["operation_text"]) and rows["operation_text"].choice == ""
    assert rows["visitors"].choice == versions.THEIRS and rows["operation_trend"].choice == versions.MINE
    now = stored(register, visit)
    assert (now["operation_text"], now["operation_trend"]) == (THEIRS, "平稳")
    kept = drafts.load(register, f"visit:{visit.hex}")
    assert kept is not None and kept.values["values"]["operation_text"] == MINE


@pytest.mark.parametrize(("key", "text", "lost"), [("1", MINE, THEIRS), ("2", THEIRS, MINE)])
def test_a_field_is_chosen_by_key_and_the_rest_merges_by_itself(
    windows: Windows, register: Store, visit: UUID, key: str, text: str, lost: str
) -> None:
    panel, person = clash(windows)
    focused = QApplication.focusWidget()
    assert isinstance(focused, ChoiceRow) and focused.difference.name == "operation_text"
    person.type(key)
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    now = stored(register, visit)
    assert now["operation_text"] == text
    assert now["visitors"] == "王强（社区）"  # only the other changed it
    assert now["operation_trend"] == "下滑"  # only this one did
    view = windows[2]
    assert not panel.isVisible() and view.form.isVisible()
    assert view.form.value("operation_text") == text and view.form.value("visitors") == "王强（社区）"
    assert drafts.load(register, f"visit:{visit.hex}") is None
    with register.read() as session:
        newest = records.history(session, visit)[0]
    assert lost in (newest.note or "")  # nothing is lost: what was not chosen is in the history
    # The merged record is saved again without being asked anew.
    write(view, windows[3], "visitors", "张敏（经发办）")
    windows[3].ctrl(Qt.Key.Key_S)
    windows[3].settle()
    assert stored(register, visit)["visitors"] == "张敏（经发办）" and not panel.isVisible()


def test_it_is_not_saved_while_a_field_is_open_and_arrows_choose_too(
    windows: Windows, register: Store, visit: UUID
) -> None:
    panel, person = clash(windows)
    before = stored(register, visit)["rev"]
    panel.rows[-1].setFocus()
    person.ctrl(Qt.Key.Key_Return)
    assert panel.isVisible() and stored(register, visit)["rev"] == before
    here = next(place for place, row in enumerate(panel.rows) if row is QApplication.focusWidget())
    assert panel.rows[here].difference.name == "operation_text"
    assert "要选" in panel.save.text()
    person.press(Qt.Key.Key_Right)
    person.press(Qt.Key.Key_Left)
    assert panel.choices["operation_text"] == versions.MINE and panel.save.text() == "按所选保存"
    for _ in panel.rows[here:]:
        person.enter()  # through the rows to the button
    assert QApplication.focusWidget() is panel.save
    person.enter()
    person.settle()
    assert stored(register, visit)["operation_text"] == MINE


def test_escape_leaves_everything_as_it_is(windows: Windows, register: Store, visit: UUID) -> None:
    panel, person = clash(windows)
    person.press(Qt.Key.Key_Escape)
    view = windows[2]
    assert not panel.isVisible() and view.form.isVisible()
    assert view.form.value("operation_text") == MINE
    assert stored(register, visit)["operation_text"] == THEIRS
    person.ctrl(Qt.Key.Key_S)  # and it is asked again
    person.settle()
    assert panel.isVisible()


def test_a_record_that_was_deleted_meanwhile_is_said(
    windows: Windows, register: Store, visit: UUID, context: AppContext
) -> None:
    view, person = windows[2], windows[3]
    write(view, person, "operation_text", MINE)
    with register.write() as session:
        records.delete(session, versions.REGISTERS["visit"], visit, context.actor)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert "删除" in view.banner.text.text() and "撤销删除" in view.banner.hint.text()
    assert view.form.value("operation_text") == MINE
    assert drafts.load(register, f"visit:{visit.hex}") is not None


def test_what_was_not_understood_and_what_does_not_apply_are_versions_too(
    register: Store, visit: UUID, context: AppContext
) -> None:
    state = open_form(register, "visit", visit)
    state.values["revenue_ytd"], state.unparsed["revenue_ytd"] = None, "约两千万"
    theirs = {**(state.stored or {}), "rev": 7, "not_applicable": ["revenue_ytd"]}
    [found] = versions.differences(state, theirs, context.directory)
    assert (found.mine, found.theirs, found.both) == ("约两千万", "不适用", True)
    mine = versions.merged(state, theirs, {"revenue_ytd": versions.MINE})
    assert mine.unparsed == {"revenue_ytd": "约两千万"} and mine.not_applicable == [] and mine.base_rev == 7
    other = versions.merged(state, theirs, {"revenue_ytd": versions.THEIRS})
    assert other.unparsed == {} and other.not_applicable == ["revenue_ytd"]
