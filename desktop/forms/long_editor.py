"""The editor of long texts: grows with what is written; Enter goes on, Shift+Enter begins a line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from db import values
from db.fields import Field
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.style.theme import tokens

_LEAST, _MOST = 2, 9  # lines


class LongEditor(Editor):
    """Plain text of several lines."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text)
        self._loading = False
        self.text.textChanged.connect(self._changed)
        self.text.document().documentLayout().documentSizeChanged.connect(self._grow)
        self.adopt(self.text)
        self._grow()

    def load(self, content: Content) -> None:
        self._loading = True
        self.text.setPlainText(content.unparsed or (content.value or ""))
        self._loading = False

    def content(self) -> Content:
        return Content(values.parse(self.field, self.text.toPlainText(), self.context.directory).value)

    def hint(self) -> str:
        return "Shift+Enter 换行"

    def on_key(self, event: QKeyEvent) -> bool:
        # A plain newline: the line separator that Qt would put here is no newline to anyone else.
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and shifted:
            self.text.insertPlainText("\n")
            return True
        return False

    def _changed(self) -> None:
        if not self._loading:
            self.edited.emit()

    def _grow(self) -> None:
        written = int(self.text.document().size().height() + 0.5)
        lines = max(_LEAST, min(_MOST, written))
        policy = Qt.ScrollBarPolicy
        # At fractions of a scale a fitting text is a pixel too high, and would get a bar for it.
        self.text.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if written > _MOST else policy.ScrollBarAlwaysOff
        )
        height = lines * self.text.fontMetrics().lineSpacing() + tokens().metrics.px(22)
        if self.text.height() != height:
            self.text.setFixedHeight(height)
            self.updateGeometry()
