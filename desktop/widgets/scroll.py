"""Lets a part scroll where the window is too small for it, instead of squeezing its fields over each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolling(widget: QWidget, role: str = "page") -> QScrollArea:
    """The widget in a frame that fills what there is and scrolls what does not fit; takes no focus itself."""
    area = QScrollArea()
    area.setProperty("role", role)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area


def scrolling_column(spacing: int) -> tuple[QScrollArea, QVBoxLayout]:
    """A column of cards that scrolls up and down only: the area, and the layout the cards go into."""
    inner = QWidget()
    inner.setProperty("role", "scroll")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(spacing)
    area = scrolling(inner, "")
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area, column
