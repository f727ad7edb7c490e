"""A list's part in taking in ledgers: a file asked for or dropped, and the strip that tells of rows kept aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from db import side_list
from desktop.context import AppContext
from desktop.pages.intake import SUFFIXES, ask_ledger
from desktop.widgets.banner import Banner


class ListIntake(QObject):
    """`file_chosen(path)` to look at a file, `side_asked` for the rows kept aside."""

    file_chosen = Signal(object)  # Path
    side_asked = Signal()

    def __init__(self, owner: QWidget, register: str, context: AppContext) -> None:
        super().__init__(owner)
        self._owner, self._register, self._context = owner, register, context
        self.strip = Banner("", state="watch", parent=owner)
        self.strip.add("去更正", self.side_asked.emit)
        self.strip.hide()
        owner.setAcceptDrops(True)
        owner.installEventFilter(self)

    def ask(self) -> None:
        """Ask for the file."""
        path = ask_ledger(self._owner, self._context)
        if path is not None:
            self.file_chosen.emit(path)

    def look(self) -> None:
        """Count the rows kept aside, aside."""
        store, register = self._context.store, self._register

        def work(_progress: Any, _cancelled: Any) -> int:
            with store.read() as session:
                return side_list.counts(session).get(register, 0)

        def done(number: int) -> None:
            self.strip.say(f"{number:,} 行导入时没有入库，待更正。", "", "watch")
            self.strip.setVisible(number > 0)

        self._context.jobs.run(f"side/count/{id(self)}", work, on_done=done, owner=self, quiet=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            if _dropped(event):
                event.acceptProposedAction()
                return True
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            path = _dropped(event)
            if path is not None:
                event.acceptProposedAction()
                self.file_chosen.emit(path)
                return True
        return False


def _dropped(event: QDropEvent) -> Path | None:
    """The table among the files that are dragged."""
    for url in event.mimeData().urls():
        if url.isLocalFile() and Path(url.toLocalFile()).suffix.lower() in SUFFIXES:
            return Path(url.toLocalFile())
    return None
