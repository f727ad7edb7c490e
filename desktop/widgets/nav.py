"""The navigation at the left: icon, word, badge. Which pages there are is told from outside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.style.icons import paint_icon
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.labels import hairline


class NavItem(QAbstractButton):
    """One entry; checked while its page is shown."""

    def __init__(self, key: str, word: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self._icon = key, icon
        self._badge: int | None = None
        self.setText(word)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(tokens().metrics.px(36))
        self.set_badge(None)

    @property
    def badge(self) -> int | None:
        return self._badge

    def set_badge(self, count: int | None) -> None:
        """A count at the right; None or 0 shows none."""
        self._badge = count or None
        self.setAccessibleName(self.text() + (f"，{self._badge} 项待办" if self._badge else ""))
        self.update()

    @property
    def _tight(self) -> bool:
        """Whether it stands in the narrow navigation of a small screen at 150 %."""
        return self.width() < tokens().metrics.px(130)

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.px(110), tokens().metrics.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p, m = look.palette, look.metrics
        painter = QPainter(self)
        whole = QRectF(self.rect())
        if self.isChecked():
            rounded(painter, whole, 6, p.select)
        elif self.underMouse():
            rounded(painter, whole, 6, p.hover)
        if self.hasFocus():
            rounded(painter, whole, 6, "#00000000", p.accent)
        colour = p.accent if self.isChecked() else p.text
        side = m.px(18)
        paint_icon(
            painter,
            QRectF(m.px(8 if self._tight else 12), (self.height() - side) / 2, side, side),
            self._icon,
            colour if self.isChecked() else p.text2,
            1.7,
        )
        painter.setFont(font(strong=self.isChecked()))
        painter.setPen(QColor(colour))
        left = m.px(31 if self._tight else 40)
        painter.drawText(
            QRectF(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self._badge:
            self._paint_badge(painter)
        painter.end()

    def _paint_badge(self, painter: QPainter) -> None:
        look = tokens()
        m, tone = look.metrics, look.palette.tone("alarm")
        words = str(self._badge) if (self._badge or 0) < 100 else "99+"
        painter.setFont(font(m.tiny, strong=self.isChecked()))
        height = m.px(19)
        tight = self._tight  # four characters and a count must go beside each other
        width = max(
            m.px(18 if tight else 21), painter.fontMetrics().horizontalAdvance(words) + (8 if tight else 12)
        )
        side = m.px(3 if tight else 12)
        pill = QRectF(self.width() - width - side, (self.height() - height) / 2, width, height)
        rounded(painter, pill, height / 2, tone.soft)
        painter.setPen(QColor(tone.text))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


class Nav(QScrollArea):
    """Groups of entries with a line between; up and down move among them, Enter and Space open."""

    asked = Signal(str)

    def __init__(
        self, groups: Sequence[Sequence[tuple[str, str, str]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self.setAccessibleName("导航")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(tokens().metrics.nav_width)
        self.narrow = False
        inner = QWidget()
        inner.setProperty("role", "scroll")
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(2)
        self.items: dict[str, NavItem] = {}
        self._group = QButtonGroup(self)
        for number, group in enumerate(groups):
            if number:
                column.addSpacing(8)
                column.addWidget(hairline())
                column.addSpacing(8)
            for key, word, icon in group:
                item = NavItem(key, word, icon)
                item.clicked.connect(lambda _checked=False, key=key: self.asked.emit(key))
                self._group.addButton(item)
                self.items[key] = item
                column.addWidget(item)
        column.addStretch(1)
        self.setWidget(inner)

    def set_current(self, key: str) -> None:
        """Mark the page that is shown."""
        if key in self.items:
            self.items[key].setChecked(True)
            self.ensureWidgetVisible(self.items[key])

    def set_badge(self, key: str, count: int | None) -> None:
        if key in self.items:
            self.items[key].set_badge(count)

    def set_narrow(self, narrow: bool) -> None:
        """Leave more room to the page."""
        self.narrow = narrow
        m = tokens().metrics
        self.setFixedWidth(m.nav_narrow if narrow else m.nav_width)

    def restyle(self) -> None:
        """After another text size."""
        self.set_narrow(self.narrow)
        for item in self.items.values():
            item.setFixedHeight(tokens().metrics.px(36))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        keys = list(self.items)
        focused = next((n for n, key in enumerate(keys) if self.items[key].hasFocus()), None)
        if focused is not None and step:
            self.items[keys[(focused + step) % len(keys)]].setFocus(Qt.FocusReason.TabFocusReason)
        elif focused is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.items[keys[focused]].click()
        else:
            super().keyPressEvent(event)
