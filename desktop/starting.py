"""From the first paint to the open register: what is loaded aside, and the window that keeps what is pressed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from desktop.jobs import Jobs
from desktop.opening import OPENING, Frame
from desktop.page import PageSpec
from desktop.window import MainWindow


class Starting(MainWindow):
    """A main window over a frame. Until the register is open it goes nowhere, but notes where it was asked to go."""

    def __init__(
        self, frame: Any, pages: Sequence[PageSpec], jobs: Jobs, then: Callable[[], None] | None
    ) -> None:
        self._then = then
        self._words = {spec.key: spec.word for spec in pages}
        self.wanted: tuple[str, dict[str, Any]] | None = None  # pressed before the register was open
        super().__init__(frame, pages, jobs)
        self.frame: Frame = frame  # the window asks it as its context

    def show_kept(self, key: str) -> None:
        """Show a page that can show what was kept, before the register is open."""
        super().goto(key)

    def goto(self, key: str, **args: Any) -> bool:
        if self.frame.real is not None:
            return super().goto(key, **args)
        if key in self._words and (key != self._current or args):
            self.wanted = (key, args)
            self.nav.set_current(key)
            self.top.backup.setText(f"{OPENING}随后转到“{self._words[key]}”")
        elif key == self._current:
            self.wanted = None
            self.nav.set_current(key)
            self.refresh_top()
        return False

    def go_on(self) -> None:
        """The register is open: what was shown asks it from now on, and what was pressed is carried out."""
        page, wanted = self.page, self.wanted
        self.wanted = None
        if page is not None:
            page.adopt(self.frame.real)
            self.invalidate()
        if wanted is not None:
            self.goto(wanted[0], **wanted[1])
        elif page is None:
            QTimer.singleShot(0, self, super()._first_page)

    def _first_page(self) -> None:
        if self._then is not None:
            self._then()


def load(root: Path) -> Any:
    """Import what the register and 本月 need and open the register; None where there is none yet.

    Runs on a worker thread: the imports take long, and the window lives on meanwhile. KnownError as `open_store`.
    """
    from db import backup, checks, drafts, explanations, locks, lookup, to_do, to_do_district  # noqa: F401
    from db.folder import DataFolder
    from db.store import open_store

    if not DataFolder(root).has_register():
        return None
    store = open_store(root)
    try:
        store.actor  # noqa: B018  # the first question makes the mappings ready
    except BaseException:
        store.close()
        raise
    return store
