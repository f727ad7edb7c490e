"""规则 in 设置: every rule with how often it spoke, and beside the list the chosen one in full. The panel is in rules_panel.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.actions import rules as actions
from desktop.actions.rules import RuleDetail, RuleLine
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.rules_model import COLUMNS, FIRED, LEVELS, SCOPES, kept, row
from desktop.pages.rules_panel import RulePanel
from desktop.pages.settings_parts import Say, Section
from desktop.places import place
from desktop.tables.model import ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_row import FilterRow


class _All(ListSource):
    """All rules on one page: a hundred and two, and any of them may be asked for."""

    def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
        return self.rows, None


class RulesSection(Section):
    """The list follows the month at the top; the panel follows the list. Enter goes into the panel, Esc closes it."""

    scrolls = False

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(context, say, parent)
        self._lines: Sequence[RuleLine] = ()
        self._asked = ""
        panel = RulePanel(context, self)
        self.filters = FilterRow(self, context.memory, "rules")
        self.filters.add_search(hint="编号或规则里的字", width=220)
        self.filters.add_choice("scope", "范围", [(None, "全部范围"), *((each, each) for each in SCOPES)])
        self.filters.add_choice("level", "级别", [(None, "全部级别"), *LEVELS])
        self.filters.add_choice("fired", "出现", [(None, "出现与否"), *FIRED])
        self.filters.changed.connect(lambda _values: self._show())
        self.body.addWidget(self.filters)
        self.table = Table(
            _All(COLUMNS), self, memory=context.memory, name="rules", fold=True,
            empty=EmptyState("没有符合的规则", "换一个范围、级别，或清除筛选。"),
        )  # fmt: skip
        self.table.setAccessibleName("规则")
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _id: panel.focus_first())
        card = Card("", flush=True)
        card.add(self.table, 1)
        self.panel = panel
        self.panel.changed.connect(self._changed)
        self.panel.record_asked.connect(self._goto)
        self.panel.closed.connect(self._back_to_list)
        row_ = QHBoxLayout()
        row_.setSpacing(16)
        left = QVBoxLayout()
        left.addWidget(card, 1)
        row_.addLayout(left, 1)
        row_.addWidget(self.panel)
        self.body.addLayout(row_, 1)

    # Reading.

    def refresh(self) -> None:
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "rules/list", lambda _progress, _cancelled: actions.rules(store, period), title="读取规则",
            on_done=self._read, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip
        if self.panel.record:
            self._ask(self.panel.record)

    def _read(self, lines: list[RuleLine]) -> None:
        self._lines = lines
        self._show()
        if self._asked:
            asked, self._asked = self._asked, ""
            self._choose(asked)

    def _show(self) -> None:
        found = kept(self._lines, self.filters.values())
        chosen = self.panel.record or self.table.current_id()
        self.table.set_source(_All(COLUMNS, [row(each) for each in found]))
        if chosen:
            self.table.choose(chosen)
        fired = sum(each.fired.month > 0 for each in self._lines)
        self.filters.set_note(f"共 {len(found)} 条，本月核对中出现过 {fired} 条")

    def _chosen(self, rule: str) -> None:
        if rule and rule != self.panel.record:
            self._ask(rule)

    def _ask(self, rule: str) -> None:
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "rules/one", lambda _progress, _cancelled: actions.rule(store, rule, period), title="读取规则",
            on_done=self._told, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _told(self, detail: RuleDetail) -> None:
        if self.table.current_id() in ("", detail.line.rule.id):
            self.panel.show_rule(detail)

    def _changed(self) -> None:
        self.context.changed()

    def _failed(self, error: Exception) -> None:
        self.say(*words_of(error), "alarm")

    # Moving.

    def open(self, rule: str = "", **_args: Any) -> None:
        """Show one rule: `goto("settings", section="rules", rule="VIS-004")`."""
        if rule:
            self.filters.clear()
            self._asked = rule
            if self._lines:
                self._choose(rule)

    def _choose(self, rule: str) -> None:
        if self.table.choose(rule):
            self._ask(rule)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back_to_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _goto(self, register: str, record: UUID) -> None:
        self.goto_asked.emit(*place(register, record=record))

    def first_focus(self) -> QWidget | None:
        return self.table

    def leave(self) -> bool:
        return self.panel.leave()
