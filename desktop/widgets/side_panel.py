"""The panel that opens at the right of a list for the selected row. Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from desktop.style.icons import icon
from desktop.style.theme import notifier, tokens
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel


class SidePanel(QFrame):
    """`body` scrolls, `foot` stays: put facts in the one and buttons in the other."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None, width: int = 380) -> None:
        super().__init__(parent)
        self.setProperty("role", "sidepanel")
        self.setFixedWidth(tokens().metrics.px(width))
        self.record = ""
        self.beside: QWidget | None = None  # makes room for the panel in a narrow window
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 10, 8, 12)
        outer.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = ElidedLabel("", "heading")
        self.chip = Chip("", None, self)
        self._close = QToolButton(self)
        self._close.setAccessibleName("关闭侧栏")
        self._close.setToolTip("关闭（Esc）")
        self._close.clicked.connect(self.close_panel)
        head.addWidget(self.title, 1)
        head.addWidget(self.chip)
        head.addWidget(self._close)
        outer.addLayout(head)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 8, 0)
        self.body.setSpacing(12)
        area.setWidget(inner)
        self._area = area
        outer.addWidget(area, 1)
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(0, 0, 8, 0)
        self.foot.setSpacing(8)
        outer.addLayout(self.foot)
        # On the page, not on the panel: the focus usually stays in the list while the panel is open.
        self._escape = QShortcut(QKeySequence("Esc"), parent or self)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.activated.connect(self.close_panel)
        self._escape.setEnabled(False)
        notifier().changed.connect(self._draw)
        self._draw()
        self.hide()

    def open_for(self, record: str, title: str, chip: str = "", state: str | None = None) -> None:
        """Show the panel for a record; fill `body` before or after."""
        self.record = record
        self.title.setText(title)
        self.setAccessibleName(title)
        self.chip.set(chip, state)
        self.show()

    def clear(self) -> None:
        """Take everything out of the body."""
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def show_whole(self, widget: QWidget) -> None:
        """Scroll so far that a part of the body is to be seen whole."""
        if self._area.widget().isAncestorOf(widget):
            self._area.ensureWidgetVisible(widget, 0, 12)

    def close_panel(self) -> None:
        if self.isVisible():
            self.record = ""
            self.hide()
            self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._escape.setEnabled(True)
        if self.beside is not None and self.window().width() < tokens().metrics.narrow:
            self.beside.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._escape.setEnabled(False)
        if self.beside is not None and self.isHidden():
            self.beside.show()

    def _draw(self) -> None:
        self._close.setIcon(icon("close", tokens().palette.text2, 16))
