"""Which columns a list shows and in which order: a panel with every field of the register."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

_NAME = Qt.ItemDataRole.UserRole


class ColumnChooser(SidePanel):
    """`changed(names)` at every tick and move; None from 恢复默认. Space ticks, Alt+↑↓ or dragging moves."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 300)
        self.list = QListWidget()
        self.list.setAccessibleName("列表的各列")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.installEventFilter(self)
        self.list.itemChanged.connect(lambda _item: self._tell())
        self.list.model().rowsMoved.connect(lambda *_: self._tell())
        self.body.addWidget(label("空格勾选；按 Alt ↑、Alt ↓ 或用鼠标拖动改变次序。", "help", wrap=True))
        self.body.addWidget(self.list, 1)
        self.reset = Button("恢复默认", self._reset, self, role="small")
        self.done = Button("完成", self.close_panel, self, role="small")
        self.foot.addWidget(self.reset)
        self.foot.addStretch(1)
        self.foot.addWidget(self.done)
        self._quiet = False

    def choose(self, fields: Sequence[tuple[str, str]], shown: Sequence[str]) -> None:
        """Offer (name, words) of every column; the shown ones come first, in their order."""
        words = dict(fields)
        kept = [name for name in shown if name in words]
        self._fill([(name, words[name], True) for name in kept]
                   + [(name, each, False) for name, each in fields if name not in kept])  # fmt: skip
        self.open_for("columns", "选择列")
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def names(self) -> list[str]:
        """The ticked columns from top to bottom."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [str(item.data(_NAME)) for item in items if item.checkState() is Qt.CheckState.Checked]

    def shift(self, by: int) -> None:
        """The column the keyboard is on, one place up or down."""
        row = self.list.currentRow()
        to = row + by
        if row < 0 or not 0 <= to < self.list.count():
            return
        self._quiet = True
        item = self.list.takeItem(row)
        self.list.insertItem(to, item)
        self.list.setCurrentRow(to)
        self._quiet = False
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if by and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.shift(by)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, columns: Sequence[tuple[str, str, bool]]) -> None:
        self._quiet = True
        self.list.clear()
        for name, words, ticked in columns:
            item = QListWidgetItem(words)
            item.setData(_NAME, name)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(10, tokens().metrics.px(28)))
            self.list.addItem(item)
        self._quiet = False

    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit(self.names())

    def _reset(self) -> None:
        self.changed.emit(None)
