"""培育: candidates for 升规入统, 专精特新 and recognition as core enterprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.models import nurture
from desktop.pages.list_view import ListPlan
from desktop.pages.moves import move_buttons
from desktop.pages.register_page import RegisterPage


class NurturePage(RegisterPage):
    key, word, icon = "nurture", "培育", "sprout"
    plan = ListPlan(
        "nurture",
        "培育",
        "登记培育对象",
        ("培育库还是空的", "登记一家接近升规线的企业，或在走访里选“有升规潜力”后一键转入。"),
        "sprout",
        choices=(
            ("stage", "阶段", [(each, each) for each in nurture.STAGES]),
            ("nurture_type", "类型", [(each, each) for each in nurture.TYPES]),
        ),
        state_field="stage",
    )

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        buttons = move_buttons(
            "nurture",
            record,
            self.context,
            lambda key, values, focus: self.open_form(key, values, focus, touched=True),
        )
        if buttons is not None:
            self.list.panel.body.insertWidget(0, buttons)
