"""Asks "really?" in the page itself, so that no dialog opens on top of another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import label


class ConfirmStrip(QFrame):
    """Hidden until `ask`; Esc or 取消 puts it away and gives the focus back to where it was."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        self.no = Button("取消", self.cancel, self, role="small")
        self.yes = Button("确定", self._accept, self, role="small")
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self._on_yes: Callable[[], object] | None = None
        self._on_no: Callable[[], object] | None = None
        self._came_from: QWidget | None = None
        self.hide()

    def ask(
        self,
        text: str,
        yes: str,
        on_yes: Callable[[], object],
        *,
        danger: bool = False,
        no: str = "取消",
        on_no: Callable[[], object] | None = None,
    ) -> None:
        """Show the question; a dangerous answer is not the one Enter would press."""
        self._came_from = self.window().focusWidget()
        self._on_yes, self._on_no = on_yes, on_no
        state = "alarm" if danger else "watch"
        self.text.setText(text)
        set_property(self, "state", state)
        set_property(self.text, "state", state)
        self.yes.setText(yes)
        self.no.setText(no)
        set_property(self.yes, "role", "small-danger" if danger else "small")
        self.setAccessibleName(text)
        self.show()
        (self.no if danger else self.yes).setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Put the question away without doing it."""
        answer = self._on_no
        self._put_away()
        if answer is not None:
            answer()

    def _accept(self) -> None:
        answer = self._on_yes
        self._put_away()
        if answer is not None:
            answer()

    def _put_away(self) -> None:
        self._on_yes = self._on_no = None
        self.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None

    def event(self, event: QEvent) -> bool:
        # Esc here answers the question; it must not reach a shortcut of the page (closing a panel, going back).
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            (focused if focused in (self.yes, self.no) else self.no).click()
        else:
            super().keyPressEvent(event)
