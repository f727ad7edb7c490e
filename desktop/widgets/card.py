"""A white card with a heading, a note beside it and a body. What is in the body is the page's."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from desktop.style.theme import tokens
from desktop.widgets.labels import ElidedLabel, label


class _Corners(QWidget):
    """Rounds off what reaches the border of a flush card: a style sheet does not clip a frame's children."""

    def __init__(self, card: QWidget) -> None:
        super().__init__(card)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, radius = tokens().palette, tokens().metrics.card_radius
        whole = QRectF(self.rect())
        edge = whole.adjusted(0.5, 0.5, -0.5, -0.5)
        outside = QPainterPath()
        outside.addRect(whole)
        inside = QPainterPath()
        inside.addRoundedRect(edge, radius, radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outside.subtracted(inside), QColor(p.ground))
        painter.setPen(QPen(QColor(p.line), 1))
        painter.drawPath(inside)
        painter.end()


class Card(QFrame):
    """`body` is its layout; `flush` lets a table reach the border; `head` takes buttons at the right."""

    def __init__(
        self,
        title: str = "",
        note: str = "",
        parent: QWidget | None = None,
        *,
        flush: bool = False,
        body: QLayout | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        margin = tokens().metrics.margin
        side = 1 if flush else margin
        outer = QVBoxLayout(self)
        outer.setContentsMargins(side, 1 if flush and not title else 14, side, 1 if flush else 14)
        outer.setSpacing(10)
        self.title = label(title, "heading")
        self.note = ElidedLabel(note, "muted")
        self.head = QHBoxLayout()
        self.head.setContentsMargins(margin - 2 if flush else 0, 0, margin - 2 if flush else 0, 0)
        self.head.setSpacing(8)
        self.head.addWidget(self.title)
        self.head.addWidget(self.note, 1)
        self.note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        outer.addLayout(self.head)
        if not title:
            self.title.hide()
        if not note:
            self.note.setText("")
        self.set_title(title, note)
        self.body: QLayout = body or QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        if body is None:
            self.body.setSpacing(8)
        outer.addLayout(self.body, 1)
        self._corners = _Corners(self) if flush else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._corners is not None:
            self._corners.setGeometry(self.rect())
            self._corners.raise_()

    def set_title(self, title: str, note: str = "") -> None:
        """The heading, and a quieter word after it; both may be empty."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.note.setText(note)
        self.note.setVisible(bool(title or note))
        self.setAccessibleName(title)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Put a widget at the end of the body and give it back."""
        if isinstance(self.body, QVBoxLayout | QHBoxLayout):
            self.body.addWidget(widget, stretch)
        else:
            self.body.addWidget(widget)
        return widget

    def add_stretch(self) -> None:
        """Keep what is above at the top."""
        if isinstance(self.body, QVBoxLayout | QHBoxLayout):
            self.body.addStretch(1)
