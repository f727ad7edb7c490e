"""The list of a register: title and main action, filters, paged table, side panel, undo. Forms are opened by the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import drafts, lists, records
from db.errors import KnownError
from db.fields import Kind
from db.find import TEXTS
from db.lists import ListQuery
from db.periods import Period
from db.ranges import Between
from db.records import Values
from db.registers import REGISTERS
from desktop.actions.paste import is_block, open_rows
from desktop.actions.records import delete_record, restore_record, summary_of
from desktop.context import AppContext
from desktop.forms.side import clear
from desktop.page import SUPERVISOR
from desktop.pages import paper
from desktop.pages.detail import fill_detail
from desktop.pages.list_intake import ListIntake
from desktop.pages.list_look import ListLook
from desktop.pages.source import STATE_OF, RegisterSource, name_of
from desktop.style.theme import tokens
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_row import FilterRow
from desktop.widgets.header import PageHeader
from desktop.widgets.menu_button import MenuButton
from desktop.widgets.side_panel import SidePanel

CAP = 10_000


@dataclass(frozen=True)
class ListPlan:
    """What one register's list differs in."""

    register: str
    title: str
    new: str  # the main action
    empty: tuple[str, str]  # what belongs here, the first step
    icon: str
    choices: Sequence[tuple[str, str, Sequence[tuple[Any, str]]]] = ()  # filter: field, name, (value, word)
    checks: Sequence[tuple[str, str]] = ()  # filter: key, word
    scope: str | None = None  # where the period filter starts: "month", "year", None for all
    hide: Sequence[str] = ()
    state_field: str = ""  # the chip beside the panel's title
    buttons: Sequence[str] = field(default=())
    own_panel: bool = False  # the page fills the whole side panel by itself


