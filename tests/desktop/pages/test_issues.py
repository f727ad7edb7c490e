"""问题 in the real window: steps in the side panel by keys, the board, reopening, two people, 催办."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from db import records
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import issues
from desktop.actions.issue_urging import text_for, urging
from desktop.actions.issues import Step
from desktop.app import build_window
from desktop.pages import paper
from desktop.pages.issues import IssuesPage
from desktop.pages.issues_board import shown_columns
from desktop.pages.issues_board_model import PAGE
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands

WHO = {"org_code": fixtures.OTHER_STREET, "owner": "刘芳", "owner_phone": "0791-86510023"}
KEY = Qt.Key
Add = Callable[..., UUID]


@pytest.fixture
def window(register: Store, qtbot: QtBot) -> Iterator[MainWindow]:
    made, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    qtbot.addWidget(made)
    yield made
    context.jobs.wait_idle()
    context.close()


@pytest.fixture
def person(window: MainWindow) -> Hands:
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return Hands(window, window.jobs)


@pytest.fixture
def add(register: Store, firms: dict[str, UUID]) -> Add:
    """A problem in some state, as it would be there."""

    def make(status: str = "待交办", firm: str = "云栈", **more: Any) -> UUID:
        values: dict[str, Any] = {
            "enterprise_id": firms[firm], "registered_on": date(2024, 5, 8), "category": "融资", "source": "来电来访",
            "description": "流动资金紧张，希望贷款 320 万元。", "status": status, "level": "部门协调",
        }  # fmt: skip
        if status != "待交办":
            values |= {**WHO, "assigned_on": date(2024, 5, 9), "measure": "已会商"}
        if status in ("已办结", "已销号"):
            values |= {"closed_on": date(2024, 5, 16), "result": "已解决", "result_text": "已放款。"}
        if status == "已销号":
            values |= {
                "satisfaction": "满意", "written_off_on": date(2024, 5, 17), "written_off_by": "陈静", "basis": "回访",
            }  # fmt: skip
        with register.write() as session:
            return fixtures.add(session, "issue", **{**values, **more})

    return make


@pytest.fixture
def show(window: MainWindow, person: Hands) -> Callable[..., IssuesPage]:
    def to(**args: Any) -> IssuesPage:
        assert window.goto("issues", **args)
        person.settle()
        page = window.page
        assert isinstance(page, IssuesPage)
        return page

    return to


Show = Callable[..., IssuesPage]


def read(store: Store, key: UUID) -> dict[str, Any]:
    with store.read() as session:
        return dict(fixtures.read(session, "issue", key))


def settle(person: Hands) -> None:
    for _ in range(3):
        person.settle()


def cards(page: IssuesPage) -> dict[str, list[str]]:
    assert page.board is not None
    return {column.state: [card.id for card in column.list.cards.cards] for column in page.board.columns}


def control(person: Hands, key: Qt.Key) -> None:
    person.press(key, Qt.KeyboardModifier.ControlModifier)
    settle(person)


# ---------------------------------------------------------------- list and panel


@pytest.mark.qt_log_ignore("does not support")  # popups, on the screen there is none of
def test_a_problem_is_assigned_from_the_list_by_keys(
    show: Show, add: Add, register: Store, person: Hands
) -> None:
    key = add()
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None and page.panel.isVisible()
    control(person, KEY.Key_M)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu) and [each.text() for each in menu.actions()] == ["交办"]
    QTest.keyClick(menu, KEY.Key_Return)
    settle(person)
    editor = page.content.steps.editor
    assert editor is not None
    assert [box.field.label for box in editor.boxes.values()] == [
        "责任单位",
        "责任人",
        "责任人电话",
        "办结时限",
    ]
    assert person.focus is editor.boxes["org_code"].editor.target
    person.type("南浦")
    person.press(KEY.Key_Return)
    person.type("刘芳")
    person.press(KEY.Key_Return)
    person.type("0791-86510023")
    control(person, KEY.Key_Return)
    stored = read(register, key)
    assert (stored["status"], stored["org_code"], stored["owner"]) == (
        "已交办",
        fixtures.OTHER_STREET,
        "刘芳",
    )
    assert stored["assigned_on"] == TODAY and stored["due_date"] == date(2024, 5, 28)
    assert "已交办南浦街道" in page.list.message.text.text()
    assert page.panel.chip.word == "已交办" and list(page.content.steps.buttons) == [
        "办理中",
        "extend",
        "待交办",
    ]
    assert person.focus is page.list.table  # on to the next problem
    row = page.list.table.paged.row_at(0)
    assert row.cells["status"].word == "已交办"


def test_what_is_missing_is_said_in_the_form_and_nothing_typed_is_lost(
    show: Show, add: Add, register: Store, person: Hands
) -> None:
    key = add("办理中")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    page.take_step()
    settle(person)
    assert page.content is not None
    editor = page.content.steps.editor
    assert editor is not None and editor.step.word == "办结"
    person.press(KEY.Key_Tab)
    person.type("已放款")
    control(person, KEY.Key_Return)
    assert editor.problem.text() == "“办结”还差：办理结果。填好后再办这一步。"
    assert editor.values()["result_text"] == "已放款" and read(register, key)["status"] == "办理中"
    person.press(KEY.Key_Tab)
    person.press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    person.type("下月底")
    control(person, KEY.Key_Return)
    assert "办结日期没看懂“下月底”" in editor.problem.text()


def test_escape_closes_the_step_then_the_panel(show: Show, add: Add, person: Hands) -> None:
    add("办理中")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    page.take_step("extend")
    settle(person)
    assert page.content is not None and page.content.steps.editor is not None
    person.press(KEY.Key_Escape)
    settle(person)
    assert page.content.steps.editor is None and page.panel.isVisible()
    assert person.focus is page.content.steps.buttons["extend"]
    person.press(KEY.Key_Escape)
    settle(person)
    assert page.panel.isHidden()


def test_progress_is_added_in_place_and_the_way_is_shown_newest_first(
    show: Show, add: Add, register: Store, person: Hands
) -> None:
    log = [{"at": f"2024-05-{day:02d}", "by": "刘芳", "text": f"第 {day} 日联系"} for day in range(9, 21)]
    key = add("办理中", progress_log=log)
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None
    page.content.note.setFocus()
    person.type("银行已受理")
    person.press(KEY.Key_Return)
    settle(person)
    assert [entry["text"] for entry in read(register, key)["progress_log"]][-2:] == [
        "第 20 日联系",
        "银行已受理",
    ]
    assert page.content is not None and page.content.events[0].text == "银行已受理"
    assert page.content.note.text() == ""
    assert len(page.content.events) == len(log) + 2  # and when it was registered


def test_no_progress_is_offered_before_it_is_assigned(show: Show, add: Add, person: Hands) -> None:
    add()
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None and not page.content.note.isVisible()


def test_an_owner_does_not_write_off_his_own(show: Show, add: Add, register: Store, person: Hands) -> None:
    key = add("已办结", satisfaction="满意")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    page.take_step("已销号")
    settle(person)
    assert page.content is not None
    editor = page.content.steps.editor
    assert editor is not None and editor.values()["satisfaction"] == "满意"
    # 张敏 settled it in the form: her name is not offered.
    assert person.focus is editor.boxes["written_off_by"].editor.target
    person.type("刘　芳")
    person.press(KEY.Key_Return)
    person.type("回访记录")
    control(person, KEY.Key_Return)
    assert "责任人，不能由本人销号" in editor.problem.text() and read(register, key)["status"] == "已办结"
    editor.boxes["written_off_by"].editor.target.setFocus()
    person.press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    person.type("陈静")
    control(person, KEY.Key_Return)
    assert read(register, key)["written_off_by"] == "陈静"
    assert "6 月 20 日前回头看" in page.list.message.text.text()


def test_an_unhappy_firm_leaves_one_way(show: Show, add: Add, person: Hands) -> None:
    add("已办结", satisfaction="不满意")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None
    assert [step.key for step in page.content.steps.steps] == ["退回重办", "ask"]


def test_a_rebound_reopens_from_the_panel(show: Show, add: Add, register: Store, person: Hands) -> None:
    key = add("已销号")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None and page.content.steps.steps[0].word == "回头看合格"
    page.take_step("退回重办")
    settle(person)
    person.type("银行又抽贷")
    control(person, KEY.Key_Return)
    stored = read(register, key)
    assert (stored["status"], stored["review_result"], stored["review_on"]) == ("退回重办", "反弹", TODAY)
    assert "银行又抽贷" in stored["progress_log"][-1]["text"]


def test_two_people_at_the_same_problem(show: Show, add: Add, register: Store, person: Hands) -> None:
    key = add("办理中")
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    page.take_step("extend")
    settle(person)
    assert page.content is not None and page.content.steps.editor is not None
    page.content.steps.editor.boxes["reason"].editor.target.setFocus()
    person.type("银行审批未完")
    other = Step(register, key, Actor(fixtures.STREET, "陈静"), TODAY)
    issues.add_progress(other, "企业已补交材料")
    page.content.steps.editor.boxes["due_date"].editor.target.setFocus()
    person.type("6-20")
    control(person, KEY.Key_Return)
    assert "陈静刚改过这条记录" in page.list.message.text.text()
    assert page.content is not None and page.content.events[0].text == "企业已补交材料"
    editor = page.content.steps.editor
    assert editor is not None and editor.values() == {"due_date": date(2024, 6, 20), "reason": "银行审批未完"}
    assert read(register, key)["extend_count"] is None
    editor.boxes["reason"].editor.target.setFocus()
    control(person, KEY.Key_Return)
    stored = read(register, key)
    assert stored["extend_count"] == 1 and len(stored["progress_log"]) == 2


def test_a_link_to_a_problem_leads_to_its_next_step(
    show: Show, add: Add, register: Store, person: Hands, window: MainWindow
) -> None:
    key = add("办理中", due_date=date(2024, 5, 17))
    page = show(view="urge")
    assert window.goto("issues", record=key)
    settle(person)
    assert page.view == "list" and page.panel.record == key.hex and page.form is None
    assert page.content is not None and person.focus is page.content.steps.buttons["已办结"]
    person.press(KEY.Key_Return)
    settle(person)
    assert page.content.steps.editor is not None
    with register.write() as session:
        records.delete(session, REGISTERS["issue"], key, Actor(fixtures.STREET, "陈静"))
    assert window.goto("issues", record=key)
    settle(person)
    assert "已被删除" in page.list.message.text.text()


# ---------------------------------------------------------------- the board


def test_the_board_by_keys(show: Show, add: Add, register: Store, person: Hands) -> None:
    late = add("办理中", due_date=date(2024, 5, 17))
    later = add("办理中", firm="数澜", due_date=date(2024, 6, 17))
    fresh = add("待交办", firm="元栖")
    page = show()
    control(person, KEY.Key_Tab)
    assert page.view == "board" and page.board is not None
    assert cards(page)["办理中"] == [late.hex, later.hex]  # what is due first comes first
    column = page.board.columns[2]
    assert column.chip.word == "2" and column.list.accessibleName() == "办理中，2 件"
    assert person.focus is page.board.columns[0].list
    person.press(KEY.Key_Down)
    settle(person)
    assert page.board.current_id() == fresh.hex and page.panel.record == fresh.hex
    person.press(KEY.Key_Right)  # over the empty column
    settle(person)
    assert page.board.current_id() == late.hex and page.panel.record == late.hex
    assert not column.folded and person.focus is column.list
    person.press(KEY.Key_Right, Qt.KeyboardModifier.ControlModifier)
    settle(person)
    assert page.content is not None and page.content.steps.editor is not None
    assert page.content.steps.editor.step.key == "已办结"
    person.type("已解决")
    person.press(KEY.Key_Return)
    person.type("已放款")
    control(person, KEY.Key_Return)
    assert read(register, late)["status"] == "已办结"
    assert cards(page)["已办结"] == [late.hex] and cards(page)["办理中"] == [later.hex]
    assert page.board.current_id() == late.hex and person.focus is page.board.columns[4].list
    assert page.panel.record == late.hex and page.panel.chip.word == "已办结"


def test_enter_opens_the_form_and_comes_back_to_the_board(show: Show, add: Add, person: Hands) -> None:
    key = add("办理中")
    page = show(view="board")
    assert page.board is not None
    page.board.go_to(2)
    settle(person)
    person.press(KEY.Key_Return)
    settle(person)
    assert page.form is not None and page.stack.currentWidget() is page.form
    person.press(KEY.Key_Escape)
    settle(person)
    assert page.stack.currentWidget() is page.list and page.view == "board"
    assert page.board.current_id() == key.hex and person.focus is page.board.columns[2].list


def test_the_filters_hold_on_the_board_and_the_view_is_remembered(
    show: Show, add: Add, person: Hands, window: MainWindow
) -> None:
    add("办理中")
    add("办理中", firm="数澜", category="用工")
    page = show(view="board")
    page.list.choose_filters({"category": "用工"})
    settle(person)
    assert page.board is not None and len(cards(page)["办理中"]) == 1
    assert "数澜" in page.board.columns[2].list.cards.cards[0].firm
    page.list.choose_filters({"status": "已办结"})
    settle(person)
    assert not any(cards(page).values())
    assert window.context.memory.get("issues/view") == "board"


def test_cards_come_a_page_at_a_time(show: Show, add: Add, person: Hands) -> None:
    for number in range(2 * PAGE + 5):
        add("办理中", due_date=date(2024, 5, 1) + timedelta(days=number))
    page = show(view="board")
    assert page.board is not None
    column = page.board.columns[2]
    assert column.list.cards.rowCount() <= 2 * PAGE and column.chip.word == str(2 * PAGE + 5)
    page.board.go_to(2)
    for _ in range(3):
        column.list.scrollToBottom()
        settle(person)
    assert column.list.cards.rowCount() == 2 * PAGE + 5
    dates = [card.id for card in column.list.cards.cards]
    assert len(set(dates)) == len(dates)


@pytest.mark.parametrize(
    ("counts", "at", "room", "shown"),
    [
        ([1] * 8, 0, 8, {0, 1, 2, 3, 4, 5, 6, 7}),
        ([1] * 8, 0, 3, {0, 1, 2}),
        ([1] * 8, 4, 3, {3, 4, 5}),
        ([1] * 8, 7, 3, {5, 6, 7}),
        ([0, 3, 15, 0, 4, 11, 0, 261], 2, 3, {1, 2, 4}),
        ([0, 3, 0, 0, 0, 0, 0, 0], 1, 3, {0, 1, 2}),
        ([0] * 8, 0, 2, {0, 1}),
        ([0, 3, 15, 0, 4, 11, 0, 261], 2, 1, {2}),
    ],
)
def test_which_columns_are_whole(counts: list[int], at: int, room: int, shown: set[int]) -> None:
    assert shown_columns(counts, at, room) == shown


def test_a_card_is_dragged_to_a_column(show: Show, add: Add, register: Store, person: Hands) -> None:
    key = add("办理中", due_date=date(2024, 5, 28))
    page = show(view="board")
    board = page.board
    assert board is not None
    source, target = board.columns[2], board.columns[4]
    data = source.list.cards.mimeData([source.list.cards.index(0)])
    enter = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    target.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    target.dropEvent(drop)
    settle(person)
    assert page.content is not None and page.content.steps.editor is not None
    assert page.content.steps.editor.step.key == "已办结"
    board.dropped.emit(key.hex, "已销号")
    settle(person)
    assert page.list.message.text.text() == "“办理中”不能直接改为“已销号”。"
    assert "办结（到“已办结”）" in page.list.message.hint.text()
    assert read(register, key)["status"] == "办理中"


def test_a_card_says_which_clock_it_is(show: Show, add: Add, person: Hands) -> None:
    add("待交办")
    add("办理中", due_date=date(2024, 5, 17))
    add("已销号")
    add("暂不能解决")
    page = show(view="board")
    assert page.board is not None
    told = {
        c.state: [(card.clock, card.clock_state) for card in c.list.cards.cards] for c in page.board.columns
    }
    assert told["待交办"] == [("交办 超期 10 天", "alarm")]
    assert told["办理中"] == [("超期 4 天", "alarm")]
    assert told["已销号"] == [("回头看 还剩 26 天", "ok")]
    assert told["暂不能解决"] == [("已暂停", "neutral")]


def test_a_folded_column_unfolds_when_it_is_pressed(show: Show, add: Add, person: Hands) -> None:
    for state in ("待交办", "已交办", "办理中", "退回重办", "已办结", "已销号", "暂不能解决"):
        add(state)
    page = show(view="board")
    board = page.board
    assert board is not None
    board.go_to(0)
    settle(person)  # the panel takes its room
    folded = [column for column in board.columns if column.folded]
    assert folded and all(column.strip.accessibleName().endswith("按下展开") for column in folded)
    target = board.columns[5]
    assert target.folded
    target.strip.click()
    settle(person)
    assert not target.folded and board.current_id() == target.list.cards.cards[0].id


# ---------------------------------------------------------------- 催办


def test_who_is_urged_and_the_words_for_the_chat(
    show: Show, add: Add, register: Store, person: Hands
) -> None:
    add("办理中", due_date=date(2024, 5, 17), urgency="特急")
    add("办理中", firm="数澜", due_date=date(2024, 5, 23), category="用工", description="缺客服 19 人。")
    add("待交办", firm="元栖")  # 交办 was due on 11 May: the office's own turn
    page = show(view="urge")
    assert page.urge is not None and not page.list.filters.isVisible()
    table = page.urge.table
    assert [row.cells["org"] for row in table.paged.rows()] == ["全部 2 个单位", "南浦街道", "朝阳洲街道"]
    table.choose(fixtures.OTHER_STREET)
    settle(person)
    page.urge.copy.click()
    assert QGuiApplication.clipboard().text() == (
        "【企业问题催办】南浦街道：\n"
        "截至 2024 年 5 月 21 日，你单位有企业问题 1 件已超期、1 件即将到期，请抓紧办理并反馈进展。\n"
        "已超期：\n"
        "1. 〔特急〕江西云栈网络科技有限公司（融资）：流动资金紧张，希望贷款 320 万元。办结时限 5 月 17 日，已超期 4 天，"
        "请抓紧办理；责任人 刘芳 0791-86510023。\n"
        "即将到期：\n"
        "1. 南昌数澜软件有限公司（用工）：缺客服 19 人。办结时限 5 月 23 日，还剩 2 天，请抓紧办理；责任人 刘芳 0791-86510023。\n"
        "朝阳洲街道 张敏\n"
    )
    assert "已复制南浦街道的催办通知" in page.list.message.text.text()
    page.urge.days.buttons[0].click()
    settle(person)
    urges = page.urge.urges
    assert all(urge.late for urge in urges)


def test_the_paper_is_of_the_unit_that_is_chosen(
    show: Show, add: Add, person: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("办理中", due_date=date(2024, 5, 17))
    add("待交办", firm="元栖")
    page = show(view="urge")
    assert page.urge is not None
    asked: list[str] = []
    monkeypatch.setattr(paper, "print_reminders", lambda widget, context, unit="": asked.append(unit))
    page.urge.print.click()
    page.urge.table.choose(fixtures.OTHER_STREET)
    page.urge.print.click()
    assert asked == ["", fixtures.OTHER_STREET]


def test_nobody_to_urge(show: Show, person: Hands) -> None:
    page = show(view="urge")
    assert page.urge is not None and page.urge.table.empty.isVisible()
    assert not page.urge.copy.isEnabled() and page.urge.text.toPlainText() == ""


def test_a_long_description_is_shortened_for_the_chat(add: Add, register: Store) -> None:
    add("办理中", due_date=date(2024, 5, 17), description="资金\n紧张。" * 200)
    (urge,) = urging(register, TODAY)
    lines = text_for(urge, TODAY, "区数字经济办公室").splitlines()
    assert len(lines) == 5 and "…" in lines[3] and len(lines[3]) < 180


def test_the_log_of_other_offices_is_taken_as_it_is(show: Show, add: Add, person: Hands) -> None:
    """Entries without day or name, as an old ledger's cell gives them, break nothing."""
    add(
        "办理中",
        progress_log=[
            {"at": "", "by": "", "text": "已联系"},
            {"at": "2024-05-10", "by": "王强", "text": "〔交办"},
        ],
    )
    page = show()
    person.press(KEY.Key_Down)
    settle(person)
    assert page.content is not None
    assert [event.text for event in page.content.events] == ["〔交办", "已联系", "来电来访"]


def test_a_deleted_problem_leaves_the_board(show: Show, add: Add, register: Store, person: Hands) -> None:
    key = add("办理中")
    page = show(view="board")
    assert page.board is not None
    page.board.go_to(2)
    settle(person)
    page.list.delete(key.hex)
    settle(person)
    assert not any(cards(page).values()) and page.panel.isHidden()
    with register.read() as session:
        assert records.get(session, REGISTERS["issue"], key)["deleted_at"] is not None  # type: ignore[index]
