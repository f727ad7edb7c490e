"""Pages of lists and keystrokes of the search in a large register, against the same SQL on a bare connection and LIKE.

The first rows of every register's page are made as the window makes them: session, query, cells.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from statistics import median
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from db import find, search
from db.lists import ListQuery, count, page
from db.registers import REGISTERS
from db.store import Store
from desktop.context import LiveDirectory
from desktop.finding import search_everything
from desktop.pages.source import RegisterSource, columns_for
from desktop.places import REGISTERS_OF
from desktop.tables.model import Column
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, alternating, milliseconds

STREET = "360103002"
PAGES = {
    "走访，首页": ListQuery("visit"),
    "走访，本街道五月": ListQuery("visit", {"unit": STREET, "period": "2024-05"}),
    "走访，按企业检索（少见字号）": ListQuery("visit", search="星河天"),
    "走访，按企业检索（常见词）": ListQuery("visit", search="网络科技"),
    "企业，首页": ListQuery("enterprise"),
    "企业，本街道": ListQuery("enterprise", {"street": STREET}),
}
# Keystrokes of people looking for a firm: one and two characters, a whole 字号, a trade, codes, initials, a miss.
KEYSTROKES = (
    "云",
    "云海",
    "云海星",
    "星河天",
    "网络科技",
    "博远宏图信息",
    "0123",
    "91360103MA",
    "yh",
    "yhx",
    "wlkj",
    "南昌云",
    "龘",
)


def figures(quick: bool) -> list[Figure]:
    store = big_store(10_000, 100_000) if quick else big_store(100_000, 1_000_000)
    rounds = 15 if quick else 40
    try:
        with store.read() as session, closing(sqlite3.connect(store.folder.database)) as raw:
            raw.execute("PRAGMA cache_size=-65536")
            found = [_page(session, raw, name, query, rounds) for name, query in PAGES.items()]
            found += _first_rows(store, session, raw, rounds)
            found.append(_deep(session, raw, rounds))
            found.append(_count(session, raw, rounds))
            found += _keystrokes(session, raw, rounds)[
                : 2 if quick else 3
            ]  # LIKE is no floor for a small register
            if not quick:
                found += _everything(store, raw, rounds)
            return found
    finally:
        store.close()


def statements(session: Session | Engine, work: Callable[[], object]) -> list[tuple[str, Any]]:
    """The SQL that a work sends, with its values, to be sent again without us."""
    sent: list[tuple[str, Any]] = []

    def listen(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, values))

    connection = session.connection() if isinstance(session, Session) else session
    event.listen(connection, "before_cursor_execute", listen)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", listen)
    return sent


def _again(raw: sqlite3.Connection, sent: list[tuple[str, Any]]) -> Callable[[], object]:
    return lambda: [raw.execute(statement, values).fetchall() for statement, values in sent]


def _page(session: Session, raw: sqlite3.Connection, name: str, query: ListQuery, rounds: int) -> Figure:
    def ours() -> object:
        return page(session, query)

    bare = _again(raw, statements(session, ours))
    alternating(ours, bare, 3)
    measured, floor = alternating(ours, bare, rounds)
    return Figure(f"列表：{name}", measured, "同一 SQL，裸连接", floor, 5)


def _first_rows(store: Store, session: Session, raw: sqlite3.Connection, rounds: int) -> list[Figure]:
    """Opening each register: its slowest page, and the median of them all."""
    context: Any = SimpleNamespace(
        store=store, directory=LiveDirectory(store), today=lambda: date(2024, 5, 21)
    )
    gc.collect()
    gc.freeze()  # as the program does once it is there
    works: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {}
    for key, register in REGISTERS.items():
        query, columns = ListQuery(key), columns_for(key)

        def first(query: ListQuery = query, columns: list[Column] = columns) -> object:
            return RegisterSource(context, query, columns).page(None, 100)[0]

        sent = statements(store.engine, first)
        assert first(), f"{register.title}: nothing to show"
        works[key] = first, _again(raw, sent)
    found = {key: alternating(*work, rounds) for key, work in works.items()}
    # The largest of eighteen ratios is mostly the one that was disturbed: the first few are measured once more.
    doubtful = sorted(found, key=lambda key: found[key][0] / found[key][1])[-4:]
    found |= {key: alternating(*works[key], 2 * rounds) for key in doubtful}
    slowest = max(doubtful, key=lambda key: found[key][0] / found[key][1])
    name = REGISTERS[slowest].title
    halves = median(ours for ours, _ in found.values()), median(bare for _, bare in found.values())
    return [
        Figure(f"打开台账页，首屏（{len(found)} 个台账，中位）", halves[0], "同一 SQL，裸连接", halves[1], 5),
        Figure(f"打开台账页，首屏（比值最大：{name}）", found[slowest][0], "同一 SQL，裸连接", found[slowest][1], 5),
    ]  # fmt: skip


# What is typed into the field of the top bar: firms, records by their words, numbers, days, pinyin, commands.
ASKED = ("星河天", "网络科技", "资金紧张", "招不到人", "yhx", "xinghe", "2024-05-08", "360103002-2024", "0123", "登记走访", "数字化项目")  # fmt: skip
PAGES_OF_CLERK = [(key, key) for key in REGISTERS_OF]


def _everything(store: Store, raw: sqlite3.Connection, rounds: int) -> list[Figure]:
    """One keystroke over everything, against LIKE over the same texts and numbers."""
    context: Any = SimpleNamespace(store=store, unit_code=STREET, role="clerk")
    ours: dict[str, float] = {}
    like: dict[str, float] = {}
    for typed in ASKED:

        def ask(typed: str = typed) -> object:
            return search_everything(context, PAGES_OF_CLERK, typed)

        def scan(typed: str = typed) -> None:
            wanted = f"%{typed}%"
            raw.execute(
                "SELECT id, name FROM enterprise WHERE name LIKE ? OR uscc LIKE ?", (wanted, wanted)
            ).fetchall()
            raw.execute(
                "SELECT id FROM visit WHERE visit_no LIKE ? OR visit_date LIKE ?", (wanted, wanted)
            ).fetchall()
            for key, names in find.TEXTS.items():
                table = REGISTERS[key].model.__tablename__
                clause = " OR ".join(f"{name} LIKE ?" for name in names)
                raw.execute(f"SELECT id FROM {table} WHERE {clause}", (wanted,) * len(names)).fetchall()

        ask()
        ours[typed] = median(milliseconds(ask) for _ in range(rounds))
        like[typed] = median(milliseconds(scan) for _ in range(3))
    slowest = max(ours, key=lambda typed: ours[typed])
    name = "LIKE '%…%'，各台账"
    return [
        Figure("查找一切，一次按键（中位）", median(ours.values()), name, median(like.values()), 0.1),
        Figure(f"查找一切，一次按键（最慢，“{slowest}”）", ours[slowest], name, like[slowest], 0.1),
    ]


def _deep(session: Session, raw: sqlite3.Connection, rounds: int) -> Figure:
    """A page in the middle of the list costs what the first one does."""
    middle = (date(2023, 12, 31), page(session, ListQuery("visit"), limit=1).rows[0]["id"])
    first, deep = alternating(
        lambda: page(session, ListQuery("visit")), lambda: page(session, ListQuery("visit"), middle), rounds
    )
    return Figure("列表：走访，翻到中间一页", deep, "首页", first, 1.5)


def _count(session: Session, raw: sqlite3.Connection, rounds: int) -> Figure:
    query = ListQuery("visit", {"unit": STREET})

    def ours() -> object:
        return count(session, query)

    bare = _again(raw, statements(session, ours))
    measured, floor = alternating(ours, bare, rounds)
    return Figure("列表：本街道走访行数（至多 10,000）", measured, "同一 SQL，裸连接", floor, 5)


def _keystrokes(session: Session, raw: sqlite3.Connection, rounds: int) -> list[Figure]:
    """The median keystroke and the slowest one."""
    ours: dict[str, float] = {}
    bare: dict[str, float] = {}
    like: dict[str, float] = {}
    for typed in KEYSTROKES:

        def find(typed: str = typed) -> object:
            return search.find_enterprises(session, typed, own_street=STREET)

        again = _again(raw, statements(session, find))
        ours[typed], bare[typed] = alternating(find, again, rounds)
        like[typed] = median(
            milliseconds(lambda: raw.execute(
                "SELECT id, name, uscc FROM enterprise WHERE name LIKE ? AND deleted_at IS NULL", (f"%{typed}%",)  # noqa: B023
            ).fetchall())
            for _ in range(max(3, rounds // 8))
        )  # fmt: skip
    slowest = max(ours, key=lambda typed: ours[typed])
    halves = median(ours.values()), median(bare.values())
    return [
        Figure("检索一次按键（中位）", halves[0], "同一 SQL，裸连接", halves[1], 5),
        Figure(f"检索一次按键（最慢，“{slowest}”）", ours[slowest], "同一 SQL，裸连接", bare[slowest], 5),
        Figure("检索一次按键（中位）", halves[0], "LIKE '%…%'", median(like.values()), 0.1),
    ]
