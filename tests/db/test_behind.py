"""Writing in the background: in order, in the session's transaction, and nothing goes wrong unheard."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db import behind, setup
from db.errors import Refused
from db.quick_rows import fetch
from db.store import Store
from tests.db.fixtures import STREET

HEAD = "INSERT INTO setting (key, value)"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path, STREET, person="张敏")
    yield opened
    opened.close()


def _rows(start: int, count: int) -> list[tuple[str, str]]:
    return [(f"t{number}", str(number)) for number in range(start, start + count)]


def _insert(rows: list[tuple[str, str]], among: list[str] | None = None) -> behind.Job:
    def job(driver: sqlite3.Connection) -> None:
        if among is not None:
            among.append(threading.current_thread().name)
        behind.insert(driver, HEAD, rows)

    return job


def _count(store: Store) -> int:
    with store.read() as session:
        return int(
            session.execute(text("SELECT count(*) FROM setting WHERE key GLOB 't[0-9]*'")).scalar_one()
        )


@pytest.mark.parametrize("count", [0, 1, 4, 5, 499, 500, 501, 1_656, 2_000])
def test_any_number_of_rows(store: Store, count: int) -> None:
    with store.write() as session:
        behind.write(session, _insert(_rows(0, count)))
    assert _count(store) == count


def test_what_is_asked_of_the_session_waits_for_what_was_written_before(store: Store) -> None:
    query = "SELECT count(*) FROM setting WHERE key GLOB 't[0-9]*'"
    threads: list[str] = []
    with store.write() as session, behind.behind(session):
        for turn in range(5):
            behind.write(session, _insert(_rows(turn * 2_000, 1_000), threads))
            behind.write(session, _insert(_rows(turn * 2_000 + 1_000, 1_000), threads))
            asked = session.execute(text(query)).scalar_one() if turn % 2 else fetch(session, query, ())[0][0]
            assert asked == (turn + 1) * 2_000
    assert _count(store) == 10_000
    assert threading.current_thread().name not in threads


def test_an_error_is_raised_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError), store.write() as session, behind.behind(session):
        behind.write(session, _insert(_rows(0, 1_000)))
        behind.write(session, _insert(_rows(600, 1)))
        behind.write(session, _insert(_rows(5_000, 10)))
    assert _count(store) == 0


def test_an_error_that_somebody_swallows_comes_up_again(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError), store.write() as session, behind.behind(session):
        behind.write(session, _insert([*_rows(0, 3), *_rows(1, 1)]))
        with pytest.raises(IntegrityError):  # SQLAlchemy's, as from any of its statements
            session.execute(text("SELECT 1"))
    assert _count(store) == 0


@pytest.mark.parametrize("in_background", [True, False])
def test_a_constraint_may_be_said_in_words(store: Store, in_background: bool) -> None:
    seen: list[int] = []
    with pytest.raises(Refused, match="重复"), store.write() as session:

        def refused() -> None:
            # What the job had written of itself is taken back, what came before it stands.
            query = "SELECT count(*) FROM setting WHERE key GLOB 't[0-9]*'"
            seen.append(session.execute(text(query)).scalar_one())
            raise Refused("有一条是重复的。", "", "twice")

        def write_all() -> None:
            behind.write(session, _insert(_rows(0, 7)))
            behind.write(session, _insert([*_rows(10, 600), *_rows(3, 1)]), refused)

        if in_background:
            with behind.behind(session):
                write_all()
        else:
            write_all()
    assert seen == [7]
    assert _count(store) == 0


def test_what_has_not_begun_is_left_when_the_caller_gives_up(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(driver: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(10)

    written: list[str] = []
    with pytest.raises(KeyboardInterrupt), store.write() as session, behind.behind(session):
        behind.write(session, slow)
        behind.write(session, _insert(_rows(0, 10), written))
        begun.wait(10)
        threading.Timer(0.2, go_on.set).start()
        raise KeyboardInterrupt
    assert written == []
    assert _count(store) == 0
