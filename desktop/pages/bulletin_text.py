"""A paragraph of the 季通报 being edited: its text with the figures marked, what does not agree with them, back to the draft."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolTip, QVBoxLayout, QWidget

from desktop.style.theme import set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label
from returns.bulletin.edit import check
from returns.bulletin.model import FIRST, SECOND, Paragraph, Ref

Span = tuple[int, int, Ref]


def spans_of(paragraph: Paragraph) -> list[Span]:
    """Where the figures of a paragraph stand in its text."""
    found, at = [], 0
    for part in paragraph.parts:
        text = part if isinstance(part, str) else part.text
        if isinstance(part, Ref):
            found.append((at, at + len(text), part))
        at += len(text)
    return found


class _Marks(QSyntaxHighlighter):
    """Figures in the colour of links."""

    def __init__(self, owner: FigureText) -> None:
        super().__init__(owner.document())
        self._owner = owner

    def highlightBlock(self, text: str) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(tokens().palette.accent))
        look.setFontWeight(QFont.Weight.DemiBold)
        for start, end, _ref in self._owner.spans:
            self.setFormat(start, min(end, len(text)) - start, look)


class FigureText(QPlainTextEdit):
    """One paragraph, as high as its text. F4, or a click with Ctrl, shows the rows behind the figure at the cursor."""

    figure_asked = Signal(str)
    next_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spans: list[Span] = []
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self._marks = _Marks(self)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._grow()

    def mark(self, spans: list[Span]) -> None:
        """Other figures, or the same ones elsewhere."""
        if [each[:2] for each in spans] != [each[:2] for each in self.spans]:
            self.spans = spans
            self.blockSignals(True)  # a change of colour is no change of the text
            self._marks.rehighlight()
            self.blockSignals(False)
        self.spans = spans

    def figure_at(self, place: int) -> Ref | None:
        return next((ref for start, end, ref in self.spans if start <= place <= end), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F4:
            found = self.figure_at(self.textCursor().position())
            if found is not None:
                self.figure_asked.emit(found.key)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
                return
            self.next_asked.emit()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            found = self.figure_at(self.cursorForPosition(event.position().toPoint()).position())
            if found is not None:
                self.figure_asked.emit(found.key)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.cursorForPosition(self.viewport().mapFrom(self, event.pos())).position()
            found = self.figure_at(place)
            QToolTip.showText(
                event.globalPos(), f"{found.title}：F4 或 Ctrl 加点击看来源" if found else "", self
            )
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        """As high as its lines: counted, since a document that is not shown yet does not tell its height."""
        block, lines = self.document().begin(), 0
        while block.isValid():
            layout = block.layout()
            lines += max(1, layout.lineCount())
            block = block.next()
        frame = max(self.height() - self.viewport().height(), 2)
        edge = 2 * int(self.document().documentMargin()) + frame
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + edge)


class ParagraphEdit(QWidget):
    """`changed(id, text)` after each change; the text is None where it is the draft's own again."""

    changed = Signal(str, object)
    figure_asked = Signal(str)

    def __init__(self, drafted: Paragraph, number: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.drafted = drafted
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.number = label(
            number, "strong", self
        )  # without a parent it would be a window of its own when shown
        self.number.setVisible(bool(number))
        self.number.setContentsMargins(0, 7, 0, 0)  # level with the first line of the field
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        self.text = FigureText(self)
        self.text.setAccessibleName(f"{number}{drafted.text[:12]}")
        self.text.setAccessibleDescription("Enter 到下一段，F4 看数的来源")
        self.text.figure_asked.connect(self.figure_asked)
        self.text.next_asked.connect(self.focusNextChild)
        row.addWidget(self.text, 1)
        self.back = Button("重新起草", self.redraft, self, role="small")
        self.back.setToolTip("放弃这一段的改动，按现在的数重新写")
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self.warning = label("", "finding", wrap=True)
        set_property(self.warning, "state", "watch")
        column.addWidget(self.warning)
        if drafted.level in (FIRST, SECOND):
            self.text.setProperty("role", "heading-field")
        self.text.setPlainText(text)
        self._look()
        self.text.textChanged.connect(self._typed)

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._warnings

    def redraft(self) -> None:
        """Back to the sentence the figures give."""
        self.text.selectAll()
        self.text.insertPlainText(self.drafted.text)  # as typing, so that it can be taken back
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self) -> None:
        self._look()
        text = self.text.toPlainText()
        self.changed.emit(self.drafted.id, None if text == self.drafted.text else text)

    def _look(self) -> None:
        text = self.text.toPlainText()
        same = text == self.drafted.text
        found, self._warnings = (self.drafted, ()) if same else check(self.drafted, text)
        self.text.mark(spans_of(found) if found.text == text else [])
        self.back.setVisible(not same)
        self.warning.setText(f"请核对：{'；'.join(self._warnings)}。" if self._warnings else "")
        self.warning.setVisible(bool(self._warnings))


def table_words(table: Any) -> str:
    """A line that stands for a table between the paragraphs."""
    return f"［表］{table.title}（{len(table.rows)} 行）"
