"""A firm's card in a large register: everything on it and the first page of its timeline, against the same SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event

from db.store import Store
from desktop.actions.duplicates import resembling
from desktop.actions.enterprise_card import firm_card
from desktop.actions.enterprise_timeline import Timeline
from desktop.context import LiveDirectory
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, alternating

TODAY = date(2024, 5, 21)
PERIOD = "2024-05"
ROWS = 100  # the window's page
TYPED = {"name": "江西云海星网络科技有限公司", "phone": "0791-86000001"}


def figures(quick: bool) -> list[Figure]:
    store = big_store(10_000, 100_000) if quick else big_store(100_000, 1_000_000)
    rounds = 15 if quick else 40
    lookup = LiveDirectory(store)
    try:
        with closing(sqlite3.connect(store.folder.database)) as raw:
            raw.execute("PRAGMA cache_size=-65536")
            firm = UUID(
                bytes=raw.execute("SELECT enterprise_id FROM visit ORDER BY id DESC LIMIT 1").fetchone()[0]
            )

            def lines() -> None:
                with store.read() as session:
                    Timeline(firm, lookup).page(session, None, ROWS)

            def card() -> None:
                """All that stands on the card when it opens."""
                firm_card(store, firm, lookup, PERIOD, TODAY, "360103002")
                lines()

            def hint() -> None:
                resembling(store, TYPED)

            found = []
            for name, work in (
                ("打开企业卡片：档案、现状、收入、时间线首页", card),
                ("企业卡片：时间线翻页", lines),
                ("建档时查重提示（一次）", hint),
            ):
                sent = _sent(store, work)

                def bare(sent: list[str] = sent) -> None:
                    for statement in sent:
                        raw.execute(statement).fetchall()

                alternating(work, bare, 3)
                measured, floor = alternating(work, bare, rounds)
                found.append(Figure(name, measured, f"同一 SQL（{len(sent)} 句），裸连接", floor, 5))
            return found
    finally:
        store.close()


def _sent(store: Store, work: Callable[[], object]) -> list[str]:
    """The SQL a work asks SQLite, with its values written out, whichever sessions it opens."""
    sent: list[str] = []

    def watch(connection: Any, _record: object, _proxy: object) -> None:
        connection.set_trace_callback(sent.append)

    def leave(connection: Any, _record: object) -> None:
        connection.set_trace_callback(None)

    event.listen(store.engine, "checkout", watch)
    event.listen(store.engine, "checkin", leave)
    try:
        work()
    finally:
        event.remove(store.engine, "checkout", watch)
        event.remove(store.engine, "checkin", leave)
    # With what opens and ends a transaction: a card is read from one state of the register. Without what FTS5 asks
    # its own tables: asking it again does so.
    return [each for each in sent if not each.startswith("--") and "'main'." not in each]
