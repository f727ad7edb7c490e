"""Choosing by key without typing text: one of a few segments, any of several chips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from db import values
from db.fields import Field, Kind
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.match import Option, spelled
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens

_DIGITS = "1234567890"


class _Boxes(QWidget):
    """Boxes with words, laid out in lines; the box under the keyboard has a frame. What a press means is the owner's."""

    pressed = Signal(int)
    moved = Signal(int)

    def __init__(self, parent: QWidget, *, joined: bool) -> None:
        super().__init__(parent)
        self._joined = joined  # segments of one switch, or chips with gaps
        self.words: list[str] = []
        self.chosen: set[int] = set()
        self.at = 0
        self.numbers = True
        self._widths: tuple[int, list[int]] | None = None  # measured once per text size
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_words(self, words: Sequence[str]) -> None:
        if list(words) != self.words:
            self.words = list(words)
            self._widths = None
            self.at = min(self.at, max(0, len(words) - 1))
            self.updateGeometry()
            self.update()

    def _number(self, index: int) -> str:
        return _DIGITS[index] if self.numbers and index < len(_DIGITS) else ""

    def _width(self, index: int) -> int:
        size = tokens().metrics.text
        if self._widths is None or self._widths[0] != size:
            self._widths = (size, [self._measure(n) for n in range(len(self.words))])
        return self._widths[1][index]

    def _measure(self, index: int) -> int:
        m = tokens().metrics
        width = QFontMetrics(font()).horizontalAdvance(self.words[index]) + m.px(24)
        if self._number(index):
            width += QFontMetrics(font(m.tiny)).horizontalAdvance("0") + 5
        return width

    def boxes(self) -> list[QRectF]:
        """Where each box lies."""
        return self._lay(self.width())

    def _in_one(self, width: int) -> bool:
        """Whether the segments have room side by side; where they have not, they stand as chips in lines."""
        return self._joined and sum(self._width(n) for n in range(len(self.words))) <= width

    def _lay(self, width: int) -> list[QRectF]:
        m = tokens().metrics
        if self._in_one(width):
            shares = [float(self._width(index)) for index in range(len(self.words))]
            spare = max(0.0, width - sum(shares)) / max(1, len(shares))
            found, left = [], 0.0
            for share in shares:
                found.append(QRectF(left, 0, share + spare, m.control))
                left += share + spare
            return found
        found, left, top = [], 0.0, 0.0
        height = float(m.px(30))
        for index in range(len(self.words)):
            box = float(self._width(index))
            if left and left + box > width:
                left, top = 0.0, top + height + 6
            found.append(QRectF(left, top, box, height))
            left += box + 6
        return found

    def heightForWidth(self, width: int) -> int:
        if self._in_one(width):
            return tokens().metrics.control
        boxes = self._lay(width)
        return int(boxes[-1].bottom()) + 4 if boxes else tokens().metrics.control

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        if self._joined:
            return QSize(sum(self._width(n) for n in range(len(self.words))), tokens().metrics.control)
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        for index, box in enumerate(self.boxes()):
            if box.contains(event.position()):
                self.at = index
                self.pressed.emit(index)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p = look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes = self.boxes()
        joined = self._in_one(self.width())
        focused = self.hasFocus()
        edge = p.tone(str(self.property("state"))).full if self.property("state") else p.edge
        if joined and boxes:
            whole = QRectF(0, 0, self.width(), look.metrics.control)
            rounded(painter, whole, look.metrics.radius, p.field, edge)
        for index, box in enumerate(boxes):
            on = index in self.chosen
            inner = box.adjusted(3, 3, -3, -3) if joined else box
            if on:
                rounded(painter, inner, 4 if joined else box.height() / 2, p.select, p.accent)
            elif not joined:
                rounded(painter, inner, box.height() / 2, p.field, edge)
            self._paint_words(painter, inner, index, on)
            if focused and index == self.at and not joined:
                rounded(painter, inner.adjusted(1, 1, -1, -1), box.height() / 2, "#00000000", p.accent)
        if focused and joined:
            whole = QRectF(0, 0, self.width(), look.metrics.control)
            rounded(painter, whole, look.metrics.radius, "#00000000", p.accent)
            rounded(painter, whole.adjusted(1, 1, -1, -1), look.metrics.radius, "#00000000", p.accent)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF, index: int, on: bool) -> None:
        look = tokens()
        number = self._number(index)
        painter.setFont(font())
        width = painter.fontMetrics().horizontalAdvance(self.words[index])
        digit = QFontMetrics(font(look.metrics.tiny)).horizontalAdvance("0") + 5 if number else 0
        left = box.left() + (box.width() - width - digit) / 2
        middle = Qt.AlignmentFlag.AlignVCenter
        if number:
            painter.setFont(font(look.metrics.tiny))
            painter.setPen(QColor(look.palette.text3))
            painter.drawText(QRectF(left, box.top(), digit, box.height()), middle, number)
        painter.setFont(font())
        painter.setPen(QColor(look.palette.accent if on else look.palette.text))
        painter.drawText(QRectF(left + digit, box.top(), width + 2, box.height()), middle, self.words[index])


