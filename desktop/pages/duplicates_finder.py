"""Looks for suspected duplicates aside and keeps what was found. Showing and deciding is duplicates.py's."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.actions import duplicates as actions
from desktop.actions.duplicates import Found
from desktop.context import AppContext

BY_ITSELF = (
    8_000  # up to so many cards are compared without being asked; more take seconds that people should choose
)


class DuplicatesFinder(QObject):
    """`counted(n or None)` how many pairs wait (None: nobody has looked); `arrived` when there is something new."""

    counted = Signal(object)
    arrived = Signal()

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.found: Found | None = None

    def refresh(self, *, quietly: bool) -> None:
        """Look again if cards were changed since; a large directory is only compared when somebody asks."""
        store, known = self.context.store, self.found.stamp if self.found is not None else None

        def work(_progress: Any, _cancelled: Any) -> tuple[int, str]:
            return actions.directory_stamp(store)

        def done(stamp: tuple[int, str]) -> None:
            if stamp == known:
                self.tell()
            elif stamp[0] <= BY_ITSELF or not quietly:
                self.look(quiet=quietly)
            else:
                self.counted.emit(None)

        self.context.jobs.run(f"duplicates/stamp/{id(self)}", work, on_done=done, owner=self, quiet=True)

    def look(self, *, quiet: bool) -> None:
        """Compare all cards aside, with progress and a way to stop."""
        store = self.context.store
        self.context.jobs.run(
            f"duplicates/{id(self)}",
            lambda progress, cancelled: actions.find_duplicates(store, progress, cancelled),
            title="查找疑似重复的企业",
            on_done=self._arrived,
            owner=self,
            quiet=quiet,
        )

    def tell(self) -> None:
        """Say how many pairs wait."""
        self.counted.emit(self.found.total if self.found is not None else None)

    def _arrived(self, found: Found) -> None:
        self.found = found
        self.tell()
        self.arrived.emit()
