"""机会、产品、对接、发布: products that may suit an opportunity, and publishing what is not published yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.actions import supply as actions
from desktop.context import AppContext
from desktop.pages.plans import plan_for
from desktop.pages.stepped import Do, SteppedPage
from desktop.places import place
from desktop.widgets.button import Button
from desktop.widgets.labels import ElidedLabel, label


class OpportunitiesPage(SteppedPage):
    key, word, icon = "opportunity", "机会清单", "play"
    plan = plan_for("opportunity")

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        found = Suggestions(record["id"], self.context, self.list.panel)
        found.match_asked.connect(partial(self.begin_match, record["id"]))
        return found

    def begin_match(self, opportunity: UUID, product: UUID) -> None:
        """A match of the two, begun with what is known."""
        defaults = {
            "opportunity_id": opportunity,
            "product_id": product,
            "matched_on": self.context.today(),
            "org_code": self.context.unit_code,
        }
        self.goto_asked.emit(*place("match", new=True, defaults=defaults))


class Suggestions(QWidget):
    """Products that may suit, each with a button that brings the two together."""

    match_asked = Signal(object)

    def __init__(self, opportunity: UUID, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(label("可能合适的产品", "fact"))
        store = context.store
        context.jobs.run(
            f"suit/{id(self)}", lambda _progress, _cancelled: actions.products_for(store, opportunity), title="查找合适的产品",
            on_done=self._show, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, found: list[actions.Suggested]) -> None:
        if not found:
            self._column.addWidget(label("产品清单里还没有相近的产品。", "muted", wrap=True))
        for each in found:
            row = QHBoxLayout()
            row.setSpacing(8)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(ElidedLabel(each.name, "strong"))
            words.addWidget(ElidedLabel(f"{each.enterprise} · {each.scenes}", "muted"))
            row.addLayout(words, 1)
            if each.matched:
                row.addWidget(label("已对接", "muted"))
            else:
                button = Button("对接", partial(self.match_asked.emit, each.id), self, role="small")
                button.setAccessibleName(f"与 {each.name} 对接")
                row.addWidget(button)
            self._column.addLayout(row)


class ProductsPage(SteppedPage):
    key, word, icon = "product", "产品清单", "copy"
    plan = plan_for("product")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if record.get("enterprise_id") is None:
            return ()
        return (
            ("企业档案", lambda: self.goto_asked.emit(*place("enterprise", record=record["enterprise_id"]))),
        )


class ReleasesPage(SteppedPage):
    key, word, icon = "release", "发布批次", "upload"
    plan = plan_for("release")

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        holder = QWidget(self.list.panel)
        holder.setProperty("role", "plain")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        words = label("", "muted", wrap=True)
        column.addWidget(words)
        button = Button("列入本批次", partial(self.publish, record), holder, role="small")
        button.hide()
        column.addWidget(button)
        store, key, kind = self.context.store, record["id"], str(record.get("list_kind") or "清单")

        def show(waiting: int) -> None:
            words.setText(
                f"{kind}里有 {waiting} 条还没有发布过。" if waiting else f"{kind}里没有未发布的条目。"
            )
            button.setVisible(waiting > 0)
            button.setText(f"把这 {waiting} 条列入本批次")
            button.updateGeometry()

        self.context.jobs.run(
            f"waiting/{id(holder)}", lambda _progress, _cancelled: actions.unpublished(store, key), title="统计未发布条目",
            on_done=show, owner=holder, quiet=True,
        )  # fmt: skip
        return holder

    def publish(self, record: Mapping[str, Any]) -> None:
        """Everything of the list that is in no batch yet goes into this one."""
        store, key = self.context.store, record["id"]

        def done(entries: list[UUID]) -> None:
            self.context.changed("opportunity", "product")
            self.list.offer_undo(
                f"已把 {len(entries)} 条列入“{record.get('name') or ''}”",
                lambda: actions.take_back_publishing(store, key, entries),
            )
            self.back_to_list()

        self.context.jobs.run(
            "release/publish", lambda _progress, _cancelled: actions.publish(store, key), title="列入发布批次",
            on_done=done, owner=self, supersede=False,
        )  # fmt: skip
