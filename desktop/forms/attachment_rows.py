"""Attachments as rows: name, size, what can be done with each. Shared by the form's editor and by panels that only show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from db import attachments
from db.errors import KnownError
from desktop.actions import attachments as actions
from desktop.context import AppContext
from desktop.pages.files import ask_save, open_file
from desktop.style.icons import pixmap
from desktop.style.theme import set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label

ANY_FILE = "所有文件 (*)"
OPEN, SAVE, REMOVE = "打开", "另存为…", "移除"
Say = Callable[[str, str], None]  # words, state


class AttachmentRow(QFrame):
    """One attachment. What needs the content is not offered where it is not here."""

    asked = Signal(str, int)  # OPEN, SAVE or REMOVE; which

    def __init__(
        self, place: int, entry: Mapping[str, Any], there: bool, offered: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "file")
        name = str(entry.get("name") or "附件")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 2)
        row.setSpacing(8)
        picture = QLabel()
        look = tokens().palette
        colour = look.text2 if there else look.tone("alarm").text
        picture.setPixmap(pixmap("attach" if there else "alert", colour, 16, self.devicePixelRatioF()))
        row.addWidget(picture)
        row.addWidget(ElidedLabel(name), 1)
        self.size_words = attachments.size_words(entry.get("size")) if there else "本机没有内容"
        size = label(self.size_words, "muted")
        if not there:
            set_property(size, "state", "alarm")
            size.setToolTip(attachments.gone(name).hint)
        row.addWidget(size)
        self.buttons: dict[str, Button] = {}
        for word in offered if there else [each for each in offered if each == REMOVE]:
            button = Button(word, partial(self.asked.emit, word, place), self, role="link")
            button.setAccessibleName(f"{word} {name}")
            row.addWidget(button)
            self.buttons[word] = button
        self.setAccessibleName(f"{name}，{self.size_words}")


class AttachmentList(QWidget):
    """The attachments of a record to look at, each with its button; what goes wrong is said below them."""

    def __init__(
        self, entries: Sequence[Mapping[str, Any]], context: AppContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context, self.entries = context, list(entries)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.rows = []
        for place, entry in enumerate(self.entries):
            row = AttachmentRow(
                place, entry, attachments.is_there(context.store.folder, entry), (OPEN,), self
            )
            row.asked.connect(lambda _what, which: open_entry(self, context, self.entries[which], self._say))
            column.addWidget(row)
            self.rows.append(row)
        self.note = label("", "finding", wrap=True)
        self.note.hide()
        column.addWidget(self.note)

    def _say(self, words: str, state: str) -> None:
        self.note.setText(words)
        set_property(self.note, "state", state)
        self.note.setVisible(bool(words))


def unfocused(row: AttachmentRow) -> AttachmentRow:
    """A row whose buttons are for the mouse: where keys do the same, thirty tab stops would be in everybody's way."""
    for button in row.buttons.values():
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return row


def open_entry(widget: QWidget, context: AppContext, entry: Mapping[str, Any], say: Say) -> None:
    """Show a copy in the program the system has for it, made aside."""
    store = context.store

    def done(path: Path | None) -> None:
        if path is not None and not open_file(path):
            say("没有能打开这种文件的程序，请用“另存为…”取出。", "watch")

    context.jobs.run(
        f"open/{id(widget)}", lambda progress, cancelled: actions.open_attachment(store, entry, progress, cancelled),
        title="打开附件", on_done=done, on_failed=lambda error: _failed(error, say), owner=widget,
    )  # fmt: skip


def save_entry(widget: QWidget, context: AppContext, entry: Mapping[str, Any], say: Say) -> None:
    """Ask where to, and write a copy there aside."""
    store = context.store
    target = ask_save(widget, context.memory, "另存附件", attachments.file_name(entry.get("name")), ANY_FILE)
    if target is None:
        return
    context.jobs.run(
        f"save/{id(widget)}",
        lambda progress, cancelled: actions.save_attachment(store, entry, target, progress, cancelled),
        title="另存附件", on_done=lambda done: say(f"已存为“{target.name}”。" if done else "", "ok"),
        on_failed=lambda error: _failed(error, say), owner=widget,
    )  # fmt: skip


def _failed(error: Exception, say: Say) -> None:
    if not isinstance(error, KnownError):
        raise error
    say(str(error), "alarm")
