"""The row of filters above a list: a search field, choices, how many rows are left. Remembers what was chosen.

In a narrow window the yes-or-no filters and what stands at the right go into a second line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.memory import Memory
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_TYPING_PAUSE = 180  # ms: long enough to finish a syllable, short enough to feel immediate

_NARROW = 150  # px of a search field in a crowded row
_SPACE = 8


class FilterRow(QWidget):
    """`changed(values)` fires after a pause in typing or at once for a choice. Values: key → text, value or bool."""

    changed = Signal(dict)

    def __init__(self, parent: QWidget | None = None, memory: Memory | None = None, name: str = "") -> None:
        super().__init__(parent)
        self._memory, self._name = memory, name
        self._remembered: dict[str, Any] = dict(memory.get(f"filter/{name}", {}) or {}) if memory else {}
        self._fields: dict[str, QLineEdit | QComboBox | QCheckBox] = {}
        self._defaults: dict[str, Any] = {}
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        self._row = QHBoxLayout()
        self._row.setSpacing(_SPACE)
        lines.addLayout(self._row)
        self._second = QHBoxLayout()
        self._second.setSpacing(_SPACE)
        lines.addLayout(self._second)
        self._wrapped: list[QWidget] = []  # what stands in the second line
        self.clear_button = Button("清除筛选", self.clear, self, role="link")
        self.clear_button.hide()
        self.pinned = Button("", self._take_off, self, role="small")
        self.pinned.hide()
        self._unpin: Callable[[], object] | None = None
        self.note = label("", "muted")
        self._row.addWidget(self.pinned)
        self._row.addWidget(self.clear_button)
        self._row.addStretch(1)
        self._row.addWidget(self.note)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE)
        self._pause.timeout.connect(self._tell)

    def add_search(
        self, key: str = "text", hint: str = "名称、拼音首字母、代码尾号", width: int = 260
    ) -> QLineEdit:
        """A text field; Enter applies it without waiting."""
        field = QLineEdit()
        field.setPlaceholderText(hint)
        field.setAccessibleName(f"筛选：{hint}")
        field.setClearButtonEnabled(True)
        # A crowded row takes its room from here: a choice cut off says nothing.
        field.setMinimumWidth(tokens().metrics.px(min(width, _NARROW)))
        field.setMaximumWidth(tokens().metrics.px(width))
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        field.setText(str(self._remembered.get(key) or ""))
        field.textChanged.connect(self._pause.start)
        field.returnPressed.connect(self._tell)
        self._add(key, field, "")
        self._row.setStretchFactor(field, 100)
        return field

    def add_choice(
        self, key: str, name: str, choices: Sequence[tuple[Any, str]], default: Any = None
    ) -> QComboBox:
        """A drop-down of (value, word); put (None, "全部街道") first for "no filter"."""
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaxVisibleItems(16)
        for value, word in choices:
            box.addItem(word, value)
        wanted = box.findData(self._remembered.get(key, default))
        box.setCurrentIndex(max(0, wanted))
        box.currentIndexChanged.connect(self._tell)
        self._add(key, box, default)
        return box

    def add_check(self, key: str, word: str, default: bool = False) -> QCheckBox:
        """A yes-or-no filter."""
        box = QCheckBox(word)
        box.setChecked(bool(self._remembered.get(key, default)))
        box.toggled.connect(self._tell)
        self._add(key, box, default)
        return box

    def values(self) -> dict[str, Any]:
        """What is chosen now."""
        found: dict[str, Any] = {}
        for key, field in self._fields.items():
            if isinstance(field, QLineEdit):
                found[key] = field.text().strip()
            elif isinstance(field, QComboBox):
                found[key] = field.currentData()
            else:
                found[key] = field.isChecked()
        return found

    def set_values(self, values: dict[str, Any]) -> None:
        """Choose from outside (a click on a chart); tells `changed` once."""
        for key, value in values.items():
            field = self._fields[key]
            field.blockSignals(True)
            if isinstance(field, QLineEdit):
                field.setText(str(value or ""))
            elif isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(value)))
            else:
                field.setChecked(bool(value))
            field.blockSignals(False)
        self._tell()

    def defaults(self) -> dict[str, Any]:
        """The values when nothing is filtered."""
        return {**dict.fromkeys(self._fields), **self._defaults}

    def add_at_end(self, widget: QWidget) -> None:
        """Something at the right, before the words of `set_note`."""
        self._wrap([])
        self._row.insertWidget(self._row.indexOf(self.note), widget)

    # In one line or two.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Each of the two lines has to fit, not both beside each other."""
        first, second = self._groups()
        return QSize(max(_width(first), _width(second)), super().minimumSizeHint().height())

    def _groups(self) -> tuple[list[QWidget], list[QWidget]]:
        """What stays in the first line, and what may go into the second; in their order."""
        placed = [self._row.itemAt(place).widget() for place in range(self._row.count())]
        all_ = [each for each in placed if each is not None and each not in self._wrapped] + self._wrapped
        stay = (QLineEdit, QComboBox)
        return [each for each in all_ if isinstance(each, stay)], [
            each for each in all_ if not isinstance(each, stay)
        ]

    def _arrange(self) -> None:
        first, second = self._groups()
        wrap = _width(first) + _width(second) + _SPACE > self.width()
        if wrap != bool(self._wrapped):
            self._wrap(second if wrap else [])

    def _wrap(self, widgets: list[QWidget]) -> None:
        """Put these into the second line, all others into the first."""
        if widgets == self._wrapped:
            return
        moved, self._wrapped = self._wrapped or widgets, widgets
        source, target = (self._row, self._second) if widgets else (self._second, self._row)
        for each in moved:
            source.removeWidget(each)
        for line in (source, target):
            while (
                item := next(
                    (line.itemAt(n) for n in range(line.count()) if not line.itemAt(n).widget()), None
                )
            ) is not None:
                line.removeItem(item)
        ends = moved.index(self.clear_button) + 1
        for place, each in enumerate(moved):
            if place == ends:
                target.addStretch(1)
            target.addWidget(each)

    def clear(self) -> None:
        """Back to no filter."""
        self.set_values(dict(self._defaults))

    @property
    def active(self) -> bool:
        """Is anything filtered out?"""
        return self.values() != self._defaults

    def blank(self) -> dict[str, Any]:
        """What the fields hold when nothing is filtered: checks off, choices on “all”, no text."""
        return {key: False if isinstance(field, QCheckBox) else None for key, field in self._fields.items()}

    def offers(self, key: str, value: Any) -> bool:
        """Whether a field of this row can show the value."""
        field = self._fields.get(key)
        if isinstance(field, QComboBox):
            return not isinstance(value, (list, tuple)) and field.findData(value) >= 0
        return field is not None

    def pin(self, words: str, on_clear: Callable[[], object] | None = None) -> None:
        """Words for a filter that no field shows, with a button that takes it off; "" for none."""
        self._unpin = on_clear
        self.pinned.setText(f"只看：{words}　✕")
        self.pinned.setAccessibleName(f"不再只看：{words}")
        self.pinned.setToolTip(f"{words}（按一下看全部）")
        self.pinned.setVisible(bool(words))

    def _take_off(self) -> None:
        if self._unpin is not None:
            self._unpin()

    def set_note(self, text: str) -> None:
        """Words at the right, as "共 126 条"."""
        self.note.setText(text)

    def _add(self, key: str, field: QLineEdit | QComboBox | QCheckBox, default: Any) -> None:
        self._fields[key] = field
        self._defaults[key] = default
        self._wrap([])
        self._row.insertWidget(self._row.indexOf(self.pinned), field)
        self.clear_button.setVisible(self.active)

    def _tell(self) -> None:
        self._pause.stop()
        values = self.values()
        self.clear_button.setVisible(self.active)
        if self._memory is not None:
            self._memory.set(f"filter/{self._name}", values)
        self.changed.emit(values)


def _width(widgets: Sequence[QWidget]) -> int:
    """Room that the shown ones of these need beside each other; a search field may shrink."""
    shown = [each for each in widgets if not each.isHidden()]
    needed = [
        each.minimumWidth() if isinstance(each, QLineEdit) else each.sizeHint().width() for each in shown
    ]
    return sum(needed) + _SPACE * max(0, len(shown) - 1)
