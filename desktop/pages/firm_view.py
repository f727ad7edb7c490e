"""The card of one firm: facts, timeline with tabs, how things stand, revenue against the 升规 line, changes and their undo."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import values
from db.codes import mask_phone
from db.enterprise_events import Done
from db.errors import KnownError
from db.periods import Period
from db.registers import REGISTERS
from desktop.actions import enterprise_changes
from desktop.actions.enterprise_card import FirmCard, firm_card, kept_card
from desktop.actions.versions import Change, record_history
from desktop.context import AppContext
from desktop.forms.attachment_rows import open_entry
from desktop.pages.firm_change import ChangePanel, told
from desktop.pages.firm_parts import FirmRevenueCard, MaterialsCard, StandingCard
from desktop.pages.firm_timeline import (
    ALL,
    COLUMNS,
    FILES,
    HISTORY,
    FilesSource,
    TimelineSource,
    history_source,
    tabs,
)
from desktop.pages.paper import print_record
from desktop.pages.source import STATE_OF
from desktop.style.theme import tokens
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import Facts, TabStrip
from desktop.widgets.header import PageHeader
from desktop.widgets.keys import on_keys
from desktop.widgets.labels import hairline
from desktop.widgets.menu_button import MenuButton
from desktop.widgets.scroll import scrolling_column

_BEGIN = (
    ("登记问题", "issue"),
    ("登记上云", "cloud"),
    ("转入培育", "nurture"),
    ("制定一企一策", "firm_plan"),
    ("登记服务", "service"),
    ("安排挂点", "liaison"),
)

NOW = "now"
_TWO_COLUMNS = 860  # px from which the timeline and how things stand fit side by side


class FirmView(QWidget):
    """`show_firm(id)`; asks for other pages with `go(register, id or None)` and for forms with the other signals."""

    back_asked = Signal()
    edit_asked = Signal(object)
    new_asked = Signal(str, object)  # register, firm
    go = Signal(str, object)
    merge_asked = Signal(object)  # firm: with which other card?

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.firm: UUID | None = None
        self.card: FirmCard | None = None
        self._history: list[tuple[Change, str]] = []
        self._take_back: tuple[str, UUID] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens().metrics.margin)
        column.addWidget(self._build_header())
        self.message = Banner("", parent=self)
        self._undo_button = self.message.add("撤销", self._undo_last)
        self._undo_button.set_shortcut("Ctrl+Z", self)
        self.message.hide()
        column.addWidget(self.message)
        self.top = Card()
        self.facts = Facts([], 3)
        self.top.add(self.facts)
        column.addWidget(self.top)
        self._row = row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        column.addLayout(row, 1)
        self._narrow = False
        self.left = self._build_events()
        row.addWidget(self.left, 13)
        self.right = self._build_right()
        row.addWidget(self.right, 10)
        self.panel = ChangePanel(context, self)
        self.panel.changed.connect(self._was_changed)
        self.panel.undo_asked.connect(self._undo)
        self.panel.closed.connect(self._panel_closed)
        row.addWidget(self.panel)
        on_keys(self.table, "Backspace", self.back_asked.emit, alone=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for two columns, how things stand becomes a tab of its own."""
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_TWO_COLUMNS)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for button in self._spare:
            button.setVisible(not narrow)
        self.edit.setVisible(not narrow)
        if narrow:
            self.stack.addWidget(self.right)
        else:
            self.stack.removeWidget(self.right)
            self._row.insertWidget(1, self.right, 10)
        self.right.setVisible(not self.panel.isVisible())
        alone = narrow and self.panel.isVisible()
        self.left.setVisible(not alone)
        self.top.setVisible(not alone)
        if self.card is not None:
            self.header.set_chips(self._chips(self.card))
            self._set_tabs(self.card)

    def first_focus(self) -> QWidget:
        """The timeline: arrows move, Enter opens what is behind a line."""
        return self.table

    def show_firm(self, firm: UUID) -> None:
        """Read the card aside and show it; for a card that was merged, the one that stands for it."""
        if firm != self.firm:
            self.message.hide()
            self.panel.close_panel()
            if self.tabs.current:
                self.tabs.choose(ALL)
        self.firm = firm
        store, lookup, period = self.context.store, self.context.directory, self.context.period
        today, unit = self.context.today(), self.context.unit_code

        def work(_progress: Any, _cancelled: Any) -> tuple[FirmCard, list[tuple[Change, str]]]:
            key = kept_card(store, firm)
            return firm_card(store, key, lookup, period, today, unit), record_history(
                store, "enterprise", key, lookup
            )

        self.context.jobs.run(
            f"card/{id(self)}",
            work,
            on_done=lambda found: self._show(*found),
            on_failed=self._failed,
            owner=self,
            quiet=True,
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.say(error.message, error.hint, "alarm")

    def say(
        self, text: str, hint: str = "", state: str = "info", undo: tuple[str, UUID] | None = None
    ) -> None:
        """A line above the card; `undo` (“event” or “merge”, its key) gives it the button that takes it back."""
        self._take_back = undo
        self.message.say(text, hint, state)
        self._undo_button.setVisible(undo is not None)
        self.message.show()

    # Showing.

    def _show(self, card: FirmCard, history: list[tuple[Change, str]]) -> None:
        self.card, self._history = card, history
        firm = card.firm
        self.context.directory.remember_enterprises([(firm["id"], firm.get("name") or "")])
        if firm["id"] != self.firm:
            self.firm = firm["id"]
            self.say("那张档案已并入这一张。", "它名下的记录都在这里；合并可以在“档案变更”里查看和撤销。")
        self.header.set_title(firm.get("name") or "（未填名称）")
        self.header.set_chips(self._chips(card))
        self.facts.set(self._facts(firm))
        self._set_tabs(card)
        self.standing.show_lines(card.standing)
        self.revenue.show_card(card)
        self.materials.show_materials(card.materials)

    def _set_tabs(self, card: FirmCard) -> None:
        before = self.tabs.current
        own = [(NOW, "现状")] if self._narrow else []
        self.tabs.set_tabs([*own, *tabs(card.counts)])
        if not self._narrow and before == NOW:
            self.tabs.choose(ALL)
        else:
            self._show_tab(self.tabs.current)

    def _chips(self, card: FirmCard) -> list[tuple[str, str | None]]:
        firm = card.firm
        status = str(firm.get("status") or "")
        chips: list[tuple[str, str | None]] = [(status, STATE_OF.get(status, "neutral"))]
        if self._narrow:
            return chips  # the name needs the room
        if firm.get("de_core"):
            chips.append(("核心产业", "info"))
        if firm.get("is_above_scale") is not None:
            chips.append(("规上" if firm["is_above_scale"] else "规下", "neutral"))
        if firm.get("incomplete"):
            chips.append(("待补全", "watch"))
        if card.pressure.count:
            many = card.pressure.too_many
            month = (
                "本月"
                if str(Period.of_date(self.context.today())) == self.context.period
                else f"{card.pressure.day.month} 月"
            )
            chips.append((f"{month}已走访 {card.pressure.count} 次", "watch" if many else "neutral"))
        return chips

    def _facts(self, firm: dict[str, Any]) -> list[tuple[str, str]]:
        fields = {field.name: field for field in REGISTERS["enterprise"].fields}

        def shown(name: str) -> str:
            text = values.display(fields[name], firm.get(name), self.context.directory)
            return text or str((firm.get("unparsed") or {}).get(name) or "")

        def joined(*parts: str) -> str:
            return " · ".join(part for part in parts if part)

        revenue, asof = shown("revenue_ytd"), firm.get("revenue_asof")
        reason = firm.get("no_uscc_reason")
        core = (
            shown("de_class")
            if firm.get("de_core")
            else "不属于核心产业"
            if firm.get("de_core") is False
            else ""
        )
        money = f"{revenue} 万元" + (f"（截至 {Period(asof).month} 月）" if asof else "") if revenue else ""
        return [
            ("统一社会信用代码", shown("uscc") or (f"暂无：{reason}" if reason else "")),
            ("所属街道 · 园区", joined(shown("street_code"), shown("park_code"))),
            ("行业", shown("industry_code")),
            ("数字经济分类", core),
            ("联系人", joined(shown("contact"), mask_phone(firm["phone"]) if firm.get("phone") else "")),
            ("曾用名（简称）", shown("alias")) if firm.get("alias") else ("本年累计营业收入", money),
        ]

    def _show_tab(self, key: str) -> None:
        if self.card is None:
            return
        self.stack.setCurrentWidget(self.right if key == NOW else self.table)
        if key == NOW:
            self.right.show()
        elif key == FILES:
            self.table.set_source(FilesSource(self.context, self.card.firm["id"]), keep=False)
        elif key == HISTORY:
            self.table.set_source(history_source(self._history), keep=False)
        else:
            self.table.set_source(TimelineSource(self.context, self.card.firm["id"], key), keep=False)

    def _begin(self, register: str) -> None:
        self.new_asked.emit(register, self.firm)

    def _open(self, place: str) -> None:
        source = self.table.paged.source
        if isinstance(source, FilesSource):
            entry = source.files[int(place)].entry
            open_entry(self, self.context, entry, lambda words, state: self.say(words, "", state))
        if not isinstance(source, TimelineSource):
            return
        event = source.events[place]
        if event.change == "event" and event.record_id is not None:
            found = enterprise_changes.look_at_change(self.context.store, event.record_id)
            if found is not None:
                self._open_panel()
                self.panel.look(found)
        elif event.change == "merge":
            for merge in enterprise_changes.look_at_merges(
                self.context.store, self.card.firm["id"] if self.card else UUID(int=0)
            ):
                if merge.id == event.record_id:
                    self._open_panel()
                    self.panel.look_merge(merge)
        elif event.kind == "enterprise":
            self.edit_asked.emit(self.firm)
        elif event.kind != "return" and event.record_id is not None:
            self.go.emit(event.kind, event.record_id)

    # Changes of the card.

    def begin_change(self, kind: str = "") -> None:
        """Ask for a change in the panel."""
        if self.card is not None:
            self._open_panel()
            self.panel.begin(self.card.firm, kind)

    def _open_panel(self) -> None:
        if self._narrow:
            self.left.hide()
            self.top.hide()
        else:
            self.right.hide()

    def _back(self) -> None:
        """Esc closes what is open first."""
        if self.panel.isVisible():
            self.panel.close_panel()
        else:
            self.back_asked.emit()

    def _panel_closed(self) -> None:
        self.left.show()
        self.top.show()
        self.right.setVisible(not self._narrow or self.tabs.current == NOW)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _was_changed(self, kind: str, done: Done) -> None:
        words, hint = told(kind, done)
        self.say(words, hint, "watch" if done.pending else "info", ("event", done.id))
        self._written()

    def _written(self) -> None:
        self.context.changed("enterprise")
        if self.firm is not None:
            self.show_firm(self.firm)

    def _undo_last(self) -> None:
        if self._take_back is not None:
            self._undo(*self._take_back)

    def _undo(self, what: str, key: UUID) -> None:
        """Take a change or a merge back, aside: a merge may have moved many rows."""
        store, actor = self.context.store, self.context.actor
        undo = enterprise_changes.undo_merge if what == "merge" else enterprise_changes.undo_change

        def done(_result: Any) -> None:
            self.panel.close_panel()
            self.say(
                "合并已撤销，两张档案和各自的记录都回到合并之前。" if what == "merge" else "这次变更已撤销。"
            )
            self._written()

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            if self.panel.isVisible():
                self.panel.refuse(error)
            else:
                self.say(error.message, error.hint, "alarm")

        self.context.jobs.run(
            "enterprise/undo",
            lambda _progress, _cancelled: undo(store, key, actor),
            title="撤销",
            on_done=done,
            on_failed=failed,
            owner=self,
            supersede=False,
            cancellable=False,
        )

    # Building.

    def _build_header(self) -> PageHeader:
        self.header = PageHeader("", self)
        self.header.add("返回列表", self._back, "Esc", role="link", show_hint=False)
        self.more = MenuButton("更多", self, self.header)
        self.more.add("编辑档案", lambda: self.edit_asked.emit(self.firm))
        self.more.add(
            "更名、迁址、停业、注销…", self.begin_change, "Ctrl+Shift+G", tip="登记变更的日期和原因，可以撤销"
        )
        self.more.add(
            "与另一张档案合并…", lambda: self.merge_asked.emit(self.firm), tip="同一家企业建了两张档案时用"
        )
        self.more.add("打印档案…", self._print, "Ctrl+P", tip="经营档案：基本情况、现状、收入、问题和往来")
        self.more.menu_.addSeparator()
        for words, register in _BEGIN:
            self.more.add(words, partial(self._begin, register))
        self.more.menu_.addSeparator()
        self.header.add_widget(self.more)
        self.edit = self.header.add("编辑档案", lambda: self.edit_asked.emit(self.firm), "Ctrl+E")
        self._spare = [self.header.add("登记问题", lambda: self.new_asked.emit("issue", self.firm))]
        self.visit = self.header.add(
            "登记走访", lambda: self.new_asked.emit("visit", self.firm), "Ctrl+N", primary=True
        )
        return self.header

    def _print(self) -> None:
        if self.firm is not None:
            print_record(self, self.context, "enterprise", self.firm)

    def _build_events(self) -> Card:
        card = Card()
        self.tabs = TabStrip([(ALL, "全部往来")])
        self.tabs.chosen.connect(self._show_tab)
        card.add(self.tabs)
        card.add(hairline())
        empty = EmptyState("还没有往来", "登记走访、问题、上云或培育后，这里按时间列出来。", icon="clock")
        self.table = Table(ListSource(COLUMNS), header=False, empty=empty, jobs=self.context.jobs)
        self.table.setAccessibleName("往来")
        self.table.opened.connect(self._open)
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.table)
        card.add(self.stack, 1)
        return card

    def _build_right(self) -> QWidget:
        area, column = scrolling_column(tokens().metrics.margin)
        column.setContentsMargins(0, 0, 0, 0)
        self.standing = StandingCard()
        self.standing.go.connect(self.go)
        column.addWidget(self.standing)
        self.revenue = FirmRevenueCard()
        column.addWidget(self.revenue, 1)
        self.materials = MaterialsCard()
        self.materials.open_asked.connect(self._to_nurture)
        self.materials.hide()
        column.addWidget(self.materials)
        return area

    def _to_nurture(self) -> None:
        if self.card is not None and self.card.candidate is not None:
            self.go.emit("nurture", self.card.candidate["id"])
