"""A card with one figure, its unit, and a line that puts it in proportion."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.labels import ElidedLabel, label


class StatCard(QFrame):
    """`clicked` leads to the rows behind the figure; Enter and Space press it too."""

    clicked = Signal()

    def __init__(
        self, name: str, figure: str = "", unit: str = "", note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(3)
        self._name = label(name, "muted")
        column.addWidget(self._name)
        line = QHBoxLayout()
        line.setSpacing(5)
        self._figure = label(figure, "figure")
        self._unit = label(unit, "muted")
        line.addWidget(self._figure, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addStretch(1)
        column.addLayout(line)
        self._note = ElidedLabel(note, "fact")
        column.addWidget(self._note)
        self.set(figure, unit, note)

    def set_name(self, name: str) -> None:
        """What the figure is of."""
        self._name.setText(name)

    def set(self, figure: str, unit: str = "", note: str = "") -> None:
        """Another figure, already written out ("1,608")."""
        self._figure.setText(figure)
        self._unit.setText(unit)
        self._note.setText(note)
        self.setAccessibleName(f"{self._name.text()} {figure} {unit}，{note}".strip("， "))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
