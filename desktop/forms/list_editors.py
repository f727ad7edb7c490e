"""The editor of a list that only grows: the progress log."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.fields import Field
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.line_editors import Line
from desktop.widgets.labels import label


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class LogEditor(Editor):
    """What was noted stays as it is; a new entry is typed below and dated today."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self._entries: list[dict[str, Any]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        column.addLayout(self._lines)
        self.line = Line(self)
        self.line.setPlaceholderText("追加一条进展，Enter 记下")
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        column.addWidget(self.line)
        self.adopt(self.line)

    def load(self, content: Content) -> None:
        self._entries = list(content.value or [])
        self.line.setText(content.unparsed)
        self._show()

    def content(self) -> Content:
        typed = self.line.text().strip()
        entries = [*self._entries, self._entry(typed)] if typed else list(self._entries)
        return Content(entries or None)

    def hint(self) -> str:
        return "Enter 记下一条，再按 Enter 到下一栏"

    def on_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            typed = self.line.text().strip()
            if typed:
                self._entries.append(self._entry(typed))
                self.line.clear()
                self._show()
                self.edited.emit()
                return True
        return False

    def _entry(self, typed: str) -> dict[str, Any]:
        return {"at": self.context.today().isoformat(), "by": self.context.person, "text": typed}

    def _show(self) -> None:
        _clear(self._lines)
        for entry in self._entries:
            head = " ".join(part for part in (str(entry.get("at", "")), str(entry.get("by", ""))) if part)
            shown = label(
                f"{head}：{entry.get('text', '')}" if head else str(entry.get("text", "")), wrap=True
            )
            self._lines.addWidget(shown)
