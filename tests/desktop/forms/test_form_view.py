"""The form of a record as a person goes through it: findings, saving, drafts, carrying over, conflicts, locked months."""

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
from db.findings import Severity
from db.models import ReturnFile
from db.registers import REGISTERS
from db.store import Store
from db.types import now
from desktop.context import AppContext
from desktop.forms.picker import EnterprisePicker
from desktop.forms.side import FollowUpsCard
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

Open = Callable[..., tuple[FormView, Hands]]


@pytest.fixture
def opened(context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot) -> Open:
    """A form in a window of its own, with hands on it."""

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


def pick_firm(person: Hands, typed: str) -> None:
    person.type(typed)
    person.settle(150)
    person.enter()
    person.settle()


def type_visit(view: FormView, person: Hands) -> None:
    """A whole visit by keys alone, from the first field to the last required one."""
    pick_firm(person, "云栈")
    assert view.form.current == "visit_date"
    person.type("5-20")
    person.enter()
    person.type("1")  # 实地
    person.enter()
    person.type("qm")  # 千名干部访千企
    person.enter()
    person.type("张敏（经发办）、李伟（社区）")
    person.enter()
    person.enter()  # 陪同人员 left blank
    person.type("王磊 总经理")
    person.enter()
    person.type("订单饱满，新签运维合同，计划扩招，办公面积不足。")
    person.enter()
    person.type("1")  # 向好
    person.enter()
    person.type("1814")
    person.enter()
    person.type("bf")  # 部分环节
    person.enter()
    assert view.form.current == "systems"
    person.type("2")  # OA
    person.enter()
    person.enter()  # 设备联网情况
    person.type("3")  # 已上云
    person.enter()
    person.enter()  # 改造需求
    person.enter()  # 改造投入
    assert view.form.current == "upscale_potential"
    person.type("1")  # 有
    person.enter()
    person.enter()  # 政策宣讲
    person.type("1")  # 有诉求: 是


