"""问题: the issue ledger, its clocks and its moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.deadlines import overdue_count
from db.models import issue
from desktop.pages.list_view import ListPlan
from desktop.pages.moves import move_buttons
from desktop.pages.register_page import RegisterPage


class IssuesPage(RegisterPage):
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
    )

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        buttons = move_buttons(
            "issue",
            record,
            self.context,
            lambda key, values, focus: self.open_form(key, values, focus, touched=True),
        )
        if buttons is not None:
            self.list.panel.body.insertWidget(0, buttons)

    def badge(self) -> int | None:
        with self.context.store.read() as session:
            return overdue_count(session, self.context.today(), None) or None
