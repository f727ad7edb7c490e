"""Sentences about a file, one under the other; they can be selected and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.widgets.labels import hairline, label


class NoteList(QScrollArea):
    """Scrolls where there are many; says so where there is nothing to say."""

    def __init__(self, parent: QWidget | None = None, empty: str = "没有要特别说明的。") -> None:
        super().__init__(parent)
        self._empty = empty
        self.notes: list[str] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(72)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored
        )  # no page is to scroll for it
        self.setAccessibleName("说明")
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(14, 2, 14, 10)
        self._column.setSpacing(0)
        self.setWidget(inner)
        self.show_notes([])

    def show_notes(self, notes: Sequence[str]) -> None:
        """Other sentences."""
        self.notes = list(notes)
        while (item := self._column.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        for place, each in enumerate(self.notes):
            if place:
                self._column.addWidget(hairline())
            line = label(each, "", wrap=True)
            line.setContentsMargins(0, 7, 0, 7)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(line)
        if not self.notes:
            self._column.addWidget(label(self._empty, "muted", wrap=True))
        self._column.addStretch(1)