def key_place(event: QKeyEvent, words: Sequence[str]) -> int | None:
    """The place a digit or a first letter of pinyin names; None for other keys and for letters two words share."""
    text = event.text()
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return None
    if len(text) != 1 or not text.isalnum() or not text.isascii():
        return None
    if text.isdigit():
        place = _DIGITS.index(text)
        return place if place < len(words) else None
    starts = [n for n, word in enumerate(words) if spelled(word)[1].startswith(text.lower())]
    return starts[0] if len(starts) == 1 else None


class SegmentEditor(Editor):
    """One of at most four: 1…4, the first letter, or ← →; Delete takes the answer back."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self._options: list[Option] = (
            [(True, "是"), (False, "否")]
            if field.kind is Kind.BOOL
            else [(choice, short_name(choice)) for choice in field.choices]
        )
        self._unparsed: Content | None = None
        self.boxes = _Boxes(self, joined=True)
        self.boxes.set_words([name for _, name in self._options])
        self.boxes.pressed.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.boxes)
        self.adopt(self.boxes)

    def load(self, content: Content) -> None:
        self._unparsed = content if content.unparsed else None
        self._set(content.value)

    def content(self) -> Content:
        if self._unparsed is not None:
            return self._unparsed
        chosen = next(iter(self.boxes.chosen), None)
        return Content(None if chosen is None else self._options[chosen][0])

    def set_choices(self, choices: Sequence[str]) -> None:
        """Only these may be chosen now (the moves a state allows)."""
        kept = self.content()
        self._options = [(choice, short_name(choice)) for choice in choices]
        self.boxes.set_words([name for _, name in self._options])
        self.load(kept)

    def hint(self) -> str:
        return f"按 1–{len(self._options)} 选择，Delete 清空"

    def on_key(self, event: QKeyEvent) -> bool:
        place = key_place(event, self.boxes.words)
        if place is not None:
            self._press(place)
            return True
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._options:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            now = next(iter(self.boxes.chosen), -1 if step > 0 else len(self._options))
            self._press(max(0, min(len(self._options) - 1, now + step)))
            return True
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._unparsed = None
            self._set(None)
            self.edited.emit()
            return True
        return False

    def _press(self, index: int) -> None:
        self._unparsed = None
        self._set(self._options[index][0])
        self.edited.emit()

    def _set(self, value: Any) -> None:
        places = {n for n, (each, _) in enumerate(self._options) if each == value and value is not None}
        self.boxes.chosen = places
        said = self._options[next(iter(places))][1] if places else "未填"
        self.boxes.setAccessibleDescription(f"{said}。{self.field.help}")
        self.boxes.update()


class ChipsEditor(Editor):
    """Any of several: digits or letters move and toggle, ← → move, the space bar toggles."""

    def __init__(
        self,
        field: Field,
        context: AppContext,
        parent: QWidget | None = None,
        options: Callable[[Mapping[str, Any]], Sequence[str]] | None = None,
    ) -> None:
        super().__init__(field, context, parent)
        self._options_of = options
        self._record: Mapping[str, Any] = {}
        self._chosen: list[Any] = []
        self._extra = ""  # typed elsewhere and not understood
        self._values: list[Any] = []
        self.boxes = _Boxes(self, joined=False)
        self.boxes.pressed.connect(self._toggle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.addWidget(self.boxes)
        self.adopt(self.boxes)
        self._show()

    def load(self, content: Content) -> None:
        self._chosen = list(content.value or [])
        self._extra = content.unparsed
        self._show()

    def content(self) -> Content:
        if self._extra:
            outcome = values.parse(self.field, self._extra, self.context.directory)
            return Content(None, self._extra, outcome.rule or "GEN-005", outcome.reason)
        return Content(list(self._chosen) or None)

    def show_record(self, record: Mapping[str, Any]) -> None:
        self._record = record
        if self._options_of is not None:
            self._show()

    def hint(self) -> str:
        return "按数字或首字母勾选，←→ 移动，空格勾选"

    def options(self) -> list[Option]:
        """What may be chosen, and what already was although it no longer is offered."""
        if self._options_of is not None:
            offered: list[Option] = [(name, name) for name in self._options_of(self._record)]
        elif self.field.source:
            offered = list(self.context.directory.options(self.field.source))
        else:
            offered = [(choice, choice) for choice in self.field.choices]
        known = {value for value, _ in offered}
        name = self.context.directory.name
        return offered + [
            (value, name(self.field.source, value) if self.field.source else str(value))
            for value in self._chosen
            if value not in known
        ]

    def on_key(self, event: QKeyEvent) -> bool:
        count = len(self._values)
        place = key_place(event, self.boxes.words)
        if place is not None:
            self._toggle(place)
            return True
        if event.key() == Qt.Key.Key_Space and count:
            self._toggle(self.boxes.at)
            return True
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(
            Qt.Key(event.key()), 0
        )
        if step and count:
            self.boxes.at = max(0, min(count - 1, self.boxes.at + step))
            self._tell()
            self.boxes.update()
            return True
        return False

    def _toggle(self, index: int) -> None:
        value = self._values[index]
        self.boxes.at = index
        self._extra = ""
        if value in self._chosen:
            self._chosen.remove(value)
        else:
            self._chosen.append(value)
            # In the order they are offered, whatever the order of clicking: equal answers are equal.
            self._chosen.sort(key=lambda each: self._values.index(each) if each in self._values else 999)
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        offered = self.options()
        self._values = [value for value, _ in offered]
        self.boxes.set_words([name for _, name in offered])
        self.boxes.chosen = {n for n, value in enumerate(self._values) if value in self._chosen}
        self._tell()
        self.boxes.update()

    def _tell(self) -> None:
        names = [self.boxes.words[n] for n in sorted(self.boxes.chosen)]
        here = self.boxes.words[self.boxes.at] if self.boxes.words else ""
        self.boxes.setAccessibleDescription(
            f"已选：{'、'.join(names) or '无'}。当前：{here}。{self.field.help}"
        )


def short_name(choice: str) -> str:
    """A choice without its explanation in brackets, for a segment."""
    return choice.split("（")[0] if len(choice) > 8 else choice


def fits_segments(field: Field) -> bool:
    """Whether a field's choices are few and short enough to stand side by side in half the form's width."""
    if field.kind is Kind.BOOL:
        return True
    names = [short_name(choice) for choice in field.choices]
    return not field.source and 2 <= len(names) <= 4 and sum(len(name) + 3 for name in names) <= 26
