"""Opening the database and its transactions. What may be written is in records.py; migrations are in upgrade.py."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from db import settings, tallies, upgrade
from db.errors import UsageError
from db.folder import DataFolder, InstanceLock
from db.machine import machine_errors
from db.models import Setting
from db.once import reads_only


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: the unit and the person; both go into the audit."""

    unit_code: str
    person: str
    role: str = "clerk"  # clerk or supervisor


class Store:
    """One open register. Sessions may be opened on any thread; each belongs to the thread that opened it."""

    def __init__(self, folder: DataFolder, engine: Engine, lock: InstanceLock | None) -> None:
        self.folder = folder
        self.engine = engine
        self._lock = lock

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the register and writes nothing."""
        with machine_errors(), self._session(immediate=False) as session:
            reads_only(session)
            session.info[settings.KNOWN] = {}
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed whole at the end, rolled back whole on any exception."""
        with machine_errors(), self._session(immediate=True) as session:
            yield session
            session.flush()
            tallies.settle_some(session)
            session.commit()

    @contextmanager
    def _session(self, *, immediate: bool) -> Iterator[Session]:
        with self.engine.connect() as connection:
            connection = connection.execution_options(immediate=immediate)
            with Session(bind=connection, autoflush=True, expire_on_commit=False) as session:
                yield session

    def setting(self, key: str, default: Any = None) -> Any:
        with self.read() as session:
            return settings.get(session, key, default)

    def set_setting(self, key: str, value: Any) -> None:
        with self.write() as session:
            session.merge(Setting(key=key, value=value))

    @property
    def actor(self) -> Actor:
        """The unit, person and role this installation was set up for."""
        with self.read() as session:
            unit, person, role = (settings.get(session, key, "") for key in ("unit", "person", "role"))
        return Actor(unit, person or "未登记", role or "clerk")

    def today(self) -> date:
        """The day it is; a practice register stands still on the day it is played on."""
        with self.read() as session:
            return settings.today(session)

    def close(self) -> None:
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()


def open_store(root: Path, *, create: bool = False, lock: bool = True) -> Store:
    """Open the register in `root`, migrated to this program's version.

    MachineError: folder read-only or on a network share, a second instance, a newer or damaged database.
    UsageError: there is no register yet and `create` is False.
    """
    folder = DataFolder(Path(root))
    if not folder.has_register() and not create:
        raise UsageError(
            f"“{folder.root}”里还没有台账。", "请先运行 qianqi init，或在窗口里完成首次设置。", "no_register"
        )
    folder.prepare()
    held = InstanceLock(folder.lock) if lock else None
    if held is not None:
        held.acquire()
    try:
        engine = make_engine(folder.database)
        try:
            with machine_errors():
                upgrade.bring_up_to_date(engine, folder)
        except BaseException:
            engine.dispose()
            raise
    except BaseException:
        if held is not None:
            held.release()
        raise
    return Store(folder, engine, held)


def make_engine(database: Path) -> Engine:
    """SQLite with WAL and FULL sync, foreign keys on, and transactions that we begin ourselves.

    WAL + FULL lost nothing in power-cut runs where NORMAL lost acknowledged rows; Python's own
    transaction handling leaves DDL and SELECT outside, so a failed migration could not roll back.
    """
    engine = create_engine(
        f"sqlite:///{database}",
        poolclass=QueuePool,
        pool_size=8,
        connect_args={"timeout": 15, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get("no_begin"):
            driver = connection.connection.driver_connection
            driver.execute("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")

    return engine
