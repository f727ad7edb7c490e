"""上云: cloud services of firms, and which of them count."""

from __future__ import annotations

from db.models import cloud
from desktop.pages.list_view import ListPlan
from desktop.pages.register_page import RegisterPage


class CloudPage(RegisterPage):
    key, word, icon = "cloud", "上云", "cloud"
    plan = ListPlan(
        "cloud",
        "上云",
        "登记上云",
        ("还没有上云记录", "登记一条，或在走访里填“已上云”后一键带出；只计已核实、本区、最早的一条。"),
        "cloud",
        choices=(
            ("verify_status", "核实状态", [(each, each) for each in cloud.VERIFY]),
            ("provider_brand", "品牌", [(each, each) for each in cloud.BRANDS]),
        ),
        state_field="verify_status",
    )
