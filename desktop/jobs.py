"""The only home of threads. Work runs aside with progress and cancel; results come back on the UI thread.

Sessions are opened inside the work, on its thread; nothing of Qt's widgets is touched there.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, Signal

_TELL_EVERY = 0.05  # seconds between two progress reports: more than the eye can follow only costs time


class Progress(Protocol):
    """done, total (0 where unknown), what is being done now."""

    def __call__(self, done: int, total: int, step: str) -> None: ...


Work = Callable[[Progress, Callable[[], bool]], Any]


class Told:
    """Who wants to hear of one thing. No Qt signal: a job is let go by a worker thread, where no QObject may die."""

    def __init__(self) -> None:
        self._listeners: list[Callable[..., object]] = []

    def connect(self, listener: Callable[..., object]) -> None:
        """Call this, on the UI thread, each time."""
        self._listeners.append(listener)

    def emit(self, *what: Any) -> None:
        """Call all of them."""
        for listener in self._listeners:
            listener(*what)


class Job:
    """One piece of work. Exactly one of done(result), failed(exception), dropped() comes last, on the UI thread.

    `dropped`: cancelled, or a newer job with the same key took its place. `progress(done, total, step)` before.
    """

    def __init__(self, key: str, title: str, work: Work, *, cancellable: bool, quiet: bool) -> None:
        self.done, self.failed, self.dropped, self.progress = Told(), Told(), Told(), Told()
        self.key, self.title = key, title
        self.cancellable, self.quiet = cancellable, quiet
        self.started: float | None = None
        self.state = (0, 0, "")
        self.finished = False
        self._work = work
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; it stops at its next look at `cancelled()`, and its result is dropped."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def left_seconds(self) -> float | None:
        """A guess from the pace so far; None while too little is known."""
        done, total, _ = self.state
        if self.started is None or not done or not total:
            return None
        gone = time.monotonic() - self.started
        return gone * (total - done) / done if gone > 1 else None


_SWITCH = 0.0005  # seconds


class Jobs(QObject):
    """Runs jobs on a few worker threads. Jobs with the same key never run side by side."""

    changed = Signal()  # something began, moved on or ended
    failed = Signal(str, object)  # title, exception: nobody else took care of it
    _wake = Signal()

    def __init__(self, parent: QObject | None = None, workers: int = 3) -> None:
        super().__init__(parent)
        # A thread that computes in Python keeps the others waiting so long at a time; at the usual 5 ms a window
        # that reads a few files while one of them works stands still for seconds.
        sys.setswitchinterval(_SWITCH)
        self._limit = workers
        self._lock = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: dict[str, Job] = {}
        self._live: list[Job] = []  # on the UI thread: not yet reported back
        self._threads: list[threading.Thread] = []
        self._closing = False
        # Threads leave word here and ring; nothing of Python travels through Qt's event queue.
        self._news: deque[tuple[Job, str, Any]] = deque()
        self._wake.connect(self._read_news, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        key: str,
        work: Work,
        *,
        title: str = "",
        on_done: Callable[[Any], object] | None = None,
        on_failed: Callable[[Exception], object] | None = None,
        on_dropped: Callable[[], object] | None = None,
        owner: QObject | None = None,
        supersede: bool = True,
        cancellable: bool = True,
        quiet: bool = False,
    ) -> Job:
        """Start `work(progress, cancelled)` aside.

        A job with the same key that waits or runs is cancelled and its result dropped, or, with
        `supersede=False` (whatever writes), is finished first. Callbacks are left out once `owner` is
        destroyed. An exception without `on_failed` reaches the signal `failed`. `quiet` keeps it off the bar.
        """
        job = Job(key, title, work, cancellable=cancellable, quiet=quiet)

        def alive() -> bool:
            return owner is None or shiboken6.isValid(owner)

        if on_done is not None:
            job.done.connect(lambda result: on_done(result) if alive() else None)
        if on_failed is not None:
            job.failed.connect(lambda error: on_failed(error) if alive() else None)
        else:
            job.failed.connect(lambda error: self.failed.emit(title, error))
        if on_dropped is not None:
            job.dropped.connect(lambda: on_dropped() if alive() else None)
        if supersede:
            # Also one that is through but whose result has not been told yet.
            for older in self._live:
                if older.key == key:
                    older.cancel()
        self._live.append(job)
        with self._lock:
            self._waiting.append(job)
            self._more_threads()
            self._lock.notify_all()
        self.changed.emit()
        return job

    def active(self) -> list[Job]:
        """Jobs that wait or run, oldest first, quiet ones included."""
        return [job for job in self._live if not job.finished]

    def cancel(self, key: str) -> None:
        """Cancel whatever waits or runs under this key."""
        for job in self.active():
            if job.key == key:
                job.cancel()
        with self._lock:
            self._lock.notify_all()

    def wait_idle(self, timeout: float = 60.0) -> bool:
        """Handle events until nothing waits or runs; False when that took longer than `timeout` seconds."""
        end = time.monotonic() + timeout
        while self._live:
            if time.monotonic() > end:
                return False
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.001)
        return True

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Cancel what may be cancelled, wait for the threads, tell the last results; False where one would not stop."""
        with self._lock:
            self._closing = True
            for job in [*self._waiting, *self._running.values()]:
                if job.cancellable:
                    job.cancel()
            self._lock.notify_all()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._read_news()  # what was written in the last moment is still told
        return not any(thread.is_alive() for thread in self._threads)

    # Below: the worker threads' side, and the way back.

    def _more_threads(self) -> None:
        idle = len(self._threads) - len(self._running)
        if idle < len(self._waiting) and len(self._threads) < self._limit:
            # Daemon: a job that will not stop must not keep the program from ending. Every write is atomic.
            thread = threading.Thread(target=self._serve, name=f"job-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _next(self) -> Job | None:
        """The oldest waiting job whose key is not at work; waits for one; None when the program ends."""
        with self._lock:
            while True:
                for job in self._waiting:
                    if job.key not in self._running:
                        self._waiting.remove(job)
                        self._running[job.key] = job
                        return job
                if self._closing and not self._waiting:
                    return None
                self._lock.wait()

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            try:
                kind, payload = self._perform(job)
            finally:
                with self._lock:
                    self._running.pop(job.key, None)
                    self._lock.notify_all()
            self._send(job, kind, payload)

    def _perform(self, job: Job) -> tuple[str, Any]:
        if job.cancelled:
            return "dropped", None
        job.started = time.monotonic()
        self._send(job, "progress", job.state)
        told = 0.0

        def progress(done: int, total: int, step: str) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= _TELL_EVERY or done >= total:
                told = now
                self._send(job, "progress", (done, total, step))

        try:
            result = job._work(progress, job._stop.is_set)
        except Exception as error:  # handed to whoever started the job, never swallowed
            return ("dropped", None) if job.cancelled else ("failed", error)
        return ("dropped", None) if job.cancelled else ("done", result)

    def _send(self, job: Job, kind: str, payload: Any) -> None:
        self._news.append((job, kind, payload))
        # At the very end of the program the receiver may be gone before the thread is.
        if shiboken6.isValid(self):
            self._wake.emit()

    def _read_news(self) -> None:
        while self._news:
            try:
                self._deliver(*self._news.popleft())
            except BaseException:
                self._wake.emit()  # whoever broke is reported as ever; the others still get their news
                raise

    def _deliver(self, job: Job, kind: str, payload: Any) -> None:
        if kind == "progress":
            if not job.cancelled:
                job.state = payload
                job.progress.emit(*payload)
        else:
            job.finished = True
            if job in self._live:
                self._live.remove(job)
            # Cancelled after the work was through, before the news arrived: still not wanted.
            kind = "dropped" if job.cancelled and kind == "done" else kind
            if kind == "dropped":
                job.dropped.emit()
            else:
                getattr(job, kind).emit(payload)
        self.changed.emit()
