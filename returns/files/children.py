"""The parent's side of reading: starts child processes, keeps one for the next file, kills what takes too long or dies."""

from __future__ import annotations

import atexit
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from db.errors import MachineError, Refused
from returns.files import limits, wire
from returns.files.book import Book, Row, Sheet, Source
from returns.files.refusals import damaged, stopped, too_large, too_slow

MOST_SECONDS = 30.0  # by the clock, for one file
MOST_BYTES = 120 * 1024 * 1024
# Processor time that a file may take: a small one has no reason to take long.
SECONDS, SECONDS_PER_MB, MOST_CPU_SECONDS = 6.0, 1.0, 25.0
_KEPT = 1
_LOOKS_EVERY = 0.1  # seconds between two questions whether to stop

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


class _Gone(Exception):
    """The child died, or was killed."""


class Child:
    """One process that reads files, one after the other. Used by one thread at a time."""

    def __init__(self) -> None:
        hidden: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            self.process = subprocess.Popen(
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                creationflags=hidden,
            )
        except OSError as error:
            raise MachineError(
                f"读取文件的进程启动不了（{error.strerror or error}）。",
                "请关闭一些程序后再试，或重新安装本程序。",
                "reader_not_started",
            ) from error
        self.job = limits.job_for(self.process)
        self.timed_out = self.cancelled = False
        self.ready = True  # False from the first byte of a question to the end of its answer

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End the process and close its pipes; may be called twice and from another thread."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was still to be written has nobody left to read it
                    pipe.close()
        limits.let_go(self.job)
        self.job = None

    def read(
        self, pieces: Iterable[bytes], about: dict[str, Any], seconds: float,
        progress: Progress | None = None, cancelled: Cancelled | None = None,
    ) -> tuple[str, Any]:  # fmt: skip
        """Send one file and collect the answer: (sha256 of what was sent, frames). _Gone when the child dies."""
        watch = _Watch(self, seconds, cancelled)
        watch.start()
        self.ready = False
        try:
            digest = self._send(pieces, about)
            return digest, self._collect(progress, cancelled)
        except OSError as error:
            raise _Gone from error
        finally:
            watch.stop()

    def _send(self, pieces: Iterable[bytes], about: dict[str, Any]) -> str:
        digest = hashlib.sha256()
        pipe = self._pipe(self.process.stdin)
        wire.send(pipe, wire.ASK, wire.to_json(about))
        for piece in pieces:
            digest.update(piece)
            wire.send(pipe, wire.DATA, piece)
        wire.send(pipe, wire.END)
        pipe.flush()
        return digest.hexdigest()

    def _collect(self, progress: Progress | None, cancelled: Cancelled | None) -> Any:
        pipe = self._pipe(self.process.stdout)
        sheets: list[Sheet] = []
        rows: list[bytes] = []
        while (frame := wire.receive(pipe)) is not None:
            kind, payload = frame
            if kind == wire.ROWS:
                rows.append(payload)
            elif kind == wire.TOLD:
                if progress is not None:
                    progress(*wire.from_json(payload))
                if cancelled is not None and cancelled():
                    self.cancelled = True
                    self.process.kill()
                    raise _Gone
            elif kind == wire.SHEET:
                sheets.append(_sheet(len(sheets), wire.from_json(payload), rows))
                rows = []
            elif kind == wire.BOOK:
                about = wire.from_json(payload)
                self.ready = about["stay"]
                return sheets, about
            elif kind == wire.NO:
                no = wire.from_json(payload)
                self.ready = no["stay"]
                refusal = Refused(no["message"], no["hint"], no["id"])
                raise refusal from (RuntimeError(no["detail"]) if no["detail"] else None)
        raise _Gone

    @staticmethod
    def _pipe(pipe: Any) -> BinaryIO:
        if pipe is None or pipe.closed:
            raise _Gone
        found: BinaryIO = pipe
        return found


