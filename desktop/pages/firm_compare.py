"""Two cards side by side, the value to keep chosen field by field: decide that they are one firm, or that they are not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from db import values
from db.errors import KnownError
from db.fields import Field, Kind
from db.merging import TOGETHER, Choice
from db.registers import REGISTERS
from desktop.actions.enterprise_changes import Preview, preview_merge
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.side import clear
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label
from desktop.widgets.scroll import scrolling_column

_REASON = Field(
    "判定理由", Kind.TEXT, "如“营业执照核对为同一家”“两家代码不同，地址不同”。", name="reason", limit=200
)
_DOT = 14


class Option(QAbstractButton):
    """One of two values: a dot, the text, and a ground when it is the one to keep. ← → change sides."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text or "（空）")
        self._empty = not text
        self.setCheckable(True)
        self.setAccessibleName(f"{name}：{text or '空'}")
        self.setToolTip(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.other: Option | None = None

    def sizeHint(self) -> QSize:
        return QSize(160, tokens().metrics.px(30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.other is not None:
            self.other.setChecked(True)
            self.other.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(event.key() != Qt.Key.Key_Up)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p = look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        chosen = self.isChecked()
        if chosen:
            rounded(painter, room, 4, p.select)
        if self.hasFocus():
            rounded(painter, room, 4, "#00000000", p.accent)
        ring = QRectF(8, (self.height() - _DOT) / 2, _DOT, _DOT)
        painter.setPen(QColor(p.accent if chosen else p.edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(ring)
        if chosen:
            painter.setBrush(QColor(p.accent))
            painter.drawEllipse(ring.adjusted(4, 4, -4, -4))
        painter.setFont(font())
        painter.setPen(QColor(p.text2 if self._empty or not chosen else p.text))
        place = room.adjusted(_DOT + 16, 0, -8, 0)
        text = QFontMetrics(font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class CompareView(QWidget):
    """`show_pair(one, other)`; `merge_asked(kept, gone, take, reason)`, `apart_asked(one, other, reason)`."""

    merge_asked = Signal(object, object, object, str)
    apart_asked = Signal(object, object, str)
    shown = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.preview: Preview | None = None
        self._sides: dict[str, tuple[Option, Option]] = {}
        self._groups: list[QButtonGroup] = []
        self._swapped = self._turned = False
        self._pair: tuple[UUID, UUID] | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self.note = Banner("", parent=self, closable=False)
        self.note.hide()
        outer.addWidget(self.note)
        area, column = scrolling_column(4)
        column.setContentsMargins(16, 4, 12, 4)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(2)
        self.grid.setColumnStretch(1, 1)
        self.grid.setColumnStretch(2, 1)
        column.addLayout(self.grid)
        self.same = label("", "muted", wrap=True)
        self.moves = label("", "muted", wrap=True)
        column.addWidget(self.same)
        column.addWidget(self.moves)
        column.addStretch(1)
        outer.addWidget(area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 12)
        foot.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(_REASON.label, "label"))
        self.reason = make_editor(_REASON, context, self)
        self.reason.advance.connect(self._to_merge)
        row.addWidget(self.reason, 1)
        foot.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.wrong = label("", "finding", wrap=True)
        self.wrong.setProperty("state", "alarm")
        buttons.addWidget(self.wrong, 1)
        self.apart = Button("不是同一家", self._apart, self)
        self.merge = Button("同一家，合并", self._merge, self, primary=True, hint="Ctrl S")
        self.merge.set_shortcut("Ctrl+S", self)
        buttons.addWidget(self.apart)
        buttons.addWidget(self.merge)
        foot.addLayout(buttons)
        outer.addLayout(foot)
        self.setTabOrder(self.reason, self.apart)
        self.setTabOrder(self.apart, self.merge)

    def _to_merge(self, _name: str = "") -> None:
        self.merge.setFocus(Qt.FocusReason.TabFocusReason)

    def show_pair(self, one: UUID, other: UUID, why: str = "") -> None:
        """Read both cards aside and show them; the first is the one to keep unless said otherwise."""
        self._pair, self._swapped, self.preview = (one, other), False, None
        self.reason.load(Content(None))
        self._read(why)

    def clear_pair(self) -> None:
        """Nothing to decide."""
        self._pair = self.preview = None
        self._empty()

    def first_focus(self) -> QWidget:
        """Which card is kept is asked first."""
        return next((one if one.isChecked() else other for one, other in self._sides.values()), self.merge)

    def enter(self) -> None:
        """Put the focus into the comparison, now or when it has been read."""
        if self.preview is None:
            self._turned = True
        else:
            self.first_focus().setFocus(Qt.FocusReason.TabFocusReason)

    def _read(self, why: str = "") -> None:
        if self._pair is None:
            return
        kept, gone = reversed(self._pair) if self._swapped else self._pair
        store = self.context.store
        self.context.jobs.run(
            f"compare/{id(self)}",
            lambda _progress, _cancelled: preview_merge(store, kept, gone),
            on_done=lambda found: self._show(found, why),
            on_failed=self._failed,
            owner=self,
            quiet=True,
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.refuse(error)

    def refuse(self, error: KnownError) -> None:
        """Say why it could not be done."""
        self.note.say(error.message, error.hint, "alarm")
        self.note.show()

    # Showing.

    def _empty(self) -> None:
        clear(self.grid)
        self._sides, self._groups = {}, []
        self.same.setText("")
        self.moves.setText("")
        self.wrong.setText("")
        self.note.hide()

    def _show(self, preview: Preview, why: str) -> None:
        self._empty()
        self.preview = preview
        # The left side is always the first card of the pair, whichever is kept.
        left, right = (preview.gone, preview.kept) if self._swapped else (preview.kept, preview.gone)
        self._pick("保留哪张档案", _head(left), _head(right), self._swapped, "", strong=True)
        alike = []
        for choice in preview.choices:
            if choice.field.name == "alias":
                continue  # every name either card was known by is kept
            if not choice.differs:
                if choice.kept not in (None, "", []):
                    alike.append(f"{choice.field.label} {self._words(choice.field, choice.kept)}")
                continue
            self._offer(choice)
        self._link()
        for option, swapped in zip(self._sides[""], (False, True), strict=True):
            option.toggled.connect(lambda on, swapped=swapped: self._keep(swapped) if on else None)
        self.same.setText(f"相同的栏目：{'；'.join(alike)}" if alike else "")
        moved = "、".join(f"{REGISTERS[key].noun} {count} 条" for key, count in preview.moves.items())
        said = f"合并时改到保留的档案名下：{moved}。" if moved else "不保留的那张名下没有别的记录。"
        self.moves.setText(f"{said}不保留的名称列入曾用名，仍能查到；合并可以撤销。")
        if preview.notes or why:
            self.note.say(
                why or preview.notes[0],
                "".join(preview.notes) if why else "".join(preview.notes[1:]),
                "watch",
            )
            self.note.show()
        if self._turned:
            self._turned = False
            self.first_focus().setFocus(Qt.FocusReason.TabFocusReason)
        self.shown.emit()

    def _offer(self, choice: Choice) -> None:
        kept, gone = self._words(choice.field, choice.kept), self._words(choice.field, choice.gone)
        left, right = (gone, kept) if self._swapped else (kept, gone)
        self._pick(choice.field.label, left, right, choice.take != self._swapped, choice.field.name)

    def _pick(
        self, name: str, left: str, right: str, right_chosen: bool, key: str, *, strong: bool = False
    ) -> None:
        row = self.grid.rowCount()
        shown = ElidedLabel(name, "strong" if strong else "fact")
        shown.setFixedWidth(tokens().metrics.px(118))
        one, two = Option(left, name, self), Option(right, name, self)
        one.other, two.other = two, one
        group = QButtonGroup(self)
        group.addButton(one)
        group.addButton(two)
        (two if right_chosen else one).setChecked(True)
        self._groups.append(group)
        for column, widget in enumerate((shown, one, two)):
            self.grid.addWidget(widget, row, column)
        self._sides[key] = (one, two)

    def _link(self) -> None:
        """A figure and the month it is of, a state and its reason: they change sides together."""
        for names in TOGETHER:
            there = [self._sides[name] for name in names if name in self._sides]
            for side in (0, 1):
                for pair in there:
                    for other in there:
                        if other is not pair:
                            pair[side].toggled.connect(
                                lambda on, option=other[side]: option.setChecked(True) if on else None
                            )

    def _words(self, field: Field, value: Any) -> str:
        if field.kind is Kind.LOG or field.kind is Kind.FILES:
            return f"{len(value or [])} 条"
        return values.display(field, value, self.context.directory)

    def _keep(self, swapped: bool) -> None:
        """The other card is kept: its values are the suggestion now."""
        if swapped != self._swapped:
            self._swapped = swapped
            self._turned = True
            self._read()

    # Deciding.

    def chosen(self) -> tuple[UUID, UUID, frozenset[str]]:
        """(kept, gone, the fields taken from the one that goes)."""
        assert self.preview is not None
        take = {
            key
            for key, (left, right) in self._sides.items()
            if key and (left if self._swapped else right).isChecked()
        }
        return self.preview.kept["id"], self.preview.gone["id"], frozenset(take)

    def words(self) -> str:
        """What was written as the reason."""
        content = self.reason.content()
        return str(content.value or content.unparsed or "").strip()

    def ask_reason(self, text: str) -> None:
        """A reason is missing: say so where it is written."""
        self.wrong.setText(text)
        self.reason.target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _merge(self) -> None:
        if self.preview is not None:
            self.wrong.setText("")
            kept, gone, take = self.chosen()
            self.merge_asked.emit(kept, gone, take, self.words())

    def _apart(self) -> None:
        if self._pair is not None:
            self.wrong.setText("")
            self.apart_asked.emit(*self._pair, self.words())


def _head(card: dict[str, Any]) -> str:
    made = card["created_at"].astimezone().date().isoformat()
    return f"{card.get('name') or '（未填名称）'}（{card['created_by']} {made} 建档）"
