"""Work runs aside; results, failures and progress come back on the UI thread, and nothing outlives its owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.jobs import Jobs, Progress
from desktop.style import theme
from desktop.widgets.jobbar import JobBar, left_words

Cancelled = Callable[[], bool]


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    assert made.shutdown()


def until_cancelled(progress: Progress, cancelled: Cancelled) -> str:
    end = time.monotonic() + 10
    while not cancelled():
        assert time.monotonic() < end, "nobody cancelled"
        time.sleep(0.002)
    return "stopped"


def test_results_come_back_on_the_ui_thread(jobs: Jobs) -> None:
    seen: dict[str, Any] = {}

    def work(progress: Progress, cancelled: Cancelled) -> int:
        seen["worked on"] = threading.current_thread()
        return 42

    def done(result: int) -> None:
        seen["told on"], seen["result"] = threading.current_thread(), result

    jobs.run("a", work, on_done=done)
    assert jobs.wait_idle()
    assert seen["result"] == 42
    assert seen["told on"] is threading.main_thread() and seen["worked on"] is not threading.main_thread()


def test_the_window_stays_alive_while_work_runs(jobs: Jobs) -> None:
    ticks: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(5)
    jobs.run("slow", lambda progress, cancelled: time.sleep(0.2))
    assert jobs.wait_idle()
    assert len(ticks) >= 5


def test_a_failure_reaches_its_handler_or_else_everybody(jobs: Jobs, qtbot) -> None:
    def broken(progress: Progress, cancelled: Cancelled) -> None:
        raise ValueError("坏了")

    caught: list[Exception] = []
    jobs.run("a", broken, on_failed=caught.append)
    assert jobs.wait_idle()
    assert [str(error) for error in caught] == ["坏了"]
    with qtbot.waitSignal(jobs.failed) as told:
        jobs.run("b", broken, title="导出")
    assert told.args[0] == "导出" and str(told.args[1]) == "坏了"


def test_a_newer_job_with_the_same_key_takes_the_place_of_the_older(jobs: Jobs) -> None:
    results: list[str] = []
    dropped: list[str] = []
    jobs.run("search", until_cancelled, on_done=results.append, on_dropped=lambda: dropped.append("first"))
    time.sleep(0.02)
    jobs.run(
        "search", lambda p, c: "second", on_done=results.append, on_dropped=lambda: dropped.append("second")
    )
    jobs.run("search", lambda p, c: "third", on_done=results.append)
    assert jobs.wait_idle()
    assert results == ["third"] and dropped == ["first", "second"]


def test_what_writes_waits_for_its_turn(jobs: Jobs) -> None:
    order: list[str] = []
    beside: list[int] = []
    inside = 0

    def write(name: str) -> Callable[[Progress, Cancelled], None]:
        def work(progress: Progress, cancelled: Cancelled) -> None:
            nonlocal inside
            inside += 1
            beside.append(inside)
            time.sleep(0.01)
            inside -= 1
            order.append(name)

        return work

    for name in "abcd":
        jobs.run("write", write(name), supersede=False)
    assert jobs.wait_idle()
    assert order == ["a", "b", "c", "d"] and set(beside) == {1}


def test_other_keys_run_side_by_side(jobs: Jobs) -> None:
    met = threading.Barrier(2, timeout=5)
    results: list[str] = []
    for key in "ab":
        jobs.run(key, lambda p, c: met.wait() is not None and "met", on_done=results.append)
    assert jobs.wait_idle()
    assert results == ["met", "met"]


def test_progress_is_told_and_ends_with_the_last_word(jobs: Jobs) -> None:
    told: list[tuple[int, int, str]] = []

    def work(progress: Progress, cancelled: Cancelled) -> None:
        for n in range(1, 2001):
            progress(n, 2000, f"第 {n} 行")

    job = jobs.run("export", work)
    job.progress.connect(lambda *state: told.append(state))
    assert jobs.wait_idle()
    assert told[-1] == (2000, 2000, "第 2000 行")
    assert len(told) < 200  # not every row: the window would do nothing else


def test_a_cancelled_job_is_dropped_whatever_it_returns(jobs: Jobs) -> None:
    results: list[Any] = []
    job = jobs.run("a", until_cancelled, on_done=results.append, on_dropped=lambda: results.append("dropped"))
    job.cancel()
    assert jobs.wait_idle()
    assert results == ["dropped"]


def test_nobody_is_told_after_the_owner_is_gone(jobs: Jobs) -> None:
    results: list[Any] = []
    owner = QObject()
    jobs.run("a", lambda p, c: time.sleep(0.05), on_done=results.append, owner=owner)
    shiboken6.delete(owner)
    assert jobs.wait_idle()
    assert results == []


def test_wait_idle_says_when_it_gave_up(jobs: Jobs) -> None:
    job = jobs.run("a", until_cancelled)
    assert not jobs.wait_idle(0.05)
    job.cancel()
    assert jobs.wait_idle()


def test_shutdown_stops_the_threads(qapp: QApplication) -> None:
    before = set(threading.enumerate())  # others of this run may still be ending theirs
    jobs = Jobs()
    jobs.run("a", until_cancelled)
    jobs.run("b", until_cancelled)
    time.sleep(0.02)
    assert jobs.shutdown()
    assert not [each for each in set(threading.enumerate()) - before if each.name.startswith("job-")]


def test_shutdown_lets_a_write_finish(qapp: QApplication) -> None:
    written: list[bool] = []

    def write(progress: Progress, cancelled: Cancelled) -> None:
        time.sleep(0.1)
        if not cancelled():
            written.append(True)

    jobs = Jobs()
    jobs.run("write", write, cancellable=False, supersede=False)
    assert jobs.shutdown()
    assert written == [True]


def test_the_bar_shows_long_work_and_stops_it(jobs: Jobs, qapp: QApplication, qtbot) -> None:
    theme.apply(qapp)
    bar = JobBar(jobs)
    qtbot.addWidget(bar)

    def work(progress: Progress, cancelled: Cancelled) -> None:
        progress(3, 0, "打开文件")
        time.sleep(0.06)
        progress(30, 120, "读第 30 行")
        until_cancelled(progress, cancelled)

    jobs.run("quick", lambda p, c: None, title="很快的事")
    jobs.run("quiet", until_cancelled, title="看不见", quiet=True)
    jobs.run("import", work, title="读取台账")
    assert bar.isHidden()  # not yet: short work must not flicker
    qtbot.waitUntil(lambda: bar.isVisible() and bar.bar.value() == 30, timeout=3000)
    assert bar.title.text() == "读取台账" and bar.step.text() == "读第 30 行"
    assert bar.left.text().startswith("30 / 120")
    bar.stop.click()
    assert bar.step.text() == "正在停止…"
    qtbot.waitUntil(lambda: bar.isHidden(), timeout=3000)
    jobs.cancel("quiet")
    assert jobs.wait_idle()


def test_time_left_in_words() -> None:
    assert [left_words(s) for s in (None, 0.2, 41, 130)] == ["", "约剩 1 秒", "约剩 41 秒", "约剩 2 分钟"]
