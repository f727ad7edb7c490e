"""What a form's page is made of: title line, banner, the form with its foot, the column beside it. What they do is in view.py."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.registers import REGISTERS
from desktop.actions.records import FormState
from desktop.context import AppContext
from desktop.forms.form import RecordForm
from desktop.forms.inner import Inner
from desktop.forms.quick_enterprise import QuickEnterprise
from desktop.forms.side import HistoryCard, SideCard, cards_for
from desktop.style.theme import set_property, tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.header import PageHeader
from desktop.widgets.labels import ElidedLabel, hairline

# Title of a new record, of a stored one, and the words of the main button, where the register's noun does not do.
_TITLES = {
    "enterprise": ("新建企业档案", "修改企业档案", "保存并建下一家"),
    "visit": ("登记走访", "修改走访记录", "保存并登记下一家"),
    "issue": ("登记问题", "办理问题", "保存并登记下一件"),
    "cloud": ("登记上云", "修改上云记录", "保存并登记下一家"),
    "nurture": ("登记培育对象", "修改培育对象", "保存并登记下一家"),
    "park": ("填园区月报", "修改园区月报", "保存并填下一个园区"),
    "liaison": ("登记挂点", "修改挂点", "保存并登记下一家"),
}


def titles(register: str) -> tuple[str, str, str]:
    """Title of a new record, of a stored one, and the words of the main button."""
    noun = REGISTERS[register].noun
    return _TITLES.get(register, (f"登记{noun}", f"修改{noun}", "保存并登记下一条"))


# What is told of the keys at the foot of a form, the most that has room.
_KEYS = (
    "Enter 或 Tab 下一栏　Shift+Tab 上一栏　F8 下一个必填空栏　F2 以前的值　Esc 返回（草稿保留）",
    "Enter 下一栏　F8 下一个必填空栏　F2 以前的值　Esc 返回",
    "F8 下一个必填空栏　Esc 返回",
    "F1 快捷键",
)


class _Keys(ElidedLabel):
    def __init__(self) -> None:
        super().__init__(_KEYS[0], "help")

    def resizeEvent(self, event: QResizeEvent) -> None:
        metrics = self.fontMetrics()
        fits = (words for words in _KEYS if metrics.horizontalAdvance(words) + 4 <= self.width())
        self.setText(next(fits, _KEYS[-1]))
        super().resizeEvent(event)


class FormFrame(QWidget):
    """The widgets of a form's page, and showing and hiding them."""

    def __init__(
        self, register: str, context: AppContext, parent: QWidget | None = None, *, lazy: bool = False
    ) -> None:
        super().__init__(parent)
        self.register, self.context = register, context
        self._lazy = lazy
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens().metrics.margin)
        self.header = PageHeader("", self)
        column.addWidget(self.header)
        self.banner = Banner("", parent=self)
        self.banner.hide()
        column.addWidget(self.banner)
        row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        column.addLayout(row, 1)
        row.addWidget(self._build_form(), 1)
        row.addWidget(self._build_side())

    # What the form does, for those that stand in its place or beside it (view.py has it).

    def save(self, state: FormState | None = None, note: str | None = None) -> bool:
        """Store what is typed; False (with the reason shown) where it was refused."""
        raise NotImplementedError

    def look(self) -> None:
        """Check what is typed and bring the side column up to date, aside."""
        raise NotImplementedError

    def touch(self) -> None:
        """Something was typed."""
        raise NotImplementedError

    def keep_draft(self, open_again: bool = True) -> None:
        """Keep what is typed before anything else happens."""
        raise NotImplementedError

    def show_stored(self, focus: str) -> None:
        """Show the record as it is stored now."""
        raise NotImplementedError

    def follow_stored(self, register: str) -> None:
        """A record that this one leads to was stored ("": put off)."""
        raise NotImplementedError

    def main_button(self) -> QWidget:
        """The button that stores and goes on."""
        return self.keyed[-1][0]

    # Widgets.

    def _build_form(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("card", "true")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        self.form = RecordForm(self.register, self.context, frame, lazy=self._lazy)
        self.quick: QuickEnterprise | None = None  # made when somebody first needs it
        self._inside = inside
        inside.addWidget(self.form, 1)
        inside.addWidget(hairline())
        self.inners: list[Inner] = []
        self.keyed: list[tuple[Button, str]] = []  # buttons of the header with their keys, the main one last
        self.foot = QWidget()
        self.foot.setProperty("role", "plain")
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(20, 4, 12, 6)
        self.note = _Keys()
        foot.addWidget(self.note, 1)
        self.more = Button("显示全部栏目", self._toggle_all, frame, role="link")
        self.more.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        foot.addWidget(self.more)
        inside.addWidget(self.foot)
        self.form.entered.connect(lambda _name: self._update_more())
        return frame

    def place(self, inner: Inner) -> None:
        """Put something where it can take the form's place."""
        inner.shown.connect(self._inner_shown)
        self._inside.insertWidget(0, inner, 1)
        self.inners.append(inner)

    @property
    def inner(self) -> Inner | None:
        """What stands in the form's place now."""
        return next((each for each in self.inners if each.is_open), None)

    def _inner_shown(self, _shown: bool) -> None:
        here = self.inner is not None
        self.form.setHidden(here)
        self.foot.setHidden(here)
        # The keys are the inner one's now: only its buttons show them, here and on F1.
        for button, keys in self.keyed:
            button.keys = button.hint = "" if here else keys
            button.updateGeometry()
            button.update()
        if self.keyed:
            set_property(self.keyed[-1][0], "primary", not here)

    def _build_side(self) -> QScrollArea:
        self.side = QScrollArea()
        self.side.setWidgetResizable(True)
        self.side.setFrameShape(QFrame.Shape.NoFrame)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side.setFixedWidth(tokens().metrics.px(316))
        self.side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.history = HistoryCard(self.context)
        self.cards: list[SideCard] = cards_for(self.register, self.context)
        for card in (self.history, *self.cards):
            column.addWidget(card)
        column.addStretch(1)
        self.side.setWidget(inner)
        return self.side

    def _toggle_all(self) -> None:
        self.form.show_all = not self.form.show_all
        self.form.show_record()
        self._update_more()

    def _update_more(self) -> None:
        hidden = self.form.hidden_count()
        self.more.setVisible(self.form.show_all or hidden > 0)
        self.more.setText("只显示需要的栏目" if self.form.show_all else f"显示全部栏目（另有 {hidden} 栏）")

    def chip(self, word: str, state: str = "neutral") -> None:
        self.header.set_chip(word, state)

    def say(self, text: str, hint: str, state: str) -> None:
        self.banner.say(text, hint, state)
        self.banner.show()

    def _side_visible(self) -> None:
        cards = (self.history, *self.cards)
        self.side.setVisible(any(not card.isHidden() for card in cards))