def test_a_visit_by_keys_alone(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    view, person = opened("visit")
    assert view.form.current == "enterprise_id"
    type_visit(view, person)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    [visit] = rows(register, "visit")
    assert visit["enterprise_id"] == firms["云栈"]
    assert visit["visit_date"] == date(2024, 5, 20)
    assert visit["visit_mode"] == "实地"
    assert visit["visit_type"] == "千名干部访千企"
    assert visit["visitors"] == "张敏（经发办）、李伟（社区）"
    assert visit["revenue_ytd"] == Decimal(1814)
    assert visit["systems"] == ["OA"]
    assert visit["cloud_status"] == "已上云"
    assert visit["has_issue"] is True
    assert visit["filler"] == "张敏"
    assert visit["unparsed"] is None and visit["incomplete"] is False


def test_a_finding_appears_under_its_field_when_it_is_left(opened: Open) -> None:
    view, person = opened("visit")
    box = view.form.boxes["firm_attendees"]
    view.form.focus("firm_attendees")
    person.settle()
    assert box.findings == []
    person.enter()
    person.settle()
    assert box.severity is Severity.ERROR
    assert box.finding.isVisible() and "企业参加人" in box.finding.text() + box.field.label
    assert box.editor.target.property("state") == "error"
    assert box.finding.text().rstrip("。") in box.editor.target.accessibleDescription()
    # Fields nobody has been to stay calm.
    assert view.form.boxes["visit_date"].findings == []
    view.form.focus("firm_attendees")
    person.type("王磊 总经理")
    person.settle(450)
    assert box.findings == []


def test_a_day_in_the_future_is_an_error_in_words(opened: Open) -> None:
    view, person = opened("visit")
    view.form.focus("visit_date")
    person.type("5-30")
    person.enter()
    person.settle()
    assert view.form.boxes["visit_date"].findings[0].id == "VIS-001"


def test_what_is_not_understood_is_stored_and_said(opened: Open, register: Store) -> None:
    view, person = opened("visit")
    pick_firm(person, "元栖")
    person.type("2-30")
    person.enter()
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    [visit] = rows(register, "visit")
    assert visit["unparsed"] == {"visit_date": "2-30"}
    assert visit["incomplete"] is True
    assert view.form.boxes["visit_date"].severity is Severity.ERROR
    assert view.form.current == "visit_date"  # to the first thing that is wrong


def test_ctrl_enter_warns_once_and_then_goes_on(opened: Open, register: Store) -> None:
    view, person = opened("visit")
    pick_firm(person, "元栖")
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    assert view.banner.isVisible() and "还有" in view.banner.text.text()
    assert len(rows(register, "visit")) == 1
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    assert len(rows(register, "visit")) == 1
    assert view.form.current == "enterprise_id"
    assert view.form.state().id is None and view.form.editor("enterprise_id").content().blank


def test_carry_over_fills_only_what_is_empty(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    with register.write() as session:
        fixtures.add(
            session,
            "visit",
            enterprise_id=firms["云栈"],
            visit_date=date(2024, 5, 13),
            visit_mode="电话",
            visit_type="政策宣讲",
            visitors="李伟（社区）",
            operation_text="不该带出",
        )
    view, person = opened("visit")
    view.form.focus("visit_mode")
    person.type("1")
    person.ctrl(Qt.Key.Key_D)
    person.settle()
    assert view.form.value("visit_mode") == "实地"
    assert view.form.value("visit_date") == date(2024, 5, 13)
    assert view.form.value("visitors") == "李伟（社区）"
    assert view.form.value("operation_text") is None
    assert view.form.value("enterprise_id") is None
    assert "已带出" in view.header.chips[0].word


def test_a_condition_brings_its_field_and_takes_it_away(opened: Open) -> None:
    view, person = opened("visit")
    leader = view.form.boxes["leader"]
    assert leader.isHidden()
    view.form.focus("visit_type")
    person.type("2")  # 挂点领导走访
    assert leader.isVisible() and leader.star.isVisible()
    person.enter()
    assert view.form.current == "leader"
    view.form.focus("visit_type")
    person.type("1")
    person.enter()
    person.settle()
    assert leader.isHidden()


# ---------------------------------------------------------------- drafts


def test_a_draft_comes_back_after_a_kill_at_the_same_field(
    opened: Open, register: Store, context: AppContext, firms: dict[str, UUID]
) -> None:
    view, person = opened("visit")
    pick_firm(person, "云栈")
    person.type("5-20")
    person.enter()
    view.form.focus("revenue_ytd")
    person.type("约两千万")
    view.form.focus("operation_text")
    person.type("写到一半")
    assert view.autosave is not None
    view.autosave.keep()  # what the clock does every three seconds
    person.settle()
    # No closing, no leaving: only what is in the register is there for the next start.
    kept = drafts.load(register, "visit:new")
    assert kept is not None and kept.values["open"] is True
    other = FormView("visit", context)
    other.show()
    other.resume(kept)
    state = other.form.state()
    assert state.values["enterprise_id"] == firms["云栈"]
    assert state.values["visit_date"] == date(2024, 5, 20)
    assert state.unparsed == {"revenue_ytd": "约两千万"}
    assert state.values["operation_text"] == "写到一半"
    assert other.form.current == "operation_text"
    assert rows(register, "visit") == []
    other.close()
    other.deleteLater()


def test_the_clock_keeps_a_draft_by_itself(
    opened: Open, register: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.forms.autosave.EVERY", 50)
    view, person = opened("visit")
    assert view.autosave is not None
    view.form.focus("operation_text")
    person.type("订单饱满")
    for _ in range(100):
        if drafts.load(register, "visit:new") is not None:
            break
        person.settle(50)
    person.settle(50)
    kept = drafts.load(register, "visit:new")
    assert kept is not None and kept.focus == "operation_text"
    assert kept.values["values"]["operation_text"] == "订单饱满"
    assert "草稿已存" in view.header.chips[0].word


def test_saving_drops_the_draft_and_escape_keeps_it(opened: Open, register: Store) -> None:
    view, person = opened("visit")
    closed = []
    view.closed.connect(lambda: closed.append(True))
    pick_firm(person, "云栈")
    person.press(Qt.Key.Key_Escape)
    assert closed
    kept = drafts.load(register, "visit:new")
    assert kept is not None and kept.values["open"] is False  # not opened by itself at the next start
    again, person = opened("visit")
    assert again.form.value("enterprise_id") is not None
    assert again.discard.isVisible()
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert drafts.load(register, "visit:new") is None


def test_a_form_nobody_typed_in_leaves_no_draft(opened: Open, register: Store) -> None:
    _, person = opened("visit")
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert drafts.all_drafts(register) == []


def test_a_second_new_record_does_not_push_out_the_draft_of_the_first(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    _, person = opened("visit")
    pick_firm(person, "云栈")
    person.press(Qt.Key.Key_Escape)
    other, person = opened("visit", None, defaults={"enterprise_id": firms["元栖"]})
    other.form.focus("operation_text")
    person.type("另一家")
    other.leave()
    firms_kept = {each.values["values"]["enterprise_id"] for each in drafts.all_drafts(register)}
    assert firms_kept == {firms["云栈"].hex, firms["元栖"].hex}


# ---------------------------------------------------------------- others' hands


def a_visit(store: Store, firm: UUID, **more: Any) -> UUID:
    with store.write() as session:
        return fixtures.add(
            session, "visit", enterprise_id=firm, visit_date=date(2024, 5, 13), visitors="李伟", **more
        )


def test_a_record_saved_elsewhere_is_put_side_by_side(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    key = a_visit(register, firms["云栈"])
    view, person = opened("visit", key)
    view.form.focus("visitors")
    person.ctrl(Qt.Key.Key_A)
    person.type("张敏（经发办）")
    with register.write() as session:
        fixtures.change(session, "visit", key, visitors="王强（社区）")
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    panel = view.versions.panel
    assert panel is not None and panel.isVisible()
    assert view.form.value("visitors") == "张敏（经发办）"  # nothing typed is lost
    with register.read() as session:
        assert fixtures.read(session, "visit", key)["visitors"] == "王强（社区）"
    panel.mine.click()
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    with register.read() as session:
        assert fixtures.read(session, "visit", key)["visitors"] == "张敏（经发办）"
    assert not panel.isVisible() and view.form.isVisible()


def test_the_other_version_may_be_taken(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    key = a_visit(register, firms["云栈"])
    view, person = opened("visit", key)
    view.form.focus("visitors")
    person.type("张敏")
    with register.write() as session:
        fixtures.change(session, "visit", key, visitors="王强（社区）")
    person.ctrl(Qt.Key.Key_S)
    assert view.versions.panel is not None
    view.versions.panel.theirs.click()
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    assert view.form.value("visitors") == "王强（社区）"


def test_a_handed_in_month_refuses_in_words_and_keeps_what_is_typed(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        session.add(
            ReturnFile(
                unit_code=fixtures.STREET,
                period="2024-05",
                revision=1,
                state="sent",
                id=firms["数澜"],
                created_at=now(),
                created_by="张敏",
            )
        )
    view, person = opened("visit")
    pick_firm(person, "云栈")
    person.type("5-20")
    person.enter()
    person.settle()
    assert "锁定" in view.banner.text.text()  # said before one has typed everything
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert rows(register, "visit") == []
    assert "2024 年 5 月已上报并锁定" in view.banner.text.text()
    assert "月调度" in view.banner.hint.text()
    assert view.form.value("visit_date") == date(2024, 5, 20)
    assert drafts.load(register, "visit:new") is not None


def test_history_of_a_field(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    key = a_visit(register, firms["云栈"], revenue_ytd=Decimal(1000))
    with register.write() as session:
        fixtures.change(session, "visit", key, revenue_ytd=Decimal(1200))
    view, person = opened("visit", key)
    view.form.focus("revenue_ytd")
    person.press(Qt.Key.Key_F2)
    assert view.history.isVisible()
    said = [each.text() for each in view.history.findChildren(QLabel)]
    assert "1,000.00 → 1,200.00" in said
    person.press(Qt.Key.Key_Escape)
    assert not view.history.isVisible() and view.isVisible()


# ---------------------------------------------------------------- the enterprise picker


@pytest.mark.parametrize("typed", ["云栈", "jxyz", "015L", "91360103MA0000015L"])
def test_a_firm_is_found_by_fragment_initials_and_code(
    opened: Open, firms: dict[str, UUID], typed: str
) -> None:
    view, person = opened("visit")
    picker = view.form.editor("enterprise_id")
    assert isinstance(picker, EnterprisePicker)
    person.type(typed)
    person.settle(150)
    assert "江西云栈网络科技有限公司" in [item.text for item in picker.list.items]
    person.enter()
    assert picker.content().value == firms["云栈"]
    assert view.form.current == "visit_date"


def test_a_firm_is_found_by_its_former_name_and_its_line_tells_it_apart(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    a_visit(register, firms["数澜"])
    view, person = opened("visit")
    picker = view.form.editor("enterprise_id")
    assert isinstance(picker, EnterprisePicker)
    person.type("数浪")
    person.settle(150)
    first = picker.list.items[0]
    assert first.text == "南昌数澜软件有限公司"
    assert "朝阳洲" in first.detail and "2024-05-13" in first.detail
    assert picker.list.window() is view.window()
    assert QApplication.focusWidget() is picker.line


def test_enter_before_the_list_came_takes_the_only_one(opened: Open, firms: dict[str, UUID]) -> None:
    view, person = opened("visit")
    person.type("元栖")
    person.enter()
    person.settle()
    assert view.form.value("enterprise_id") == firms["元栖"]


def test_a_name_that_is_nobody_is_kept_and_said(opened: Open) -> None:
    view, person = opened("visit")
    person.type("没有这家")
    person.press(Qt.Key.Key_Tab)
    person.settle(150)
    content = view.form.editor("enterprise_id").content()
    assert content.unparsed == "没有这家" and "新建" in content.reason
    assert view.form.current == "visit_date"


def test_a_firm_is_made_inside_without_losing_what_is_typed(opened: Open, register: Store) -> None:
    view, person = opened("visit")
    view.form.focus("operation_text")
    person.type("订单饱满，产能充足。")
    view.form.focus("enterprise_id")
    person.type("江西新芽科技有限公司")
    person.settle(150)
    picker = view.form.editor("enterprise_id")
    assert isinstance(picker, EnterprisePicker) and picker.list.items[-1].create
    while picker.list.current is not None and not picker.list.current.create:
        person.press(Qt.Key.Key_Down)
    person.enter()
    assert view.quick is not None and view.quick.isVisible()
    assert view.quick.form.value("name") == "江西新芽科技有限公司"
    assert view.quick.form.value("street_code") == fixtures.STREET
    person.type("91360103MA0000015X")
    person.ctrl(Qt.Key.Key_Return)
    assert view.quick.isVisible()  # the code's check digit is wrong: said, not stored
    assert view.quick.form.boxes["uscc"].severity is Severity.ERROR
    person.ctrl(Qt.Key.Key_A)
    person.press(Qt.Key.Key_Delete)
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    assert not view.quick.isVisible()
    made = [row for row in rows(register, "enterprise") if row["name"] == "江西新芽科技有限公司"]
    assert len(made) == 1 and made[0]["source"] == "走访"
    assert view.form.value("enterprise_id") == made[0]["id"]
    assert view.form.value("operation_text") == "订单饱满，产能充足。"
    assert rows(register, "visit") == []


# ---------------------------------------------------------------- what a visit brings with it


def test_a_visit_makes_its_records_with_one_click_each(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    view, person = opened("visit")
    type_visit(view, person)
    person.settle(450)
    card = next(each for each in view.cards if isinstance(each, FollowUpsCard))
    offered = {item.kind: item for item in card.items}
    assert set(offered) == {"nurture", "cloud", "issue", "revenue"}
    assert offered["nurture"].text == "差 186 万元到线"
    for kind in ("nurture", "cloud", "issue"):
        card.buttons[kind].click()
        person.settle()
    [visit] = rows(register, "visit")
    [nurture], [cloud], [issue] = (rows(register, kind) for kind in ("nurture", "cloud", "issue"))
    assert nurture["revenue_ytd"] == Decimal(1814) and nurture["asof_ym"] == "2024-05"
    assert nurture["specialty"] == "服务业2000万档" and nurture["threshold"] == 2000
    assert cloud["enterprise_id"] == firms["云栈"] and cloud["product"] == "OA"
    assert issue["visit_id"] == visit["id"] and issue["registered_on"] == date(2024, 5, 20)
    assert issue["description"] == "办公面积不足"
    assert issue["due_date"] is not None
    with register.read() as session:
        assert fixtures.read(session, "enterprise", firms["云栈"])["revenue_ytd"] == Decimal(1814)
    assert {item.kind: item.state for item in card.items} == dict.fromkeys(offered, "done")
    # A second look offers nothing again.
    view.look()
    person.settle()
    assert all(item.state == "done" for item in card.items)


def test_a_gentle_word_before_the_fourth_visit_of_a_month(
    opened: Open, register: Store, firms: dict[str, UUID]
) -> None:
    for _ in range(3):
        a_visit(register, firms["云栈"])
    view, person = opened("visit", None, defaults={"enterprise_id": firms["云栈"]})
    person.settle()
    card = next(each for each in view.cards if isinstance(each, FollowUpsCard))
    assert [item.text for item in card.items] == ["5 月已走访 3 次，再去前请先商量"]


def test_what_the_program_works_out_appears_in_its_field(opened: Open, firms: dict[str, UUID]) -> None:
    view, person = opened("nurture", None, defaults={"enterprise_id": firms["云栈"]})
    view.form.focus("revenue_ytd")
    person.type("1814")
    person.enter()
    person.type("5")
    person.enter()
    person.settle()
    assert view.form.value("asof_ym") == "2024-05"
    assert view.form.value("specialty") == "服务业2000万档"


def test_a_state_goes_only_where_it_may(opened: Open, register: Store, firms: dict[str, UUID]) -> None:
    with register.write() as session:
        key = fixtures.add(
            session, "issue", enterprise_id=firms["云栈"], registered_on=date(2024, 5, 6), status="已交办"
        )
    view, _ = opened("issue", key)
    options = [value for value, _ in view.form.editor("status").options()]  # type: ignore[attr-defined]
    assert options == ["已交办", "办理中", "待交办"]
