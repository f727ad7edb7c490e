"""The lines above every page: no Chinese font, practice data, what went wrong. Takes no room when all are quiet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.style.fonts import missing_font_warning
from desktop.style.theme import tokens
from desktop.widgets.banner import Banner

_PRACTICE = "练习数据：这里的企业和数字都是虚构的，可以放心试用，不会混入正式台账。"


class Notices(QWidget):
    """`message` is the one that pages speak through; the other two are set by what is true."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 0)
        column.setSpacing(8)
        self.font_warning = Banner(missing_font_warning() or "", state="alarm", closable=False)
        self.practice = Banner(_PRACTICE, state="watch", closable=False)
        self.message = Banner(state="alarm")
        self._banners = (self.font_warning, self.practice, self.message)
        for banner in self._banners:
            banner.hide()
            column.addWidget(banner)
            banner.installEventFilter(self)
        self.font_warning.setVisible(missing_font_warning() is not None)
        self._settle()

    def set_narrow(self, narrow: bool) -> None:
        """In line with the page below."""
        side = tokens().metrics.page_margin // (2 if narrow else 1)
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(side, 12, side, 0)

    def say(self, text: str, hint: str, state: str) -> None:
        """Show the message; it stays until it is closed or another takes its place."""
        self.message.say(text, hint, state)
        self.message.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        self.setVisible(any(not banner.isHidden() for banner in self._banners))
