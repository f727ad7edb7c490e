"""分析 over the big register: opening it and stepping through its tabs, against the bare SQL whose figures they show.

The SQL is what a tab asks (noted once), run on a plain sqlite3 connection with all rows fetched.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from operator import attrgetter
from statistics import median
from typing import Any

from sqlalchemy import event

from db import kept_totals
from db.store import Store
from desktop.actions import analysis
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, milliseconds
from tests.benchmarks.heartbeat import Block, Heartbeat
from tests.benchmarks.session import _SETTLE, LIMIT, TODAY

MONTH = "2024-05"
OPENING = 5.0  # opening 分析 ≤ 5× the raw queries it shows
_SHOWN_FIRST = (analysis.INDICATORS, analysis.TRENDS)  # what the first tab shows
Asked = list[str]


def figures(quick: bool) -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    store = big_store(10_000, 100_000) if quick else big_store(100_000, 1_000_000)
    try:
        asked = {tab: _noted(store, tab) for tab, _ in analysis.TABS}
        raw = _bare(store, asked, 3 if quick else 7)
        shown, longest = _opened(store, 3 if quick else 5)
    finally:
        store.close()
    floor = sum(raw[tab] for tab in _SHOWN_FIRST)
    # Of little data there is hardly anything to read, and what is left is painting: a page's words take their time.
    name = "同样的裸 SQL（数据少，几乎为零；承诺看全量）" if quick else "同样的裸 SQL"
    found = [Figure("打开“分析”（首次，含指标与走势）", shown[analysis.INDICATORS], name, floor, OPENING)]
    whole, bare = sum(shown.values()), sum(raw.values())
    found.append(Figure("七个页签逐个打开", whole, name, bare, OPENING))
    found += [
        Figure(f"页签“{word}”", shown[tab], "同样的裸 SQL", raw[tab], None)
        for tab, word in analysis.TABS
        if tab != analysis.INDICATORS
    ]
    found.append(Figure("分析：最长停顿", longest.longest, "界面允许的停顿", LIMIT, 1.0))
    # On a busy machine most of a pause is spent waiting for a processor.
    found.append(Figure("其中界面自己在算", longest.own, "这次停顿", longest.longest, None))
    return found


def _noted(store: Store, tab: str) -> Asked:
    """The statements a tab asks, with their values, as SQLite gets them from whoever asks."""
    found: Asked = []

    def note(statement: str) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append(statement)

    def listen(driver: sqlite3.Connection, *_: object) -> None:
        driver.set_trace_callback(note)

    def stop(driver: sqlite3.Connection, *_: object) -> None:
        driver.set_trace_callback(None)

    analysis.read_tab(store, tab, MONTH)  # whatever is worked out once is worked out
    # Nothing of the roll-up is kept: every tab asks all it shows, as for the first who comes.
    kept_totals.forget(store.engine)
    event.listen(store.engine, "checkout", listen)
    event.listen(store.engine, "checkin", stop)
    try:
        analysis.read_tab(store, tab, MONTH)
    finally:
        event.remove(store.engine, "checkout", listen)
        event.remove(store.engine, "checkin", stop)
    return found


def _bare(store: Store, asked: dict[str, Asked], rounds: int) -> dict[str, float]:
    with closing(sqlite3.connect(store.folder.database)) as connection:

        def run(statements: Asked) -> None:
            for statement in statements:
                connection.execute(statement).fetchall()

        return {
            tab: median(milliseconds(lambda each=statements: run(each)) for _ in range(rounds))  # type: ignore[misc]
            for tab, statements in asked.items()
        }


def _opened(store: Store, rounds: int) -> tuple[dict[str, float], Block]:
    """Milliseconds until a tab is painted with its figures (the first: with the page), and the longest pause."""
    from PySide6.QtWidgets import QApplication

    from desktop.app import build_window
    from desktop.page import SUPERVISOR
    from desktop.style import theme

    app = theme.application()
    theme.apply(app)
    times: dict[str, list[float]] = {tab: [] for tab, _ in analysis.TABS}
    pauses: list[Block] = []
    for _ in range(rounds):
        window, context = build_window(store, today=lambda: TODAY)
        context.role = SUPERVISOR
        context.set_period(MONTH)
        context.memory.set("analysis/tab", analysis.INDICATORS)
        context.memory.set("window/page", "settings")
        window.resize(1366, 768)
        window.show()
        try:
            _quiet(window, context, _SETTLE)
            for tab, _ in analysis.TABS:
                kept_totals.forget(
                    store.engine
                )  # what another page, or the round before, has added up already
                times[tab].append(_time(window, tab))
                _quiet(window, context)
            pauses.append(_longest(window, context))
        finally:
            window.close()
            context.jobs.wait_idle()
            context.close()
            QApplication.processEvents()
    pauses.sort(key=attrgetter("longest"))
    return {tab: median(each) for tab, each in times.items()}, pauses[len(pauses) // 2]


def _time(window: Any, tab: str) -> float:
    """Until a tab is painted with its figures."""

    def painted() -> bool:
        section = window.page.section(tab)
        ready = bool(section.cards) and all(card.picture.painted for card in section.cards)
        return ready and (not hasattr(section, "words") or section.year.picture.painted)

    def show() -> None:
        if tab == analysis.INDICATORS:
            window.goto("analysis")
        else:
            window.page.show_tab(tab)
        _until(painted)

    return milliseconds(show)


def _longest(window: Any, context: Any) -> Block:
    """The longest pause while every tab is read and shown anew."""
    heart = Heartbeat()
    blocks = [
        heart.during(tab, lambda tab=tab: _again(window.page, tab), lambda: context.jobs.wait_idle(0.0))  # type: ignore[misc]
        for tab, _ in analysis.TABS
    ]
    return max(blocks, key=attrgetter("longest"))


def _quiet(window: Any, context: Any, wait: int = 150) -> None:
    """What the window does by itself is done."""
    from PySide6.QtTest import QTest

    _until(lambda: window.page is not None)
    QTest.qWait(wait)
    context.jobs.wait_idle()


def _again(page: Any, tab: str) -> None:
    page.show_tab(tab)
    page.refresh()


def _until(there: Callable[[], bool]) -> None:
    """Let the window work until it is there. Between its events the processor is left to those who read."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    awake = QTimer()  # should no event of its own come any more
    awake.start(2)
    while not there():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    awake.stop()
