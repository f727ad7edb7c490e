"""The editor of attachments: add, drop, paste, open, remove and take back. Copying is done aside; the store is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import attachments
from db.errors import KnownError, Refused
from db.fields import Field
from desktop.actions import attachments as actions
from desktop.actions.attachments import Taken
from desktop.context import AppContext
from desktop.forms.attachment_rows import (
    ANY_FILE,
    OPEN,
    REMOVE,
    SAVE,
    AttachmentRow,
    open_entry,
    save_entry,
    unfocused,
)
from desktop.forms.editor import Content, Editor
from desktop.pages.files import ask_several
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label

_LARGE_PICTURE = 4_000_000  # pixels: a photo, which a PNG would blow up


class FilesEditor(Editor):
    """Entries of files whose content lies in the store. The focus is on the add button; ↑↓ choose a file."""

    def __init__(
        self,
        field: Field,
        context: AppContext,
        parent: QWidget | None = None,
        ask: Callable[[QWidget], Sequence[Path]] | None = None,
    ) -> None:
        super().__init__(field, context, parent)
        self._ask = ask or (
            lambda widget: ask_several(widget, context.memory, f"添加{field.label}", ANY_FILE)
        )
        self._entries: list[dict[str, Any]] = []
        self._removed: list[tuple[int, dict[str, Any]]] = []
        self._at = -1  # the chosen file, -1 for none
        self._turn = 0  # what is still being copied for another record is not put into this one
        self.rows: list[AttachmentRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column.addLayout(self._lines)
        column.addLayout(self._build_foot())
        self.note = label("", "finding", wrap=True)
        self.note.hide()
        column.addWidget(self.note)
        self.setAcceptDrops(True)
        self.adopt(self.button)
        self.button.setAccessibleName(f"{field.label}：添加文件")

    def _build_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.button = Button("添加文件…", self._add, self, role="small")
        row.addWidget(self.button)
        self.about = ElidedLabel("也可以把文件拖到这里，或粘贴截图", "help")
        row.addWidget(self.about, 1)
        self.undo = Button("撤销移除", self.take_back, self, role="link")
        self.undo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.undo.hide()
        row.addWidget(self.undo)
        return row

    # What every editor does.

    def load(self, content: Content) -> None:
        self._turn += 1
        self._entries = [dict(each) for each in content.value or []]
        self._removed, self._at = [], -1
        self._say("")
        self._show()

    def content(self) -> Content:
        return Content([dict(each) for each in self._entries] or None)

    def hint(self) -> str:
        if not self._entries:
            return "空格选择文件，Ctrl+V 粘贴截图"
        return "↑↓ 选中，Ctrl+O 打开，Delete 移除，Ctrl+Z 撤销移除，空格再添加"

    def keeps(self, event: QKeyEvent) -> bool:
        ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return ctrl and event.key() in (Qt.Key.Key_V, Qt.Key.Key_O, Qt.Key.Key_Z)

    def on_key(self, event: QKeyEvent) -> bool:
        key, ctrl = event.key(), event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if ctrl and key == Qt.Key.Key_V:
            self.paste(QGuiApplication.clipboard().mimeData())
        elif ctrl and key == Qt.Key.Key_Z:
            self.take_back()
        elif ctrl and key == Qt.Key.Key_O and self._entries:
            self.open(max(0, self._at))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers() and self._entries:
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose(max(0, min(self._at + step, len(self._entries) - 1)))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._entries:
            self.remove(self._at if self._at >= 0 else len(self._entries) - 1)
        else:
            return False
        return True

    # Adding.

    def take(self, paths: Sequence[Path | str]) -> None:
        """Attach these files; copying them is done aside, and can be stopped."""
        wanted, store = [Path(each) for each in paths], self.context.store
        self._run(
            "附上文件", lambda progress, cancelled: actions.attach_files(store, wanted, progress, cancelled)
        )

    def take_picture(self, picture: QImage) -> None:
        """Attach a picture that is no file yet."""
        store, stamp = self.context.store, f"{datetime.now():%Y-%m-%d %H%M%S}"
        large = picture.width() * picture.height() > _LARGE_PICTURE and not picture.hasAlphaChannel()

        def work(_progress: Any, _cancelled: Any) -> Taken:
            data, kind = (encoded(picture, "JPG"), "jpg") if large else (encoded(picture, "PNG"), "png")
            return actions.attach_picture(store, data, f"截图 {stamp}.{kind}")

        self._run("附上图片", work)

    def paste(self, data: QMimeData | None) -> bool:
        """Attach what was copied or dropped: files, or a picture; False where it is neither."""
        if data is None:
            return False
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.take(paths)
            return True
        picture = data.imageData() if data.hasImage() else None
        if isinstance(picture, QImage) and not picture.isNull():
            self.take_picture(picture)
            return True
        self._say("剪贴板里没有文件或图片。", "watch")
        return False

    def _add(self) -> None:
        chosen = self._ask(self)
        if chosen:
            self.take(chosen)

    def _run(self, title: str, work: Callable[[Any, Any], Taken]) -> None:
        turn = self._turn
        self._say("正在复制…", "")
        self.context.jobs.run(
            f"attach/{id(self)}", work, title=title, on_done=lambda taken: self._taken(turn, taken),
            on_dropped=lambda: self._say("已停止，没有附上。", "watch") if turn == self._turn else None,
            on_failed=lambda error: self._failed(error), owner=self, supersede=False,
        )  # fmt: skip

    def _taken(self, turn: int, taken: Taken) -> None:
        if turn != self._turn:
            names = "、".join(str(each["name"]) for each in taken.entries)
            if names:
                late = Refused(f"“{names}”还没有复制完就离开了那条记录。", "请打开那条记录，再添加一次。")
                self.context.jobs.failed.emit("附上文件", late)
            return
        known = {entry.get("sha256"): entry for entry in reversed(taken.entries)}
        for entry in self._entries:
            known.pop(entry.get("sha256"), None)
        new = [entry for entry in taken.entries if known.get(entry["sha256"]) is entry]
        again = len(taken.entries) - len(new)
        self._entries += new
        words = "".join(str(each) for each in taken.refused)
        if again and not words:
            words = f"有 {again} 个文件内容相同，已经附上，没有重复添加。"
        self._say(words, "alarm" if taken.refused else "watch")
        self._show()
        if new:
            self.edited.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self._say(str(error), "alarm")

    # What can be done with a file.

    def open(self, place: int) -> None:
        """Show a copy in the program the system has for it."""
        open_entry(self, self.context, self._entries[place], self._say)

    def save(self, place: int) -> None:
        """Write a copy where the person wants it."""
        save_entry(self, self.context, self._entries[place], self._say)

    def remove(self, place: int) -> None:
        """Take a file out of the record; it comes back with `take_back` as long as the form is open."""
        entry = self._entries.pop(place)
        self._removed.append((place, entry))
        self._at = min(self._at, len(self._entries) - 1)
        self._say("")
        self._show()
        self.edited.emit()

    def take_back(self) -> None:
        """Undo the last removal."""
        if self._removed:
            place, entry = self._removed.pop()
            self._entries.insert(place, entry)
            self._at = place
            self._show()
            self.edited.emit()

    # Showing.

    def _show(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []
        for place, entry in enumerate(self._entries):
            there = attachments.is_there(self.context.store.folder, entry)
            row = unfocused(AttachmentRow(place, entry, there, (OPEN, SAVE, REMOVE), self))
            row.asked.connect(self._asked)
            self._lines.addWidget(row)
            self.rows.append(row)
        self.undo.setVisible(bool(self._removed))
        self._choose(self._at)
        total = sum(each["size"] for each in self._entries if isinstance(each.get("size"), int))
        told = f"{len(self._entries)} 个文件，共 {attachments.size_words(total)}" if self._entries else ""
        self.button.setAccessibleDescription(told or self.field.help)

    def _asked(self, what: str, place: int) -> None:
        {OPEN: self.open, SAVE: self.save, REMOVE: self.remove}[what](place)

    def _choose(self, place: int) -> None:
        self._at = place
        for number, row in enumerate(self.rows):
            set_property(row, "state", "current" if number == place else "")

    def _say(self, words: str, state: str = "") -> None:
        self.note.setText(words)
        set_property(self.note, "state", state)
        self.note.setVisible(bool(words))

    # Dropping.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasImage() or any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()
            self.about.setText("松开鼠标，附到这里")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._usual_words()

    def dropEvent(self, event: QDropEvent) -> None:
        self._usual_words()
        if self.paste(event.mimeData()):
            event.acceptProposedAction()

    def _usual_words(self) -> None:
        self.about.setText("也可以把文件拖到这里，或粘贴截图")


def encoded(picture: QImage, kind: str) -> bytes:
    """A picture as the bytes of a file. Works aside: a QImage is no widget."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, kind, 92 if kind == "JPG" else -1)  # type: ignore[call-overload]  # PySide takes str
    buffer.close()
    return bytes(data.data())
