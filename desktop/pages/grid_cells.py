"""Cells of a grid: how one is painted, and the editors that open in it (in the grid, never in a popup)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from db.fields import Kind
from db.findings import Severity
from desktop.pages.grid_model import CellModel, Index
from desktop.style.theme import font, tokens

_TONES = {Severity.ERROR: "alarm", Severity.WARNING: "watch", Severity.INFO: "info"}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LongText(QPlainTextEdit):
    """Several lines: Alt+Enter or Shift+Enter breaks one, Enter is done."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "cell")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class CellDelegate(QStyledItemDelegate):
    """Paints a text with the tone of its gravest finding; the current cell has a frame, for it is where keys go."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = tokens()
        p = look.palette
        model: CellModel = index.model()  # type: ignore[assignment]
        style: Any = option  # Qt's stubs do not know a style option's fields
        rect: QRect = style.rect
        worst = model.worst_at((index.row(), index.column()))
        taken = model.kind(index.column()) is not None
        ground = p.card if taken else p.ground
        if worst is not None and worst is not Severity.INFO:
            ground = p.tone(_TONES[worst]).soft
        painter.save()
        painter.fillRect(rect, QColor(ground))
        view = style.widget
        current = isinstance(view, QAbstractItemView) and view.currentIndex() == index
        if style.state & QStyle.StateFlag.State_Selected and not current:
            painter.fillRect(rect, QColor(p.select))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        if worst is not None:
            painter.fillRect(
                rect.left(), rect.top(), 3, rect.height() - 1, QColor(p.tone(_TONES[worst]).full)
            )
        self._paint_text(painter, rect, index, model, taken)
        if current:
            painter.setPen(QColor(p.accent if view.hasFocus() else p.edge))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRect, index: Index, model: CellModel, taken: bool
    ) -> None:
        look = tokens()
        text = str(index.data() or "").replace("\n", " ")
        face = font()
        painter.setFont(face)
        painter.setPen(QColor(look.palette.text if taken else look.palette.text3))
        room = QRectF(rect.adjusted(10, 0, -8, -1))
        shown = QFontMetrics(face).elidedText(text[:400], Qt.TextElideMode.ElideRight, int(room.width()))
        side = Qt.AlignmentFlag.AlignRight if model.is_figure(index.column()) else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        model: CellModel = index.model()  # type: ignore[assignment]
        told = [each.message for each in model.findings_at((index.row(), index.column()))]
        text = str(index.data() or "")
        long = QFontMetrics(font()).horizontalAdvance(text[:400]) > view.visualRect(index).width() - 18
        QToolTip.showText(event.globalPos(), "\n".join([*([text[:600]] if long else []), *told]), view)
        return True

    # Editing.

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model: CellModel = index.model()  # type: ignore[assignment]
        editor: QWidget
        if model.kind(index.column()) in (Kind.LONG, Kind.LOG) or "\n" in str(index.data() or ""):
            editor = LongText(parent)
        else:
            editor = QLineEdit(parent)
            editor.setProperty("role", "cell")
        editor.setAccessibleName(f"第 {index.row() + 1} 行 {model.title(index.column())}")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QLineEdit):
            editor.setText(text)
        elif isinstance(editor, LongText):
            editor.setPlainText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())
        elif isinstance(editor, LongText):
            model.setData(index, editor.toPlainText())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option
        rect = QRect(style.rect)
        if isinstance(editor, LongText):
            parent = editor.parentWidget()
            room = parent.rect() if parent is not None else rect
            rect.setWidth(max(rect.width(), tokens().metrics.px(360)))
            rect.setHeight(max(rect.height(), tokens().metrics.px(112)))
            # It stays inside the grid: at the right and lower edge it grows the other way.
            rect.moveRight(min(rect.right(), room.right()))
            rect.moveBottom(min(rect.bottom(), room.bottom()))
            rect.moveLeft(max(rect.left(), 0))
            rect.moveTop(max(rect.top(), 0))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(editor, QWidget)
        ):
            broken = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
            if event.key() in _ENTER and isinstance(editor, LongText) and broken:
                editor.insertPlainText("\n")
                return True
            if event.key() in _ENTER:
                # The view goes on to the row below, as spreadsheets do.
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
                view = self.parent()
                if hasattr(view, "step"):
                    view.step(-1 if broken else 1, 0)
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
                view = self.parent()
                if hasattr(view, "step"):
                    view.step(0, 1 if event.key() == Qt.Key.Key_Tab else -1)
                return True
        return super().eventFilter(editor, event)
