"""F1: the keys that work here, over the window. Esc or another F1 puts it away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.style.theme import tokens
from desktop.widgets.labels import label

Keys = Sequence[tuple[str, str]]

EVERYWHERE: Keys = (
    ("Ctrl K", "查找企业、走访、问题、功能"),
    ("F1", "快捷键"),
    ("Alt 1…9", "打开左侧第 1 至 9 页"),
    ("Ctrl PgUp / PgDn", "上一页、下一页"),
    ("Enter", "打开选中的行"),
    ("Ctrl C", "复制选中的行（可粘贴到 Excel、WPS）"),
    ("Esc", "关闭侧栏、返回"),
)


class ShortcutsOverlay(QWidget):
    """A veil over the window with a card of groups: (heading, [(keys, what they do)])."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._came_from: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open(self, groups: Sequence[tuple[str, Keys]]) -> None:
        """Show these groups, side by side, in place of whatever was shown before."""
        self._came_from = self.window().focusWidget()
        old = self.layout()
        if old is not None:
            QWidget().setLayout(old)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        card = QFrame()
        card.setProperty("role", "popup")
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 22, 28, 22)
        column.setSpacing(16)
        column.addWidget(label("快捷键", "title"))
        row = QHBoxLayout()
        row.setSpacing(48)
        for heading, keys in groups:
            if keys:
                row.addLayout(self._group(heading, keys))
        column.addLayout(row)
        column.addWidget(label("按 Esc 或 F1 关闭", "muted"))
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        spoken = "；".join(f"{keys} {what}" for _, group in groups for keys, what in group)
        self.setAccessibleName(f"快捷键：{spoken}")
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_overlay(self) -> None:
        """Put it away and go back to where the person was."""
        self.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _group(self, heading: str, keys: Keys) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label(heading, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        for line, (key, what) in enumerate(keys):
            box = QHBoxLayout()
            box.addWidget(label(key, "key"))
            box.addStretch(1)
            grid.addLayout(box, line, 0)
            grid.addWidget(label(what), line, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_overlay()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_overlay()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(tokens().palette.shadow)
        veil.setAlpha(90 if not tokens().dark else 140)
        painter.fillRect(self.rect(), veil)
        painter.end()
