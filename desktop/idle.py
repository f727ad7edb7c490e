"""Work that may wait: taken a few milliseconds at a time, whenever the window has nothing else to do."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

SLICE = 0.008  # seconds; a key pressed meanwhile waits no longer than this and one step
_PAUSE = 4  # ms between two slices


class Idle(QObject):
    """Runs generators to their end, one slice per turn of the event loop. Ends with its parent."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Iterator[object]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._turn)

    def add(self, steps: Iterator[object], after: int = 0) -> None:
        """Take these steps, in `after` milliseconds at the earliest. Each `next` is one step, to be kept short."""
        if after:
            QTimer.singleShot(after, self, lambda: self.add(steps))
            return
        self._waiting.append(steps)
        self._timer.start()

    @property
    def busy(self) -> bool:
        """Whether there are steps left."""
        return bool(self._waiting)

    def _turn(self) -> None:
        end = time.perf_counter() + SLICE
        while self._waiting and time.perf_counter() < end:
            try:
                next(self._waiting[0])
            except StopIteration:
                self._waiting.pop(0)
        if not self._waiting:
            self._timer.stop()
