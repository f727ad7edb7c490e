"""报送日历: the cycles of a year, generated from the plan's rule; the office changes single ones. Clerks read it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from db.cadence import NAMES, Cycle, days_of, last_month
from db.coverage import UNUSED
from db.errors import KnownError
from db.periods import Period
from db.reporting_exceptions import EXEMPT
from desktop import printing
from desktop.actions import cadence as actions
from desktop.actions.cadence import CalendarDesk
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.receive_days import DaysStrip
from desktop.pages.receive_year_model import stage_chip
from desktop.pages.settings_parts import Say, Section
from desktop.pages.settings_start import StartStrip
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card

_COLUMNS = (
    Column("title", "事项", width=190, kind="strong", stretch=True, sort=False),
    Column("kind", "类别", width=80, kind="muted", sort=False),
    Column("opens", "报送开始", width=106, kind="date", sort=False),
    Column("due", "截止", width=106, kind="date", sort=False),
    Column("locks", "锁定", width=106, kind="date", sort=False),
    Column("stage", "现在", width=90, kind="chip", sort=False),
    Column("note", "说明", width=110, stretch=True, sort=False),
)


class CyclesSection(Section):
    """The chosen cycle's days stand below the list; Enter in the list goes to them."""

    scrolls = False

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(context, say, parent)
        self.desk: CalendarDesk | None = None
        self.year = Period(context.period).year
        self.supervisor = context.role == "supervisor"
        self.card = Card("报送日历", flush=True)
        self.before = Button("‹ 上一年", lambda: self.turn(-1), self, role="small")
        self.before.setAccessibleName("上一年")
        self.after = Button("下一年 ›", lambda: self.turn(1), self, role="small")
        self.after.setAccessibleName("下一年")
        self.print_button = Button("打印…", self._print, self, role="small")
        for button in (self.before, self.after, self.print_button):
            self.card.head.addWidget(button)
        self.table = Table(ListSource(_COLUMNS), memory=context.memory, name="cycles")
        self.table.setAccessibleName("全年报送日历")
        self.table.chosen.connect(lambda _key: self._stand_on())
        self.table.opened.connect(lambda _key: self._edit())
        self.card.add(self.table, 1)
        self.body.addWidget(self.card, 1)
        self.strip = DaysStrip(editable=self.supervisor)
        self.strip.save_asked.connect(self._save)
        self.strip.reset_asked.connect(self._reset)
        self.body.addWidget(self.strip)
        self.start = StartStrip(editable=self.supervisor)
        self.start.save_asked.connect(self._choose_start)
        self.start.hide()
        self.body.addWidget(self.start)

    def refresh(self) -> None:
        store, year = self.context.store, self.year
        self.context.jobs.run(
            "settings/cycles", lambda _progress, _cancelled: actions.read_calendar(store, year), title="读取报送日历",
            on_done=self._show, on_failed=lambda error: self.say(*words_of(error), "alarm"), owner=self, quiet=True,
        )  # fmt: skip

    def turn(self, by: int) -> None:
        """The year before or after."""
        self.year += by
        self.refresh()

    def _show(self, desk: CalendarDesk) -> None:
        if desk.year != self.year:
            return
        self.desk = desk
        moved = sum(_is_moved(each, desk) for each in desk.cycles)
        rule = "按计划和工作日历推算" + (f"，{moved} 项为{self.strip.whose}" if moved else "")
        self.card.set_title(f"{desk.year} 年报送日历", rule)
        rows = [_row(each, desk, self.strip.whose) for each in desk.cycles]
        self.table.set_source(ListSource(_COLUMNS, rows))
        self.start.show_start(desk.start, desk.chosen)
        chosen = self._chosen()
        if chosen is None:
            running = next((each for each in desk.cycles if each.due_on >= desk.today), desk.cycles[0])
            self.table.choose(_key(running))
        self._stand_on()

    def _chosen(self) -> Cycle | None:
        found = self.desk.cycles if self.desk is not None else ()
        return next((each for each in found if _key(each) == self.table.current_id()), None)

    def _stand_on(self) -> None:
        chosen = self._chosen()
        if self.desk is None or chosen is None:
            return
        if self.strip.cycle is not None and _key(self.strip.cycle) != _key(chosen):
            self.strip.put_away()
        ruled = self.desk.ruled[(chosen.kind, chosen.key)]
        self.strip.show_cycle(chosen, ruled, self.desk.today, _short(chosen))

    def _edit(self) -> None:
        if self.supervisor:
            self.strip.edit()

    def _save(self, opens: str, due: str, locks: str, note: str) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        month, today = Period.of_date(chosen.due_on), self.context.today()
        try:
            first, day, last = (actions.read_day(typed, month, today) for typed in (opens, due, locks))
            made = actions.edit_cycle(self.context.store, chosen.kind, chosen.key, first, day, last, note)
        except KnownError as error:
            self.strip.say_problem(str(error))
            return
        self.strip.put_away()
        self._told(f"{made.title}的日期已改：截止 {made.due_on}，锁定 {made.locks_on}。")

    def _reset(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        try:
            made = actions.reset_cycle(self.context.store, chosen.kind, chosen.key)
        except KnownError as error:
            self.say(error.message, error.hint, "alarm")
            return
        self._told(f"{made.title}已恢复按计划：截止 {made.due_on}。")

    def _choose_start(self, month: str) -> None:
        try:
            made = actions.choose_start(self.context.store, month)
        except KnownError as error:
            self.start.say_problem(str(error))
            return
        self.start.month.clearFocus()
        when = f"从 {made.month.display()}起收表" if made.month else "每个月都收表"
        self._told(
            f"{when}{'' if made.chosen else '（自动）'}。",
            "以前的月份不催报，不算漏报；下发时带上日历，单位也不再被要求补报。",
        )

    def _told(self, words: str, hint: str = "下发时带上日历，各单位的截止日随之改。") -> None:
        self.say(words, hint, "ok")
        self.context.changed()
        self.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _print(self) -> None:
        store, year = self.context.store, self.year
        printing.ask(self, self.context, lambda _progress, _cancelled: actions.calendar_paper(store, year))

    def first_focus(self) -> QWidget:
        return self.table

    def open(self, **args: Any) -> None:
        """`year=2025` shows another year."""
        if args.get("year"):
            self.year = int(args["year"])
            self.refresh()


def _short(each: Cycle) -> str:
    """Its title without the year, which stands above the list."""
    return each.title.removeprefix(f"{last_month(each.kind, each.key).year} 年").strip()


def _key(each: Cycle) -> str:
    return f"{each.kind}/{each.key}"


def _is_moved(each: Cycle, desk: CalendarDesk) -> bool:
    return days_of(each) != days_of(desk.ruled[(each.kind, each.key)])


def _row(each: Cycle, desk: CalendarDesk, whose: str) -> Row:
    allowed = desk.allowed.get(each.key, ()) if each.kind == "monthly" else ()
    exempt = any(found.kind == EXEMPT and found.register is None for found in allowed)
    note = "；".join(found.words for found in allowed) or each.note
    early = each.kind == "monthly" and desk.start.month is not None and each.key < desk.start.month
    stage = (EXEMPT, "neutral") if exempt else (UNUSED, "neutral") if early else stage_chip(each, desk.today)
    return Row(
        _key(each),
        {
            "title": each.title.removesuffix(NAMES[each.kind]), "kind": NAMES[each.kind], "opens": each.opens_on,
            "due": each.due_on, "locks": each.locks_on, "stage": Mark(*stage),
            "note": note or (whose if _is_moved(each, desk) else None),
        },
    )  # fmt: skip
