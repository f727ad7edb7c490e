"""The line at the bottom that says what runs, how much is left, and lets people stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from desktop.jobs import Job, Jobs
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label

_APPEARS_AFTER = 400  # ms: short work comes and goes without a flicker


def left_words(seconds: float | None) -> str:
    """How long it still takes, as people say it; "" while nobody knows."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"约剩 {max(1, round(seconds))} 秒"
    return f"约剩 {round(seconds / 60)} 分钟"


class JobBar(QFrame):
    """Shows the oldest job that is not quiet; hidden when there is none."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.setProperty("role", "statusbar")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 6)
        row.setSpacing(12)
        self.title = label("", "strong")
        self.step = ElidedLabel("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(tokens().metrics.px(220))
        self.bar.setAccessibleName("进度")
        self.left = label("", "muted")
        self.stop = Button("停止", self._stop, self, role="small")
        for widget, stretch in (
            (self.title, 0),
            (self.step, 1),
            (self.bar, 0),
            (self.left, 0),
            (self.stop, 0),
        ):
            row.addWidget(widget, stretch)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_APPEARS_AFTER)
        self._delay.timeout.connect(self._show_now)
        jobs.changed.connect(self._update)
        self.hide()

    def _job(self) -> Job | None:
        return next((job for job in self._jobs.active() if not job.quiet and job.title), None)

    def _update(self) -> None:
        job = self._job()
        if job is None:
            self._delay.stop()
            self.hide()
        elif self.isVisible():
            self._fill(job)
        elif not self._delay.isActive():
            self._delay.start()

    def _show_now(self) -> None:
        job = self._job()
        if job is not None:
            self._fill(job)
            self.show()

    def _fill(self, job: Job) -> None:
        done, total, step = job.state
        more = sum(1 for other in self._jobs.active() if not other.quiet and other.title) - 1
        self.title.setText(job.title + (f"（还有 {more} 项）" if more > 0 else ""))
        self.step.setText("正在停止…" if job.cancelled else step)
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        parts = [f"{done:,} / {total:,}" if total else "", left_words(job.left_seconds)]
        self.left.setText("，".join(part for part in parts if part))
        self.stop.setEnabled(job.cancellable and not job.cancelled)
        self.stop.setToolTip("" if job.cancellable else "这一步不能中途停止")

    def _stop(self) -> None:
        job = self._job()
        if job is not None:
            job.cancel()
            self._fill(job)
