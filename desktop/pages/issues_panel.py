"""The side panel of a problem: its clocks, the next steps, what it is about, its progress and way. Steps are in moves.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db.errors import KnownError, StaleRecord
from db.issue_clocks import HANDLE, REVIEW, Clock
from desktop.actions import issues
from desktop.actions.issue_way import clocks, day_words, rules, timeline
from desktop.actions.issues import NOTED_IN, Step
from desktop.context import AppContext
from desktop.forms.line_editors import Line
from desktop.pages.detail import fill_detail
from desktop.pages.issues_way import WayView
from desktop.pages.moves import StepArea
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, hairline, label, problem_line

_SHOWN, _MORE = 8, 40  # lines of the way that are shown at first, and with each press
_ELSEWHERE = ("progress_log", "description", "status")  # shown above, in their own way


class IssuePanel(QWidget):
    """`done(Moved)` after a step or a note; `stale(record, words)` when somebody saved in between."""

    done = Signal(object)
    stale = Signal(object, str)

    def __init__(self, record: Mapping[str, Any], context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record, self.context = record, context
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._clocks(clocks(context.store, record, context.today())))
        self.steps = StepArea("issue", record, context, self)
        self.steps.done.connect(self.done)
        self.steps.stale.connect(self.stale)
        column.addWidget(self.steps)
        column.addWidget(hairline())
        about = QVBoxLayout()
        about.setSpacing(1)
        about.addWidget(label("问题描述", "fact"))
        text = label(str(record.get("description") or "未填"), wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        about.addWidget(text)
        column.addLayout(about)
        column.addLayout(self._progress())
        column.addWidget(hairline())
        facts = QVBoxLayout()
        facts.setSpacing(12)
        fill_detail(facts, "issue", record, context, _ELSEWHERE)
        column.addLayout(facts)

    # The clocks.

    def _clocks(self, found: list[Clock]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        with self.context.store.read() as session:
            allowed, _overrides = rules(session)
        for row, clock in enumerate(found):
            limit = allowed.words(clock.kind, self.record.get("urgency"))
            due = f"{day_words(clock.due)}前" if clock.due is not None else "未定时限"
            extended = self.record.get("extend_count")
            if clock.kind == HANDLE and extended:
                due += f"，延期 {extended} 次"
            elif clock.kind != HANDLE:
                due += f"（{'销号后 ' if clock.kind == REVIEW else ''}{limit}）"
            grid.addWidget(label(clock.kind, "strong" if clock.ended is None else "muted"), row, 0)
            grid.addWidget(ElidedLabel(due, "muted"), row, 1)
            grid.addWidget(Chip(clock.words, clock.state, self), row, 2, Qt.AlignmentFlag.AlignRight)
        return grid

    # Progress.

    def _progress(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label("办理进展", "fact"))
        self.note = Line(self)
        self.note.setPlaceholderText("追加进展，Enter 记下")
        self.note.setAccessibleName("追加进展")
        self.note.setMaxLength(2000)
        self.note.returnPressed.connect(self.add_progress)
        self.add = Button("记下", self.add_progress, self, role="small")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.note, 1)
        row.addWidget(self.add)
        noted = self.record.get("status") in NOTED_IN
        self.note.setVisible(noted)
        self.add.setVisible(noted)
        column.addLayout(row)
        self.problem = problem_line()
        column.addWidget(self.problem)
        self.events = timeline(self.context.store, self.record)
        self.way = WayView(self)
        column.addWidget(self.way)
        self.more = Button("", lambda: self._show_way(self._shown + _MORE), self, role="link")
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_way(_SHOWN)
        return column

    def _show_way(self, most: int) -> None:
        self._shown = most
        self.way.show_events(self.events[:most])
        left = len(self.events) - most
        self.more.setVisible(left > 0)
        self.more.setText(
            f"再看更早的 {left} 条" if left <= _MORE else f"再看更早的 {_MORE} 条（还有 {left} 条）"
        )

    def add_progress(self) -> None:
        """Note what was typed; it stays in the line until it is stored."""
        typed, record, context = self.note.text(), self.record, self.context
        step = Step(context.store, record["id"], context.actor, context.today(), record["rev"])

        def failed(error: Exception) -> None:
            if isinstance(error, StaleRecord):
                self.stale.emit(error.theirs, error.message)
            elif isinstance(error, KnownError):
                self.problem.setText(str(error))
                self.problem.show()
            else:
                context.jobs.failed.emit("追加进展", error)

        context.jobs.run(
            f"step/{record['id']}", lambda _progress, _cancelled: issues.add_progress(step, typed), title="追加进展",
            on_done=self.done.emit, on_failed=failed, owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def unsaved(self) -> tuple[str, dict[str, Any], str]:
        """What is being typed: the step that is open, its values, the note."""
        editor = self.steps.editor
        return (editor.step.key if editor else "", editor.values() if editor else {}, self.note.text())

    def take_up(self, unsaved: tuple[str, dict[str, Any], str]) -> None:
        """Put back what was being typed, as far as the step is still there."""
        key, values, note = unsaved
        self.note.setText(note)
        if key and self.steps.choose(key, values):
            return
        if note:
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)
