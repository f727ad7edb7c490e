"""培育: candidates for 升规入统, 专精特新 and recognition as core enterprises. The views beside the list are in nurture_*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db.models import nurture
from db.records import Values
from desktop.actions import nurture as actions
from desktop.actions.moves import Moved
from desktop.actions.nurture import Candidate, Overview
from desktop.pages.list_view import ListPlan
from desktop.pages.moves import StepArea
from desktop.pages.nurture_flow import FlowView
from desktop.pages.nurture_panel import CandidatePanel
from desktop.pages.nurture_rules import RulesView
from desktop.pages.nurture_views import ExitView, SuggestView, TitleView
from desktop.pages.register_views import ViewsPage


class NurturePage(ViewsPage):
    """`open(view="suggest")` shows the suggestions; flow, exit, titles and rules are the others."""

    key, word, icon = "nurture", "培育", "sprout"
    list_word = "培育对象"
    views = (FlowView, SuggestView, ExitView, TitleView, RulesView)
    plan = ListPlan(
        "nurture",
        "培育",
        "登记培育对象",
        (
            "培育库还是空的",
            "登记一家接近升规线的企业，或从“建议名单”一键转入；走访里选“有升规潜力”也能转入。",
        ),
        "sprout",
        choices=(
            ("stage", "阶段", [(each, each) for each in nurture.STAGES]),
            ("nurture_type", "类型", [(each, each.removeprefix("数字经济")) for each in nurture.TYPES]),
        ),
        state_field="stage",
    )

    def read_counts(self) -> None:
        store, period, today = self.context.store, self.context.period, self.context.today()

        def done(found: Overview) -> None:
            self.set_count("suggest", found.suggestions)
            self.set_count("exit", found.warnings)
            self.set_count("titles", found.expiring)

        self.context.jobs.run(
            "nurture/overview", lambda _progress, _cancelled: actions.overview(store, period, today),
            title="统计培育", on_done=done, owner=self, quiet=True,
        )  # fmt: skip

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        steps = StepArea("nurture", record, self.context)
        steps.done.connect(self._moved)
        steps.stale.connect(self._stale_step)
        self.list.panel.body.insertWidget(0, steps)
        key, store, today = record["id"], self.context.store, self.context.today()
        self.context.jobs.run(
            "nurture/candidate", lambda _progress, _cancelled: actions.candidate(store, key, today),
            title="读取培育对象", on_done=self._show_candidate, owner=self, quiet=True,
        )  # fmt: skip

    def _show_candidate(self, found: Candidate | None) -> None:
        panel = self.list.panel
        if found is None or panel.record != found.record["id"].hex:
            return
        key: UUID = found.record["id"]
        made = CandidatePanel(
            found, lambda name, there: self._tick(key, name, there), lambda: self.show_view("rules")
        )
        panel.body.insertWidget(1, made)

    def _moved(self, moved: Moved) -> None:
        self.list.say(moved.words, moved.hint, "ok")
        self.context.changed("nurture", "enterprise")
        self.list.show_again()

    def _stale_step(self, _record: Values, words: str) -> None:
        self.list.say(words, "已换成最新的内容，请再看一眼。", "watch")
        self.list.show_again()

    def _tick(self, key: UUID, name: str, there: bool) -> None:
        store, actor = self.context.store, self.context.actor

        def failed(error: Exception) -> None:
            self.list.say(str(getattr(error, "message", error)), str(getattr(error, "hint", "")))

        self.context.jobs.run(
            "nurture/paper", lambda _progress, _cancelled: actions.tick_paper(store, key, name, there, actor),
            title="勾选材料", on_done=lambda _ticked: self.context.changed("nurture"), on_failed=failed, owner=self,
            supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip
