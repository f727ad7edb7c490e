"""本月: what is still to do for this month's return, what falls due, who is close to the line. Finding out is the model's."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from db.periods import Period
from db.to_do import Month
from db.to_do_district import District
from desktop.page import SUPERVISOR, Page
from desktop.pages import this_month_model as model
from desktop.style.theme import tokens
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.bars import ProgressToLine
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label
from desktop.widgets.stat import StatCard
from desktop.widgets.todo import TodoList


class ThisMonth(Page):
    """One page for both roles; the supervisor's lines are about other offices' returns."""

    key = "month"
    word = "本月"
    icon = "calendar"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._view: model.View | None = None
        self._supervisor = context.role == SUPERVISOR
        self._buttons()
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self._to_do(), 57)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._due())
        right.addWidget(self._near(), 1)
        columns.addLayout(right, 42)
        self.body.addLayout(columns, 1)
        figures = QHBoxLayout()
        figures.setSpacing(16)
        self.figures: dict[str, StatCard] = {}
        for key, name in (
            ("visit", "本月走访"),
            ("cloud", "上云企业"),
            ("issue", "未办结问题"),
            ("nurture", "升规培育"),
        ):
            card = StatCard(name, "—")
            card.clicked.connect(lambda key=key: self._go(model.place_of_figure(key)))
            self.figures[key] = card
            figures.addWidget(card, 1)
        self.body.addLayout(figures)

    # Building.

    def _buttons(self) -> None:
        if self._supervisor:
            self.header.add("看指标", lambda: self._go(model.Place("indicators")))
            self.main = self.header.add(
                "收表", lambda: self._go(model.Place("receive")), "Ctrl+Return", primary=True, show_hint=False
            )
            return
        self.header.add("登记走访", lambda: self._go(model.Place("visits", {"new": True})), "Ctrl+N")
        self.main = self.header.add(
            "核对回报", lambda: self._go(model.Place("dispatch", {"step": "check"})), "Ctrl+Return",
            primary=True, show_hint=False,
        )  # fmt: skip

    def _to_do(self) -> Card:
        card = Card(flush=True)
        card.setAccessibleName("待办")
        self.list = TodoList()
        self.list.asked.connect(self._asked)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addStretch(1)
        area.setWidget(inner)
        card.add(area, 1)
        return card

    def _due(self) -> Card:
        card = Card("到期的问题")
        self._all_issues = Button(
            "全部", lambda: self._go(model.place_of_due(self.context.today())), role="link"
        )
        card.head.addWidget(self._all_issues)
        self._issues_card = card
        self.issues = Table(ListSource(model.ISSUE_COLUMNS), header=False, fit=True)
        self.issues.setAccessibleName("到期的问题")
        self.issues.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.issues.opened.connect(lambda id: self._go(model.Place("issues", {"record": id})))
        self.issues.clicked.connect(
            lambda index: self._go(
                model.Place("issues", {"record": self.issues.paged.row_at(index.row()).id})
            )
        )
        self._no_issues = label("十天内没有到期的问题和回头看。", "muted", wrap=True)
        card.add(self._no_issues)
        card.add(self.issues)
        return card

    def _near(self) -> Card:
        card = Card("快到升规线的企业")
        self._near_card = card
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(self._lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        card.add(holder)
        self._none_near = EmptyState(
            "还没有快到升规线的企业",
            "走访时填了营业收入、选了“有升规潜力”的企业，可以一键转入培育，在这里看它离门槛还差多少。",
            "去培育", lambda: self._go(model.Place("nurture")), icon="sprout",
        )  # fmt: skip
        card.add(self._none_near, 1)
        card.add_stretch()
        return card

    # Reading.

    def refresh(self) -> None:
        context = self.context
        store, unit, role, period = context.store, context.unit_code, context.role, context.period
        self.main.setText("收表" if self._supervisor else f"核对 {Period(period).month} 月回报")
        context.jobs.run(
            "month/read", lambda _progress, _cancelled: model.quick(store, unit, role, period), title="读取本月",
            on_done=self._show, owner=self, quiet=True,
        )  # fmt: skip
        if not self._supervisor:
            context.jobs.run(
                "month/check", lambda _progress, _cancelled: model.checked(store, unit, period),
                title="核对本月", on_done=self._show, owner=self, quiet=True,
            )  # fmt: skip

    def _show(self, month: Month | District) -> None:
        if str(month.period) != self.context.period:
            return
        # The quick answer may come after the checked one: it knows less.
        if isinstance(month, Month) and not month.checked and self._knows(month):
            return
        self._month = month
        found = model.view(month, self._room)
        before, self._view = self._view, found
        self.header.set_title(found.title)
        self.header.set_chip(found.chip, found.chip_state)
        focused = self.list.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.list.set_items(found.items)
        self._show_issues(found)
        self._show_candidates(found)
        for figure in found.figures:
            self.figures[figure.key].set(f"{figure.value:,}", figure.unit, figure.note)
        if (before is None or focused) and self.isVisible():
            self._focus()

    @property
    def _room(self) -> int:
        return (
            model.MORE
            if self.visibleRegion().boundingRect().height() >= tokens().metrics.px(740)
            else model.FEW
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = getattr(self, "_had_room", model.FEW)
        super().resizeEvent(event)
        self._had_room = self._room
        if self._had_room != before and (shown := getattr(self, "_month", None)) is not None:
            self._show(shown)

    def _knows(self, month: Month) -> bool:
        shown = getattr(self, "_month", None)
        return isinstance(shown, Month) and shown.checked and shown.tasks[:-1] == month.tasks[:-1]

    def _show_issues(self, found: model.View) -> None:
        self._issues_card.set_title("到期的问题", found.issues_note)
        self._all_issues.setVisible(bool(found.issues_note))
        self.issues.setVisible(bool(found.issues))
        self._no_issues.setVisible(not found.issues)
        self.issues.set_source(ListSource(model.ISSUE_COLUMNS, list(found.issues)))

    def _show_candidates(self, found: model.View) -> None:
        self._near_card.set_title("快到升规线的企业", found.candidates_note)
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line in found.candidates:
            bar = ProgressToLine(line.name, line.note, line.share)
            bar.clicked.connect(lambda id=line.id: self._go(model.Place("nurture", {"record": id})))
            self._lines.addWidget(bar)
        self._none_near.setVisible(not found.candidates)

    # Going.

    def first_focus(self) -> QWidget | None:
        return self.list.first_focus() or self.main

    def _focus(self) -> None:
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _asked(self, key: str) -> None:
        if self._view is not None:
            self._go(self._view.places[key])

    def _go(self, place: model.Place) -> None:
        if place.period:
            self.context.set_period(place.period)
        self.goto_asked.emit(place.page, dict(place.args))
