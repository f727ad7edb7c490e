"""A push button that can show its shortcut in a little box. What it does is for the page to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.style.paint import rounded
from desktop.style.theme import font, tokens


class Button(QPushButton):
    """`hint` is the shortcut as people read it ("Ctrl N"); `on` is called when pressed."""

    def __init__(
        self,
        text: str,
        on: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        *,
        primary: bool = False,
        role: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(text, parent)
        self.hint = hint
        self.keys = hint  # the shortcut as people read it, also where the button has no room to show it
        self._shortcut: QShortcut | None = None
        self.setProperty("primary", primary)
        if role:
            self.setProperty("role", role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if on is not None:
            self.clicked.connect(lambda _checked=False: on())

    def set_shortcut(self, keys: str, scope: QWidget, show: bool = True, anywhere: bool = False) -> None:
        """Press the button with these keys ("Ctrl+N") while the focus is inside `scope`.

        With `anywhere` the focus may be elsewhere in the window, as long as `scope` is to be seen.
        """
        self._shortcut = QShortcut(QKeySequence(keys), scope)
        context = Qt.ShortcutContext
        self._shortcut.setContext(context.WindowShortcut if anywhere else context.WidgetWithChildrenShortcut)
        self._shortcut.activated.connect(self._pressed_by_keys)
        self.keys = as_read(keys)
        if show:
            self.hint = self.keys
        self.setAccessibleDescription(f"快捷键 {keys}")
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as Space does: people expect both."""
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def _pressed_by_keys(self) -> None:
        if self.isEnabled() and self.isVisible():
            self.click()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        if self.property("primary"):
            # The style sheet's bold face is wider than the one Qt measured.
            metrics = QFontMetrics(font(strong=True))
            extra = metrics.horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(self.text())
            size.setWidth(size.width() + max(0, extra))
        if self.hint:
            size.setWidth(size.width() + self._box_width() + 8)
        return size

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _box_width(self) -> int:
        return QFontMetrics(font(tokens().metrics.tiny)).horizontalAdvance(self.hint) + 14

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.hint:
            super().paintEvent(event)
            return
        # Here: these names cost ten milliseconds when first used, and the frame has no such button to paint.
        from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter

        option: Any = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        self._paint_text(painter)
        painter.end()

    def _paint_text(self, painter: QPainter) -> None:
        look = tokens()
        primary = bool(self.property("primary"))
        colour = look.palette.on_action if primary else look.palette.text
        box_line = look.palette.on_action if primary else look.palette.edge
        box_text = look.palette.on_action if primary else look.palette.text2
        if not self.isEnabled():
            colour = box_text = look.palette.disabled
            box_line = look.palette.line
        text_font = font(strong=primary)
        text_width = QFontMetrics(text_font).horizontalAdvance(self.text())
        box_width = self._box_width()
        left = (self.width() - text_width - 8 - box_width) / 2
        painter.setFont(text_font)
        painter.setPen(QColor(colour))
        painter.drawText(
            QRectF(left, 0, text_width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        height = look.metrics.px(20)
        box = QRectF(left + text_width + 8, (self.height() - height) / 2, box_width, height)
        rounded(painter, box, 3, "#00000000", box_line)
        painter.setFont(font(look.metrics.tiny))
        painter.setPen(QColor(box_text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.hint)


def as_read(keys: str) -> str:
    """A key combination as it is written on buttons: “Ctrl Enter”."""
    return keys.replace("+", " ").replace("Return", "Enter").replace("Left", "←").replace("Right", "→")
