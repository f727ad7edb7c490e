"""What a register's page has for ledgers: the import view and the rows it kept aside. The list's part is list_intake.py's."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.context import AppContext
from desktop.pages.intake_view import IntakeView
from desktop.pages.side_list import SideListView


class IntakeDesk(QObject):
    """The page's part: makes the two views when they are first asked for and shows them in the page's stack."""

    closed = Signal()  # back to the list
    goto_asked = Signal(str, dict)

    def __init__(self, register: str, context: AppContext, stack: QStackedWidget) -> None:
        super().__init__(stack)
        self._register, self._context, self._stack = register, context, stack
        self.view: IntakeView | None = None
        self.side: SideListView | None = None

    def open_file(self, path: Path) -> None:
        """Look at a file before it is read in."""
        if self.view is None:
            self.view = IntakeView(self._register, self._context)
            self.view.closed.connect(self.closed)
            self.view.goto_asked.connect(self.goto_asked)
            self._stack.addWidget(self.view)
        self._show(self.view)
        self.view.begin(path)

    def open_side(self, batch: UUID | None = None) -> None:
        """Look at the rows that were kept aside."""
        if self.side is None:
            self.side = SideListView(self._register, self._context)
            self.side.closed.connect(self.closed)
            self._stack.addWidget(self.side)
        self._show(self.side)
        self.side.begin(batch)

    def _show(self, widget: QWidget) -> None:
        self._stack.setCurrentWidget(widget)
        self.current_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def current(self) -> IntakeView | SideListView | None:
        """Whichever of the two is shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, IntakeView | SideListView) else None

    def current_focus(self) -> QWidget:
        """Where typing starts in it."""
        shown = self.current
        return shown.first_focus() if shown is not None else self._stack

    def leave(self) -> None:
        """Something else is shown: keep what was typed."""
        if self.current is not None:
            self.current.leave()
