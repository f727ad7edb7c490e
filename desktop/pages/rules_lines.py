"""The editor of one line of 升规入统: a specialty and its amount in 万元."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.errors import KnownError
from db.thresholds import Line
from desktop.actions import rules as actions
from desktop.context import AppContext
from desktop.style.theme import set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label, problem_line


class LineBox(QWidget):
    """Stored when the line is left or Enter is pressed; one that is not judged by revenue only says so."""

    saved = Signal(object)

    def __init__(self, shown: Line, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context, self.line = context, shown
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(shown.specialty), 1)
        self.editor = QLineEdit(self)
        self.editor.setAccessibleName(f"入库标准：{shown.specialty}（万元）")
        self.editor.setFixedWidth(tokens().metrics.px(84))
        self.editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editor.editingFinished.connect(self._left)
        self.editor.textEdited.connect(lambda _text: self.say(""))
        self.back = Button("恢复默认", self._take_back, self, role="link")
        self.back.setAccessibleName(f"恢复默认：{shown.specialty}")
        row.addWidget(self.back)
        if shown.default is None:
            row.addWidget(label("按资质、经营活动判断", "muted"))
            self.editor.setEnabled(False)
            self.editor.hide()
        else:
            row.addWidget(self.editor)
        column.addLayout(row)
        self.problem = problem_line()
        column.addWidget(self.problem)
        self._show(shown)

    def _show(self, shown: Line) -> None:
        self.line = shown
        if not self.editor.isModified():
            self.editor.setText("" if shown.amount is None else format(shown.amount, "f"))
        default = "" if shown.default is None else format(shown.default, "f")
        self.back.setToolTip(f"默认 {default} 万元")
        self.back.setVisible(shown.changed)

    def say(self, words: str) -> None:
        """What is wrong with what was typed, "" for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_property(self.editor, "state", "error" if words else "")

    def _take_back(self) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes away
        self._save(None)

    def _left(self) -> None:
        if self.editor.isModified():
            self._save(self.editor.text())

    def _save(self, raw: str | None) -> None:
        store, key = self.context.store, self.line.id
        self.editor.setModified(False)

        def done(lines: Sequence[Line]) -> None:
            self._show(next(each for each in lines if each.id == key))
            self.context.changed()
            self.saved.emit(self.line)

        self.context.jobs.run(
            "settings/line", lambda _progress, _cancelled: actions.save_line(store, key, raw), title="保存入库标准",
            on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.say(f"{error.message}{error.hint}")
        self.editor.setModified(True)
