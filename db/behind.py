"""Writing in the background: SQLite works on what is ready while the next rows are made. What is written is decided elsewhere.

A statement with hundreds of rows keeps SQLite busy for milliseconds in which Python is free: on a second core the writing
of a large batch costs nothing then. All of it happens in the session's own transaction, in the order in which it was
handed over; whatever else is asked of that session waits until it is done.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

Job = Callable[[sqlite3.Connection], None]
Refusal = Callable[[], None]

_KEY = "behind"
_AHEAD = 8  # pieces of writing that may wait: more would only fill the memory
_MOST_VALUES = 32_766  # question marks that SQLite allows in one statement
_TOGETHER = (500, 50, 5, 1)  # rows of one statement: few shapes, so that each is prepared only once


@contextmanager
def behind(session: Session) -> Iterator[None]:
    """While it lasts, `write` comes back at once. At the end everything is written, or the first error raised."""
    if _KEY in session.info:
        yield
        return
    connection = session.connection()
    writer = session.info[_KEY] = _Writer(driver_of(session))

    def settle_first(*_: object) -> None:
        writer.settle()

    event.listen(connection, "before_cursor_execute", settle_first)
    try:
        yield
        writer.settle()
    finally:
        writer.stop()
        event.remove(connection, "before_cursor_execute", settle_first)
        del session.info[_KEY]


def write(session: Session, job: Job, refused: Refusal | None = None) -> None:
    """Do a piece of writing now or, while `behind` lasts, in the background.

    `refused` is called where a constraint of the database stood against it (what the job had written is taken back):
    it may say in words why, by raising.
    """
    writer: _Writer | None = session.info.get(_KEY)
    if writer is not None:
        writer.put(job, refused)
        return
    driver = driver_of(session)
    try:
        _whole(driver, job)
    except sqlite3.IntegrityError:
        if refused is not None:
            refused()
        raise


def settle(session: Session) -> None:
    """Wait until all is written: for whoever asks SQLite past the session. Raises what went wrong."""
    writer: _Writer | None = session.info.get(_KEY)
    if writer is not None:
        writer.settle()


def driver_of(session: Session) -> sqlite3.Connection:
    """SQLite's own connection, inside the session's transaction."""
    # The store's sessions have one connection; asking them for it takes as long as a SELECT.
    connection = session.bind
    if not isinstance(connection, Connection) or not connection.in_transaction():
        connection = session.connection()
    found: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return found


def insert(driver: sqlite3.Connection, head: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, hundreds in one statement. `head` is the statement up to VALUES."""
    start, width = 0, len(rows[0]) if rows else 1
    for together in _TOGETHER:
        if together * width > _MOST_VALUES:
            continue
        sql = _statement(head, width, together)
        while len(rows) - start >= together:
            driver.execute(sql, tuple(chain.from_iterable(rows[start : start + together])))
            start += together


@lru_cache(maxsize=256)
def _statement(head: str, width: int, together: int) -> str:
    one = f"({', '.join('?' * width)})"
    return f"{head} VALUES {', '.join([one] * together)}"


def _whole(driver: sqlite3.Connection, job: Job) -> None:
    """The job, or nothing of it."""
    driver.execute("SAVEPOINT behind")
    try:
        job(driver)
    except BaseException:
        if driver.in_transaction:  # a full disk may have ended it
            driver.execute("ROLLBACK TO behind")
            driver.execute("RELEASE behind")
        raise
    driver.execute("RELEASE behind")


class _Writer:
    """One thread that writes. After an error nothing more is written, and the error comes up again and again."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self._pool = ThreadPoolExecutor(1, "behind")
        self._pending: deque[Future[None]] = deque()
        self._refused: Refusal | None = None
        self._error: BaseException | None = None

    def put(self, job: Job, refused: Refusal | None) -> None:
        self._pending.append(self._pool.submit(self._do, job, refused))
        if len(self._pending) > _AHEAD:
            self._pending.popleft().result()

    def _do(self, job: Job, refused: Refusal | None) -> None:
        if self._error is None:
            try:
                _whole(self._driver, job)
            except BaseException as error:
                self._error, self._refused = error, refused

    def settle(self) -> None:
        while self._pending:
            self._pending.popleft().result()
        if self._error is None:
            return
        refused, self._refused = self._refused, None
        if refused is not None and isinstance(self._error, sqlite3.IntegrityError):
            error, self._error = self._error, None  # asking why needs the session
            try:
                refused()
            except BaseException as said:
                error.__context__, self._error = None, said
                raise
            self._error = error
        raise self._error

    def stop(self) -> None:
        """What has not begun is not written any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
