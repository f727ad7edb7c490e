"""One-line editors: text, codes, phones, numbers, dates, months. Choosing from lists is in pick_editors.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db import values
from db.fields import Field, Kind
from db.periods import Period
from db.text import fold
from desktop.context import AppContext
from desktop.forms.editor import NOT_APPLICABLE, Content, Editor, takes_not_applicable
from desktop.forms.shorthand import full_date, full_period, weekday
from desktop.style.theme import font, tokens

_NA_WORDS = {NOT_APPLICABLE, "bsy", "n/a", "na"}


class Line(QLineEdit):
    """A line edit with a quiet word at its right end: the unit, the weekday."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suffix = ""

    @property
    def suffix(self) -> str:
        return self._suffix

    def set_suffix(self, word: str) -> None:
        """Another word; the text keeps clear of it."""
        if word != self._suffix:
            self._suffix = word
            width = QFontMetrics(font()).horizontalAdvance(word) + 8 if word else 0
            self.setTextMargins(0, 0, width, 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._suffix:
            painter = QPainter(self)
            painter.setFont(font())
            painter.setPen(QColor(tokens().palette.text3))
            room = QRectF(self.rect()).adjusted(0, 0, -12, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._suffix)
            painter.end()


class LineEditor(Editor):
    """Text as it is typed; what `values.parse` makes of it is the value."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self.line = self._make_line()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.line.textEdited.connect(self._typed)
        self.adopt(self.line)
        self._update_suffix()

    def _make_line(self) -> Line:
        return Line(self)

    def load(self, content: Content) -> None:
        shown = self.pretty(content.value) if not self.line.hasFocus() else self.plain(content.value)
        if content.not_applicable:
            shown = NOT_APPLICABLE
        self.line.setText(content.unparsed or shown)
        self.line.setCursorPosition(0)
        self._update_suffix()

    def content(self) -> Content:
        return self.read(self.line.text())

    # What the kinds differ in.

    def read(self, text: str) -> Content:
        """The value of a text."""
        outcome = values.parse(self.field, text, self.context.directory)
        if outcome.ok:
            return Content(outcome.value)
        return Content(None, text.strip(), outcome.rule, outcome.reason)

    def plain(self, value: Any) -> str:
        """A value as it is edited."""
        return values.to_text(self.field, value, self.context.directory)

    def pretty(self, value: Any) -> str:
        """A value as it is read."""
        return self.plain(value)

    def suffix(self, content: Content) -> str:
        """The quiet word at the right."""
        return self.field.unit

    # Below: spelling on leaving, the suffix.

    def settle(self) -> None:
        content = self.content()
        if content.not_applicable:
            self.line.setText(NOT_APPLICABLE)
        elif not content.unparsed and content.value is not None:
            self.line.setText(self.pretty(content.value))
        self._update_suffix()

    def begin(self) -> None:
        content = self.content()
        if (
            not content.unparsed
            and content.value is not None
            and self.line.text() != self.plain(content.value)
        ):
            self.line.setText(self.plain(content.value))

    def _typed(self, _text: str) -> None:
        self._update_suffix()
        self.edited.emit()

    def _update_suffix(self) -> None:
        self.line.set_suffix(self.suffix(self.content()))


class NumberEditor(LineEditor):
    """Numbers with thousands while they are read; 未填, 0 and 不适用 are three different things."""

    def read(self, text: str) -> Content:
        if fold(text).lower() in _NA_WORDS and takes_not_applicable(self.field):
            return Content(not_applicable=True)
        return super().read(text)

    def pretty(self, value: Any) -> str:
        return values.display(self.field, value, self.context.directory) if value is not None else ""

    def hint(self) -> str:
        return "F4 不适用；没有发生填 0" if takes_not_applicable(self.field) else ""

    def suffix(self, content: Content) -> str:
        return "" if content.not_applicable else self.field.unit

    def on_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_F4 and takes_not_applicable(self.field):
            self.line.setText("" if self.content().not_applicable else NOT_APPLICABLE)
            self._typed("")
            return True
        return False

    def begin(self) -> None:
        super().begin()
        self.line.selectAll()


class DateEditor(LineEditor):
    """A day as text: 5-8, 0508, 今天, 2024.5.8; arrows go a day back or on."""

    def begin(self) -> None:
        super().begin()
        self.line.selectAll()  # a day that was carried over is typed over

    def read(self, text: str) -> Content:
        full = full_date(text, self.context.period, self.context.today())
        content = super().read(full)
        return (
            content
            if content.value is not None
            else Content(None, text.strip(), content.rule, content.reason)
        )

    def suffix(self, content: Content) -> str:
        return weekday(content.value) if isinstance(content.value, date) else ""

    def hint(self) -> str:
        return "可输入 5-8、0508、今天；↑↓ 换一天"

    def on_key(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if not step or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        now = self.content().value
        day = now + timedelta(days=step) if isinstance(now, date) else self.context.today()
        self.line.setText(self.plain(day))
        self._typed("")
        return True


class PeriodEditor(LineEditor):
    """A month as text: 5, 5月, 202405, 本月, 上月; arrows go a month back or on."""

    def begin(self) -> None:
        super().begin()
        self.line.selectAll()

    def read(self, text: str) -> Content:
        content = super().read(full_period(text, self.context.period, self.context.today()))
        return (
            content
            if content.value is not None
            else Content(None, text.strip(), content.rule, content.reason)
        )

    def hint(self) -> str:
        return "可输入 5、202405、本月；↑↓ 换一月"

    def on_key(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if not step:
            return False
        now = self.content().value
        month = Period(now).shift(step) if now else Period(self.context.period)
        self.line.setText(str(month))
        self._typed("")
        return True


def line_editor(field: Field, context: AppContext, parent: QWidget | None = None) -> LineEditor:
    """The one-line editor for a field's kind."""
    made = {
        Kind.NUMBER: NumberEditor,
        Kind.INTEGER: NumberEditor,
        Kind.DATE: DateEditor,
        Kind.PERIOD: PeriodEditor,
    }.get(field.kind, LineEditor)
    return made(field, context, parent)
