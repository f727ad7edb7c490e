"""Ctrl+K: firms, records, pages, settings and commands from one field, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from db.store import Store
from desktop import quick_actions
from desktop.app import build_window
from desktop.finding import search_everything
from desktop.page import CLERK, SUPERVISOR, arrange
from desktop.pages import specs
from desktop.pages.groups import GroupPage
from desktop.style import theme
from desktop.widgets.hit import Hit
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY, Hands


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


def pages(role: str = CLERK) -> list[tuple[str, str]]:
    return [(each.key, each.word) for group in arrange(specs(), role) for each in group]


def find(window: MainWindow, text: str, shown: str = "") -> list[Hit]:
    return search_everything(window.context, pages(), text, shown)  # type: ignore[arg-type]


def ask(hands: Hands, window: MainWindow, text: str) -> None:
    """Ctrl+K, the text, and a moment for the answer."""
    hands.ctrl(Qt.Key.Key_K)
    hands.type(text)
    hands.settle(250)
    assert window.top.search.results.isVisible()


def test_a_command_by_its_pinyin_opens_the_form(window: MainWindow, hands: Hands) -> None:
    window.goto("month")
    hands.settle()
    ask(hands, window, "dengjigua")
    hands.enter()
    hands.settle()
    page = window.page
    assert isinstance(page, GroupPage) and page.form is not None and page.form.register == "liaison"


def test_a_month_is_typed_and_worked_in(window: MainWindow, hands: Hands) -> None:
    window.goto("visits")
    hands.settle()
    ask(hands, window, "2024-03")
    hands.enter()
    hands.settle()
    assert window.context.period == "2024-03" and window.top.month.period == "2024-03"
    ask(hands, window, "下个月")
    hands.enter()
    hands.settle()
    assert window.context.period == "2024-04"


def test_escape_gives_the_keyboard_back_to_the_page(window: MainWindow, hands: Hands) -> None:
    window.goto("visits")
    hands.settle()
    hands.ctrl(Qt.Key.Key_K)
    hands.type("云")
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    page: Any = window.page
    assert hands.focus is page.list.search


def test_arrows_choose_among_the_hits(window: MainWindow, hands: Hands, register: Store) -> None:
    with register.write() as session:
        key = fixtures.add(session, "project", name="云栈数据中心")
    window.goto("month")
    hands.settle()
    ask(hands, window, "云栈")
    hits = find(window, "云栈")
    place = next(n for n, hit in enumerate(hits) if hit.args.get("record") == key)
    for _ in range(place):
        hands.press(Qt.Key.Key_Down)
    hands.enter()
    hands.settle()
    page = window.page
    assert isinstance(page, GroupPage) and page.form is not None and page.form.form.state().id == key


def test_hits_come_in_groups_without_doubles(
    window: MainWindow, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        for day in (3, 8):
            fixtures.add(session, "visit", enterprise_id=firms["云栈"], visit_date=date(2024, 5, day))
        fixtures.add(
            session, "issue", enterprise_id=firms["云栈"], category="用工", description="云栈缺十二人",
            registered_on=date(2024, 5, 3),
        )  # fmt: skip
    kinds = [hit.kind for hit in find(window, "云栈")]
    assert kinds == ["企业", "走访记录", "走访记录", "问题"]
    keys = [str(hit.args) for hit in find(window, "云栈")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("zf", "走访"), ("走访", "走访"), ("shezhi", "设置"), ("核对", "核对本月"), ("零报送", "上报本月"),
        ("深色", "颜色：深色"), ("备份", "立即备份"), ("F1", "快捷键一览"), ("xm", "项目"), ("工作日历", "设置：工作日历"),
    ],
)  # fmt: skip
def test_commands_and_pages_come_first_by_word_or_pinyin(window: MainWindow, typed: str, title: str) -> None:
    if typed == "F1":
        assert find(window, "快捷键")[0].hint == "F1"
    else:
        assert find(window, typed)[0].title == title


def test_a_day_lists_its_visits(window: MainWindow, register: Store, firms: dict[str, UUID]) -> None:
    with register.write() as session:
        fixtures.add(session, "visit", enterprise_id=firms["元栖"], visit_date=date(2024, 5, 8))
    hits = find(window, "2024-05-08")
    assert hits[0].title == "2024-05-08 的走访" and hits[1].title.startswith("江西元栖")
    window.goto(hits[0].page, **hits[0].args)
    window.context.jobs.wait_idle()  # type: ignore[attr-defined]
    QTest.qWait(20)
    page: Any = window.page
    assert page.list.table.paged.rowCount() == 1


def test_only_what_the_role_may_do_is_offered(window: MainWindow) -> None:
    def titles(role: str, text: str) -> set[str]:
        mine = [key for key, _ in pages(role)]
        return {hit.title for _, hit in quick_actions.commands(text, role, mine)}

    assert "上报本月" in titles(CLERK, "上报") and "上报本月" not in titles(SUPERVISOR, "上报")
    assert "收表" in titles(SUPERVISOR, "收表") and "收表" not in titles(CLERK, "收表")


def test_commands_of_a_list_are_offered_where_there_is_one(window: MainWindow) -> None:
    assert [hit.title for hit in find(window, "导出", "visits")][:1] == ["导出列表"]
    assert "导出列表" not in [hit.title for hit in find(window, "导出", "month")]


def test_every_command_leads_somewhere(
    window: MainWindow, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is taken once: a page that exists, or an act that is known."""
    done: list[str] = []
    monkeypatch.setattr(quick_actions, "_back_up", lambda *_: done.append("backup"))
    monkeypatch.setattr(quick_actions, "_look", lambda *_: done.append("look"))
    monkeypatch.setattr(quick_actions, "_on_list", lambda *_: done.append("list"))
    keys = {key for key, _ in pages(CLERK)} | {key for key, _ in pages(SUPERVISOR)}
    for command in quick_actions.COMMANDS:
        if command.act:
            quick_actions.perform(window, window.context, command.act, command.args)
        else:
            assert command.page in keys, command.words
    window.overlay.hide()
    assert {"backup", "look", "list"} <= set(done)


def test_settings_are_found_by_their_sections(window: MainWindow, hands: Hands) -> None:
    for hit in (hit for hit in find(window, "设置") if hit.title.startswith("设置：")):
        window.goto(hit.page, **hit.args)
        hands.settle()
        assert window.page is not None and window.page.key == "settings"


def test_the_look_changes_at_once(window: MainWindow, register: Store) -> None:
    try:
        quick_actions.perform(window, window.context, "theme", {"theme": "dark"})
        QTest.qWait(1500)
        assert theme.tokens().dark and register.setting("theme") == "dark"
    finally:
        quick_actions.perform(window, window.context, "theme", {"theme": "light"})
        QTest.qWait(1500)
    assert not theme.tokens().dark


def test_a_backup_is_made_aside(window: MainWindow, hands: Hands, register: Store) -> None:
    quick_actions.perform(window, window.context, "backup", {})
    hands.settle()
    assert list(register.folder.root.rglob("*.qqbak"))
