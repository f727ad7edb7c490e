"""The line above a page that says what became of an action, with the way to the file it wrote."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.pages.files import show_in_folder
from desktop.widgets.banner import Banner


class FileBanner(Banner):
    """Hidden until something is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._file: Path | None = None
        self.folder_button = self.add("打开所在文件夹", self._show_folder)
        self.hide()

    def tell(self, text: str, hint: str = "", state: str = "info", file: Path | None = None) -> None:
        """Say it and be seen. `file`: what was written, a file or a folder; None where nothing was."""
        self._file = file
        self.folder_button.setVisible(file is not None)
        self.say(text, hint, state)
        self.show()

    def _show_folder(self) -> None:
        if self._file is not None:
            show_in_folder(self._file)
