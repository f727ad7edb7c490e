"""The program as `qianqi` starts it, telling when it has painted, when 本月 can be used, and when the register is open.

“painted”: the first paint is through. “ready”: 本月 is filled, the focus is in it, and a key sent there was taken
(Tab moved the focus, Shift+Tab brought it back). “open”: the register is open and 本月 was read from it again.

Run by starting.py as a process of its own; `--keep` ends the program as people do, so that the next start has what
this one left behind; the others are cut off, for what closing costs (a backup) is not measured.
"""

from __future__ import annotations

import os
from pathlib import Path

from desktop.commands.window import no_collecting

no_collecting()

from PySide6.QtCore import QEvent, QObject, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QKeyEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.app import Program  # noqa: E402
from desktop.style import theme  # noqa: E402


class Watch(QObject):
    """Says “painted” after the window's first paint."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: print("painted", flush=True))
        return False


def main(root: str, keep: bool) -> None:
    app = theme.application()
    program = Program(app, Path(root))
    program.start()
    assert program.window is not None
    watch = Watch(app)
    program.window.installEventFilter(watch)
    told = False

    def look() -> None:
        nonlocal told
        window = program.window
        if window is None or window.page is None or window.page.key != "month":
            return
        if not told and window.page.filled and _takes_keys(app, window.page):
            told = True
            print("ready", flush=True)
        if told and program.context is not None and window.page.fresh and not program.jobs.active():
            print("open", flush=True)
            if not keep:
                os._exit(0)
            window.close()

    timer = QTimer(app)
    timer.timeout.connect(look)
    timer.start(2)
    app.exec()
    program.finish()


def _takes_keys(app: QApplication, page: QObject) -> bool:
    focus = app.focusWidget()
    if focus is None or not page.isAncestorOf(focus):
        return False
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            app.sendEvent(app.focusWidget(), QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
        if key is Qt.Key.Key_Tab and app.focusWidget() is focus:
            return False
    return app.focusWidget() is focus