class _Watch(threading.Thread):
    """Ends a child that takes too long, or whose answer nobody wants any more: a parser itself stops for nothing."""

    def __init__(self, child: Child, seconds: float, cancelled: Cancelled | None) -> None:
        super().__init__(name="watches-a-reader", daemon=True)
        self._child, self._seconds, self._cancelled = child, seconds, cancelled
        self._over = threading.Event()

    def run(self) -> None:
        end = time.monotonic() + self._seconds
        while (left := end - time.monotonic()) > 0:
            if self._over.wait(left if self._cancelled is None else min(left, _LOOKS_EVERY)):
                return
            if self._cancelled is not None and self._cancelled():
                self._child.cancelled = True
                self._child.process.kill()
                return
        self._child.timed_out = True
        self._child.process.kill()

    def stop(self) -> None:
        self._over.set()


_idle: list[Child] = []
_lock = threading.Lock()


def read(
    pieces: Iterable[bytes],
    size: int,
    path: Path,
    seconds: float | None = None,
    drill: str | None = None,
    only: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Book:
    """Read one file in a child process. `pieces` is gone through once. `only`: just a glance at this sheet.

    `progress(rows, of how many, step)` now and then, on this thread; `cancelled` is asked on another one.
    Refused says why it can not be read; the death of the child is a refusal too, and so is “cancelled”. `drill` is for
    tests only.
    """
    most = MOST_SECONDS if seconds is None else seconds
    allowed = min(MOST_CPU_SECONDS, SECONDS + SECONDS_PER_MB * size / 1_000_000, most + 1)
    about = {
        "name": path.name, "seconds": allowed, "drill": drill, "only": only, "tell": progress is not None,
    }  # fmt: skip
    if cancelled is not None and cancelled():
        raise stopped()
    child = _take()
    try:
        digest, (sheets, found) = child.read(pieces, about, most, progress, cancelled)
        if cancelled is not None and cancelled():
            raise stopped()
        return Book(path, digest, found["kind"], sheets, tuple(found["notes"]))
    except _Gone as gone:
        if child.cancelled:
            raise stopped() from gone
        raise _death(child, path.name, most, allowed) from gone
    finally:
        _give_back(child)


def _death(child: Child, name: str, seconds: float, allowed: float) -> Refused:
    child.process.kill()
    code = child.process.wait()
    if child.timed_out:
        return too_slow(name, seconds)
    if sys.platform != "win32":
        import signal

        if -code in (signal.SIGXCPU, signal.SIGKILL):
            return too_slow(name, allowed) if -code == signal.SIGXCPU else too_large(name)
        if -code == signal.SIGABRT:  # how a parser ends that gets no memory
            return too_large(name)
    return damaged(name)


def _take() -> Child:
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
        if child is None:
            return Child()
        if child.alive:
            return child
        child.stop()


def _give_back(child: Child) -> None:
    if child.ready and not (child.timed_out or child.cancelled):
        with _lock:
            if len(_idle) < _KEPT:
                _idle.append(child)
                return
    child.stop()


def stop_all() -> None:
    """End the children that wait for work. They also end by themselves when this process does."""
    with _lock:
        waiting, _idle[:] = _idle[:], []
    for child in waiting:
        child.stop()


atexit.register(stop_all)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--read-files"]
    return [sys.executable, "-m", "returns.files.worker"]


def _environment() -> dict[str, str]:
    """The child finds our packages wherever we were started from."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        ours = str(Path(__file__).resolve().parents[2])
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([ours, others]) if others else ours
    return environment


def _sheet(index: int, about: dict[str, Any], pieces: list[bytes]) -> Sheet:
    return Sheet(
        name=about["name"],
        index=index,
        hidden=about["hidden"],
        height=about["height"],
        width=about["width"],
        head=about["head"],
        tail=[(number, cells) for number, cells in about["tail"]],
        spans=[(r1, c1, r2, c2) for r1, c1, r2, c2 in about["spans"]],
        hidden_rows=[(first, last) for first, last in about["hidden_rows"]],
        hidden_columns=[(first, last) for first, last in about["hidden_columns"]],
        troubles={(row, column): what for row, column, what in about["troubles"]},
        notes=tuple(about["notes"]),
        source=_source(pieces),
    )


def _source(pieces: list[bytes]) -> Source:
    """The rows of a sheet stay pressed together, piece by piece, until somebody asks for them."""

    def rows(start: int) -> Iterator[Row]:
        for piece in pieces:
            if wire.reach(piece)[1] < start:
                continue
            for row in wire.unpack(piece):
                if row[0] >= start:
                    yield row

    return rows
