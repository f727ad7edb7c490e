"""Editors of lists that only grow or are picked from disk: the progress log, attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.fields import Field
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.line_editors import Line
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label

_BLOCK = 1 << 20


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class LogEditor(Editor):
    """What was noted stays as it is; a new entry is typed below and dated today."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self._entries: list[dict[str, Any]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        column.addLayout(self._lines)
        self.line = Line(self)
        self.line.setPlaceholderText("追加一条进展，Enter 记下")
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        column.addWidget(self.line)
        self.adopt(self.line)

    def load(self, content: Content) -> None:
        self._entries = list(content.value or [])
        self.line.setText(content.unparsed)
        self._show()

    def content(self) -> Content:
        typed = self.line.text().strip()
        entries = [*self._entries, self._entry(typed)] if typed else list(self._entries)
        return Content(entries or None)

    def hint(self) -> str:
        return "Enter 记下一条，再按 Enter 到下一栏"

    def on_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            typed = self.line.text().strip()
            if typed:
                self._entries.append(self._entry(typed))
                self.line.clear()
                self._show()
                self.edited.emit()
                return True
        return False

    def _entry(self, typed: str) -> dict[str, Any]:
        return {"at": self.context.today().isoformat(), "by": self.context.person, "text": typed}

    def _show(self) -> None:
        _clear(self._lines)
        for entry in self._entries:
            head = " ".join(part for part in (str(entry.get("at", "")), str(entry.get("by", ""))) if part)
            shown = label(
                f"{head}：{entry.get('text', '')}" if head else str(entry.get("text", "")), wrap=True
            )
            self._lines.addWidget(shown)


class FilesEditor(Editor):
    """Names, sizes and digests of files; the files themselves stay where they are."""

    def __init__(
        self,
        field: Field,
        context: AppContext,
        parent: QWidget | None = None,
        ask: Callable[[QWidget], list[str]] | None = None,
    ) -> None:
        super().__init__(field, context, parent)
        self._ask = ask or _ask_files
        self._entries: list[dict[str, Any]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        column.addLayout(self._lines)
        self.button = Button("添加文件…", self._add, self, role="small")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)
        self.adopt(self.button)
        self.button.setAccessibleName(f"{field.label}：添加文件")

    def load(self, content: Content) -> None:
        self._entries = list(content.value or [])
        self._show()

    def content(self) -> Content:
        return Content(list(self._entries) or None)

    def hint(self) -> str:
        return "空格打开选择文件，Delete 去掉最后一个"

    def on_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._entries:
            self._entries.pop()
            self._show()
            self.edited.emit()
            return True
        return False

    def take(self, paths: list[str]) -> None:
        """Add these files; reading them for their digests is done aside."""

        def work(progress: Any, cancelled: Callable[[], bool]) -> list[dict[str, Any]]:
            found = []
            for place, path in enumerate(paths):
                progress(place, len(paths), Path(path).name)
                found.append(described(Path(path), cancelled))
            return found

        self.context.jobs.run(
            f"digest/{id(self)}", work, title="读取附件", on_done=self._taken, owner=self, supersede=False
        )

    def _add(self) -> None:
        chosen = self._ask(self)
        if chosen:
            self.take(chosen)

    def _taken(self, entries: list[dict[str, Any]]) -> None:
        known = {entry.get("sha256") for entry in self._entries}
        self._entries += [entry for entry in entries if entry["sha256"] not in known]
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        _clear(self._lines)
        for entry in self._entries:
            size = f"{entry['size'] / 1024:,.0f} KB" if entry.get("size") else ""
            digest = f"摘要 {entry['sha256'][:8]}" if entry.get("sha256") else ""
            words = " · ".join(part for part in (str(entry.get("name", "")), size, digest) if part)
            self._lines.addWidget(ElidedLabel(words))


def described(path: Path, cancelled: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Name, SHA-256 and size of a file. OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while (block := handle.read(_BLOCK)) and not cancelled():
            digest.update(block)
    return {"name": path.name, "sha256": digest.hexdigest(), "size": path.stat().st_size}


def _ask_files(parent: QWidget) -> list[str]:
    chosen, _ = QFileDialog.getOpenFileNames(parent.window(), "选择照片或签到材料")
    return list(chosen)
