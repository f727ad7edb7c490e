"""Asking for files and showing folders: the only native dialogs of the pages. Remembers the folder used last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.memory import Memory

WORKBOOK = "Excel 工作簿 (*.xlsx)"
LIST = f"{WORKBOOK};;CSV 文本 (*.csv)"  # what a list is written as


def ask_save(parent: QWidget, memory: Memory, title: str, name: str, kind: str = WORKBOOK) -> Path | None:
    """Where to write a file, None where the person thought better of it."""
    start = str(last_folder(memory) / name)
    chosen, filter = QFileDialog.getSaveFileName(parent, title, start, kind)
    if chosen and filter.endswith("(*.csv)"):
        chosen = str(Path(chosen).with_suffix(".csv"))  # the name that was offered ends otherwise
    return _remember(memory, chosen)


def ask_open(parent: QWidget, memory: Memory, title: str, kind: str) -> Path | None:
    """One file to read, or None."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(last_folder(memory)), kind)
    return _remember(memory, chosen)


def ask_several(parent: QWidget, memory: Memory, title: str, kind: str = WORKBOOK) -> list[Path]:
    """Files to read; empty where none were chosen."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, title, str(last_folder(memory)), kind)
    if chosen:
        _remember(memory, chosen[0])
    return [Path(each) for each in chosen]


def ask_folder(parent: QWidget, memory: Memory, title: str, start: Path | None = None) -> Path | None:
    """A folder, or None."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start or last_folder(memory)))
    return Path(chosen) if chosen else None


def last_folder(memory: Memory) -> Path:
    """The folder a file was last read from or written to, while it is still there; else the home folder."""
    kept = Path(str(memory.get("files/folder") or ""))
    return kept if str(kept) != "." and kept.is_dir() else Path.home()


def show_in_folder(path: Path) -> bool:
    """Open the folder a file lies in."""
    folder = path if path.is_dir() else path.parent
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def open_file(path: Path) -> bool:
    """Show a file in the program the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def pasted_paths(text: str) -> list[Path]:
    """Paths in pasted text: one per line, quoted or as file:// addresses; only those that exist."""
    found = []
    for line in text.splitlines():
        cleaned = line.strip().strip("\"'“”")
        if cleaned.startswith("file:"):
            cleaned = QUrl(cleaned).toLocalFile()
        if cleaned and Path(cleaned).exists():
            found.append(Path(cleaned))
    return found


def workbooks_in(paths: Sequence[Path]) -> list[Path]:
    """The files among these, and the workbooks directly in folders among them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.glob("*.xlsx") if not each.name.startswith("~$"))
        elif path.is_file():
            found.append(path)
    return list(dict.fromkeys(found))


def _remember(memory: Memory, chosen: str) -> Path | None:
    if not chosen:
        return None
    memory.set("files/folder", str(Path(chosen).parent))
    return Path(chosen)
