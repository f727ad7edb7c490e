"""走访: the visits of a month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.models import visit
from desktop.pages.list_view import ListPlan
from desktop.pages.register_page import RegisterPage
from desktop.widgets.button import Button


class VisitsPage(RegisterPage):
    key, word, icon = "visits", "走访", "pin"
    plan = ListPlan(
        "visit",
        "走访",
        "登记走访",
        ("这个月还没有走访记录", "登记第一家：选企业、写日期和情况，其余可按 Ctrl+D 从上次带出。"),
        "pin",
        choices=(
            ("visit_mode", "方式", [(each, each) for each in visit.MODES]),
            ("visit_type", "类型", [(each, each) for each in visit.TYPES]),
        ),
        scope="month",
        state_field="operation_trend",
    )

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        firm = record.get("enterprise_id")
        if firm is not None:
            card = Button(
                "企业档案", lambda: self.goto_asked.emit("enterprises", {"record": firm}), self, role="small"
            )
            self.list.panel.foot.addWidget(card)
