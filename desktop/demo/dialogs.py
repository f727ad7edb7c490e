"""Dialogs that ask for a file or a folder, answered by a path and Enter as a person would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from desktop.demo.driver import Driver, Stuck

_LOOK = 150  # ms between two looks for the dialog


def answered(driver: Driver, target: Path, ask: Callable[[], object]) -> None:
    """Do what opens the dialog (`ask` returns when it closed again) and wait for what follows from its answer.

    Stuck where no dialog came, or `target` is not there afterwards.
    """
    answers = _answer(driver, target)
    ask()
    driver.settle()
    if not answers or not target.exists():
        raise Stuck(f"没有写出“{target.name}”。")


def _answer(driver: Driver, target: Path) -> list[str]:
    """Put a path into the next dialog that asks for one, and press Enter; says so in the list returned."""
    given: list[str] = []

    def look(tries: int = 60) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            if tries:
                QTimer.singleShot(_LOOK, lambda: look(tries - 1))
            return
        line = dialog.findChild(QLineEdit)
        if line is None:
            dialog.reject()
            return
        line.setText(str(target))  # typed, it would open the dialog's own list over itself
        line.setFocus()
        given.append(str(target))
        driver.keys("Return", at=dialog)
        if dialog.isVisible():
            dialog.reject()  # never wait for a dialog that nobody will answer

    QTimer.singleShot(_LOOK, look)
    return given
