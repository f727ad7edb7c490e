"""What is still to do, in order, each line with its button. Which things these are is the page's to find out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.style.icons import pixmap
from desktop.style.theme import notifier, tokens
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, hairline


@dataclass(frozen=True)
class TodoItem:
    """One thing to do. `enabled` False greys its button (something before it must be done first)."""

    key: str
    title: str
    detail: str = ""
    chip: str = ""
    state: str = "neutral"
    action: str = ""
    enabled: bool = True
    done: bool = False


class TodoRow(QWidget):
    """A circle or tick, what and why, how it stands, the button."""

    asked = Signal(str)

    def __init__(self, item: TodoItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        m = tokens().metrics
        self.item = item
        self.setFixedHeight(m.px(63))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(0)
        self._mark = QLabel()
        self._mark.setFixedWidth(m.px(40))
        self._mark.setAccessibleName("已办" if item.done else "待办")
        row.addWidget(self._mark)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(ElidedLabel(item.title, "heading"))
        if item.detail:
            words.addWidget(ElidedLabel(item.detail, "muted"))
        words.addStretch(1)
        row.addLayout(words, 1)
        chip_room = QHBoxLayout()
        self._chip = Chip(item.chip, item.state, self)
        chip_room.addWidget(self._chip)
        chip_room.addStretch(1)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(chip_room)
        chip_room.setContentsMargins(0, 0, 0, 0)
        holder.setMinimumWidth(m.px(104))
        row.addWidget(holder)
        button_room = QHBoxLayout()
        button_room.setContentsMargins(0, 0, 0, 0)
        button_room.addStretch(1)
        side = QWidget()
        side.setProperty("role", "plain")
        side.setLayout(button_room)
        side.setMinimumWidth(m.px(92))
        self.button: Button | None = None
        if item.action:
            self.button = Button(item.action, lambda: self.asked.emit(item.key), self, role="small")
            self.button.setEnabled(item.enabled)
            self.button.setAccessibleName(f"{item.action}：{item.title}")
            button_room.addWidget(self.button)
        row.addWidget(side)
        self.setAccessibleName(f"{item.title}，{item.chip}，{item.detail}")
        notifier().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        p = tokens().palette
        name, colour = ("done", p.tone("ok").full) if self.item.done else ("circle", p.edge)
        self._mark.setPixmap(pixmap(name, colour, 22, self.devicePixelRatioF(), 1.2))


class TodoList(QWidget):
    """Rows with hairlines between. `asked(key)` when a button is pressed; the key of `TodoItem`."""

    asked = Signal(str)

    def __init__(self, items: Sequence[TodoItem] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows: list[TodoRow] = []
        self.set_items(items)

    def set_items(self, items: Sequence[TodoItem]) -> None:
        """Replace all lines; the same items leave everything, focus included, as it is."""
        if [row.item for row in self.rows] == list(items):
            return
        while (child := self._column.takeAt(0)) is not None:
            widget = child.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []
        for item in items:
            row = TodoRow(item, self)
            row.asked.connect(self.asked)
            self.rows.append(row)
            self._column.addWidget(row)
            self._column.addWidget(hairline(self))

    def first_focus(self) -> QWidget | None:
        """The button of the first thing that can be done now."""
        for row in self.rows:
            if row.button is not None and row.item.enabled and not row.item.done:
                return row.button
        return None
