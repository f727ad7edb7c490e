"""The first start: three steps, then the register is made aside and the window opens. Answers live in first_run_steps.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from db.store import Store
from desktop.actions import first_run as action
from desktop.jobs import Jobs
from desktop.memory import ForgetfulMemory
from desktop.pages.errors import words_of
from desktop.pages.files import WORKBOOK, ask_folder, ask_open
from desktop.pages.first_run_steps import PlaceStep, StartStep, Step
from desktop.pages.first_run_unit import UnitStep
from desktop.style.theme import set_property, tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.jobbar import JobBar
from desktop.widgets.labels import label


class FirstRun(QWidget):
    """`on_done(store)` is called once, with the open register; the caller shows its window then."""

    def __init__(
        self,
        parent: QWidget | None,
        on_done: Callable[[Store], None],
        *,
        root: Path | None = None,
        jobs: Jobs | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_done = on_done
        self._jobs = jobs or Jobs(self)
        self._memory = ForgetfulMemory()
        self._plan: Path | None = None
        self._made: action.Started | None = None
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("首次设置")
        self.setWindowTitle("千企台账 - 首次设置")
        self.unit = UnitStep(action.read_plan(None))
        self.place = PlaceStep(root or action.usual_root())
        self.start = StartStep()
        self.steps: tuple[Step, ...] = (self.unit, self.place, self.start)
        self._build()
        for step in self.steps:
            step.changed.connect(self._update)
            step.done.connect(self.go_on)
        self.unit.plan_asked.connect(self._ask_plan)
        self.place.folder_asked.connect(self._ask_folder)
        self.start.file_asked.connect(self._ask_file)
        self.show_step(0)

    # Building.

    def _build(self) -> None:
        m = tokens().metrics
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 16)
        row = QHBoxLayout()
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(16)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(column)
        holder.setMaximumWidth(m.px(760))
        holder.setMinimumWidth(m.px(560))
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row.addWidget(holder, 8)
        row.addStretch(1)
        outer.addLayout(row, 1)
        head = QHBoxLayout()
        head.addWidget(label("千企台账", "title"))
        head.addStretch(1)
        self.practice_button = Button("继续练习", self._open_practice, self, role="link")
        head.addWidget(self.practice_button)
        column.addLayout(head)
        self._marks = []
        marks = QHBoxLayout()
        marks.setSpacing(28)
        for number, words in enumerate(("单位", "位置", "开始"), start=1):
            mark = label(f"{number} {words}", "strong")
            self._marks.append(mark)
            marks.addWidget(mark)
        marks.addStretch(1)
        column.addLayout(marks)
        self.message = Banner(closable=False)
        self.message.hide()
        column.addWidget(self.message)
        self.card = Card("")
        self.told = label("", "muted", wrap=True)
        self.card.add(self.told)
        self.stack = QStackedWidget()
        self.stack.setFrameShape(QFrame.Shape.NoFrame)
        for step in self.steps:
            self.stack.addWidget(step)
        self.card.add(self.stack, 1)
        column.addWidget(self.card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.problem = label("", "muted")
        self.back = Button("上一步", self.go_back, self)
        self.back.set_shortcut("Alt+Left", self, show=False)
        self.next = Button("下一步", self.go_on, self, primary=True)
        self.next.set_shortcut("Ctrl+Return", self, show=False)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column.addLayout(foot)
        self.bar = JobBar(self._jobs)
        outer.addWidget(self.bar)

    # Moving.

    @property
    def at(self) -> int:
        return self.stack.currentIndex()

    def show_step(self, number: int) -> None:
        """Show a step and put the focus where typing starts."""
        step = self.steps[number]
        self.stack.setCurrentIndex(number)
        self.card.set_title(step.title)
        self.told.setText(step.text)
        for place, mark in enumerate(self._marks):
            set_property(mark, "state", "info" if place == number else "ok" if place < number else "neutral")
        self.message.hide()
        self._update()
        step.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """The next step, or the end; a step that is not done says what is missing."""
        if self._made is not None:
            self._finish()
            return
        step = self.steps[self.at]
        words = step.problem()
        if words:
            self.problem.setText(words)
            set_property(self.problem, "state", "alarm")
            step.first().setFocus()
        elif self.at + 1 < len(self.steps):
            self.show_step(self.at + 1)
        else:
            self._make()

    def go_back(self) -> None:
        if self.at > 0 and self._made is None:
            self.show_step(self.at - 1)

    def wishes(self) -> action.Wishes:
        """What has been chosen so far."""
        unit = self.unit.unit
        return action.Wishes(
            unit.code if unit else "", self.unit.role, self.unit.person.text().strip(), self.place.root_path,
            self.place.backup_path, self._plan, self.start.start, self.start.ledger_path,
            str(self.start.register.currentData()),
        )  # fmt: skip

    def _update(self) -> None:
        self.problem.setText("")
        self.back.setVisible(self.at > 0)
        self.next.setText("下一步" if self.at + 1 < len(self.steps) else "开始使用")
        self.practice_button.setVisible(action.has_register(action.practice_root(self.place.root_path)))

    # Asking.

    def _ask_plan(self) -> None:
        path = ask_open(self, self._memory, "选择计划文件", "计划文件 (*.json)")
        if path is not None:
            self.load_plan(path)

    def load_plan(self, path: Path) -> None:
        """Take another district's plan; one that does not hold together is not taken."""

        def taken(plan: object) -> None:
            self._plan = path
            self.message.hide()
            self.unit.set_plan(plan, path.name)  # type: ignore[arg-type]
            self.unit.search.setFocus()

        self._jobs.run(
            "first/plan", lambda _p, _c: action.read_plan(path), title="读取计划文件", on_done=taken,
            on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _ask_folder(self, which: str) -> None:
        edit = self.place.root if which == "root" else self.place.backups
        title = "选择数据文件夹" if which == "root" else "选择备份文件夹"
        found = ask_folder(self, self._memory, title, Path(edit.text()) if edit.text() else None)
        if found is not None:
            edit.setText(str(found))
            edit.setFocus()

    def _ask_file(self) -> None:
        found = ask_open(self, self._memory, "选择台账文件", f"{WORKBOOK};;表格文件 (*.xls *.csv *.et *.ods)")
        if found is not None:
            self.start.file.setText(str(found))
            self.start.file.setFocus()

    # Making.

    def _make(self) -> None:
        wishes = self.wishes()
        self._busy(True)
        self._jobs.run(
            "first/make", lambda progress, _cancelled: action.start(wishes, progress), title="建立台账",
            on_done=self._finished, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _open_practice(self) -> None:
        root = self.place.root_path
        self._busy(True)
        self._jobs.run(
            "first/make", lambda _p, _c: action.open_practice(root), title="打开练习台账",
            on_done=self._finished, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _finished(self, made: action.Started) -> None:
        self._busy(False)
        self._made = made
        if made.report is None:
            self._finish()
            return
        # Someone who brought a ledger wants to know what became of it before the window opens.
        report = made.report
        if report.outcome == "rejected":
            why = report.findings[0].message if report.findings else "文件没有读入。"
            self.message.say(
                "台账已建立，但这个文件没有导入。", f"{why}可以先打开，再在列表页“导入台账…”。", "watch"
            )
        else:
            words = f"读了 {report.rows_read} 行：新增 {report.stored}，更新 {report.updated}，未能识别 {report.bad}。"
            self.message.say(
                "导入完成。", words + "缺少的内容已标为“待补全”。", "ok" if not report.bad else "watch"
            )
        self.message.show()
        self.stack.setEnabled(False)
        self.back.hide()
        self.next.setText("打开台账")
        self.next.setFocus()

    def _finish(self) -> None:
        made, self._made = self._made, None
        if made is not None:
            self._on_done(made.store)

    def _failed(self, error: Exception) -> None:
        self._busy(False)
        self.message.say(*words_of(error), "alarm")
        self.message.show()
        self.steps[self.at].first().setFocus()

    def _busy(self, busy: bool) -> None:
        self.card.setEnabled(not busy)
        self.next.setEnabled(not busy)
        self.back.setEnabled(not busy)
