"""The register pages in the real window: lists, filters, side panel, delete and undo, the firm's card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from db import drafts
from db.store import Store
from desktop.app import build_window
from desktop.context import AppContext
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.register_page import RegisterPage
from desktop.tables.cells import Mark
from desktop.widgets.button import Button
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands

Go = Callable[..., RegisterPage]


@pytest.fixture
def window(register: Store, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window as the program builds it."""
    made, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    qtbot.addWidget(made)
    yield made
    context.jobs.wait_idle()
    context.close()


@pytest.fixture
def person(window: MainWindow) -> Hands:
    from PySide6.QtTest import QTest

    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return Hands(window, window.jobs)


@pytest.fixture
def go(window: MainWindow, person: Hands) -> Go:
    def to(key: str, **args: Any) -> RegisterPage:
        assert window.goto(key, **args)
        person.settle()
        page = window.page
        assert isinstance(page, RegisterPage)
        return page

    return to


def visits(store: Store, firm: UUID, count: int = 1, **more: Any) -> list[UUID]:
    values = {"visit_mode": "实地", "visitors": "张敏（经发办）", **more}
    with store.write() as session:
        return [
            fixtures.add(
                session, "visit", enterprise_id=firm, **{"visit_date": date(2024, 5, 1 + n % 20), **values}
            )
            for n in range(count)
        ]


def shown(page: RegisterPage, column: str) -> list[str]:
    assert page.list.table is not None
    return [str(row.cells.get(column) or "") for row in page.list.table.paged.rows()]


def test_an_empty_list_says_what_belongs_here_and_offers_the_first_step(go: Go) -> None:
    page = go("visits")
    assert page.list.table is not None and page.list.table.empty.isVisible()
    said = " ".join(each.text() for each in page.list.table.empty.findChildren(QLabel))
    assert "还没有走访" in said
    button = page.list.table.empty.button
    assert button is not None
    button.click()
    assert page.form is not None and page.form.isVisible()


def test_typing_starts_in_the_search_field(go: Go, person: Hands) -> None:
    page = go("visits")
    assert person.focus is page.list.search


def test_the_list_shows_the_month_and_all_on_request(go: Go, register: Store, firms: dict[str, UUID]) -> None:
    visits(register, firms["云栈"])
    visits(register, firms["元栖"], visit_date=date(2024, 3, 4))
    page = go("visits")
    assert shown(page, "enterprise_id") == ["江西云栈网络科技有限公司"]
    assert page.list.filters.note.text() == "共 1 条"
    page.list.filters.set_values({"scope": None})
    page.context.jobs.wait_idle()
    assert shown(page, "enterprise_id") == ["江西云栈网络科技有限公司", "江西元栖文化创意有限公司"]


