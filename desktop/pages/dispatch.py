"""月调度: 核对 → 说明 → 预览 → 上报, and what a month looks like once it is handed in. Every step by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from db.findings import Finding
from db.periods import Period
from db.special.definition import PREFIX
from desktop.actions import returns as actions
from desktop.actions import rules
from desktop.actions.attachments import with_attachments
from desktop.actions.sent_back import Taken, take_sent_back
from desktop.page import Page
from desktop.pages import dispatch_model as model
from desktop.pages.dispatch_check import CheckStep
from desktop.pages.dispatch_explain import ExplainStep
from desktop.pages.dispatch_files import ReturnFiles
from desktop.pages.dispatch_locked import LockedView
from desktop.pages.dispatch_model import Standing
from desktop.pages.dispatch_preview import PreviewStep
from desktop.pages.dispatch_submit import SubmitStep
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import WORKBOOK, ask_open, last_folder
from desktop.places import PAGE_OF
from desktop.widgets.facts import TabStrip

STEPS = (("check", "核对"), ("explain", "说明"), ("preview", "预览"), ("submit", "上报"))
_KEYS = [key for key, _ in STEPS]


class DispatchPage(Page):
    """`open(step=…)` shows a step. The month is checked when the page appears and after every change."""

    key = "dispatch"
    word = "月调度"
    icon = "board"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.standing: Standing | None = None
        self._wanted = ""
        self.files = ReturnFiles(context, self)
        self._previewed: object = None
        self.header.add("空白模板…", self.export_template, tip="给没装本软件的单位手工填写")
        self.header.add("导出草稿…", self.export_draft, tip="标明“草稿”，不锁定，可打印传阅")
        self.back = self.header.add("上一步", lambda: self._step(-1), "Alt+Left", show_hint=False)
        self.next = self.header.add("下一步", self.go_on, "Ctrl+Return", primary=True)
        self.message = FileBanner()
        self.body.addWidget(self.message)
        self.steps = TabStrip([(key, f"{place} {word}") for place, (key, word) in enumerate(STEPS, start=1)])
        self.steps.setAccessibleName("步骤")
        self.steps.chosen.connect(self.show_step)
        self.body.addWidget(self.steps)
        self.stack = QStackedWidget()
        self.check = CheckStep(context)
        self.explain = ExplainStep()
        self.preview = PreviewStep()
        self.submit = SubmitStep(context)
        self.locked = LockedView()
        for step in (self.check, self.explain, self.preview, self.submit, self.locked):
            self.stack.addWidget(step)
        self.body.addWidget(self.stack, 1)
        self._connect()

    def _connect(self) -> None:
        self.check.open_asked.connect(self.open_finding)
        self.check.recheck_asked.connect(self.refresh)
        self.explain.open_asked.connect(self.open_finding)
        self.explain.explained.connect(self._explain)
        self.explain.withdrawn.connect(self._withdraw)
        self.explain.next_asked.connect(lambda: self.show_step("preview"))
        self.submit.submit_asked.connect(self.hand_in)
        self.submit.cover_left.connect(self._keep_cover)
        self.submit.browse_asked.connect(self._browse)
        self.submit.step_asked.connect(self.show_step)
        self.locked.reopen_asked.connect(self._reopen)
        self.locked.folder_asked.connect(lambda: self.files.show_copy(self.standing))
        self.locked.save_asked.connect(lambda: self.files.copy(self.standing))
        self.locked.sent_back_asked.connect(self.take_sent_back)
        self.files.said.connect(self._say)
        self.files.failed.connect(self._failed)

    # Reading.

    def refresh(self) -> None:
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "dispatch/check", lambda _progress, _cancelled: model.read(store, period), title="核对这个月",
            on_done=self._show, on_failed=self._failed, owner=self,
        )  # fmt: skip

    def _show(self, standing: Standing) -> None:
        if str(standing.period) != self.context.period:
            return
        other = self.standing is None or self.standing.period != standing.period
        relocked = self.standing is None or self.standing.locked != standing.locked
        self.standing = standing
        self.header.set_title(f"{standing.period.month} 月回报")
        chips = [(standing.deadline.words, standing.deadline.state)] if not standing.locked else []
        if standing.locked:
            chips.append((f"第 {standing.revision} 版，已上报", "ok"))
        elif standing.revision > 1:
            chips.append((f"更正中，第 {standing.revision} 版", "watch"))
        self.header.set_chips(chips)
        self._name_steps(standing)
        if standing.locked:
            self.locked.show_standing(standing)
        else:
            self.check.show_standing(standing)
            self.explain.show_standing(standing)
            name = model.file_name(self.context.unit_name, standing)
            self.submit.show_standing(standing, last_folder(self.context.memory) / name)
        self._previewed = None
        wanted, self._wanted = self._wanted, ""
        if other or relocked or wanted:
            self.show_step(wanted or self._first_step(standing))
        else:
            self._arrange()
        self.badge_changed.emit()

    def _name_steps(self, standing: Standing) -> None:
        counts = {"check": standing.errors, "explain": len(standing.unexplained)}
        self.steps.set_tabs(
            [
                (key, f"{place} {word}" + (f"（{counts[key]}）" if counts.get(key) else ""))
                for place, (key, word) in enumerate(STEPS, start=1)
            ]
        )

    def _first_step(self, standing: Standing) -> str:
        if standing.errors or not standing.noted:
            return "check"
        return "explain" if standing.unexplained else "check"

    # Steps.

    @property
    def step(self) -> str:
        return self.steps.current

    def show_step(self, key: str) -> None:
        """Show a step; a month that is handed in has none."""
        if key in _KEYS and self.step != key:
            self.steps.blockSignals(True)
            self.steps.choose(key)
            self.steps.blockSignals(False)
        self._arrange()
        if self.step == "preview" and self.standing is not None and not self.standing.locked:
            self._read_preview()
        target = self.first_focus()
        if target is not None and self.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self) -> None:
        locked = self.standing is not None and self.standing.locked
        parts = {"check": self.check, "explain": self.explain, "preview": self.preview, "submit": self.submit}
        self.stack.setCurrentWidget(self.locked if locked else parts[self.step or "check"])
        for widget in (self.steps, self.back, self.next):
            widget.setVisible(not locked)
        self.back.setEnabled(self.step != "check")
        place = _KEYS.index(self.step or "check")
        last = place + 1 == len(_KEYS)
        self.next.setText("上报并锁定" if last else f"下一步：{STEPS[place + 1][1]}")
        ready = self.standing is not None and not self.standing.errors and not self.standing.unexplained
        self.next.setEnabled(not last or ready)

    def go_on(self) -> None:
        """The next step; from the last one, hand in."""
        if self.step == "submit":
            self.hand_in()
        else:
            self._step(1)

    def _step(self, by: int) -> None:
        place = max(0, min(len(_KEYS) - 1, _KEYS.index(self.step) + by))
        self.show_step(_KEYS[place])

    def _read_preview(self) -> None:
        if self._previewed is self.standing:
            return
        wanted = self.standing
        store, period = self.context.store, self.context.period

        def show(sheets: list[actions.PreviewSheet]) -> None:
            if self.standing is wanted:
                self._previewed = wanted
                had = self.stack.currentWidget() is self.preview
                self.preview.show_sheets(sheets)
                if had and self.isVisible() and self.preview.table is not None:
                    self.preview.table.setFocus()

        self.context.jobs.run(
            "dispatch/preview", lambda _progress, _cancelled: actions.preview(store, period), title="准备预览",
            on_done=show, on_failed=self._failed, owner=self,
        )  # fmt: skip

    # Doing.

    def open_finding(self, finding: Finding) -> None:
        """Go to the record and the field a finding is about."""
        if finding.register == model.COVER:
            self.show_step("submit")
            self.submit.show_findings([finding])
            return
        special = finding.register.startswith(PREFIX)
        page = "handdown" if special else PAGE_OF.get(finding.register, "")
        if not page:
            return
        args: dict[str, Any] = {"register": finding.register}
        if isinstance(finding.record_id, UUID):
            args |= {"record": str(finding.record_id), "field": finding.field, "edit": True, "back": self.key}
        self.goto_asked.emit(page, args)

    def _explain(self, findings: list[Finding], text: str) -> None:
        store, period = self.context.store, self.context.period

        def work(_progress: Any, _cancelled: Any) -> None:
            for finding in findings:
                actions.explain(store, period, finding, text)

        self.context.jobs.run(
            "dispatch/explain", work, title="保存说明", on_done=lambda _none: self.refresh(),
            on_failed=self._failed, owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _withdraw(self, explanation: UUID) -> None:
        store = self.context.store
        self.context.jobs.run(
            "dispatch/explain", lambda _progress, _cancelled: rules.withdraw(store, explanation), title="撤回说明",
            on_done=lambda _none: self.refresh(), on_failed=self._failed, owner=self, supersede=False,
            cancellable=False, quiet=True,
        )  # fmt: skip

    def _keep_cover(self, values: dict[str, Any]) -> None:
        store, period = self.context.store, self.context.period
        if self.standing is None or self.standing.locked:
            return
        self.context.jobs.run(
            "dispatch/cover", lambda _progress, _cancelled: actions.save_cover(store, period, values),
            title="保存封面", on_failed=self._failed, owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def hand_in(self) -> None:
        """上报: write the file, lock the month. What stands in the way is shown where it can be mended."""
        standing, out = self.standing, self.submit.target
        if standing is None or standing.locked or not self.next.isEnabled():
            return
        if out is None:
            self._say("请写明回报文件放在哪里。", "", "alarm")
            self.submit.out.setFocus()
            return
        store, period = self.context.store, self.context.period
        cover, zero = self.submit.cover(), self.submit.zero
        packed = self.submit.pack.isVisibleTo(self.submit) and self.submit.pack.isChecked()
        self.next.setEnabled(False)

        def work(progress: Any, _cancelled: Any) -> Any:
            progress(0, 0, "正在核对并写出回报")
            done = actions.submit_return(store, period, out, cover=cover, zero_report=zero)
            return with_attachments(store, period, done, progress) if packed else done

        self.context.jobs.run(
            "dispatch/submit", work, title="上报", on_done=self._handed_in, on_failed=self._not_handed_in,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _handed_in(self, done: Any) -> None:
        path = Path(done.out)
        self.context.memory.set("files/folder", str(path.parent))
        self.context.changed()
        words = "".join(done.warnings)
        self._say(
            f"第 {done.revision} 版已写到“{path.name}”，这个月已锁定。",
            words or "把文件交到区里就完成了。",
            "ok",
            path,
        )
        self.refresh()

    def _not_handed_in(self, error: Exception) -> None:
        self.next.setEnabled(True)
        self.submit.zero = False
        findings = getattr(error, "findings", [])
        self._failed(error)
        if not self.submit.show_findings(list(findings)):
            self.refresh()

    def _reopen(self, reason: str) -> None:
        store, period = self.context.store, self.context.period

        def done(revision: int) -> None:
            self.locked.reason.clear()
            self.context.changed()
            self._say(f"已重新打开，改好后上报第 {revision} 版。", "更正理由会印在封面上。", "info")
            self.refresh()

        self.context.jobs.run(
            "dispatch/reopen", lambda _progress, _cancelled: actions.reopen_month(store, period, reason),
            title="重新打开", on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def take_sent_back(self) -> None:
        """A workbook the district sent back: its reason opens the month again, its marks are listed in 核对."""
        path = ask_open(self, self.context.memory, "选择区里退回的文件", WORKBOOK)
        if path is None:
            return
        store = self.context.store

        def done(taken: Taken) -> None:
            self.context.set_period(taken.period)
            self._wanted = "check"
            self.context.changed()
            self._say(
                f"已重新打开{Period(taken.period).display()}，改好后上报第 {taken.revision} 版。",
                f"退回理由：{taken.reason}。标红的 {taken.opinions} 处列在下面。", "watch",
            )  # fmt: skip
            self.refresh()

        self.context.jobs.run(
            "dispatch/reopen", lambda _progress, _cancelled: take_sent_back(store, path), title="读取退回的文件",
            on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    # Other files.

    def export_draft(self) -> None:
        """The month as it stands, marked 草稿."""
        self.files.draft(self.standing)

    def export_template(self) -> None:
        """The same workbook, empty."""
        self.files.template(self.standing)

    def _browse(self) -> None:
        out = self.files.browse(self.standing)
        if out is not None:
            self.submit.out.setText(str(out))
        self.submit.out.setFocus()

    # Telling.

    def _say(self, text: str, hint: str = "", state: str = "info", path: Path | None = None) -> None:
        self.message.tell(text, hint, state, path)

    def _failed(self, error: Exception) -> None:
        self._say(*words_of(error), "alarm")

    # What the window asks.

    def open(self, **args: Any) -> None:
        step = str(args.get("step") or "")
        if step in _KEYS:
            self._wanted = step
            self.show_step(step)

    def first_focus(self) -> QWidget | None:
        if self.standing is None:
            return None
        if self.standing.locked:
            return self.locked.reason
        return {
            "check": self.check.first_focus, "explain": self.explain.first_focus,
            "preview": self.preview.first_focus, "submit": self.submit.first_focus,
        }[self.step or "check"]()  # fmt: skip

    def badge(self) -> int | None:
        if self.standing is None or self.standing.locked:
            return None
        return (self.standing.errors + len(self.standing.unexplained)) or None
