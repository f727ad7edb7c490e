"""上云: cloud services of firms, which of them count and why. The views beside the list are in cloud_*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.cloud_views import Why
from db.models import cloud
from desktop.actions import cloud as actions
from desktop.pages.cloud_compare import CompareView
from desktop.pages.cloud_conflicts import ConflictView
from desktop.pages.list_view import ListPlan
from desktop.pages.register_views import ViewsPage
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import label


class CloudPage(ViewsPage):
    """`open(view="compare")`, `open(view="conflicts")`; the list says of each record whether it counts."""

    key, word, icon = "cloud", "上云", "cloud"
    list_word = "上云记录"
    views = (CompareView, ConflictView)
    plan = ListPlan(
        "cloud",
        "上云",
        "登记上云",
        ("还没有上云记录", "登记一条，或在走访里填“已上云”后一键带出；只计已核实、本区、最早的一条。"),
        "cloud",
        choices=(
            ("verify_status", "核实状态", [(each, each) for each in cloud.VERIFY]),
            ("counted", "计数", [(True, "计数"), (False, "不计数")]),
        ),
        state_field="verify_status",
    )

    def read_counts(self) -> None:
        store, today = self.context.store, self.context.today()

        def work(_progress: Any, _cancelled: Any) -> tuple[bool, int]:
            caught_up = actions.catch_up(store, today)
            return caught_up, len(actions.conflicts(store, today))

        def done(found: tuple[bool, int]) -> None:
            self.set_count("conflicts", found[1])
            if found[0]:
                self.context.changed("cloud")

        self.context.jobs.run("cloud/overview", work, title="核对计数", on_done=done, owner=self, quiet=True)

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        key, firm = record["id"], record.get("enterprise_id")
        store, today = self.context.store, self.context.today()
        self.context.jobs.run(
            "cloud/why", lambda _progress, _cancelled: actions.why(store, key, firm, today), title="核对计数",
            on_done=lambda found: self._show_why(key, found), owner=self, quiet=True,
        )  # fmt: skip

    def _show_why(self, key: UUID, found: Why) -> None:
        panel = self.list.panel
        if panel.record != key.hex:
            return
        box = QWidget()
        box.setProperty("role", "plain")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        words = label(found.words, wrap=True)
        set_property(words, "state", "ok" if found.counted else "watch" if found.state == "watch" else "")
        column.addWidget(words)
        other = found.other
        if other is not None:
            button = Button("看计入的那条", lambda: self.show_record(other), box, role="small")
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        panel.body.insertWidget(0, box)