def test_search_by_initials_narrows_the_list(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    visits(register, firms["云栈"], 2)
    visits(register, firms["元栖"])
    page = go("visits")
    person.type("jxyq")
    person.settle(250)
    assert shown(page, "enterprise_id") == ["江西元栖文化创意有限公司"]
    person.ctrl(Qt.Key.Key_A)
    person.type("没有这家")
    person.settle(250)
    assert page.list.table is not None and page.list.table.empty.isVisible()
    assert "没有符合条件" in page.list.table.empty._title.text()


def test_pages_come_one_after_another(go: Go, register: Store, firms: dict[str, UUID]) -> None:
    visits(register, firms["云栈"], 130)
    page = go("visits")
    assert page.list.table is not None
    assert page.list.table.paged.rowCount() == 100
    page.list.table.scrollToBottom()
    page.list.table.paged.fetchMore(page.list.table.rootIndex())
    page.context.jobs.wait_idle()
    assert page.list.table.paged.rowCount() == 130
    assert page.list.filters.note.text() == "共 130 条"


def test_the_panel_shows_the_row_the_keyboard_is_on(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    visits(register, firms["云栈"], operation_text="订单饱满")
    page = go("visits")
    person.press(Qt.Key.Key_Down)
    person.settle()
    assert page.list.panel.isVisible()
    said = [each.text() for each in page.list.panel.findChildren(QLabel)]
    assert "订单饱满" in said
    assert any("待补全" in each for each in said)
    person.press(Qt.Key.Key_Escape)
    assert not page.list.panel.isVisible()


def test_enter_opens_the_form_and_escape_comes_back_to_the_row(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    keys = visits(register, firms["云栈"], 3)
    page = go("visits")
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Down)
    person.enter()
    person.settle()
    assert page.form is not None
    assert page.form.form.state().id == keys[1]
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert page.form is None
    assert page.list.table is not None and person.focus is page.list.table
    assert page.list.table.current_id() == keys[1].hex


def test_delete_is_taken_back_by_undo(go: Go, register: Store, firms: dict[str, UUID], person: Hands) -> None:
    visits(register, firms["云栈"])
    page = go("visits")
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Delete)
    person.settle()
    assert shown(page, "enterprise_id") == []
    assert page.list.undo.isVisible() and "江西云栈" in page.list.undo.text.text()
    page.list.undo_button.click()
    person.settle()
    assert shown(page, "enterprise_id") == ["江西云栈网络科技有限公司"]
    assert not page.list.undo.isVisible()


def test_a_firm_that_others_name_is_not_deleted_and_says_why(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    visits(register, firms["云栈"])
    page = go("enterprises")
    page.list.delete(firms["云栈"].hex)
    assert page.list.message.isVisible() and "引用" in page.list.message.text.text()


def test_a_save_elsewhere_reaches_the_list_but_not_the_open_editor(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands, window: MainWindow
) -> None:
    visits(register, firms["云栈"])
    page = go("visits", new=True)
    assert page.form is not None
    page.form.form.focus("operation_text")
    person.type("写到一半")
    visits(register, firms["元栖"])
    page.context.changed("visit")
    person.settle()
    assert page.form.form.value("operation_text") == "写到一半"
    assert person.focus is page.form.form.editor("operation_text").target
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert len(shown(page, "enterprise_id")) == 2


def test_a_draft_is_offered_above_the_list(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    page = go("visits", new=True, defaults={"enterprise_id": firms["云栈"]})
    assert page.form is not None
    page.form.form.focus("operation_text")
    person.type("写到一半")
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert page.list.draft.isVisible() and "没填完" in page.list.draft.text.text()
    page.list.draft.findChildren(Button)[0].click()
    person.settle()
    assert page.form is not None and page.form.form.value("operation_text") == "写到一半"
    person.ctrl(Qt.Key.Key_S)
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert not page.list.draft.isVisible()
    assert drafts.all_drafts(register) == []


def test_going_to_another_page_and_back_finds_the_form_as_it_was(
    go: Go, window: MainWindow, person: Hands
) -> None:
    page = go("visits", new=True)
    assert page.form is not None
    page.form.form.focus("operation_text")
    person.type("写到一半")
    go("issues")
    assert window.goto("visits")
    assert page.form is not None and page.form.form.value("operation_text") == "写到一半"


def test_open_leads_to_a_field_with_its_finding(go: Go, register: Store, firms: dict[str, UUID]) -> None:
    [key] = visits(register, firms["云栈"])
    page = go("visits", record=key, field="firm_attendees")
    assert page.form is not None
    assert page.form.form.current == "firm_attendees"
    assert page.form.form.boxes["operation_text"].findings  # one came to mend: all are shown


def test_filters_of_a_link(go: Go, register: Store, firms: dict[str, UUID]) -> None:
    with register.write() as session:
        for status in ("待交办", "办理中"):
            fixtures.add(
                session, "issue", enterprise_id=firms["云栈"], registered_on=date(2024, 5, 6), status=status
            )
    page = go("issues", filters={"status": "办理中"})
    assert shown(page, "status") == ["办理中"]


def test_an_overdue_issue_says_so_and_moves_by_button(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    with register.write() as session:
        key = fixtures.add(
            session,
            "issue",
            enterprise_id=firms["云栈"],
            registered_on=date(2024, 5, 6),
            due_date=TODAY - timedelta(days=2),
            status="待交办",
            description="办公面积不足",
        )
    page = go("issues")
    assert page.list.table is not None
    cell = page.list.table.paged.row_at(0).cells["due_date"]
    assert cell == Mark("超期 2 天", "alarm")
    assert page.badge() == 1
    person.press(Qt.Key.Key_Down)
    person.settle()
    moves = [each for each in page.list.panel.findChildren(Button) if each.text() == "交办"]
    assert len(moves) == 1
    moves[0].click()
    person.settle()
    person.type("南浦")
    person.enter()
    person.type("刘芳")
    person.enter()
    person.type("0791-86510023")
    person.ctrl(Qt.Key.Key_Return)
    person.settle()
    with register.read() as session:
        stored = fixtures.read(session, "issue", key)
    assert (stored["status"], stored["assigned_on"]) == ("已交办", TODAY)
    assert stored["due_date"] > TODAY  # the old deadline has passed: a new one was offered


def test_the_card_of_a_firm(go: Go, register: Store, firms: dict[str, UUID], person: Hands) -> None:
    visits(register, firms["云栈"], 3, revenue_ytd=Decimal(1814), operation_text="订单饱满")
    with register.write() as session:
        fixtures.cloud(session, firms["云栈"])
        fixtures.change(session, "enterprise", firms["云栈"], name="江西云栈数字科技有限公司")
    page = go("enterprises", record=firms["云栈"])
    assert isinstance(page, EnterprisesPage)
    card = page.card
    assert card.isVisible() and card.header.title.text() == "江西云栈数字科技有限公司"
    last = card.header.chips[-1]
    assert (last.word, last.state) == ("本月已走访 3 次", "watch")
    assert card.revenue.title.text() == "离升规线还差 186 万元"
    texts = [str(row.cells["text"]) for row in card.table.paged.rows()]
    assert any("由“江西云栈网络科技有限公司”更名" in text for text in texts)
    assert any("云主机" in text and "计数" in text for text in texts)
    assert sum("订单饱满" in text for text in texts) == 3
    card.tabs.choose("visit")
    person.settle()
    assert len(card.table.paged.rows()) == 3
    assert person.focus is card.table
    person.press(Qt.Key.Key_Down)
    person.enter()
    person.settle()
    assert page.window().page is not page  # type: ignore[attr-defined]


def test_from_the_card_to_a_visit_of_that_firm(
    go: Go, window: MainWindow, firms: dict[str, UUID], person: Hands
) -> None:
    page = go("enterprises", record=firms["云栈"])
    person.ctrl(Qt.Key.Key_N)
    person.settle()
    shown_page = window.page
    assert isinstance(shown_page, RegisterPage) and shown_page is not page
    assert shown_page.form is not None
    assert shown_page.form.form.value("enterprise_id") == firms["云栈"]
    assert shown_page.form.form.current == "visit_date"


def test_the_card_is_edited_and_comes_back_with_the_change(
    go: Go, firms: dict[str, UUID], person: Hands
) -> None:
    page = go("enterprises", record=firms["云栈"])
    assert isinstance(page, EnterprisesPage)
    person.ctrl(Qt.Key.Key_E)
    person.settle()
    assert page.form is not None
    page.form.form.focus("name")
    person.ctrl(Qt.Key.Key_A)
    person.type("江西新名科技有限公司")
    person.ctrl(Qt.Key.Key_S)
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert page.card.isVisible()
    assert page.card.header.title.text() == "江西新名科技有限公司"


def test_another_month_is_shown_when_it_is_chosen(
    go: Go, register: Store, firms: dict[str, UUID], window: MainWindow, person: Hands
) -> None:
    visits(register, firms["元栖"], visit_date=date(2024, 3, 4))
    page = go("visits")
    assert shown(page, "enterprise_id") == []
    window.top.month.asked.emit("2024-03")
    person.settle()
    assert shown(page, "enterprise_id") == ["江西元栖文化创意有限公司"]


@pytest.mark.parametrize("key", ["enterprises", "visits", "issues", "cloud", "nurture"])
def test_every_control_has_a_name_and_keys_reach_the_main_action(
    go: Go, key: str, person: Hands, register: Store, firms: dict[str, UUID]
) -> None:
    page = go(key)
    for widget in page.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            named = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            assert named, widget
    person.ctrl(Qt.Key.Key_N)
    person.settle()
    assert page.form is not None and page.form.form.state().id is None
    keys = [keys for keys, _ in page.shortcuts()]
    assert {"Ctrl S", "Ctrl Enter", "Ctrl D", "Esc", "F2"} <= set(keys)


def test_the_search_of_the_top_bar_leads_to_a_firm(
    window: MainWindow, person: Hands, firms: dict[str, UUID], register: Store
) -> None:
    from desktop.finding import search_everything

    context = window.context
    assert isinstance(context, AppContext)
    pages = [("enterprises", "企业"), ("visits", "走访")]
    hits = search_everything(context, pages, "jxyz")
    assert hits[0].title == "江西云栈网络科技有限公司" and hits[0].args == {"record": firms["云栈"]}
    assert search_everything(context, pages, "zf")[0].page == "visits"
    [key] = visits(register, firms["云栈"])
    with register.read() as session:
        number = fixtures.read(session, "visit", key)["visit_no"]
    assert search_everything(context, pages, number)[-1].args == {"register": "visit", "record": key}
