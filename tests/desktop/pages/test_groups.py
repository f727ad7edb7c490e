"""Several registers behind the tabs of one page; each with list, form and links, by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from db.registers import REGISTERS
from db.store import Store
from desktop.app import build_window
from desktop.pages.groups import GroupPage, member
from desktop.pages.plans import WORDS, plan_for
from desktop.places import PAGE_OF, REGISTERS_OF, place
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
IN_GROUPS = [register for page in ("visits", "tasks", "projects", "parks") for register in REGISTERS_OF[page]]


@pytest.fixture
def window(register: Store, qtbot: QtBot) -> Iterator[MainWindow]:
    made, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    context.jobs.wait_idle()
    context.close()


@pytest.fixture
def hands(window: MainWindow) -> Hands:
    return Hands(window, window.jobs)


@pytest.fixture
def go(window: MainWindow, hands: Hands) -> Callable[..., GroupPage]:
    def to(key: str, **args: Any) -> GroupPage:
        assert window.goto(key, **args)
        hands.settle()
        page = window.page
        assert isinstance(page, GroupPage)
        return page

    return to


def test_every_register_has_a_page() -> None:
    assert set(PAGE_OF) == set(REGISTERS)
    assert set(WORDS) >= set(IN_GROUPS)


@pytest.mark.parametrize("key", IN_GROUPS)
def test_each_register_opens_with_its_own_words_and_a_form(go: Any, hands: Hands, key: str) -> None:
    page = go(PAGE_OF[key], register=key)
    assert page.current.plan.register == key
    assert page.list.table is not None and page.list.table.empty.isVisible()
    said = " ".join(each.text() for each in page.list.table.empty.findChildren(QLabel))
    assert WORDS[key].empty in said
    hands.ctrl(Qt.Key.Key_N)
    hands.settle()
    assert page.form is not None and page.form.isVisible()
    assert page.form.register == key


def test_tabs_are_walked_by_keys(go: Any, hands: Hands) -> None:
    page = go("visits")
    assert page.tabs is not None and page.tabs.current == "visit"
    assert page.tabs.isVisible() and not page.list.header.title.isVisible()
    hands.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert page.current.plan.register == "liaison" == page.tabs.current
    assert hands.focus is page.list.search
    hands.press(Qt.Key.Key_Tab, CTRL_SHIFT)
    hands.settle()
    assert page.current.plan.register == "visit"
    page.tabs.focus_current()
    hands.press(Qt.Key.Key_Right)
    hands.settle()
    assert page.current.plan.register == "liaison"
    assert page.tabs.isAncestorOf(hands.focus)


def test_a_page_with_one_register_has_no_tabs(go: Any) -> None:
    page = go("parks")
    assert page.tabs is None and page.list.header.title.text() == "园区"


def test_a_record_opens_behind_its_own_tab(
    go: Any, hands: Hands, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        key = fixtures.add(session, "liaison", enterprise_id=firms["云栈"], leader="王区长")
    page = go("visits")
    page = go("visits", record=key)  # the register is found by the record
    assert page.current.plan.register == "liaison" and page.form is not None
    assert page.form.form.state().id == key
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.list.table is not None and page.list.table.current_id() == key.hex


def test_what_is_typed_behind_a_tab_stays_when_another_is_looked_at(
    go: Any, window: MainWindow, hands: Hands
) -> None:
    page = go("projects", register="project", new=True)
    page.form.form.set_value("name", "云谷数据中心")
    page = go("projects", register="lead")
    assert page.form is None
    page.show_tab("project")
    assert page.form is not None and page.form.form.value("name") == "云谷数据中心"


def test_a_link_brings_its_filter_to_the_right_tab(go: Any, register: Store) -> None:
    with register.write() as session:
        fixtures.add(session, "duty", task="已经做完", year="2024", status="已完成")
        fixtures.add(session, "duty", task="还没开始", year="2024", status="未启动")
    to, args = place("duty", filters={"status": ["未启动", "滞后"]}, told="没做完的")
    page = go(to, **args)
    assert [row.cells["task"] for row in page.list.table.paged.rows()] == ["还没开始"]
    assert "没做完的" in page.list.filters.pinned.text()


def test_a_row_names_the_records_it_refers_to(go: Any, register: Store, firms: dict[str, UUID]) -> None:
    with register.write() as session:
        chance = fixtures.add(session, "opportunity", scene="智慧社区")
        offer = fixtures.add(session, "product", name="社区云平台", enterprise_id=firms["云栈"])
        fixtures.add(session, "match", opportunity_id=chance, product_id=offer)
        fixtures.add(session, "match", opportunity_id=chance)
    page = go("projects", register="match")
    cells = [(row.cells["opportunity_id"], row.cells["product_id"]) for row in page.list.table.paged.rows()]
    assert sorted(cells, key=str) == [("智慧社区", "社区云平台"), ("智慧社区", None)]


def test_filters_follow_from_the_fields() -> None:
    plan = plan_for("project")
    assert [name for name, _, _ in plan.choices] == ["stage", "category"] and plan.state_field == "stage"
    assert member("project") is member("project") and member("project").plan == plan


def test_a_month_narrows_registers_by_day_and_by_period(go: Any, hands: Hands, register: Store) -> None:
    with register.write() as session:
        fixtures.add(session, "service", subject="五月的会", served_on=date(2024, 5, 9))
        fixtures.add(session, "service", subject="去年的会", served_on=date(2023, 5, 9))
        fixtures.add(session, "park", period="2024-05")
        fixtures.add(session, "park", period="2024-01")
    page = go("visits", register="service")
    for scope, count in (("month", 1), ("year", 1), (None, 2)):
        page.list.filters.set_values({"scope": scope})
        hands.settle()
        assert page.list.table.paged.rowCount() == count
    page = go("parks")
    for scope, count in (("month", 1), ("year", 2), (None, 2)):
        page.list.filters.set_values({"scope": scope})
        hands.settle()
        assert page.list.table.paged.rowCount() == count
