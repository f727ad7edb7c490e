"""What every field with a list below its line does: make the list when it is first needed, put it away, keep Esc for it."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.fields import Field
from desktop.context import AppContext
from desktop.forms.editor import Editor
from desktop.forms.line_editors import Line
from desktop.forms.suggestions import Suggestion, Suggestions

_PAUSE = 90  # ms after the last key


class Offering(Editor):
    """Over an editor with a `line`: what is picked from the list comes to `_picked`."""

    line: Line

    @cached_property
    def list(self) -> Suggestions:
        """Made when first needed: a form has many such fields, and most are never opened."""
        made = Suggestions(self.line, self.field.label)
        made.picked.connect(self._picked)
        return made

    @property
    def offering(self) -> bool:
        """Whether the list is to be seen."""
        return "list" in self.__dict__ and self.list.isVisible()

    def keeps(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self.offering

    def settle(self) -> None:
        self.put_list_away()
        super().settle()

    def put_list_away(self) -> None:
        if self.offering:
            self.list.hide()

    def _picked(self, chosen: Suggestion) -> None:
        raise NotImplementedError


class Seeking(Offering):
    """A line whose list is looked up aside, a moment after the last key."""

    invitation = ""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self._wants_first = False  # Enter was pressed before the list came
        self.line = Line(self)
        self.line.setPlaceholderText(self.invitation)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.line.textEdited.connect(self._typed)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._search)
        self.adopt(self.line)

    def hint(self) -> str:
        return "↑↓ 选择，Enter 选定"

    def begin(self) -> None:
        self.line.selectAll()

    def _show_name(self, text: str) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(0)

    def _search_soon(self, least: int) -> None:
        """Look when the person pauses; a text shorter than `least` is no question yet."""
        self._wants_first = False
        if len(self.line.text().strip()) >= least:
            self._pause.start()
        else:
            self._pause.stop()
            self.put_list_away()

    def _typed(self, text: str) -> None:
        raise NotImplementedError

    def _search(self) -> None:
        raise NotImplementedError
