"""收表 over the year: units by months, units by sheets of a month, and who is to be reminded; one cell in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from db import urging
from db.coverage import UNUSED, UnitState
from db.errors import KnownError
from db.periods import Period
from db.registers import REGISTERS
from desktop import printing
from desktop.actions import cadence as actions
from desktop.context import AppContext
from desktop.pages import receive_year_model as model
from desktop.pages.errors import words_of
from desktop.pages.receive_allowed import AllowedCard
from desktop.pages.receive_days import DaysStrip
from desktop.pages.receive_exception import MERGED, ExceptionForm, Wanted
from desktop.pages.receive_urge import UrgeCard
from desktop.pages.settings_parts import holder
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.facts import Facts, TabStrip
from desktop.widgets.grid import CompletenessGrid
from desktop.widgets.labels import hairline, label
from desktop.widgets.scroll import scrolling_column
from desktop.widgets.side_panel import SidePanel
from desktop.widgets.stack import CurrentStack

MONTHS, SHEETS, URGE, ALLOWED = "months", "sheets", "urge", "allowed"
_KEYS = "方向键移动，Enter 打开这一格。"
_HELP = {
    MONTHS: f"{_KEYS}“—”还没开始报；漏报的月份一直是红的，锁定后补来的记为“已补报”；“未启用”不催不算，"
    "从哪个月起收表在“设置”的“报送日历”里定。",
    SHEETS: f"{_KEYS}“零”是报来了、没有新增；数是最新一版的行数。",
}
_PANEL, _ANY = 360, 16777215  # px: its width beside the grid, and no limit
_AROUND = 150  # px of a grid's card that are no lines of units
_LOW = 420  # px: lower, the grid needs the room of the words below it
_BOTH = 960  # px: narrower, words in the cells beside the panel could not be read
VIEWS = ((MONTHS, "全年"), (SHEETS, "各表"), (URGE, "催报"), (ALLOWED, "例外"))


class YearView(QWidget):
    """`said(text, hint, state)`; `file_asked(unit, month)` where a return is to be seen; `changed` after a write."""

    said = Signal(str, str, str)
    file_asked = Signal(str, str)
    changed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.desk: actions.YearDesk | None = None
        self.view = MONTHS
        self.streets = True
        self._at: tuple[str, str, str] | None = None  # unit, month, sheet of the panel
        self._wanted = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        column = QVBoxLayout()
        column.setSpacing(16)
        self.left = holder(column)
        row.addWidget(self.left, 1)
        self.days = DaysStrip(editable=context.role == "supervisor")
        self.days.save_asked.connect(self._save_days)
        self.days.reset_asked.connect(self._reset_days)
        self.days.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(self.days)
        self.stack = CurrentStack()
        self.grids: dict[str, CompletenessGrid] = {}
        self.cards: dict[str, Card] = {}
        self.kinds: list[TabStrip] = []
        self.help: list[QLabel] = []
        for key, name in ((MONTHS, "各单位全年报送情况"), (SHEETS, "各单位各表报送情况")):
            self.stack.addWidget(self._grid_card(key, name))
        self.urge = UrgeCard(context)
        self.urge.copy_asked.connect(self.copy_urging)
        self.urge.print_asked.connect(self.print_urging)
        self.urge.opened.connect(lambda unit: self.choose(unit, self.context.period))
        self.stack.addWidget(self.urge)
        self.allowed = AllowedCard(context)
        self.allowed.opened.connect(self.choose)
        self.stack.addWidget(self.allowed)
        column.addWidget(self.stack, 1)
        self.panel = SidePanel(self, width=_PANEL)
        self.panel.closed.connect(self._panel_closed)
        row.addWidget(self.panel)
        self.form = ExceptionForm(self._grant, context.today)
        self.form.cancelled.connect(self._form_away)
        self.form.hide()
        self.form.setParent(self)

    def _grid_card(self, key: str, name: str) -> Card:
        card = Card(name)
        kinds = TabStrip([("street", "街道"), ("other", "部门")])
        kinds.setAccessibleName("看街道还是部门")
        kinds.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        kinds.chosen.connect(self._kind_chosen)
        card.head.addWidget(kinds)
        self.kinds.append(kinds)
        grid = CompletenessGrid(name)
        grid.cell_clicked.connect(lambda column, unit: self._clicked(key, column, unit))
        area, inner = scrolling_column(0)
        grid.stood_on.connect(lambda at: area.ensureVisible(at.x(), at.y(), 0, 40))
        area.verticalScrollBar().valueChanged.connect(lambda _at: grid.update())  # its header stays in sight
        inner.addWidget(grid)
        inner.addStretch(1)
        card.add(area, 1)
        self.help.append(label(_HELP[key], "help", wrap=True))
        card.add(self.help[-1])
        self.grids[key], self.cards[key] = grid, card
        return card

    # Reading.

    def refresh(self) -> None:
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "receive/year", lambda _progress, _cancelled: actions.read_year(store, period), title="读取全年报送情况",
            on_done=self._show, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, desk: actions.YearDesk) -> None:
        if desk.period != self.context.period:
            return
        self.desk = desk
        self.days.show_cycle(desk.cycle, desk.ruled, desk.year.today, f"{desk.period.month} 月报送")
        self._show_grids()
        self.urge.show_list(desk)
        self.allowed.show_list(desk)
        if self._at is not None and self.panel.isVisible() and self.form.isHidden():
            self._fill_panel()
        if self._wanted:
            self.choose(self._wanted, str(desk.period))
            self._wanted = ""

    def want(self, unit: str) -> None:
        """Open a unit's cell of the month as soon as the year is read."""
        self._wanted = unit
        self.refresh()

    def _show_grids(self) -> None:
        assert self.desk is not None
        year, month = self.desk.year.year, self.desk.period.month
        self.cards[MONTHS].set_title(f"{year} 年各单位报送情况", model.year_note(self.desk))
        self.cards[SHEETS].set_title(f"{month} 月各表行数")
        shown = None if self._all_fit() else self.streets
        for strip in self.kinds:
            strip.setVisible(shown is not None)
        columns, units, cells = model.year_grid(self.desk, shown)
        self.grids[MONTHS].set(columns, cells, units, str(self.desk.period))
        columns, units, cells = model.sheet_grid(self.desk, shown)
        self.grids[SHEETS].set(columns, cells, units, self._at[2] if self._at else "")

    def _all_fit(self) -> bool:
        """Whether a grid has room for the streets and all others below them."""
        units = len(self.desk.year.units) if self.desk is not None else 0
        return self.stack.height() >= tokens().metrics.px(_AROUND + 30 * units)

    def show_view(self, key: str) -> None:
        """全年, 各表 or 催报."""
        self.view = key
        self.stack.setCurrentIndex([name for name, _ in VIEWS].index(key))
        if key not in self.grids:
            self.panel.close_panel()

    def first_focus(self) -> QWidget:
        """Where arrows begin."""
        tables = {URGE: self.urge.table, ALLOWED: self.allowed.table}
        return tables.get(self.view) or self.grids[self.view]

    def _kind_chosen(self, key: str) -> None:
        self.streets = key == "street"
        for strip in self.kinds:
            strip.select(key)
        if self.desk is not None:
            self._show_grids()

    def turn_kinds(self) -> None:
        """Streets in place of the others, or the other way round; the keyboard stays in the grid."""
        if self.view in self.grids:
            self._kind_chosen("other" if self.streets else "street")

    # One cell.

    def _clicked(self, view: str, column: str, unit: str) -> None:
        if view == MONTHS:
            self.choose(unit, column)
        else:
            self.choose(unit, self.context.period, column)

    def choose(self, unit: str, month: str, register: str = "") -> None:
        """Open the panel for a unit's month (and one of its sheets)."""
        if self.desk is None or (unit, month) not in self.desk.year.states:
            return
        self._at = (unit, month, register)
        self._fill_panel()
        self._stand_on(unit, month, register)

    def _stand_on(self, unit: str, month: str, register: str) -> None:
        if self.view in self.grids:
            self.grids[self.view].stand_on(month if self.view == MONTHS else register, unit)

    def _state(self) -> UnitState:
        assert self.desk is not None and self._at is not None
        return self.desk.year.states[self._at[:2]]

    def _fill_panel(self) -> None:
        assert self.desk is not None and self._at is not None
        unit, (_, month, register) = self._state(), self._at
        self._form_off()
        self.panel.clear()
        self.panel.body.addWidget(Facts(model.facts(self.desk, unit), columns=1))
        allowed = model.allowed_of(self.desk, unit.code, month)
        if allowed:
            self.panel.body.addWidget(hairline())
            self.panel.body.addWidget(label("延期和免报", "fact"))
        for each in allowed:
            self.panel.body.addWidget(
                label(model.allowed_words(each), "muted" if each.ended else "", wrap=True)
            )
            if not each.ended and self.days.editable:
                button = Button(f"结束这项{each.kind}", partial(self._end, each.id), self.panel, role="small")
                self.panel.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if message := self._message(unit, month):
            self.panel.body.addWidget(hairline())
            self.panel.body.addWidget(label("催报的话", "fact"))
            self.panel.body.addWidget(label(message, "muted", wrap=True))
        self.panel.body.addStretch(1)
        self._foot(unit, month)
        sheet = f" · {REGISTERS[register].title}" if register else ""
        self.panel.open_for(
            f"{unit.code}/{month}", f"{unit.name} {Period(month).month} 月{sheet}", unit.word, model.look(unit) or "neutral"
        )  # fmt: skip
        self._fit()
        if self.left.isHidden() and self.foot:  # the grid that had the keyboard is away
            next(iter(self.foot.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _message(self, unit: UnitState, month: str) -> str:
        """What would be copied for a unit of the month that is shown."""
        assert self.desk is not None
        found = self.desk.urged if month == self.desk.period else ()
        one = next((each for each in found if each.code == unit.code), None)
        return urging.unit_text(one, self.context.unit_name, self.desk.year.today) if one is not None else ""

    def _foot(self, unit: UnitState, month: str) -> None:
        while (item := self.panel.foot.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.foot: dict[str, Button] = {}

        def add(key: str, words: str, on: Callable[[], object]) -> None:
            self.foot[key] = Button(words, on, self.panel, role="small")
            self.panel.foot.addWidget(self.foot[key])
            self.foot[key].show()  # at once: the keyboard may go there next

        if unit.received:
            add("file", "看收到的文件", lambda: self.file_asked.emit(unit.code, month))
        elif model.is_missing(unit):
            add("copy", "复制催报", lambda: self.copy_urging(unit.code, month))
        if self.days.editable and unit.merged_into:
            add("unmerge", "撤销归并", self._unmerge)
        elif self.days.editable and unit.word != UNUSED:
            add("allow", "延期、免报…", self.ask_exception)
        self.panel.foot.addStretch(1)

    def _fit(self) -> None:
        """A small screen has room for the grid or the panel, not for both."""
        px = tokens().metrics.px
        both = self.width() >= px(_BOTH)
        self.left.setVisible(self.panel.isHidden() or both)
        self.panel.setMaximumWidth(px(_PANEL) if both else _ANY)  # alone it takes all the room there is
        for help in self.help:
            help.setVisible(self.height() >= px(_LOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self.desk is not None and self._all_fit() != self.kinds[0].isHidden():
            self._show_grids()

    def _panel_closed(self) -> None:
        left, self._at = self._at, None
        self._fit()
        self._form_off()
        if self.isVisible():
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            if left is not None:
                self._stand_on(*left)

    # 延期 and 免报.

    def ask_exception(self) -> None:
        """The form in place of the facts."""
        assert self._at is not None
        unit, month, register = self._at
        self._form_off()
        self.panel.clear()
        self.form.start(unit, month, register, actions.successors(self.context.store, unit))
        self.panel.body.addWidget(self.form)
        self.panel.body.addStretch(1)
        for button in self.foot.values():
            button.hide()
        self.form.show()
        self.form.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _form_off(self) -> None:
        """The form out of the panel, so that clearing the panel does not take it along."""
        self.form.hide()
        self.panel.body.removeWidget(self.form)
        self.form.setParent(self)

    def _form_away(self) -> None:
        if self._at is not None:
            self._fill_panel()
            self.foot["allow"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _grant(self, wanted: Wanted) -> None:
        if wanted.kind == MERGED:
            name = actions.merge_unit(
                self.context.store, wanted.unit, wanted.into, wanted.first, wanted.reason
            )
            self._form_off()
            self.said.emit(f"从这个月起由{name}承接报送。", "以前的月份仍由原单位负责；可以撤销。", "ok")
            self._written()
            return
        made = actions.grant(
            self.context.store, wanted.unit, wanted.kind, wanted.first, wanted.last, reason=wanted.reason,
            approver=wanted.approver, register=wanted.register, due_on=wanted.due_on,
        )  # fmt: skip
        self._form_off()
        self.said.emit(
            f"已准予{self._state().name}{made.span}{made.kind}。",
            "已记下，可以随时结束；随下发的工作日历带给该单位。",
            "ok",
        )
        self._written()

    def _unmerge(self) -> None:
        code, name = self._state().code, self._state().name
        self._try(
            lambda: actions.undo_merging(self.context.store, code),
            lambda _none: (f"{name}恢复自己报送。", ""),
        )

    def _end(self, id: UUID) -> None:
        self._try(
            lambda: actions.end_exception(self.context.store, id),
            lambda made: (f"已结束{made.span}的{made.kind}，从现在起照常应报。", ""),
        )

    # The three days.

    def _save_days(self, opens: str, due: str, locks: str, note: str) -> None:
        period, today = self.context.period, self.context.today()
        try:
            first, day, last = (actions.read_day(typed, period, today) for typed in (opens, due, locks))
            made = actions.edit_cycle(self.context.store, "monthly", period, first, day, last, note)
        except KnownError as error:
            self.days.say_problem(str(error))
            return
        self.days.put_away()
        self.said.emit(
            f"{made.title}的日期已改：截止 {made.due_on}，锁定 {made.locks_on}。", "迟报天数随之重算。", "ok"
        )
        self._written()

    def _reset_days(self) -> None:
        period = self.context.period
        self._try(
            lambda: actions.reset_cycle(self.context.store, "monthly", period),
            lambda made: (f"{made.title}已恢复按计划：截止 {made.due_on}。", ""),
        )

    # 催报.

    def copy_urging(self, unit: str = "", month: str = "") -> None:
        """The whole list, or the message to one unit, on the clipboard."""
        text = actions.urged_text(self.context.store, month or self.context.period, unit)
        if not text:
            self.said.emit("都报齐了，没有要催的单位。", "", "ok")
            return
        QGuiApplication.clipboard().setText(text)
        what = "催报名单" if not unit else "给这家单位的催报"
        self.said.emit(f"{what}已复制，可以直接粘贴到聊天窗口。", "", "ok")

    def print_urging(self, unit: str = "") -> None:
        """The list, or the slip for one unit, as a paper."""
        store, period = self.context.store, self.context.period
        printing.ask(
            self, self.context, lambda _progress, _cancelled: actions.urge_paper(store, period, unit)
        )

    def _try(self, work: Callable[[], Any], words: Callable[[Any], tuple[str, str]]) -> None:
        try:
            made = work()
        except KnownError as error:
            self.said.emit(error.message, error.hint, "alarm")
            return
        self.said.emit(*words(made), "ok")
        self._written()

    def _written(self) -> None:
        self.context.changed()
        self.changed.emit()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self.said.emit(*words_of(error), "alarm")
