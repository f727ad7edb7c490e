"""The program as `qianqi` starts it, telling when it has painted and when 本月 is filled and takes keys.

Run by starting.py as a process of its own; nothing but Qt and the frame is imported before the first paint.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import Program


class Watch(QObject):
    """Says “painted” after the window's first paint."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: print("painted", flush=True))
        return False


def main(root: Path) -> None:
    app = QApplication([])
    program = Program(app, root)
    program.start()
    assert program.window is not None
    watch = Watch(app)
    program.window.installEventFilter(watch)

    def look() -> None:
        window = program.window
        if window is None or program.context is None or window.page is None or program.jobs.active():
            return
        focus = app.focusWidget()
        if focus is not None and window.page.isAncestorOf(focus):
            print("ready", flush=True)
            os._exit(0)  # what closing costs (a backup) is not what is measured

    timer = QTimer(app)
    timer.timeout.connect(look)
    timer.start(2)
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
