"""The line above a page that says what became of an action, with the way to the file it wrote."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.pages.files import open_file, show_in_folder
from desktop.widgets.banner import Banner


class FileBanner(Banner):
    """Hidden until something is told. `opens`: the file itself can be opened, too."""

    def __init__(self, parent: QWidget | None = None, *, opens: bool = False) -> None:
        super().__init__(parent=parent)
        self._file: Path | None = None
        self.open_button = self.add("打开", self._open) if opens else None
        self.folder_button = self.add("打开所在文件夹", self._show_folder)
        self.hide()

    def tell(self, text: str, hint: str = "", state: str = "info", file: Path | None = None) -> None:
        """Say it and be seen. `file`: what was written, a file or a folder; None where nothing was."""
        self._file = file
        for button in (self.open_button, self.folder_button):
            if button is not None:
                button.setVisible(file is not None)
        self.say(text, hint, state)
        self.show()

    def _open(self) -> None:
        if self._file is not None:
            open_file(self._file)

    def _show_folder(self) -> None:
        if self._file is not None:
            show_in_folder(self._file)
