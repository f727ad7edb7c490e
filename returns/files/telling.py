"""How far the reading of a file is, told by the child process now and then. What is told decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOKING, READING = "检查内容", "读取各行"
_EVERY = 0.1  # seconds

Send = Callable[[int, int, str], None]


class Tell:
    """Rows gone through, of those that the sheets say they have (0 where they do not say).

    A workbook is gone through twice, before it is parsed and after: each time counts for half.
    """

    def __init__(self, send: Send) -> None:
        self._send, self._last = send, 0.0
        self._expected = self._looked = self._read = 0
        self._twice = False

    def expect(self, rows: int) -> None:
        """So many rows more are to come."""
        self._expected += rows

    def looked(self, rows: int) -> None:
        """So many rows more were looked through, of a file that is gone through twice."""
        self._twice = True
        self._looked += rows
        self._tell(LOOKING)

    def parsing(self) -> None:
        """All was looked through; the parser begins."""
        self._looked, self._last = max(self._looked, self._expected), 0.0
        self._tell(READING)

    def read(self, rows: int) -> None:
        """So many rows more were read."""
        self._read += rows
        self._tell(READING)

    def _tell(self, step: str) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY:
            return
        self._last = now
        gone = (self._looked + self._read) // 2 if self._twice else self._read
        if self._expected:
            self._send(min(gone, self._expected), self._expected, step)
        else:
            self._send(0, 0, f"{step}，已到第 {max(self._looked, self._read):,} 行")


def to_nobody(done: int, total: int, step: str) -> None:
    """For who does not want to know."""
