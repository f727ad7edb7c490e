"""Keeps the draft of an open form: a few seconds after a change, on leaving a field, at once when it matters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from db import drafts
from desktop.context import AppContext

EVERY = 3000  # ms


class Autosave(QObject):
    """`collect` gives the draft as JSON, `focus` the field the person is in."""

    kept = Signal(object)  # datetime

    def __init__(
        self,
        context: AppContext,
        key: str,
        collect: Callable[[], dict[str, Any]],
        focus: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._context, self._collect, self._focus = context, collect, focus
        self._dirty = False
        self._last: tuple[dict[str, Any], str] | None = None
        self._lock = threading.Lock()
        self._turn = 0  # a draft still on its way when the record was stored must not come after it
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.keep)

    def touch(self) -> None:
        """Something was typed."""
        self._dirty = True
        if not self._timer.isActive():
            self._timer.start()

    @property
    def dirty(self) -> bool:
        return self._dirty

    def keep(self) -> None:
        """Keep the draft aside, if anything was typed since it was kept last."""
        if not self._dirty or not shiboken6.isValid(self._context.jobs):
            return
        self._timer.stop()
        self._dirty = False
        data, focus, store, key = self._collect(), self._focus(), self._context.store, self.key
        if self._last == (data, focus):
            return
        self._last = (data, focus)
        self._turn += 1
        turn = self._turn

        def work(_progress: Any, _cancelled: Any) -> None:
            with self._lock:
                if turn == self._turn:
                    drafts.save(store, key, data, focus)

        self._context.jobs.run(
            f"draft/{key}",
            work,
            title="保存草稿",
            on_done=lambda _: self.kept.emit(datetime.now()),
            owner=self,
            supersede=False,
            cancellable=False,
            quiet=True,
        )

    def keep_now(self, **more: Any) -> None:
        """Keep the draft before anything else happens (leaving, closing, a failure), with `more` beside it."""
        self._timer.stop()
        self._dirty = False
        with self._lock:
            self._turn += 1
            drafts.save(self._context.store, self.key, {**self._collect(), **more}, self._focus())
        self.kept.emit(datetime.now())

    def drop(self) -> None:
        """The record is stored, or thrown away: no draft any more."""
        self._timer.stop()
        self._dirty = False
        self._last = None
        with self._lock:
            self._turn += 1
            drafts.drop(self._context.store, self.key)
