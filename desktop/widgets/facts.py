"""Facts in columns, each under its small label; and a line of words to choose one view from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.labels import ElidedLabel


class Facts(QWidget):
    """(label, value) pairs in `columns`; values can be selected and copied with the mouse."""

    def __init__(
        self, facts: Sequence[tuple[str, str]] = (), columns: int = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(1)
        self.set(facts)

    def set(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace all facts; an empty value shows as 未填."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, (name, value) in enumerate(facts):
            row, column = divmod(index, self._columns)
            self._grid.addWidget(ElidedLabel(name, "fact"), row * 3, column)
            shown = ElidedLabel(value or "未填", "" if value else "muted")
            shown.setAccessibleName(f"{name}：{value or '未填'}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(shown, row * 3 + 1, column)
            last = row == (len(facts) - 1) // self._columns
            self._grid.setRowMinimumHeight(row * 3 + 2, 0 if last else 6)
            self._grid.setColumnStretch(column, 1)


class _Tab(QAbstractButton):
    def __init__(self, word: str, parent: QWidget, large: bool = False) -> None:
        super().__init__(parent)
        self._large = large
        self.setText(word)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        face = font(self._pixels, strong=True)
        return QSize(
            QFontMetrics(face).horizontalAdvance(self.text()) + 10,
            tokens().metrics.px(34 if self._large else 30),
        )

    @property
    def _pixels(self) -> int | None:
        return tokens().metrics.px(16) if self._large else None

    def paintEvent(self, event: QPaintEvent) -> None:
        p = tokens().palette
        painter = QPainter(self)
        painter.setFont(font(self._pixels, strong=self.isChecked()))
        painter.setPen(QColor(p.accent if self.isChecked() else p.text if self.underMouse() else p.text2))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.isChecked():
            painter.fillRect(QRectF(5, self.height() - 2, self.width() - 10, 2), QColor(p.accent))
        if self.hasFocus():
            rounded(painter, QRectF(self.rect()), 4, "#00000000", p.accent)
        painter.end()


class TabStrip(QWidget):
    """One of several views ("全部往来", "走访 6"); arrows move while one of them has the focus."""

    chosen = Signal(str)

    def __init__(
        self, tabs: Sequence[tuple[str, str]] = (), parent: QWidget | None = None, *, large: bool = False
    ) -> None:
        """`large`: in the place of a page's title."""
        super().__init__(parent)
        self._large = large
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, _Tab] = {}
        self.set_tabs(tabs)

    def set_tabs(self, tabs: Sequence[tuple[str, str]]) -> None:
        """(key, words); the chosen one stays chosen where it still exists."""
        before = self.current
        for key in [key for key in self._tabs if key not in dict(tabs)]:
            gone = self._tabs.pop(key)
            self._group.removeButton(gone)
            gone.hide()
            gone.deleteLater()
        for index, (key, word) in enumerate(tabs):
            if key not in self._tabs:
                tab = _Tab(word, self, self._large)
                tab.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
                self._group.addButton(tab)
                self._tabs[key] = tab
                self._row.insertWidget(index, tab)
            self._tabs[key].setText(word)
            self._tabs[key].updateGeometry()
        if tabs:
            self._tabs[before if before in self._tabs else tabs[0][0]].setChecked(True)

    @property
    def current(self) -> str:
        """The key of the chosen view, "" where there are none."""
        return next((key for key, tab in self._tabs.items() if tab.isChecked()), "")

    def select(self, key: str) -> None:
        """Choose without telling."""
        self._tabs[key].setChecked(True)

    def focus_current(self) -> None:
        """The keyboard on the chosen one."""
        self._tabs[self.current].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, key: str) -> None:
        """Choose and tell."""
        self._tabs[key].setChecked(True)
        self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        keys = list(self._tabs)
        if step and self.current in keys:
            key = keys[(keys.index(self.current) + step) % len(keys)]
            self._tabs[key].setFocus(Qt.FocusReason.TabFocusReason)
            self.choose(key)
        else:
            super().keyPressEvent(event)
