"""The files of one call before they are taken in: whose they are, and the next one being opened while this one is worked on.

What is inside is found out in read.py; which files there are, in inbox.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from db.errors import KnownError
from returns import files
from returns.workbook import MANIFEST


@dataclass(frozen=True, slots=True, order=True)
class Whose:
    """What a file says of itself on its first lines, unproved: only to put files in order."""

    period: str = ""
    unit: str = ""
    revision: int = 0


def whose(path: Path) -> Whose:
    """Whose return a file is; empty for one that is none, or does not say it."""
    if not files.may_be_held(path):
        return Whose()
    try:
        data = path.read_bytes()
    except OSError:
        return Whose()  # it is said when it is read
    said: dict[str, Any] = {}
    for row in files.glance(data, path.name, MANIFEST):
        if len(row) > 1 and row[0] in ("period", "unit", "revision"):
            try:
                said[row[0]] = json.loads(str(row[1]))
            except ValueError:
                return Whose()
    revision = said.get("revision")
    if not isinstance(revision, int) or not all(
        isinstance(said.get(name), str) for name in ("period", "unit")
    ):
        return Whose()
    return Whose(said["period"], said["unit"], revision)


class Ahead:
    """Opens each file in the child process while the one before it is written: two processors have work."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._next = dict(zip(paths, [*paths[1:], None], strict=False))
        self._opening: dict[Path, Future[files.Book | None]] = {}
        self._pool = ThreadPoolExecutor(1, "opens-the-next-file")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def open(self, path: Path) -> files.Book | None:
        """The file, opened; None where that failed: reading it again says why."""
        opening = self._opening.pop(path, None) or self._pool.submit(_open, path)
        following = self._next.get(path)
        if following is not None:
            self._opening[following] = self._pool.submit(_open, following)
        return opening.result()


def _open(path: Path) -> files.Book | None:
    try:
        return files.open_book(path)
    except KnownError:
        return None
