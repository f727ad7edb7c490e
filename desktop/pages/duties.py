"""任务: 责任清单 drawn from the plan and kept month by month; 联席议题 until they are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from db.models.duty import RUNNING
from db.periods import Period
from desktop.actions import duties as actions
from desktop.context import AppContext
from desktop.pages.plans import plan_for
from desktop.pages.stepped import Do, SteppedPage
from desktop.places import place


class DutiesPage(SteppedPage):
    key, word, icon = "duty", "责任清单", "tasks"
    plan = plan_for("duty")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.make = self.list.header.add(
            "由行动计划生成",
            self.make_list,
            tip="按行动计划的行动、目标和任务列出本年度的责任清单，已有的不重复",
        )
        self.make.hide()

    def refresh(self) -> None:
        super().refresh()
        self._count()

    def _count(self) -> None:
        store, period = self.context.store, self.context.period

        def show(missing: int) -> None:
            self.make.setVisible(missing > 0)
            self.make.setText(f"由行动计划生成（{missing} 项）")
            self.make.updateGeometry()

        self.context.jobs.run(
            f"missing/{id(self)}", lambda _progress, _cancelled: actions.tasks_missing(store, period), title="对照行动计划",
            on_done=show, owner=self, quiet=True,
        )  # fmt: skip

    def make_list(self) -> None:
        """Put the plan's tasks that are missing on the list."""
        store, period = self.context.store, self.context.period

        def done(made: list[UUID]) -> None:
            self.context.changed("duty")
            self.list.reload()
            words = (
                f"已由行动计划生成 {Period(period).year} 年任务 {len(made)} 项，责任领导、责任人和进展待填写"
            )
            self.list.offer_undo(words, partial(self._take_back, made))
            self._count()
            self.back_to_list()

        self.context.jobs.run(
            "duty/make", lambda _progress, _cancelled: actions.make_duty_list(store, period), title="生成责任清单",
            on_done=done, owner=self, supersede=False,
        )  # fmt: skip

    def _take_back(self, made: list[UUID]) -> None:
        actions.take_back_list(self.context.store, made)
        self._count()

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if record.get("status") not in RUNNING or record.get("asof_ym") == self.context.period:
            return ()
        return (("填本月进展", lambda: self.begin_month(record)),)

    def begin_month(self, record: Mapping[str, Any]) -> None:
        """Open the task at this month: last month's texts make room for the new ones."""
        fresh = {
            "asof_ym": self.context.period,
            "progress_text": None,
            "problem_text": None,
            "next_text": None,
        }
        self.open_form(
            record["id"], fresh, "done_value" if record.get("target_value") is not None else "progress_pct"
        )


class MattersPage(SteppedPage):
    key, word, icon = "matter", "联席议题", "board"
    plan = plan_for("matter")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if not record.get("issue_id"):
            return ()
        return (("看关联问题", lambda: self.goto_asked.emit(*place("issue", record=record["issue_id"]))),)
