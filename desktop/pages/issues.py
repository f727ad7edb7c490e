"""问题: the ledger as a list, as a board by state, and who has to be urged; one side panel for all. Each view is in its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget
from sqlalchemy import select

from db import records, workflow
from db.deadlines import overdue_count
from db.models import Matter, issue
from db.records import Values
from db.registers import REGISTERS
from desktop.actions.moves import Moved
from desktop.context import AppContext
from desktop.pages import paper
from desktop.pages.issues_board import Board
from desktop.pages.issues_panel import IssuePanel
from desktop.pages.issues_urge import UrgeView
from desktop.pages.list_view import ListPlan
from desktop.pages.register_page import RegisterPage
from desktop.places import place
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.facts import TabStrip
from desktop.widgets.keys import on_keys

LIST, BOARD, URGE = "list", "board", "urge"
VIEWS = ((LIST, "问题台账"), (BOARD, "看板"), (URGE, "催办"))
_PANEL = 372
_MEMORY = "issues/view"


class IssuesPage(RegisterPage):
    """`open(view="board")` chooses a view; everything else as every register's page."""

    key, word, icon = "issues", "问题", "alert"
    plan = ListPlan(
        "issue",
        "问题",
        "登记问题",
        ("还没有问题", "企业反映的困难在这里登记、交办、办结、销号；走访里勾了“有问题诉求”可一键带出。"),
        "alert",
        choices=(
            ("status", "状态", [(each, each) for each in issue.STATUSES]),
            ("category", "类别", [(each, each) for each in issue.CATEGORIES]),
        ),
        checks=(("overdue", "已超期"),),
        hide=("issue_no",),
        state_field="status",
        own_panel=True,
    )

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.panel = self.list.panel
        self.panel.setFixedWidth(tokens().metrics.px(_PANEL))
        self.content: IssuePanel | None = None
        self.board: Board | None = None
        self.urge: UrgeView | None = None
        self.tabs = TabStrip(VIEWS, self, large=True)
        self.tabs.setAccessibleName("问题的几种看法")
        self.tabs.chosen.connect(self.show_view)
        self.list.header.set_lead(self.tabs)
        self.list.filters.changed.connect(lambda _values: self._read_view())
        self.panel.closed.connect(self._panel_closed)
        for keys, by, told in (("Ctrl+Tab", 1, "下一种看法"), ("Ctrl+Shift+Tab", -1, "上一种看法")):
            on_keys(self.list, keys, partial(self._step_view, by), told)
        on_keys(self.list, "Ctrl+M", self.offer_steps, "选下一步")
        on_keys(self.list, "Ctrl+Right", self.take_step, "办下一步")
        remembered = str(context.memory.get(_MEMORY, LIST))
        if remembered in dict(VIEWS) and remembered != LIST:
            self.tabs.select(remembered)
            self._show_view(remembered)

    # Views.

    @property
    def view(self) -> str:
        """Which of the three is shown."""
        return self.tabs.current or LIST

    def show_view(self, view: str) -> None:
        """List, board or 催办; the filters and the panel stay."""
        self.context.memory.set(_MEMORY, view)
        if self.tabs.current != view:
            self.tabs.select(view)
        self._show_view(view)
        if view == LIST:
            self.list.reload()
        else:
            self._read_view()
        focus = self.window().focusWidget()
        if focus is None or not self.tabs.isAncestorOf(focus):
            # What had the focus may have gone with the old view.
            target = self.first_focus()
            if target is not None and self.isVisible():
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_view(self, view: str) -> None:
        shown: QWidget | None = None
        if view == BOARD:
            shown = self._made_board()
        elif view == URGE:
            shown = self._made_urge()
            self.panel.close_panel()
        self.list.filters.setVisible(view != URGE)
        self.list.look.strip.setVisible(False if view != LIST else self.list.look.strip.isVisible())
        self.list.show_instead(shown)

    def _made_board(self) -> Board:
        if self.board is None:
            self.board = Board(self.context, self.list)
            self.board.chosen.connect(self._ask_record)
            self.board.opened.connect(lambda key: self.show_record(UUID(hex=key)))
            self.board.menu_asked.connect(self.offer_steps)
            self.board.delete_asked.connect(self.list.delete)
            self.board.dropped.connect(self.dragged)
        return self.board

    def _made_urge(self) -> UrgeView:
        if self.urge is None:
            self.urge = UrgeView(self.context, self.list)
            self.urge.said.connect(lambda words: self.list.say(words, "", "ok"))
            self.urge.print_asked.connect(self._print_urged)
        return self.urge

    def _print_urged(self) -> None:
        """催办单 of what is chosen in 催办: one unit, or all of them."""
        if self.urge is not None:
            paper.print_reminders(self.list, self.context, self.urge.chosen_unit())

    def _step_view(self, by: int) -> None:
        keys = [key for key, _word in VIEWS]
        self.show_view(keys[(keys.index(self.view) + by) % len(keys)])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _read_view(self) -> None:
        if self.view == BOARD and self.board is not None:
            self.board.read(self.list.query(), self.panel.record)
        elif self.view == URGE and self.urge is not None:
            self.urge.read()

    # What the window asks.

    def refresh(self) -> None:
        super().refresh()
        self._read_view()

    def open(self, **args: Any) -> None:
        view = args.pop("view", None)
        if view is None and args.get("filters") is not None and self.view == URGE:
            view = LIST  # a link to certain problems
        if view in dict(VIEWS):
            self.show_view(str(view))
        if args.get("record") and not any(args.get(name) for name in ("field", "edit", "defaults", "draft")):
            self.look_at(args["record"])
        elif args or view is None:
            super().open(**args)

    def look_at(self, record: UUID | str) -> None:
        """What a link to a problem leads to: its panel with the next step in reach; Enter in the list opens the form."""
        key = record if isinstance(record, UUID) else UUID(hex=str(record).replace("-", ""))
        self.close_form()
        if self.view == URGE:
            self.show_view(LIST)

        def show(found: Values) -> None:
            if self.view == LIST and self.list.table is not None:
                quiet = self.list.table.blockSignals(True)  # the panel is shown here, once
                self.list.table.choose(key.hex)
                self.list.table.blockSignals(quiet)
            self.show_panel(found)
            if self.content is not None:
                self.content.steps.focus_first()
            if self.view == BOARD and self.board is not None:
                self.board.read(self.list.query(), key.hex)

        self._with_record(key, show)

    def dragged(self, record_id: str, state: str) -> None:
        """A card was dragged to another column: that step begins in the panel, or it is said which ones are open."""
        role = self.context.role

        def begin(found: Values) -> None:
            self.show_panel(found)
            refused = workflow.refusal("issue", found, state, role)
            if refused is not None:
                self.list.say(*refused, "watch")
            elif self.content is None or not self.content.steps.choose(state):
                self.list.say(f"现在不能办到“{state}”。", "请看右侧列出的下一步。", "watch")

        self._with_record(UUID(hex=record_id), begin)

    def _with_record(self, key: UUID, then: Callable[[Values], None]) -> None:
        store = self.context.store

        def work(_progress: Any, _cancelled: Any) -> Values | None:
            with store.read() as session:
                return records.get(session, REGISTERS["issue"], key)

        def done(found: Values | None) -> None:
            if found is None or found["deleted_at"] is not None:
                self.list.say("这条问题已被删除。", "可以在列表里撤销删除，或重新登记。")
            else:
                then(found)

        self.context.jobs.run(f"panel/{id(self)}", work, on_done=done, owner=self, quiet=True)

    def first_focus(self) -> QWidget | None:
        if self.stack.currentWidget() is self.list and self.view != LIST:
            shown = self.board if self.view == BOARD else self.urge
            return shown.first_focus() if shown is not None else None
        return super().first_focus()

    def came_back(self) -> None:
        super().came_back()
        self._read_view()
        target = self.first_focus()
        if self.view != LIST and target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def badge(self) -> int | None:
        with self.context.store.read() as session:
            return overdue_count(session, self.context.today(), None) or None

    # The panel.

    def _ask_record(self, record_id: str) -> None:
        def show(found: Values) -> None:
            if self.board is not None and self.board.current_id() == record_id:
                self.show_panel(found)

        self._with_record(UUID(hex=record_id), show)

    def show_panel(self, record: Mapping[str, Any]) -> None:
        """The whole side panel of a problem, whichever view it was chosen in."""
        self.list.show_panel(dict(record))

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        self.content = IssuePanel(record, self.context, self.panel)
        self.content.done.connect(self._did)
        self.content.stale.connect(self._was_stale)
        self.panel.body.addWidget(self.content)
        raising = Button("提请联席会议", lambda: self.raise_matter(record), self.panel, role="small")
        raising.setAccessibleName("把这个问题提请联席会议")
        self.panel.body.addWidget(raising, 0, Qt.AlignmentFlag.AlignLeft)
        self.panel.body.addStretch(1)

    def raise_matter(self, record: Mapping[str, Any]) -> None:
        """What the offices can not settle goes before the joint meeting; a matter that is there already is shown."""
        with self.context.store.read() as session:
            known = session.scalar(
                select(Matter.id).where(Matter.issue_id == record["id"], Matter.deleted_at.is_(None)).limit(1)
            )
        if known is not None:
            self.goto_asked.emit(*place("matter", record=known))
            return
        firm = self.context.directory.name("enterprise", record.get("enterprise_id"))
        defaults = {
            "topic": f"{firm}：{record.get('category') or '问题'}",
            "raised_by_code": self.context.unit_code,
            "raised_on": self.context.today(),
            "issue_id": record["id"],
            "enterprise_id": record.get("enterprise_id"),
            "content": record.get("description"),
            "org_code": record.get("org_code"),
        }
        self.goto_asked.emit(*place("matter", new=True, defaults=defaults))

    def _panel_closed(self) -> None:
        self.content = None

    def _did(self, moved: Moved) -> None:
        self.list.say(moved.words, moved.hint, "ok")
        self.show_panel(moved.record)
        self.context.changed("issue")
        target: QWidget | None = self.board if self.view == BOARD else self.list.table
        if self.view == BOARD and self.board is not None:
            self.board.read(self.list.query(), moved.record["id"].hex)
            target = self.board.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _was_stale(self, theirs: Mapping[str, Any], words: str) -> None:
        """Somebody saved in between: the newer version is shown, what was typed stays where its step is still there."""
        unsaved = self.content.unsaved() if self.content is not None else ("", {}, "")
        self.list.say(words, "下面已是最新内容，请看过后再办这一步；刚才填的还在。", "watch")
        self.show_panel(theirs)
        if self.content is not None:
            self.content.take_up(unsaved)
        self.context.changed("issue")

    # Steps by key.

    def offer_steps(self, where: QPoint | None = None) -> None:
        """The next steps of the chosen problem as a menu; the chosen one's fields are asked in the panel."""
        if self.content is None or self.panel.isHidden():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        steps = self.content.steps.steps
        for step in steps:
            menu.addAction(step.word, lambda key=step.key: self.take_step(key))
        if not steps:
            menu.addAction("没有下一步了").setEnabled(False)
        if where is None and self.view == BOARD and self.board is not None:
            where = self.board.under()
        menu.popup(where or self.panel.mapToGlobal(QPoint(8, 40)))
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])

    def take_step(self, key: str = "") -> None:
        """Begin a step in the panel: the named one, or the way forward."""
        if self.content is None:
            return
        steps = self.content.steps.steps
        wanted = key or next((step.key for step in steps), "")
        if wanted:
            self.content.steps.choose(wanted)
