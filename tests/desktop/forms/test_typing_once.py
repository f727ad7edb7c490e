"""What saves typing: to the next gap, earlier values, what goes together, carrying over, a visit's records in turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from db import drafts, records
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import previous
from desktop.context import AppContext
from desktop.forms.follow_form import FollowForm
from desktop.forms.recall import RecallEditor
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

Open = Callable[..., tuple[FormView, Hands]]
PEOPLE = "张敏（经发办）、李伟（社区）"


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


def rows(store: Store, kind: str) -> list[records.Values]:
    with store.read() as session:
        found = session.execute(records.table_of(REGISTERS[kind]).select()).mappings()
        return [dict(row) for row in found if row["deleted_at"] is None]


@pytest.fixture
def visit(register: Store, firms: dict[str, UUID]) -> UUID:
    """A visit with everything said, that leads to a candidate, a cloud service and a problem."""
    with register.write() as session:
        return fixtures.add(
            session,
            "visit",
            enterprise_id=firms["云栈"],
            visit_date=date(2024, 5, 13),
            visit_mode="实地",
            visit_type="千名干部访千企",
            visitors=PEOPLE,
            firm_attendees="王磊 总经理",
            operation_text="订单饱满，仓库面积不足，计划下半年扩招三十人。",
            operation_trend="平稳",
            revenue_ytd=Decimal("837.07"),
            digital_stage="部分环节",
            cloud_status="已上云",
            upscale_potential="有",
            has_issue=True,
            filler="张敏",
        )


# ---------------------------------------------------------------- to the next gap


def test_f8_goes_from_gap_to_gap_and_then_to_the_button(opened: Open, register: Store, visit: UUID) -> None:
    with register.write() as session:
        fixtures.change(session, "visit", visit, firm_attendees=None, digital_stage=None)
    view, person = opened("visit", visit)
    view.form.focus("visit_date")
    person.press(Qt.Key.Key_F8)
    assert view.form.current == "firm_attendees"
    person.press(Qt.Key.Key_F8)
    assert view.form.current == "digital_stage"
    person.press(Qt.Key.Key_F8)
    assert view.form.current == "firm_attendees"  # round to what was passed over
    person.type("王磊 总经理")
    person.press(Qt.Key.Key_F8)
    person.type("2")
    person.press(Qt.Key.Key_F8)
    assert QApplication.focusWidget() is view.next


def test_f8_stops_at_what_was_not_understood(opened: Open, visit: UUID) -> None:
    view, person = opened("visit", visit)
    view.form.focus("revenue_ytd")
    person.type("约两千万")
    view.form.focus("visit_date")
    person.press(Qt.Key.Key_F8)
    assert view.form.current == "revenue_ytd"


# ---------------------------------------------------------------- earlier values


def test_down_offers_what_was_written_before_the_newest_first(
    opened: Open, register: Store, firms: dict[str, UUID], visit: UUID
) -> None:
    with register.write() as session:
        fixtures.add(session, "visit", enterprise_id=firms["数澜"], visitors="王强（社区）")
    view, person = opened("visit")
    editor = view.form.editor("visitors")
    assert isinstance(editor, RecallEditor)
    view.form.focus("visitors")
    person.press(Qt.Key.Key_Down)
    assert [item.text for item in editor.list.items] == ["王强（社区）", PEOPLE]
    person.press(Qt.Key.Key_Down)
    person.enter()
    assert editor.content().value == PEOPLE and view.form.current == "escorts"
    assert not editor.list.isVisible()


def test_typing_narrows_and_enter_takes_only_what_is_picked_out(opened: Open, visit: UUID) -> None:
    view, person = opened("visit")
    editor = view.form.editor("visitors")
    assert isinstance(editor, RecallEditor)
    view.form.focus("visitors")
    person.type("zm")
    assert [item.text for item in editor.list.items] == [PEOPLE] and editor.list.current is None
    person.enter()
    assert editor.content().value == "zm"  # nothing was picked out: what was typed stays
    view.form.focus("visitors")
    person.ctrl(Qt.Key.Key_A)
    person.type("张敏、lw")  # one person after another
    person.press(Qt.Key.Key_Down)
    person.enter()
    assert editor.content().value == "张敏、李伟（社区）"


def test_a_firms_people_are_offered_for_that_firm_alone(
    opened: Open, firms: dict[str, UUID], visit: UUID
) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["元栖"]})
    editor = view.form.editor("firm_attendees")
    assert isinstance(editor, RecallEditor)
    view.form.focus("firm_attendees")
    person.press(Qt.Key.Key_Down)
    assert not editor.offering
    view.form.set_value("enterprise_id", firms["云栈"])
    person.settle()
    person.press(Qt.Key.Key_Down)
    assert [item.text for item in editor.list.items] == ["王磊 总经理"]
    person.press(Qt.Key.Key_Escape)
    assert not editor.offering and view.isVisible()


def test_who_is_on_the_card_is_offered_for_a_firm_never_visited(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        fixtures.change(session, "enterprise", firms["数澜"], contact="周敏 办公室主任")
    view, person = opened("visit", None, defaults={"enterprise_id": firms["数澜"]})
    view.form.focus("firm_attendees")
    person.press(Qt.Key.Key_Down)
    person.enter()
    assert view.form.value("firm_attendees") == "周敏 办公室主任"


def test_f2_in_a_new_record_tells_what_the_firm_said_before(
    opened: Open, firms: dict[str, UUID], visit: UUID
) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    view.form.focus("revenue_ytd")
    person.press(Qt.Key.Key_F2)
    said = [each.text() for each in view.history.findChildren(QLabel)]
    assert "837.07" in said and any("2024-05-13" in each for each in said)


def test_others_records_and_other_units_are_not_remembered(register: Store, visit: UUID) -> None:
    assert previous.past(register, "visit", Actor(fixtures.OTHER_STREET, "王强")).rows == ()
    assert previous.carry_over(register, "visit", Actor(fixtures.OTHER_STREET, "王强")) == {}


def test_the_same_category_brings_who_answered_last_time(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        for category, org, owner in (("融资", "qjrb", "赵磊"), ("用工", "qrsj", "陈洁")):
            fixtures.add(
                session, "issue", enterprise_id=firms["云栈"], category=category, org_code=org,
                level="部门协调", owner=owner, owner_phone="0791-86510023", registered_on=date(2024, 5, 6),
            )  # fmt: skip
    view, person = opened("issue", None, defaults={"enterprise_id": firms["元栖"]})
    view.form.focus("category")
    person.type("rz")
    person.enter()
    person.settle()
    assert view.form.value("org_code") == "qjrb" and view.form.value("owner") == "赵磊"
    assert view.form.boxes["owner"].note == "沿用上次，可改"
    view.form.focus("category")
    person.type("yg")
    person.enter()
    assert view.form.value("owner") == "陈洁"  # nobody typed it: it follows
    view.form.focus("owner")
    person.ctrl(Qt.Key.Key_A)
    person.type("罗涛")
    assert view.form.boxes["owner"].note == ""
    view.form.focus("category")
    person.type("rz")
    person.enter()
    assert view.form.value("owner") == "罗涛"  # what was typed stays


def test_carrying_over_replaces_what_the_program_worked_out(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        fixtures.add(
            session, "issue", enterprise_id=firms["云栈"], registered_on=date(2024, 5, 6),
            due_date=date(2024, 6, 14), owner="李伟", description="不该带出",
        )  # fmt: skip
    view, person = opened("issue", None, defaults={"enterprise_id": firms["元栖"]})
    person.settle(50)
    assert view.form.value("due_date") not in (None, date(2024, 6, 14))
    view.form.focus("category")
    person.ctrl(Qt.Key.Key_D)
    assert view.form.value("due_date") == date(2024, 6, 14) and view.form.value("owner") == "李伟"
    assert view.form.value("description") is None


# ---------------------------------------------------------------- a visit's records in turn


def asked(view: FormView) -> FollowForm:
    inner = view.inner
    assert isinstance(inner, FollowForm) and inner.form is not None
    return inner


def test_f7_asks_in_turn_for_what_the_visit_does_not_say(
    opened: Open, register: Store, visit: UUID, firms: dict[str, UUID]
) -> None:
    view, person = opened("visit", visit)
    person.press(Qt.Key.Key_F7)
    person.settle()
    form = asked(view).form
    assert form is not None and form.register == "nurture" and not view.form.isVisible()
    assert asked(view).place.word == "1/3"
    known = {"enterprise_id", "revenue_ytd", "asof_ym", "org_code", "nurture_type", "stage"}
    assert not known & set(form.boxes)
    assert form.current == "declare_type"
    person.type("2")
    person.press(Qt.Key.Key_F8)
    person.type("2")
    person.press(Qt.Key.Key_F8)
    person.type("1")
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    [nurture] = rows(register, "nurture")
    assert nurture["incomplete"] is False and nurture["revenue_ytd"] == Decimal("837.07")
    assert nurture["origin"] == {"visit": visit.hex}
    cloud = asked(view).form
    assert cloud is not None and cloud.register == "cloud" and asked(view).place.word == "2/3"
    person.press(Qt.Key.Key_Escape)  # not now: on to the next
    person.settle()
    issue = asked(view).form
    assert issue is not None and issue.register == "issue" and asked(view).place.word == "3/3"
    assert issue.value("description") == "仓库面积不足"
    assert issue.boxes["description"].note == "从走访中摘出，请核对"
    person.type("yd")
    person.enter()
    assert issue.current == "description"
    person.type("仓库不够用，希望协调五百平方米。")  # typed over the guess
    person.press(Qt.Key.Key_F8)
    assert issue.current == "level"
    person.type("1")
    person.press(Qt.Key.Key_F8)
    assert issue.current == "owner"
    person.press(Qt.Key.Key_Down)  # who was there is offered
    person.press(Qt.Key.Key_Down)
    person.enter()
    assert issue.value("owner") == "李伟"
    person.type("0791-86510023")
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    [problem] = rows(register, "issue")
    assert problem["description"] == "仓库不够用，希望协调五百平方米。"
    assert (problem["visit_id"], problem["owner"], problem["incomplete"]) == (visit, "李伟", False)
    assert rows(register, "cloud") == []
    assert view.inner is None and view.form.isVisible() and QApplication.focusWidget() is view.next
    person.press(Qt.Key.Key_F7)  # the one that was put off is asked for again, and no other
    person.settle()
    assert asked(view).item is not None and asked(view).item.kind == "cloud"


def test_f1_names_the_keys_of_what_is_open(opened: Open, visit: UUID) -> None:
    """While a visit's record is asked for, Ctrl+Enter stores that record: the form's own button no longer says so."""
    view, person = opened("visit", visit)
    assert view.next.keys == "Ctrl Enter" and view.keep.keys == "Ctrl S"
    person.press(Qt.Key.Key_F7)
    person.settle()
    form = asked(view)
    assert (view.next.keys, view.keep.keys) == ("", "")
    assert (form.save.keys, form.cancel.keys, form.carried.keys) == ("Ctrl Enter", "Esc", "Ctrl D")
    for _ in range(3):
        person.press(Qt.Key.Key_Escape)
        person.settle()
    assert view.inner is None and view.next.keys == "Ctrl Enter" and view.next.hint == "Ctrl Enter"


def test_what_is_missing_is_said_once_and_then_stored_incomplete(
    opened: Open, register: Store, visit: UUID
) -> None:
    view, person = opened("visit", visit)
    person.press(Qt.Key.Key_F7)
    person.settle()
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    assert rows(register, "nurture") == [] and asked(view).banner.isVisible()
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    [nurture] = rows(register, "nurture")
    assert nurture["incomplete"] is True


def test_what_was_typed_in_a_visits_record_survives_a_kill(
    opened: Open, register: Store, visit: UUID, context: AppContext
) -> None:
    view, person = opened("visit", visit)
    person.press(Qt.Key.Key_F7)
    person.settle()
    person.type("2")
    assert view.autosave is not None
    view.autosave.keep()
    person.settle()
    kept = drafts.load(register, f"visit:{visit.hex}")
    assert kept is not None
    other = FormView("visit", context)
    other.show()
    other.resume(kept)
    form = asked(other).form
    assert form is not None and form.value("declare_type") == "年度入库"
    person.settle()
    other.close()
    other.deleteLater()


def test_f7_with_nothing_to_follow_says_so(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    person.press(Qt.Key.Key_F7)
    person.settle()
    assert view.inner is None and view.header.chips[0].word == "没有要登记的记录"
    assert len(rows(register, "visit")) == 1
