"""A firm's card in the real window, by keys: what stands on it, changes and merges registered and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db import records
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.app import build_window
from desktop.forms.view import FormView
from desktop.pages.duplicates import DECIDED
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.firm_timeline import HISTORY, STORY
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands
from tests.state import state_hash

Go = Callable[..., EnterprisesPage]
OTHERS = Actor(fixtures.OTHER_STREET, "李伟")


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
    from PySide6.QtTest import QTest

    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return Hands(window, window.jobs)


@pytest.fixture
def go(window: MainWindow, person: Hands) -> Go:
    def to(**args: Any) -> EnterprisesPage:
        assert window.goto("enterprises", **args)
        person.settle()
        assert isinstance(window.page, EnterprisesPage)
        return window.page

    return to


def lines(page: EnterprisesPage) -> list[str]:
    return [str(row.cells.get("text") or "") for row in page.card.table.paged.rows()]


def standing(page: EnterprisesPage) -> dict[str, str]:
    return {line.word: line.text for line, _ in page.card.standing.lines}


def hash_of(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def add(store: Store, register: str, actor: Actor = fixtures.CLERK, **more: Any) -> UUID:
    with store.write() as session:
        return fixtures.add(session, register, actor, **more)


def test_how_things_stand(go: Go, register: Store, firms: dict[str, UUID]) -> None:
    firm = firms["云栈"]
    for day in (2, 9):
        add(register, "visit", OTHERS, enterprise_id=firm, visit_date=date(2024, 5, day))
    add(
        register, "visit", OTHERS, enterprise_id=firm, visit_date=date(2024, 5, 20), leader="陈某", revenue_ytd=Decimal(1200)
    )  # fmt: skip
    add(
        register, "liaison", enterprise_id=firm, leader="陈某", post="副区长", org_code="qszjjb", from_on=date(2024, 1, 1),
        visits_owed=2,
    )  # fmt: skip
    add(
        register,
        "liaison",
        enterprise_id=firm,
        leader="前任",
        from_on=date(2022, 1, 1),
        to_on=date(2023, 12, 31),
    )
    add(
        register, "issue", enterprise_id=firm, description="办公面积不足", status="办理中", registered_on=date(2024, 4, 1),
        due_date=date(2024, 5, 1), org_code="qfgw",
    )  # fmt: skip
    add(
        register,
        "nurture",
        enterprise_id=firm,
        stage="达标预警",
        asof_ym="2024-05",
        revenue_ytd=Decimal(1200),
    )
    add(
        register, "nurture", enterprise_id=firm, nurture_type="省级专精特新", stage="已入库", certified_on=date(2022, 6, 1),
        valid_to=date(2024, 6, 30),
    )  # fmt: skip
    with register.write() as session:
        fixtures.cloud(session, firm)
        fixtures.cloud(session, firm, product="宽带", cloud_on=date(2024, 5, 9))
    add(
        register,
        "firm_plan",
        enterprise_id=firm,
        goal="扩大办公面积",
        status="实施中",
        due_date=date(2024, 5, 1),
    )
    page = go(record=firm)
    found = standing(page)
    assert "本季度应走访 2 次，已走访 1 次" in found["挂点"] and "副区长 陈某" in found["挂点"]
    assert "办公面积不足" in found["办理中"] and "超期 20 天" in found["办理中"]
    assert "离升规线还差 800 万元" in found["培育"]
    assert found["称号"] == "省级专精特新，2022 年认定，有效期至 2024-06-30，还有 40 天到期"
    assert "已到期" in found["一企一策"]
    clouds = [line.text for line, _ in page.card.standing.lines if line.word == "上云"]
    assert clouds == ["云主机，计数", "宽带，不计数：非云产品"]
    warned = [line.text for line, _ in page.card.standing.lines if line.word == "提醒"]
    assert "5 月已走访 3 次" in warned[0] and "1 天前走访过" in warned[1]
    assert page.card.revenue.title.text() == "离升规线还差 800 万元"
    assert page.card.header.chips[-1].word == "本月已走访 3 次"


def test_a_line_of_the_standing_leads_there_by_key(
    go: Go, window: MainWindow, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    key = add(register, "liaison", enterprise_id=firms["云栈"], leader="陈某", from_on=date(2024, 1, 1))
    page = go(record=firms["云栈"])
    button = page.card.standing.lines[0][1]
    assert button is not None
    button.setFocus()
    person.enter()
    person.settle()
    shown = window.page
    assert shown is not None and shown.key == "visits"
    forms = [each for each in shown.findChildren(FormView) if each.isVisible()]
    assert [each.form.state().id for each in forms] == [key]


def test_the_timeline_comes_page_by_page_and_loses_no_line(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    firm = firms["云栈"]
    with register.write() as session:
        for number in range(260):
            day = date(2023, 1 + number // 26, 1 + number % 26 % 5)  # many on one day
            fixtures.add(session, "visit", enterprise_id=firm, visit_date=day, operation_text=f"第{number}次")
        for number in range(20):
            fixtures.add(
                session, "service", enterprise_id=firm, served_on=date(2023, 3, 1), subject=f"服务{number}"
            )
        fixtures.add(session, "visit", enterprise_id=firm, operation_text="没有日期")
    page = go(record=firm)
    table = page.card.table
    assert len(table.paged.rows()) == 100, "the first page only"
    while not table.paged.complete:
        table.paged.fetchMore(table.rootIndex())
        person.settle()
    found = lines(page)
    assert sum("次" in text for text in found) == 260
    assert sum("服务" in text for text in found) == 20
    assert sum("没有日期" in text for text in found) == 1
    assert len({row.id for row in table.paged.rows()}) == len(found)
    days = [row.cells["day"] for row in table.paged.rows() if row.cells["day"]]
    assert days == sorted(days, reverse=True)


def test_a_firm_is_renamed_by_keys_and_it_is_taken_back(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    page = go(record=firms["云栈"])
    before = hash_of(register)
    person.press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    panel = page.card.panel
    assert panel.isVisible() and person.focus is panel.boxes["kind"].editor.target
    person.type("更名")
    person.enter()
    assert person.focus is panel.boxes["name"].editor.target
    person.type("江西云栈数字科技有限公司")
    person.enter()
    assert person.focus is panel.boxes["on"].editor.target
    person.ctrl(Qt.Key.Key_A)
    person.type("2024-05-08")
    person.enter()
    person.ctrl(Qt.Key.Key_S)
    assert "写明变更的原因" in panel.boxes["reason"].words(), "a change without a reason is not taken"
    assert person.focus is panel.boxes["reason"].editor.target
    person.type("变更登记")
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert not panel.isVisible() and page.card.header.title.text() == "江西云栈数字科技有限公司"
    assert any("由“江西云栈网络科技有限公司”更名：变更登记" in text for text in lines(page))
    with register.read() as session:
        assert fixtures.read(session, "enterprise", firms["云栈"])["alias"] == "江西云栈网络科技有限公司"
    person.ctrl(Qt.Key.Key_Z)
    person.settle()
    assert page.card.header.title.text() == "江西云栈网络科技有限公司"
    assert any("（已撤销）" in text for text in lines(page))
    assert hash_of(register) != before, "the undo is a change of its own, on record"


def test_a_firm_that_closes_tells_what_is_open_and_the_change_can_be_looked_at(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    firm = firms["云栈"]
    add(register, "issue", enterprise_id=firm, description="办公面积不足", status="办理中")
    page = go(record=firm)
    page.card.begin_change("停业")
    panel = page.card.panel
    assert not panel.boxes["name"].isVisible() and not panel.boxes["street_code"].isVisible()
    panel.boxes["reason"].editor.target.setFocus()
    person.type("装修")
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert page.card.header.chips[0].word == "停业"
    assert "还有 1 项没有了结" in page.card.message.text.text()
    assert "办公面积不足" in page.card.message.hint.text()
    page.card.tabs.choose(STORY)
    person.settle()
    page.card.table.setFocus()
    page.card.table.choose(
        next(row.id for row in page.card.table.paged.rows() if "停业：装修" in str(row.cells["text"]))
    )
    person.enter()
    person.settle()
    assert panel.isVisible() and panel.title.text() == "停业" and person.focus is panel.undo
    person.enter()
    person.settle()
    assert page.card.header.chips[0].word == "正常" and not panel.isVisible()


def test_the_kinds_follow_the_state(go: Go, register: Store, firms: dict[str, UUID], person: Hands) -> None:
    with register.write() as session:
        fixtures.change(session, "enterprise", firms["云栈"], status="注销")
    page = go(record=firms["云栈"])
    page.card.begin_change()
    editor = page.card.panel.boxes["kind"].editor
    assert [value for value, _ in editor.options()] == ["更名", "吊销"]  # type: ignore[attr-defined]
    person.press(Qt.Key.Key_Escape)
    assert not page.card.panel.isVisible() and page.card.isVisible(), "Esc closes the panel, not the card"


def test_two_cards_are_joined_by_keys_and_taken_apart(
    go: Go, register: Store, firms: dict[str, UUID], person: Hands
) -> None:
    add(
        register, "visit", enterprise_id=firms["数澜"], visit_date=date(2024, 5, 6), operation_text="订单饱满"
    )
    page = go(record=firms["云栈"])
    before = hash_of(register)
    page.show_joining(firms["云栈"])
    person.type("数澜")
    person.settle(200)
    person.enter()
    person.settle()
    compare = page.joining.compare
    assert compare.isVisible() and person.focus is compare.first_focus()
    person.press(Qt.Key.Key_Right)  # keep the other card
    person.settle()
    kept, gone, _take = compare.chosen()
    assert (kept, gone) == (firms["数澜"], firms["云栈"])
    person.press(Qt.Key.Key_Left)
    person.settle()
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Right)  # the name of the other one
    assert compare.chosen() == (firms["云栈"], firms["数澜"], frozenset({"name"}))
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert page.card.isVisible() and page.card.header.title.text() == "南昌数澜软件有限公司"
    assert any("订单饱满" in text for text in lines(page))
    assert any("并入“南昌数澜软件有限公司”的档案" in text for text in lines(page))
    person.ctrl(Qt.Key.Key_Z)
    person.settle()
    assert page.card.header.title.text() == "江西云栈网络科技有限公司"
    assert hash_of(register) == before


def test_a_link_to_a_merged_card_leads_to_the_kept_one(
    go: Go, register: Store, firms: dict[str, UUID]
) -> None:
    from desktop.actions.enterprise_changes import merge_enterprises

    merge_enterprises(register, firms["云栈"], firms["数澜"], (), "", fixtures.CLERK)
    page = go(record=firms["数澜"])
    assert page.card.header.title.text() == "江西云栈网络科技有限公司"
    assert "已并入这一张" in page.card.message.text.text()


@pytest.fixture
def double(register: Store, firms: dict[str, UUID]) -> UUID:
    return add(
        register, "enterprise", name="云栈网络科技（南昌）有限公司", street_code=fixtures.STREET, contact="李伟",
        revenue_ytd=Decimal(860), revenue_asof="2024-04",
    )  # fmt: skip


def test_suspected_pairs_are_counted_compared_and_kept_apart(
    go: Go, register: Store, firms: dict[str, UUID], double: UUID, person: Hands
) -> None:
    page = go()
    assert page.double.text() == "疑似重复 1"
    page.double.setFocus()
    person.enter()
    person.settle()
    view = page.duplicates
    assert view.isVisible() and person.focus is view.table
    assert view.compare.isVisible() and "去掉地名和组织形式后" in view.compare.note.text.text()
    view.compare.apart.setFocus()
    person.enter()
    assert "写明为什么" in view.compare.wrong.text() and person.focus is view.compare.reason.target
    person.type("一家是总部，一家是分店")
    view.compare.apart.setFocus()
    person.enter()
    person.settle()
    assert page.double.text() == "疑似重复" and view.table.empty.isVisible()
    view.tabs.choose(DECIDED)
    person.settle()
    [row] = view.table.paged.rows()
    assert row.cells["reason"] == "一家是总部，一家是分店" and row.cells["by"] == "张敏"
    view.table.choose(row.id)
    view.again_button.setFocus()
    person.enter()
    person.settle()
    assert page.double.text() == "疑似重复 1", "a decision can be taken back"


def test_a_suspected_pair_is_merged_and_taken_back(
    go: Go, register: Store, firms: dict[str, UUID], double: UUID, person: Hands
) -> None:
    before = hash_of(register)
    page = go(duplicates=True)
    view = page.duplicates
    person.enter()  # to the two cards
    assert person.focus is view.compare.first_focus()
    kept, gone, take = view.compare.chosen()
    assert (kept, gone) == (firms["云栈"], double), "the older card is kept unless said otherwise"
    assert {"contact", "revenue_ytd", "revenue_asof"} <= take
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    with register.read() as session:
        card = fixtures.read(session, "enterprise", firms["云栈"])
        assert (card["contact"], card["revenue_ytd"]) == ("李伟", Decimal(860))
        assert records.get(session, REGISTERS["enterprise"], double)["merged_into"] == firms["云栈"]  # type: ignore[index]
    assert view.table.empty.isVisible() and page.double.text() == "疑似重复"
    person.ctrl(Qt.Key.Key_Z)
    person.settle()
    assert hash_of(register) == before and page.double.text() == "疑似重复 1"


def test_figures_and_their_month_change_sides_together(
    go: Go, register: Store, firms: dict[str, UUID], double: UUID, person: Hands
) -> None:
    page = go(duplicates=True)
    sides = page.duplicates.compare._sides
    sides["revenue_ytd"][1].setFocus()
    assert sides["revenue_asof"][1].isChecked()
    person.press(Qt.Key.Key_Left)
    assert sides["revenue_ytd"][0].isChecked() and sides["revenue_asof"][0].isChecked()


def test_history_is_one_tab_away(go: Go, register: Store, firms: dict[str, UUID], person: Hands) -> None:
    with register.write() as session:
        fixtures.change(session, "enterprise", firms["云栈"], contact="陈刚")
    page = go(record=firms["云栈"])
    page.card.tabs.choose(HISTORY)
    person.settle()
    assert next(row.cells["field"] for row in page.card.table.paged.rows()) == "联系人"
