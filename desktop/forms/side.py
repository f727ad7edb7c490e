"""The column beside a form: what a visit brings with it, a firm's revenue, a field's history, another's version.

Each card knows how to work out its contents aside (`work`) and how to show them (`show_data`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db import values
from db.periods import Period
from db.progress import show_number
from db.registers import REGISTERS
from desktop.actions.duplicates import SuspectedPair, resembling
from desktop.actions.follow_ups import FollowUp, visit_follow_ups
from desktop.actions.previous import Earlier
from desktop.actions.records import FormState
from desktop.actions.revenue import Point, RevenueYear, revenue_year
from desktop.actions.versions import Change
from desktop.context import AppContext
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.facts import Facts
from desktop.widgets.labels import ElidedLabel, hairline, label
from desktop.widgets.line_chart import Line, LineChart

MONEY_PLACES = 2
_ROWS = 6


def clear(layout: Any) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if item.widget() is not None:
            item.widget().hide()
            item.widget().deleteLater()
        elif item.layout() is not None:
            clear(item.layout())


class SideCard(Card):
    """A card that follows the form. `work` runs aside and may read the register; `show_data` runs here."""

    def __init__(self, title: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(title, "", parent)
        self.context = context

    def work(self, state: FormState) -> Any:
        """What to show for these contents of the form."""
        return None

    def show_data(self, data: Any, state: FormState) -> None:
        """Show what `work` found."""


class FollowUpsCard(SideCard):
    """这次走访带出的记录: one line each, with the button that makes it or leads to it."""

    make_asked = Signal(object)  # FollowUp
    open_asked = Signal(str, object)  # register, record id
    step_asked = Signal()  # ask for the rest of each

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("这次走访带出的记录", context, parent)
        self.each = Button("逐条填写", self.step_asked.emit, self, role="small", hint="F7")
        self.each.hide()
        self.head.addWidget(self.each)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(8)
        self.add_layout(self.rows)
        self.items: list[FollowUp] = []
        self.buttons: dict[str, Button] = {}
        self._show([])

    def add_layout(self, layout: QVBoxLayout) -> None:
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(layout)

    def work(self, state: FormState) -> list[FollowUp]:
        visit = {"unit_code": self.context.unit_code, **state.record()}
        return visit_follow_ups(self.context.store, visit, state.id, self.context.period)

    def show_data(self, data: Any, state: FormState) -> None:
        if data != self.items:
            self._show(data)

    def _show(self, items: Sequence[FollowUp]) -> None:
        had = next((kind for kind, button in self.buttons.items() if button.hasFocus()), "")
        self.items, self.buttons = list(items), {}
        clear(self.rows)
        self.each.setVisible(any(item.state == "offer" and item.register for item in items))
        if not items:
            words = "填了“上云情况”“升规潜力”“问题诉求”或营业收入后，可在这里一键登记，不用重填。"
            self.rows.addWidget(label(words, "muted", wrap=True))
        for item in items:
            self.rows.addWidget(self._row(item))
        if had in self.buttons:
            self.buttons[had].setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, item: FollowUp) -> QWidget:
        line = QWidget()
        line.setProperty("role", "plain")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        done = item.state == "done"
        state = "ok" if done else "watch" if item.kind == "often" else "info"
        row.addWidget(Chip(item.word, state, line))
        # A warning is read whole; what was found is one click away.
        row.addWidget(label(item.text, wrap=True) if item.kind == "often" else ElidedLabel(item.text), 1)
        if item.register and (item.state == "offer" or item.record_id is not None):
            button = Button(item.action, lambda: self._press(item), line, role="small")
            button.setAccessibleName(f"{item.action}：{item.word} {item.text}")
            self.buttons.setdefault(item.kind, button)
            row.addWidget(button)
        else:
            row.addWidget(label(item.action, "muted"))
        return line

    def _press(self, item: FollowUp) -> None:
        if item.state == "offer":
            self.make_asked.emit(item)
        else:
            self.open_asked.emit(item.register, item.record_id)


class RevenueCard(SideCard):
    """本年累计营业收入 · 历次: the year's line against the 升规 line, and the figures with who gave them."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("本年累计营业收入 · 历次", context, parent)
        self.head.addWidget(label("F2", "key"))
        self.chart = LineChart("本年累计营业收入")
        self.chart.setFixedHeight(tokens().metrics.px(140))
        self.add(self.chart)
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(12)
        self._table.setVerticalSpacing(0)
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self._table)
        self.empty = label("选定企业后，这里显示它今年历次填报的累计营业收入。", "muted", wrap=True)
        self.add(self.empty)
        self.chart.hide()

    def work(self, state: FormState) -> RevenueYear | None:
        firm = state.values.get("enterprise_id")
        if firm is None:
            return None
        month = month_of(state, self.context.period)
        with self.context.store.read() as session:
            return revenue_year(session, firm, Period(month).year)

    def show_data(self, data: Any, state: FormState) -> None:
        year: RevenueYear | None = data
        month = month_of(state, self.context.period)
        now = state.values.get("revenue_ytd")
        points = (
            [each for each in year.points if each.record_id != state.id or state.id is None] if year else []
        )
        if now is not None and year is not None:
            points = [each for each in points if each.period != month] + [Point(month, now, "正在填")]
        points.sort(key=lambda each: each.period)
        self.empty.setVisible(not points)
        if year is not None and not points:
            self.empty.setText("今年还没有填报过营业收入。")
        self.chart.setVisible(bool(points))
        for row in range(self._table.rowCount()):
            self._table.setRowMinimumHeight(row, 0)
        clear(self._table)
        if year is None or not points:
            return
        drawn = points[-_ROWS:]
        limit = (year.threshold, f"升规线 {show_number(year.threshold, 0)}") if year.threshold else None
        self.chart.set(
            [f"{Period(each.period).month}月" for each in drawn],
            [Line("累计", [each.amount for each in drawn])],
            limit=limit,
            axis=False,
            write=lambda amount: f"{amount:,.2f} 万元",
        )
        for place, each in enumerate(reversed(drawn)):
            source = each.source if each.source == "正在填" else f"{each.by} {each.source}".strip()
            figure = label(show_number(each.amount, MONEY_PLACES))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, widget in enumerate(
                (label(f"{Period(each.period).month} 月"), figure, ElidedLabel(source, "muted"))
            ):
                self._table.addWidget(widget, place * 2, column)
                self._table.setRowMinimumHeight(place * 2, tokens().metrics.px(33))
            self._table.addWidget(hairline(), place * 2 + 1, 0, 1, 3)
        self._table.setColumnStretch(1, 1)
        self._table.setColumnStretch(2, 1)


