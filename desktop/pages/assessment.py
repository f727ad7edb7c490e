"""年度考核: a year's points, its scheme in versions, 加减分, 复核; the workbook and publishing. The parts are in assessment_*.py."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from db.assessment import whatif
from db.assessment.keeping import Version
from db.assessment.scheme import Scheme
from db.periods import Period
from desktop.actions import assessment as actions
from desktop.actions.assessment import Desk
from desktop.page import Page
from desktop.pages.assessment_notes import AppealsPart, PointsPart
from desktop.pages.assessment_scheme import SchemePart
from desktop.pages.assessment_scores import ScoresPart
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.settings_parts import holder
from desktop.pages.sources import open_source
from desktop.widgets.facts import TabStrip
from desktop.widgets.reason import ReasonLine
from desktop.widgets.stack import CurrentStack

SCORES, SCHEME, POINTS, APPEALS = "scores", "scheme", "points", "appeals"
WORDS = {SCORES: "得分", SCHEME: "方案", POINTS: "加减分", APPEALS: "复核"}


class AssessmentPage(Page):
    """The year follows the month in the top bar until another one is chosen. `open(year=2024, part="scheme")`."""

    key = "assessment"
    word = "年度考核"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.year = Period(context.period).year
        self.number: int | None = None  # the version looked at; None: the newest
        self.desk: Desk | None = None
        self.header.add("‹ 上一年", lambda: self.step(-1), tip="上一年")
        self.header.add("下一年 ›", lambda: self.step(1), tip="下一年")
        self.export_button = self.header.add(
            "导出考核表…", self.ask_export, "Ctrl+E", show_hint=False, tip="带公式的工作簿，含复核表和明细"
        )
        self.publish_button = self.header.add(
            "公布得分", self.ask_publish, primary=True, tip="留存为一版公布记录；再公布要写理由"
        )
        self._build()

    def _build(self) -> None:
        self.message = FileBanner(opens=True)
        self.body.addWidget(self.message)
        self.reason = ReasonLine(
            "再次公布的理由", "会随新的一版公布，如“复核后更正两项得分”", "公布新的一版", self.publish, self
        )
        self.reason.hide()
        self.body.addWidget(self.reason)
        self.tabs = TabStrip(list(WORDS.items()), self)
        self.tabs.setAccessibleName("年度考核的各部分")
        self.tabs.chosen.connect(self.show_part)
        self.versions = QComboBox()
        self.versions.setAccessibleName("评分方案的版本")
        self.versions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.versions.activated.connect(lambda _at: self._choose_version())
        row = QHBoxLayout()
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.versions)
        self.body.addWidget(holder(row))
        self.scores = ScoresPart(self)
        self.scores.rows_asked.connect(lambda period, key: open_source(self, period, key))
        self.scores.appealed.connect(self.appeal)
        self.scores.keep_asked.connect(self._keep_tried)
        self.scheme = SchemePart(self.context, self)
        self.scheme.save_asked.connect(self.save_scheme)
        self.points = PointsPart(self.context.memory, self)
        self.points.noted.connect(self.note_points)
        self.points.withdrawn.connect(self.withdraw)
        self.appeals = AppealsPart(self.context.memory, self)
        self.appeals.appealed.connect(self.appeal)
        self.appeals.decided.connect(self.decide)
        self.parts: dict[str, Any] = {
            SCORES: self.scores,
            SCHEME: self.scheme,
            POINTS: self.points,
            APPEALS: self.appeals,
        }
        self.stack = CurrentStack(self)
        for part in self.parts.values():
            self.stack.addWidget(part)
        self.body.addWidget(self.stack, 1)

    # Reading.

    def step(self, by: int) -> None:
        """Another year; changes of the scheme that are not saved keep the person here."""
        if self.leave():
            self.year, self.number = self.year + by, None
            self.refresh()

    def refresh(self) -> None:
        store, year, number = self.context.store, self.year, self.number
        self.context.jobs.run(
            "assessment/read", lambda _progress, _cancelled: actions.read_desk(store, year, number), title="计算年度得分",
            on_done=self._show, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, desk: Desk) -> None:
        if desk.year != self.year:
            return
        self.desk = desk
        chips = [(f"{desk.year} 年", "neutral"), (f"数据截至 {desk.result.as_of}", "neutral")]
        if desk.published:
            last = desk.published[-1]
            chips.append((f"已公布第 {last.version} 版", "watch" if desk.moved else "ok"))
        self.header.set_chips(chips)
        self._show_versions(desk)
        for part in self.parts.values():
            part.show_desk(desk)
        waiting = sum(each.open for each in desk.appeals)
        noted = sum(each.withdrawn_at is None for each in desk.entries)
        before = self.tabs.current
        counts = {POINTS: noted, APPEALS: waiting}
        self.tabs.set_tabs(
            [(key, f"{word} {counts[key]}" if counts.get(key) else word) for key, word in WORDS.items()]
        )
        self.tabs.select(before)

    def _show_versions(self, desk: Desk) -> None:
        self.versions.blockSignals(True)
        self.versions.clear()
        for each in reversed(desk.versions):
            self.versions.addItem(f"方案{each.words}", each.version)
        if not desk.versions:
            self.versions.addItem(desk.version.words, None)
        self.versions.setCurrentIndex(max(self.versions.findData(desk.version.version or None), 0))
        self.versions.blockSignals(False)

    def _choose_version(self) -> None:
        if self.desk is not None and not self.leave():
            self._show_versions(self.desk)
            return
        self.number = self.versions.currentData()
        self.refresh()

    def show_part(self, key: str) -> None:
        """得分, 方案, 加减分 or 复核."""
        self.tabs.select(key)
        self.stack.setCurrentWidget(self.parts[key])

    # Doing.

    def _run(self, title: str, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self.context.jobs.run(
            "assessment/do", lambda _progress, _cancelled: work(), title=title, on_done=done, on_failed=self._failed,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _stored(self, words: str, hint: str = "", file: Path | None = None) -> None:
        self.message.tell(words, hint, "ok", file)
        self.context.changed()
        self.refresh()

    def save_scheme(self, scheme: Scheme) -> None:
        """Keep the scheme; what is in use is left alone and the next version made."""
        store, year = self.context.store, self.year

        def done(made: Version) -> None:
            self.number = None
            # What was typed is kept now: the next reading shows it as it is.
            self.scheme.desk = None
            self._stored(f"方案已保存为第 {made.version} 版。", "用来导出或公布以后，这一版就不再改动。")

        self._run("保存方案", lambda: actions.save_scheme(store, year, scheme), done)

    def _keep_tried(self, changes: list[Any]) -> None:
        assert self.desk is not None
        self.scheme.put(whatif.as_scheme(self.desk.scheme, tuple(changes)))
        self.show_part(SCHEME)
        focus = self.scheme.first_focus()
        if focus is not None:
            focus.setFocus()

    def note_points(
        self, unit: str, kind: str, item: str, points: Decimal | None, reason: str, evidence: str
    ) -> None:
        """加分, 扣分 or 一票否决."""
        store, year = self.context.store, self.year

        def done(_key: Any) -> None:
            self.points.clear()
            self._stored(f"已登记{kind}：{item}。")

        self._run(
            "登记", lambda: actions.note_points(store, year, unit, kind, item, points, reason, evidence), done
        )

    def withdraw(self, key: UUID) -> None:
        """Take noted points back."""
        store = self.context.store
        self._run(
            "撤回",
            lambda: actions.withdraw_points(store, key),
            lambda _none: self._stored("已撤回，不再计分。"),
        )

    def appeal(self, unit: str, item: str, text: str) -> None:
        """复核申请 of a unit."""
        store, year = self.context.store, self.year

        def done(_key: Any) -> None:
            self.appeals.text.clear()
            reason = self.scores.panel.reason
            if reason is not None:
                reason.field.clear()
            self._stored("复核申请已登记。", "在“复核”里答复；导出的复核表会写明。")

        self._run("登记复核申请", lambda: actions.appeal(store, year, unit, item, text), done)

    def decide(self, key: UUID, decision: str, answer: str) -> None:
        """复核意见."""
        store = self.context.store

        def done(_none: Any) -> None:
            self.appeals.clear()
            self._stored(f"已答复：{decision}。")

        self._run("答复", lambda: actions.decide(store, key, decision, answer), done)

    def ask_export(self) -> None:
        """Where to, then the workbook."""
        out = ask_save(self, self.context.memory, "导出年度考核表", f"{self.year}年度考核.xlsx")
        if out is not None:
            self.export(out)

    def export(self, out: Path) -> None:
        """The workbook; its version of the scheme is in use from then on."""
        store, year, number = self.context.store, self.year, self.number

        def done(made: dict[str, Any]) -> None:
            scheme = made["scheme"]
            self._stored(
                f"考核表已写出：{out.name}。",
                f"用的是方案第 {scheme['version']} 版，这一版从此不再改动。",
                out,
            )

        self._run("写出年度考核表", lambda: actions.write_workbook(store, year, out, number), done)

    def ask_publish(self) -> None:
        """The first time at once; later with a reason."""
        if self.desk is not None and self.desk.published:
            self.reason.show()
            self.reason.start()
        else:
            self.publish("")

    def publish(self, reason: str) -> None:
        """Keep the points as a publication."""
        store, year, number = self.context.store, self.year, self.number

        def done(made: Any) -> None:
            self.reason.hide()
            self.reason.field.clear()
            self._stored(
                f"已公布：{made.title}第 {made.version} 版（第 {made.number} 号）。",
                "在“公布记录”里查看差异、复制通知。",
            )

        self._run("公布", lambda: actions.publish(store, year, number, reason), done)

    # Telling.

    def _failed(self, error: Exception) -> None:
        self.message.tell(*words_of(error), "alarm")

    # What the window asks.

    def open(self, **args: Any) -> None:
        if args.get("year"):
            self.year, self.number = int(args["year"]), None
        if args.get("part") in self.parts:
            self.show_part(str(args["part"]))
        self.refresh()

    def first_focus(self) -> QWidget | None:
        found: QWidget | None = self.parts[self.tabs.current].first_focus()
        return found

    def leave(self) -> bool:
        if self.scheme.dirty:
            self.show_part(SCHEME)
            self.message.tell("评分方案有改动还没有保存。", "请先保存，或放弃改动。", "watch")
            return False
        return True

    def badge(self) -> int | None:
        return None if self.desk is None else sum(each.open for each in self.desk.appeals) or None
