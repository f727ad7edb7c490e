"""What every page needs to know of the open register: whose it is, which month, who works, what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Select

from db import backup, locks
from db.lookup import Directory
from db.periods import Period
from db.store import Actor, Store
from desktop.jobs import Jobs
from desktop.memory import Memory

_MEMORY_PAUSE = 800  # ms: dragging a column edge sets a width many times


class _Rows(list[Any]):
    """Rows already read, with the one method of a result that a directory uses."""

    def all(self) -> list[Any]:
        return list(self)


class _ShortSessions:
    """Answers single questions with a session each, so that the windows never hold a transaction open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def scalar(self, statement: Select[Any]) -> Any:
        with self._store.read() as session:
            return session.scalar(statement)

    def scalars(self, statement: Select[Any]) -> _Rows:
        with self._store.read() as session:
            return _Rows(session.scalars(statement).all())


class LiveDirectory(Directory):
    """A directory for the life of a window: small tables read once, firms and visits asked as needed."""

    def __init__(self, store: Store) -> None:
        super().__init__(_ShortSessions(store))  # type: ignore[arg-type]  # it asks nothing but scalar and scalars


class StoreMemory:
    """Small remembered things in the register's settings; written a moment after the last change."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        self._store = store
        self._values: dict[str, Any] = dict(store.setting("memory", {}) or {})
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_MEMORY_PAUSE)
        self._timer.timeout.connect(self.flush)
        self._dirty = self._closed = False

    def get(self, key: str, default: Any = None) -> Any:
        """The value set last, or `default`."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a value; the same value again writes nothing."""
        if self._values.get(key) != value:
            self._values[key] = value
            self._dirty = True
            if not self._closed:
                self._timer.start()

    def close(self) -> None:
        """Write what is pending. What is set later, as a window is taken apart, waits for whoever flushes."""
        self.flush()
        self._closed = True

    def flush(self) -> None:
        """Write now what is not yet written."""
        self._timer.stop()
        if self._dirty:
            self._dirty = False
            self._store.set_setting("memory", self._values)


class AppContext(QObject):
    """One per open register. Pages read it, and tell `changed(register)` after they wrote."""

    period_changed = Signal(str)
    data_changed = Signal(str)  # key of the register that was written, "" for anything
    restore_asked = Signal(
        object
    )  # the backup (Path) to put in this register's place; whoever opened it does so
    undo_offered = Signal(str, object)  # words, what to call to take it back

    def __init__(
        self,
        store: Store,
        jobs: Jobs | None = None,
        *,
        today: Callable[[], date] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.jobs = jobs or Jobs(self)
        self._memory = StoreMemory(store, self)
        self.memory: Memory = self._memory
        self._today = today
        self._read_settings()
        self.period: str = str(self.memory.get("period") or Period.of_date(self.today()))
        self.period_locked = False
        self._read_lock()

    def _read_settings(self) -> None:
        actor = self.store.actor
        self.unit_code = actor.unit_code
        self.role = actor.role
        self.person = self.store.setting("person", "") or ""
        self.practice = bool(self.store.setting("practice", False))
        self._day = self.store.today() if self.practice else None  # practice months lie in the past
        self.directory = LiveDirectory(self.store)
        self.unit_name = self.directory.name("unit", self.unit_code)

    @property
    def actor(self) -> Actor:
        """Who writes: unit, person, role."""
        return Actor(self.unit_code, self.person or "未登记", self.role)

    def today(self) -> date:
        """The day it is; in a practice register the day it is played on."""
        if self._today is not None:
            return self._today()
        return self._day or date.today()

    def set_period(self, period: str) -> None:
        """Work in another month ("2024-05")."""
        if period != self.period:
            self.period = str(period)
            self.memory.set("period", self.period)
            self._read_lock()
            self.period_changed.emit(self.period)

    def changed(self, *registers: str) -> None:
        """These registers were written (none named: anything may have been)."""
        self._read_lock()
        for register in registers or ("",):
            self.data_changed.emit(register)

    def reload(self) -> None:
        """Settings, units or parks were changed: read them again."""
        self._read_settings()
        self.changed()

    @property
    def last_backup_text(self) -> str:
        """“已备份 今天 09:12”, or that there is none yet."""
        newest = backup.latest(self.store.folder)
        if newest is None:
            return "尚未备份"
        made = newest.made_at.astimezone() if newest.made_at.tzinfo else newest.made_at
        day = made.date()
        today = datetime.now().date()
        word = (
            "今天" if day == today else "昨天" if (today - day).days == 1 else f"{day.month} 月 {day.day} 日"
        )
        return f"已备份 {word} {made:%H:%M}"

    def close(self) -> None:
        """Write what is pending and stop the threads. The store stays open: whoever opened it closes it."""
        self.jobs.shutdown()
        self._memory.close()

    def _read_lock(self) -> None:
        with self.store.read() as session:
            self.period_locked = locks.is_locked(session, self.unit_code, self.period)

    def streets(self) -> Sequence[tuple[str, str]]:
        """(code, name) of the streets in force, for filters."""
        return self.directory.options("street")