class ListView(QWidget):
    """`new_asked`, `open_asked(id)`; `panel_filled(record)` lets the page put its own buttons under the panel."""

    new_asked = Signal()
    open_asked = Signal(str)
    draft_asked = Signal(object)  # drafts.Kept
    panel_filled = Signal(object)
    paste_asked = Signal(str, str)  # text and HTML of a block, both "" for an empty grid

    def __init__(self, plan: ListPlan, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan, self.context = plan, context
        self.extra: dict[str, Any] = {}  # filters that a link brought along and no choice shows
        self._undo: Callable[[], object] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader(plan.title, self)
        # What is done now and then, so that the header stays calm; pages and other parts add theirs.
        self.more = MenuButton("更多", self, self.header)
        self.header.add_widget(self.more)
        self.paste = self.header.add(
            "粘贴录入…", lambda: self.paste_asked.emit("", ""), "Ctrl+Shift+V", show_hint=False,
            tip="像在 Excel 里一样成块录入：粘贴一块或逐格填写，逐行核对后一起保存（Ctrl+Shift+V）",
        )  # fmt: skip
        self.new = self.header.add(plan.new, self.new_asked.emit, "Ctrl+N", primary=True)
        column.addWidget(self.header)
        self.draft = Banner("", state="info", parent=self)
        self.draft.add("继续填写", self._resume)
        self.draft.add("丢弃", self._discard)
        self.draft.hide()
        column.addWidget(self.draft)
        self.message = Banner("", parent=self)
        self._offer = self.message.add("", self._take_offer)
        self._on_offer: Callable[[], object] | None = None
        self._offer.hide()
        self.message.hide()
        column.addWidget(self.message)
        self.undo = Banner("", state="neutral", parent=self)
        self.undo_button = self.undo.add("撤销", self._take_back)
        self.undo_button.set_shortcut("Ctrl+Z", self)
        self.undo.hide()
        column.addWidget(self.undo)
        self.intake = ListIntake(self, plan.register, context)
        column.addWidget(self.intake.strip)
        self.filters = FilterRow(self, context.memory, plan.register)
        self._build_filters()
        column.addWidget(self.filters)
        self.look = ListLook(self, self)
        column.addWidget(self.look.strip)
        self._row = row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        column.addLayout(row, 1)
        self.more.add("导入台账…", self.import_ledger, tip="从单位自己的 Excel、WPS 台账读入，按表头对应各列")
        self.more.add("导出列表…", self.look.export, "Ctrl+Shift+E", tip="按现在的筛选、列和排序写成 Excel")
        paper.add_to_menu(self)
        self.card = Card(flush=True)
        row.addWidget(self.card, 1)
        self.empty = EmptyState(*plan.empty, plan.new, self.new_asked.emit, icon=plan.icon)
        self.table: Table | None = None
        self.panel = SidePanel(self, 340)
        row.addWidget(self.panel)
        self._kept: drafts.Kept | None = None

    # Reading.

    def reload(self) -> None:
        """Read the list again with the filters as they stand; the selected row stays selected."""
        self._scope_words()
        self._look_for_draft()
        self.intake.look()
        source = RegisterSource(self.context, self.query(), self.look.columns())
        if self.table is None:
            self._build_table(source)
        else:
            self.table.set_source(source)
        # Chosen columns are all to be seen, if need be by scrolling; the list's own give way one by one.
        self._built.set_fold(self.look.gives_way)
        self._count(source.query)
        self.look.show_name()

    def query(self) -> ListQuery:
        """What is asked for now."""
        chosen = self.filters.values()
        filters: dict[str, Any] = dict(self.extra)
        for name, _, _ in self.plan.choices:
            if chosen.get(name) is not None:
                filters[name] = chosen[name]
        for name in ("street", "unit"):
            if chosen.get(name):
                filters[name] = chosen[name]
        if chosen.get("incomplete"):
            filters["incomplete"] = True
        if chosen.get("overdue"):
            filters["overdue"] = self.context.today()
        self._apply_scope(chosen.get("scope"), filters)
        text = str(chosen.get("text") or "")
        return ListQuery(self.plan.register, filters, text, columns=self.look.fields())

    def shown_query(self) -> ListQuery:
        """What is shown now, its order included."""
        source = self.table.paged.source if self.table is not None else None
        return source.query if isinstance(source, RegisterSource) else self.query()

    @property
    def _built(self) -> Table:
        assert self.table is not None
        return self.table

    def choose_filters(self, wanted: Mapping[str, Any], told: str = "") -> None:
        """Show what a link asks for: known filters are chosen, others stay until taken off. `told`: what they mean."""
        blank = self.filters.blank()
        shown = {key for key, value in wanted.items() if self.filters.offers(key, value)}
        self.extra = {key: value for key, value in wanted.items() if key not in shown}
        firm = self.context.directory.name("enterprise", self.extra.get("enterprise_id"))
        said = told or firm or "所选的行"
        if month := self.extra.get("upto"):
            said += f"（{Period(month).display()}末的情况）"
        self.filters.pin(said if self.extra else "", self.show_all)
        self.filters.set_values({**blank, **{key: wanted[key] for key in shown}})

    def show_all(self) -> None:
        """Take off what a link filtered by."""
        self.extra = {}
        self.filters.pin("")
        self.filters.clear()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        """Typing starts in the search field."""
        return self.search

    # Filters.

    def _build_filters(self) -> None:
        hint = "名称、内容、拼音" if self.plan.register in TEXTS else "企业名称、拼音首字母、代码尾号"
        self.search = self.filters.add_search("text", hint, 240)
        if self.plan.scope is not None or self.plan.register != "enterprise":
            words = [(None, "全部时间"), ("month", "本月"), ("year", "本年")]
            self.scope = self.filters.add_choice("scope", "时间范围", words, self.plan.scope)
        for name, word, options in self.plan.choices:
            self.filters.add_choice(name, word, [(None, f"全部{word}"), *options])
        if self.context.role == SUPERVISOR:
            register = REGISTERS[self.plan.register]
            if register.has_enterprise or any(field.name == "street_code" for field in register.fields):
                self.filters.add_choice("street", "街道", [(None, "全部街道"), *self.context.streets()])
            else:
                units = self.context.directory.options("unit")
                self.filters.add_choice("unit", "单位", [(None, "全部单位"), *units])
        self.filters.add_check("incomplete", "待补全")
        for name, word in self.plan.checks:
            self.filters.add_check(name, word)
        self.filters.changed.connect(self._filtered)
        self.search.installEventFilter(self)

    def _filtered(self, _values: dict[str, Any]) -> None:
        self.reload()

    def _scope_words(self) -> None:
        if hasattr(self, "scope"):
            month = Period(self.context.period)
            self.scope.setItemText(1, f"{month.month} 月")
            self.scope.setItemText(2, f"{month.year} 年")

    def _apply_scope(self, scope: Any, filters: dict[str, Any]) -> None:
        register = REGISTERS[self.plan.register]
        if scope == "month":
            filters["period"] = self.context.period
        elif scope == "year" and register.key != "enterprise":
            year = Period(self.context.period).year
            first, last = Period.of(year, 1), Period.of(year, 12)
            by_month = register.field(register.placed_by).kind is Kind.PERIOD
            filters[register.placed_by] = (
                Between(str(first), str(last)) if by_month else Between(first.first_day, last.last_day)
            )

    # The table.

    def _build_table(self, source: RegisterSource) -> None:
        self.table = Table(
            source,
            memory=self.context.memory,
            name=self.plan.register,
            jobs=self.context.jobs,
            empty=self.empty,
            fold=True,
        )
        self.table.setAccessibleName(f"{self.plan.title}列表")
        self.card.add(self.table, 1)
        self.table.opened.connect(self.open_asked)
        self.table.chosen.connect(self._chosen)
        self.table.let_columns_move()
        self.table.columns_moved.connect(self.look.columns_moved)
        self.table.installEventFilter(self)
        self.table.paged.failed.connect(self._broke)
        self.setTabOrder(self.search, self.table)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if watched is self.search and key == Qt.Key.Key_Down and self.table is not None:
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            if self.table.paged.rowCount():
                self.table.choose(self.table.current_id() or self.table.paged.row_at(0).id)
            return True
        if watched is self.table and event.matches(QKeySequence.StandardKey.Paste):
            mime = QGuiApplication.clipboard().mimeData()
            self.paste_asked.emit(mime.text(), "" if mime.text().strip() else mime.html())
            return True
        if watched is self.table and key == Qt.Key.Key_Delete and self.table is not None:
            if self.table.current_id():
                self.delete(self.table.current_id())
            return True
        return False

    def _count(self, query: ListQuery) -> None:
        store = self.context.store

        def work(_progress: Any, _cancelled: Any) -> int:
            with store.read() as session:
                return lists.count(session, query, cap=CAP)

        def done(number: int) -> None:
            self.filters.set_note(f"{CAP:,} 条以上" if number >= CAP else f"共 {number:,} 条")
            filtered = self.filters.active or bool(self.extra)
            if number == 0 and filtered:
                self.empty.set_text("没有符合条件的记录", "换个条件，或按“清除筛选”看全部。")
            elif number == 0:
                self.empty.set_text(*self.plan.empty)

        self.context.jobs.run(f"count/{id(self)}", work, on_done=done, owner=self, quiet=True)

    def _broke(self, error: Exception) -> None:
        self.say(f"列表没有读出来：{error}", str(getattr(error, "hint", "")))

    # The panel.

    def _chosen(self, record_id: str) -> None:
        if not record_id:
            self.panel.close_panel()
            return
        store, register = self.context.store, REGISTERS[self.plan.register]

        def work(_progress: Any, _cancelled: Any) -> Values | None:
            with store.read() as session:
                return records.get(session, register, UUID(hex=record_id))

        self.context.jobs.run(f"panel/{id(self)}", work, on_done=self._show_panel, owner=self, quiet=True)

    def _show_panel(self, record: Values | None) -> None:
        if record is not None and self.table is not None and self.table.current_id() == record["id"].hex:
            self.show_panel(record)

    def show_panel(self, record: Values) -> None:
        """The side panel of a record, whatever the table is at just now."""
        clear(self.panel.body)
        while (item := self.panel.foot.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        if not self.plan.own_panel:
            fill_detail(self.panel.body, self.plan.register, record, self.context)
        name = name_of(self.plan.register, record, self.context.directory)
        state = str(record.get(self.plan.state_field) or "") if self.plan.state_field else ""
        key = record["id"].hex
        opening = Button("打开", lambda: self.open_asked.emit(key), self.panel, role="small", hint="Enter")
        opening.setAccessibleName(f"打开 {name}")
        self.panel.foot.addWidget(opening)
        paper.add_to_panel(self, record)
        self.panel_filled.emit(record)
        self.panel.foot.addStretch(1)
        removing = Button("删除", lambda: self.delete(key), self.panel, role="small-danger", hint="Delete")
        removing.setAccessibleName(f"删除 {name}")
        self.panel.foot.addWidget(removing)
        self.panel.open_for(
            key, name or REGISTERS[self.plan.register].noun, state, STATE_OF.get(state, "neutral")
        )

    def show_again(self) -> None:
        """Read the selected record once more for the panel: something about it changed."""
        if self.table is not None and self.panel.isVisible():
            self._chosen(self.table.current_id())

    def import_ledger(self) -> None:
        """Ask for a ledger of the office's own; the page shows what it holds."""
        self.intake.ask()

    # Delete and undo, drafts.

    def delete(self, record_id: str) -> None:
        """Put a record aside; the strip above the list takes it back."""
        key = UUID(hex=record_id)
        register, store, actor = self.plan.register, self.context.store, self.context.actor
        with store.read() as session:
            record = records.get(session, REGISTERS[register], key) or {}
        try:
            delete_record(store, register, key, actor)
        except KnownError as error:
            self.say(error.message, error.hint)
            return
        self.message.hide()
        self.panel.close_panel()
        said = f"已删除：{summary_of(register, record, self.context.directory)}"
        self.offer_undo(said, lambda: restore_record(store, register, key, actor))
        self.context.changed(register)
        self.reload()

    def offer_undo(self, text: str, take_back: Callable[[], object]) -> None:
        """A strip above the list that says what was done and takes it back (Ctrl+Z)."""
        self._undo = take_back
        self.undo.say(text, "", "neutral")
        self.undo.show()

    def _take_back(self) -> None:
        if self._undo is None:
            return
        try:
            self._undo()
        except KnownError as error:
            self.say(error.message, error.hint)
            return
        self._undo = None
        self.undo.hide()
        self.context.changed(self.plan.register)
        self.reload()

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None:
        """Show a line above the list."""
        self._offer.hide()
        self.message.say(text, hint, state)
        self.message.show()

    def offer(self, word: str, on: Callable[[], object]) -> None:
        """A button beside what was just said."""
        self._on_offer = on
        self._offer.setText(word)
        self._offer.show()

    def _take_offer(self) -> None:
        if self._on_offer is not None:
            self._on_offer()

    def show_instead(self, view: QWidget | None) -> None:
        """Another view of what the filters find in the table's place (None: the table again)."""
        if view is not None and self._row.indexOf(view) < 0:
            self._row.insertWidget(1, view, 1)
        for place in range(self._row.count()):
            item = self._row.itemAt(place).widget()
            if item is not None and item not in (self.panel, self.card) and item.property("instead"):
                item.setVisible(item is view)
        if view is not None:
            view.setProperty("instead", True)
            view.show()
        self.card.setVisible(view is None)

    def put_beside(self, panel: QWidget) -> None:
        """A panel of its own at the right of the list."""
        self._row.addWidget(panel)

    def _look_for_draft(self) -> None:
        mine = [each for each in drafts.all_drafts(self.context.store) if each.register == self.plan.register]
        self._kept = mine[0] if mine else None
        if self._kept is None:
            self.draft.hide()
            return
        when = self._kept.saved_at.astimezone()
        what = f"一份没填完的{self.plan.new.removeprefix('登记').removeprefix('新建')}"
        if is_block(self._kept):
            what = f"一批没保存的粘贴录入，{open_rows(self._kept):,} 行"
        self.draft.say(f"有{what}（{when:%m-%d %H:%M}）", "", "info")
        self.draft.show()

    def _resume(self) -> None:
        if self._kept is not None:
            self.draft_asked.emit(self._kept)

    def _discard(self) -> None:
        if self._kept is not None:
            drafts.drop(self.context.store, self._kept.key)
            self.draft.hide()
