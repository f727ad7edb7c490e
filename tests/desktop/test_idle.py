"""Work that waits for idle moments, forms made meanwhile, another look without the pages that can be made again."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.store import Store
from desktop import warm
from desktop.app import build_window
from desktop.context import AppContext
from desktop.forms.view import FormView
from desktop.idle import Idle
from desktop.pages.register_page import RegisterPage
from desktop.style import theme
from tests.benchmarks.heartbeat import Heartbeat
from tests.desktop.conftest import PERIOD, TODAY


def test_steps_are_taken_one_after_another_and_the_window_answers_between_them(qapp: QApplication) -> None:
    home = QObject()
    idle, heart, done = Idle(home), Heartbeat(home), []

    def steps(name: str) -> Iterator[int]:
        for number in range(20):
            time.sleep(0.006)
            done.append((name, number))
            yield number

    idle.add(steps("a"))
    idle.add(steps("b"))
    block = heart.during("steps", lambda: None, lambda: not idle.busy)
    assert done == [(name, number) for name in "ab" for number in range(20)]
    assert block.longest < 90  # 240 ms of work


def test_a_heartbeat_notices_a_block(qapp: QApplication) -> None:
    heart = Heartbeat()
    heart.during("quick", lambda: None, lambda: True)
    heart.during("slow", lambda: time.sleep(0.15), lambda: True)
    assert heart.longest.step == "slow" and 150 <= heart.longest.longest < 1000


def test_what_is_warmed_up_is_there(qapp: QApplication) -> None:
    assert [name for name in warm.MODULES if importlib.util.find_spec(name) is None] == []
    assert "desktop.pages.visits" in warm.MODULES and len(set(warm.MODULES)) == len(warm.MODULES)


def test_what_a_module_needs_comes_in_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = warm._needs("desktop.pages.analysis_parts")
    assert {"db.analysis_indicators", "desktop.widgets.picture", "desktop.actions.analysis"} <= set(needs)
    for name in ("desktop.pages.analysis_parts", "db.analysis_indicators"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    order = list(warm._leaves_first("desktop.pages.analysis_parts", set()))
    assert order[-1] == "desktop.pages.analysis_parts"
    assert order.index("db.analysis_indicators") < len(order) - 1
    assert warm._needs("no.such.module") == []


def test_a_form_made_in_pieces_is_the_same_form(context: AppContext, qapp: QApplication) -> None:
    whole, pieces = FormView("visit", context), FormView("visit", context, lazy=True)
    steps = pieces.growing()
    for _ in range(5):
        next(steps)
    assert len(pieces.form.boxes) == 5
    pieces.begin()  # somebody was faster
    assert list(pieces.form.boxes) == list(whole.form.boxes)
    for _ in steps:
        pass
    assert pieces.form.grid.order() and pieces.form.current == "enterprise_id"
    for view in (whole, pieces):
        view.put_away()
        view.deleteLater()
    context.jobs.wait_idle()


def test_a_list_makes_its_form_while_nobody_waits(register: Store, qapp: QApplication) -> None:
    window, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    window.show()
    window.goto("cloud")
    page = window.page
    assert isinstance(page, RegisterPage)
    QTest.qWait(900)
    for _ in range(200):
        if not page._idle.busy:
            break
        QTest.qWait(10)
    spare = page._spare
    assert spare is not None and len(spare.form.boxes) == len(spare.form.fields)
    page.open_form()
    assert page.form is spare and page._spare is None
    context.jobs.wait_idle()
    window.close()
    context.close()
    window.deleteLater()


def test_another_look_leaves_open_forms_and_makes_the_other_pages_anew(
    register: Store, qapp: QApplication, qtbot: QtBot
) -> None:
    window, context = build_window(register, today=lambda: TODAY)
    context.set_period(PERIOD)
    window.show()
    for key in ("issues", "nurture", "cloud", "settings"):
        window.goto(key)
        context.jobs.wait_idle()
    typed = window.page_of("nurture")
    assert isinstance(typed, RegisterPage)
    window.goto("nurture", new=True)
    form = typed.form
    assert form is not None
    form.form.set_value("owner", "李伟")
    window.goto("settings")
    try:
        theme.change(qapp, True, 16)
        qtbot.waitUntil(lambda: theme.tokens().dark and theme.tokens().metrics.text == 16, timeout=20_000)
        assert window.page_of("issues") is None and window.page_of("cloud") is None
        assert window.page_of("nurture") is typed and typed.form is form
        assert form.form.value("owner") == "李伟"
        assert window.goto("issues") and isinstance(window.page, RegisterPage)
        context.jobs.wait_idle()
    finally:
        theme.apply(qapp)
    context.jobs.wait_idle()
    window.close()
    context.close()
    window.deleteLater()
