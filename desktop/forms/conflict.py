"""Two versions of one record side by side: another window saved it meanwhile; a person chooses, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.actions.versions import MINE, THEIRS, Difference
from desktop.forms.inner import Inner
from desktop.forms.side import clear
from desktop.style.paint import rounded
from desktop.style.theme import set_property, tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_WORDS = {MINE: "本窗口填的", THEIRS: "对方已保存的"}


class _Side(QFrame):
    """One version's text; framed when it is the one that holds."""

    pressed = Signal()

    def __init__(self, whose: str, text: str, number: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 8)
        column.setSpacing(2)
        self.head = label(f"{number} {_WORDS[whose]}", "fact")
        column.addWidget(self.head)
        self.text = label(text or "（空）", "" if text else "muted", wrap=True)
        column.addWidget(self.text)
        column.addStretch(1)
        self._word = f"{number} {_WORDS[whose]}"

    def choose(self, chosen: bool) -> None:
        self.chosen = chosen
        self.head.setText(f"✓ {self._word}" if chosen else self._word)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = tokens().palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        rounded(painter, box, tokens().metrics.radius, p.select if self.chosen else p.field, p.edge)
        if self.chosen:
            inner = box.adjusted(1, 1, -1, -1)
            rounded(painter, inner, tokens().metrics.radius, "#00000000", p.accent)
        painter.end()


class ChoiceRow(QWidget):
    """A field with its two versions: 1 or ← mine, 2 or → theirs, Enter to the next."""

    chosen = Signal()
    advance = Signal()
    back = Signal()

    def __init__(self, difference: Difference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.difference = difference
        self.choice = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{difference.label}：选择保留哪个版本")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(difference.label, "label"))
        self.told = label(_who(difference), "help")
        set_property(self.told, "state", "watch" if difference.both else "")
        head.addWidget(self.told)
        head.addStretch(1)
        column.addLayout(head)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        self.sides = {
            MINE: _Side(MINE, difference.mine, "1", self),
            THEIRS: _Side(THEIRS, difference.theirs, "2", self),
        }
        for whose, side in self.sides.items():
            side.pressed.connect(partial(self.choose, whose))
            pair.addWidget(side, 1)
        column.addLayout(pair)
        self._say()

    def choose(self, whose: str) -> None:
        """This version holds."""
        self.choice = whose
        for each, side in self.sides.items():
            side.choose(each == whose)
        self._say()
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.text() == "1" or key == Qt.Key.Key_Left:
            self.choose(MINE)
        elif event.text() == "2" or key == Qt.Key.Key_Right:
            self.choose(THEIRS)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.advance.emit()
        elif key == Qt.Key.Key_Up:
            self.back.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            rounded(painter, box, tokens().metrics.radius, "#00000000", tokens().palette.accent)
            painter.end()

    def _say(self) -> None:
        one, other = self.difference.mine or "空", self.difference.theirs or "空"
        now = _WORDS.get(self.choice, "还没有选")
        self.setAccessibleDescription(f"1 {_WORDS[MINE]}：{one}。2 {_WORDS[THEIRS]}：{other}。当前：{now}。")


class ConflictPanel(Inner):
    """`ask` shows the differences; `decided({field: MINE or THEIRS})` when every one has its answer."""

    decided = Signal(object)
    discarded = Signal()  # take the other's version as it is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ChoiceRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 20, 0)
        head.setSpacing(8)
        heading = label("两个版本，逐栏选用", "heading")
        head.addWidget(heading)
        head.addStretch(1)
        self.mine = Button("全用我的", partial(self.choose_all, MINE), self, role="small")
        self.theirs = Button("全用对方的", partial(self.choose_all, THEIRS), self, role="small")
        self.save = Button("按所选保存", self.store, self, primary=True, role="small", hint="Ctrl Enter")
        for button in (self.mine, self.theirs, self.save):
            head.addWidget(button)
        self.roomy, self.hinted = [heading], [(self.save, self.save.hint)]
        column.addLayout(head)
        self.banner = Banner("", parent=self)
        column.addWidget(self.banner)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("role", "scroll")
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(14, 4, 14, 14)
        self._rows.setSpacing(6)
        self._area.setWidget(inside)
        column.addWidget(self._area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 4, 12, 6)
        foot.addWidget(
            label("1 用本窗口的　2 用对方的　Enter 下一栏　Esc 先不保存（草稿保留）", "help", wrap=True)
        )
        column.addLayout(foot)

    def ask(self, found: Sequence[Difference], text: str, hint: str) -> None:
        """Show two versions. What only one side changed is already answered; what both did is not."""
        clear(self._rows)
        self.rows = []
        for each in found:
            row = ChoiceRow(each)
            row.advance.connect(partial(self._step, row, 1))
            row.back.connect(partial(self._step, row, -1))
            row.chosen.connect(self._count)
            self.rows.append(row)
            self._rows.addWidget(row)
            if not each.both:
                row.choose(MINE if each.mine_changed else THEIRS)
        if not found:
            self._rows.addWidget(label("两个版本填写的内容相同，可直接保存。", "muted"))
        self._rows.addStretch(1)
        self.banner.say(text, hint, "alarm")
        self.banner.show()
        self._count()
        self.open_up()
        first = next((row for row in self.rows if not row.choice), self.rows[0] if self.rows else None)
        (first or self.save).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def choices(self) -> Mapping[str, str]:
        """What is chosen so far, by field."""
        return {row.difference.name: row.choice for row in self.rows if row.choice}

    def choose_all(self, whose: str) -> None:
        """One side for every field."""
        for row in self.rows:
            row.choose(whose)
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def store(self) -> None:
        """Done, when everything has its answer; else to the first that has none."""
        open_row = next((row for row in self.rows if not row.choice), None)
        if open_row is not None:
            open_row.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(open_row)
            return
        self.decided.emit(dict(self.choices))

    def go_due(self) -> None:
        open_row = next((row for row in self.rows if not row.choice), None)
        (open_row or self.save).setFocus(Qt.FocusReason.TabFocusReason)

    def put_away(self) -> None:
        self.close_up()
        self.discarded.emit()

    def _step(self, row: ChoiceRow, by: int) -> None:
        place = self.rows.index(row) + by
        if place >= len(self.rows):
            self.save.setFocus(Qt.FocusReason.TabFocusReason)
        elif place >= 0:
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.rows[place])

    def _count(self) -> None:
        left = sum(not row.choice for row in self.rows)
        self.save.setText(f"还有 {left} 栏要选" if left else "按所选保存")
        self.save.updateGeometry()


def _who(difference: Difference) -> str:
    if difference.both:
        return "双方都改了，请选一个"
    return "只有本窗口改了" if difference.mine_changed else "只有对方改了"