class ComputedCard(SideCard):
    """What the program works out from the form: threshold, rate, numbers given."""

    def __init__(self, register: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("自动计算", context, parent)
        self._fields = [field for field in REGISTERS[register].fields if field.computed]
        self.facts = Facts([], 2)
        self.add(self.facts)
        self.hide()

    def show_derived(self, record: dict[str, Any]) -> None:
        """Show the computed fields of this record; the card hides where there are none."""
        shown = [
            (field.header, values.display(field, record[field.name], self.context.directory))
            for field in self._fields
            if record.get(field.name) is not None
        ]
        self.facts.set(shown)
        self.setVisible(bool(shown))


class ResemblingCard(SideCard):
    """可能已有档案: cards that the firm being typed may be; a gentle hint, nobody is kept from saving."""

    open_asked = Signal(str, object)  # register, record id

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("可能已有档案", context, parent)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self._rows)
        self.add(label("是同一家就不必再建；是另一家可以照常保存。", "muted", wrap=True))
        self.pairs: list[SuspectedPair] = []
        self.hide()

    def work(self, state: FormState) -> list[SuspectedPair]:
        return resembling(self.context.store, state.record(), state.id)

    def show_data(self, data: Any, state: FormState) -> None:
        if data == self.pairs:
            return
        self.pairs = data
        clear(self._rows)
        for pair in data[:3]:
            key, name = pair.suspect.second, pair.names[1]
            row = QHBoxLayout()
            row.setSpacing(8)
            words = label(f"{name}：{pair.why}", wrap=True)
            row.addWidget(words, 1)
            button = Button("打开", partial(self.open_asked.emit, "enterprise", key), self, role="small")
            button.setAccessibleName(f"打开 {name}")
            row.addWidget(button)
            self._rows.addLayout(row)
        self.setVisible(bool(data))


class HistoryCard(SideCard):
    """How one field came to its value (F2)."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("修改记录", context, parent)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self._rows)
        self.hide()

    def show_history(self, name: str, changes: Sequence[Change], earlier: Sequence[Earlier] = ()) -> None:
        """Show the changes of a field, newest first, and what earlier records of the same firm hold in it."""
        self.set_title(f"修改记录 · {name}")
        clear(self._rows)
        if not changes:
            self._rows.addWidget(label("这一栏还没有改动过。", "muted"))
        for change in changes[:12]:
            said = (
                f"{change.old or '（空）'} → {change.new or '（空）'}"
                if change.action != "登记"
                else change.new
            )
            self._rows.addWidget(label(said or "（空）", wrap=True))
            when = f"{change.at:%Y-%m-%d %H:%M} {change.by} {change.action}"
            self._rows.addWidget(label(f"{when} {change.note}".strip(), "fact", wrap=True))
        if earlier:
            self._rows.addWidget(hairline())
            self._rows.addWidget(label("这家企业以前的记录", "label"))
        for each in earlier:
            self._rows.addWidget(label(each.text, wrap=True))
            self._rows.addWidget(label(f"{each.when} {each.by}".strip(), "fact", wrap=True))
        self.show()


def month_of(state: FormState, period: str) -> str:
    """The month whose cumulative figure a form states: the visit's, the 截至期间, else the month in work."""
    asof = state.values.get("asof_ym")
    if asof:
        return str(asof)
    day = state.values.get("visit_date")
    return str(Period.of_date(day)) if day is not None else period


def cards_for(register: str, context: AppContext) -> list[SideCard]:
    """The cards that stand beside a register's form, top to bottom."""
    if register == "visit":
        return [FollowUpsCard(context), RevenueCard(context)]
    if register == "enterprise":
        return [ResemblingCard(context)]
    if register == "nurture":
        return [ComputedCard(register, context), RevenueCard(context)]
    if any(field.computed for field in REGISTERS[register].fields):
        return [ComputedCard(register, context)]
    return []
