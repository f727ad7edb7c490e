"""本月: what is still to do for this month's return, what falls due, who is close to the line. Finding out is the model's.

The model is imported when the register is open: until then the page shows what it showed at the last end, and imports
nothing of the database.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from db.periods import Period
from desktop.opening import Frame
from desktop.page import SUPERVISOR, Page
from desktop.pages import this_month_view as view
from desktop.places import place
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

_ONE_COLUMN = 820  # px: narrower, everything stands below each other
_TALL = 260  # px of the list of what is left, then


class ThisMonth(Page):
    """One page for both roles; the supervisor's lines are about other offices' returns."""

    key = "month"
    word = "本月"
    icon = "calendar"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._view: view.View | None = None
        self._had_room = view.FEW
        self._period = ""  # the month that is shown
        self._month: Any = None  # what `_view` was made of, None where it was kept from the last end
        self._supervisor = context.role == SUPERVISOR
        self._buttons()
        self._columns = columns = QHBoxLayout()
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
        self._stats: list[StatCard] = []
        for number, name in enumerate(("本月走访", "上云企业", "未办结问题", "升规培育")):
            card = StatCard(name, "—")
            card.clicked.connect(lambda number=number: self._figure_asked(number))
            self._stats.append(card)
            figures.addWidget(card, 1)
        self.body.addLayout(figures)

    # Building.

    def _buttons(self) -> None:
        if self._supervisor:
            self.header.add("看指标", lambda: self._go(view.Place("indicators")))
            self.main = self.header.add(
                "收表", lambda: self._go(view.Place("receive")), "Ctrl+Return", primary=True, show_hint=False
            )
            return
        # What an office's day begins with is known when its month is: a bureau that visits nobody has no 登记走访.
        self.begin = self.header.add("登记走访", lambda: self._asked(view.BEGIN), "Ctrl+N")
        self.begin.hide()
        self.main = self.header.add(
            "核对回报", lambda: self._go(view.Place("dispatch", {"step": "check"})), "Ctrl+Return",
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
        self._to_do_area = area
        card.add(area, 1)
        return card

    def _due(self) -> Card:
        card = Card("到期的问题")
        self._all_issues = Button("全部", lambda: self._asked(view.DUE), role="link")
        card.head.addWidget(self._all_issues)
        self._issues_card = card
        self.issues = Table(ListSource(view.ISSUE_COLUMNS), header=False, fit=True)
        self.issues.setAccessibleName("到期的问题")
        self.issues.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.issues.opened.connect(lambda id: self._go(view.Place("issues", {"record": id})))
        self.issues.clicked.connect(
            lambda index: self._go(view.Place("issues", {"record": self.issues.paged.row_at(index.row()).id}))
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
            "去培育", lambda: self._go(view.Place("nurture")), icon="sprout",
        )  # fmt: skip
        card.add(self._none_near, 1)
        self._no_tasks = EmptyState(
            "责任清单里没有未完成的任务", "本单位牵头的任务在这里看进度，每月写一次进展。",
            "去任务", lambda: self._go(view.Place(*place("duty", filters={}))), icon="tasks",
        )  # fmt: skip
        self._no_tasks.hide()
        card.add(self._no_tasks, 1)
        card.add_stretch()
        return card

    # Reading.

    def refresh(self) -> None:
        context = self.context
        self.main.setText("收表" if self._supervisor else f"核对 {Period(context.period).month} 月回报")
        if isinstance(context, Frame):
            self._draw(_kept(context) or view.View.empty(self.word))
            return
        from desktop.pages import this_month_model as model

        store, unit, role, period = context.store, context.unit_code, context.role, context.period
        # What was kept is whole; the quick answer would take the findings away for a moment.
        if self._supervisor or self._month is not None or not self._kept_for(period):
            context.jobs.run(
                "month/read", lambda _progress, _cancelled: model.quick(store, unit, role, period), title="读取本月",
                on_done=self._show, owner=self, quiet=True,
            )  # fmt: skip
        if not self._supervisor:
            context.jobs.run(
                "month/check", lambda _progress, _cancelled: model.checked(store, unit, period),
                title="核对本月", on_done=self._show, owner=self, quiet=True,
            )  # fmt: skip

    def _kept_for(self, period: str) -> bool:
        return self._view is not None and bool(self._view.items) and self._period == period

    def _show(self, month: Any) -> None:
        from desktop.pages import this_month_model as model

        if str(month.period) != self.context.period or model.adds_nothing(month, self._month):
            return
        self._month = month
        self._draw(model.view(month, self.context.today(), self._room))

    def _draw(self, found: view.View) -> None:
        """Bring the page up to date; what has not changed is not touched, and the focus stays where it is."""
        before, self._view, self._period = self._view, found, self.context.period
        if found == before:
            return
        self.header.set_title(found.title)
        self.header.set_chip(found.chip, found.chip_state)
        focus = self.window().focusWidget()
        line = next((row.item.key for row in self.list.rows if focus and row.isAncestorOf(focus)), "")
        here = focus is None or self.isAncestorOf(focus)
        if not self._supervisor:
            self.begin.setText(found.begin)
            self.begin.setVisible(bool(found.begin))
            self.begin.updateGeometry()
        self.list.set_items(found.items)
        if before is None or (before.issues, before.issues_note) != (found.issues, found.issues_note):
            self._show_issues(found)
        if (
            before is None
            or (before.candidates, before.candidates_note)
            != (
                found.candidates,
                found.candidates_note,
            )
            or before.lines != found.lines
        ):
            self._show_candidates(found)
        for card, number in zip(self._stats, found.figures, strict=False):
            card.set_name(number.name)
            card.set(number.figure, number.unit, number.note)
        if (line or (here and (before is None or not before.items))) and self.isVisible():
            self._focus(line)

    @property
    def _room(self) -> int:
        high = self.visibleRegion().boundingRect().height() >= tokens().metrics.px(740)
        return view.MORE if high else view.FEW

    @property
    def filled(self) -> bool:
        """Whether there is something to read on the page."""
        return self._view is not None and bool(self._view.figures)

    @property
    def fresh(self) -> bool:
        """Whether what is shown was read from the register in this run, not kept from the last."""
        return self._month is not None

    @property
    def lines(self) -> int:
        """How many lines the cards at the right had room for when the page was last laid out."""
        return self._had_room

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = self._had_room
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_ONE_COLUMN)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._columns.direction() != way:
            self._columns.setDirection(way)
            self._to_do_area.setMinimumHeight(tokens().metrics.px(_TALL) if narrow else 0)
        self._had_room = self._room
        if self._had_room != before and self._month is not None:
            self._show(self._month)

    def _show_issues(self, found: view.View) -> None:
        self._issues_card.set_title("到期的问题", found.issues_note)
        self._all_issues.setVisible(bool(found.issues_note))
        self.issues.setVisible(bool(found.issues))
        self._no_issues.setVisible(not found.issues)
        self.issues.set_source(ListSource(view.ISSUE_COLUMNS, list(found.issues)))

    def _show_candidates(self, found: view.View) -> None:
        tasks = found.lines == view.TASKS
        self._near_card.set_title(
            "本单位的任务" if tasks else "快到升规线的企业", "" if tasks else found.candidates_note
        )
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line in found.candidates:
            bar = ProgressToLine(line.name, line.note, line.share)
            to = view.Place(*place(found.lines, record=line.id))
            bar.clicked.connect(lambda to=to: self._go(to))
            self._lines.addWidget(bar)
        self._none_near.setVisible(not found.candidates and not tasks)
        self._no_tasks.setVisible(not found.candidates and tasks)

    # Going.

    def first_focus(self) -> QWidget | None:
        return self.list.first_focus() or self.main

    def _focus(self, key: str = "") -> None:
        """The button of a line, where there still is one; else of the first thing to do."""
        same = next((row.button for row in self.list.rows if row.item.key == key), None)
        target = same if same is not None and same.isEnabled() else self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def figures(self) -> dict[str, StatCard]:
        """The cards of the figures that are shown, by key."""
        numbers = self._view.figures if self._view is not None else ()
        return {number.key: card for card, number in zip(self._stats, numbers, strict=False)}

    def _figure_asked(self, number: int) -> None:
        if self._view is not None and number < len(self._view.figures):
            self._asked(f"figure:{self._view.figures[number].key}")

    def _asked(self, key: str) -> None:
        there = self._view.places.get(key) if self._view is not None else None
        if there is not None:
            self._go(there)

    def _go(self, there: view.Place) -> None:
        if there.period:
            self.context.set_period(there.period)
        self.goto_asked.emit(there.page, dict(there.args))


def _kept(frame: Frame) -> view.View | None:
    """本月 as it was at the last end, where that still holds."""
    found = frame.month()
    shown = view.from_plain(found[0]) if found is not None else None
    if found is None or shown is None:
        return None
    return shown if found[1] is None else view.of_another_day(shown, found[1])
