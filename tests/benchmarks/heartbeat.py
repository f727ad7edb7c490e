"""How long the UI thread did not answer: a heart that beats in the event loop, and the longest pause between two beats."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Block:
    """A step of a session, and the longest time during it in which no event was answered (milliseconds)."""

    step: str
    longest: float
    own: float = (
        0.0  # of it, what the UI thread itself computed; the rest it waited for the machine or other threads
    )


class Heartbeat(QObject):
    """Beats whenever the event loop comes round; the time between two beats is what a key would have waited."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.blocks: list[Block] = []
        self._last = time.perf_counter()
        self._last_own = time.thread_time()
        self._longest = self._own = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        if now - self._last > self._longest:
            self._longest, self._own = now - self._last, own - self._last_own
        self._last, self._last_own = now, own

    def during(
        self, step: str, act: Callable[[], object], done: Callable[[], bool], patience: float = 30.0
    ) -> Block:
        """Do something, let the window work until `done` (and half a second more), and note the longest pause."""
        QApplication.processEvents()
        self._last, self._last_own = time.perf_counter(), time.thread_time()
        self._longest = self._own = 0.0
        act()
        self._beat()
        end = time.monotonic() + patience
        rest = 0.0
        while time.monotonic() < end:
            QApplication.processEvents()
            if not done():
                rest = 0.0
            elif not rest:
                rest = time.monotonic()
            elif time.monotonic() - rest > 0.5:
                break
            time.sleep(0.0005)
        self._beat()
        block = Block(step, self._longest * 1000, self._own * 1000)
        self.blocks.append(block)
        return block

    @property
    def longest(self) -> Block:
        """The worst of the session."""
        return max(self.blocks, key=lambda block: block.longest)
