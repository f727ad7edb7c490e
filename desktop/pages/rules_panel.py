"""The chosen rule in full: what it says and why, its limits, its grade, what was explained, who changed what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.checks.grades import GRADES, SHORTEST_REASON, WORDS
from db.errors import KnownError
from db.registers import REGISTERS
from desktop.actions import rules as actions
from desktop.actions.rules import RuleDetail, Told
from desktop.context import AppContext
from desktop.pages.rules_lines import LineBox
from desktop.pages.rules_model import STATE
from desktop.pages.settings_parameters import ParameterBox, WordsEdit
from desktop.pages.settings_parts import Choice, holder, line
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.labels import hairline, label, problem_line
from desktop.widgets.side_panel import SidePanel

SHOWN = 20  # explanations listed at once


class RulePanel(SidePanel):
    """`changed` after something was stored; `record_asked(register, id, field)` for 看记录."""

    changed = Signal()
    record_asked = Signal(str, object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=400)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # what it shows may have nothing to change
        self.context = context
        self.detail: RuleDetail | None = None
        self.boxes: dict[str, ParameterBox] = {}
        self.lines: dict[str, LineBox] = {}
        self.grade: Choice | None = None
        self.reason: QLineEdit | None = None
        self.withdrawals: dict[UUID, Button] = {}
        self.confirm = ConfirmStrip(self)
        self.foot.addWidget(self.confirm, 1)

    # Showing.

    def show_rule(self, detail: RuleDetail) -> None:
        """Fill the panel; the same rule again leaves what is being typed alone."""
        same = (
            self.detail is not None and self.detail.line.rule.id == detail.line.rule.id and self.isVisible()
        )
        if same and self._typing():
            return
        focused = self._focused_name() if same else ""
        self.detail = detail
        rule = detail.line.rule
        self.clear()
        self.boxes, self.lines, self.withdrawals, self.grade, self.reason = {}, {}, {}, None, None
        self.confirm.cancel()
        level = detail.line.level
        self._text(rule.rule, "strong")
        self._part("为什么", rule.why, f"依据：{rule.source}")
        self._part("提醒的话", *(_gaps(each) for each in (rule.message, *rule.more.values())))
        self._fired()
        self._limits(detail)
        self._grading(detail)
        self._explanations(detail)
        self._history(detail)
        self.body.addStretch(1)
        self.open_for(rule.id, f"{rule.id}　{rule.scope}", WORDS[level], STATE[level])
        if focused:
            self._focus_on(focused)

    def _text(self, words: str, role: str = "", parent: QVBoxLayout | None = None) -> None:
        (parent or self.body).addWidget(label(words, role, wrap=True))

    def _head(self, words: str) -> None:
        self.body.addWidget(hairline())
        self.body.addWidget(label(words, "label"))

    def _part(self, head: str, *texts: str) -> None:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(label(head, "label"))
        for number, words in enumerate(texts):
            self._text(words, "muted" if head == "为什么" and number else "", column)
        self.body.addWidget(holder(column))

    def _fired(self) -> None:
        assert self.detail is not None
        fired, told = self.detail.line.fired, self.detail.line.told
        words = f"本月 {fired.month:,} 次，本年 {fired.year:,} 次" if fired.year else "本年没有出现"
        self._part("出现", words + (f"（{told}）" if told else ""))

    def _limits(self, detail: RuleDetail) -> None:
        if not detail.limits and not detail.lines:
            return
        self._head("参数" if detail.limits else "入库标准（万元）")
        for each in detail.limits:
            box = ParameterBox(each, self.context)
            self.boxes[each.parameter.name] = box
            self.body.addWidget(box)
        if detail.lines and detail.limits:
            self.body.addWidget(label("入库标准（万元）", "label"))
        for one in detail.lines:
            made = LineBox(one, self.context)
            self.lines[one.id] = made
            self.body.addWidget(made)

    # The grade.

    def _grading(self, detail: RuleDetail) -> None:
        self._head("级别")
        rule, grade = detail.line.rule, detail.grade
        if detail.fixed:
            self._text(detail.fixed, "muted")
            return
        options = [
            (level, WORDS[level] + ("（默认）" if level == rule.severity.value else "")) for level in GRADES
        ]
        self.grade = Choice("级别", options)
        self.grade.set(detail.line.level)
        self.grade.chosen.connect(lambda _level: self._grade_chosen())
        self.body.addWidget(self.grade)
        if grade is not None:
            told = f"{grade.by} {_day(grade.at)} 改为“{grade.word}”：{grade.reason}"
            self._text(told, "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        self.reason = line("改级别的理由", f"为什么改，至少 {SHORTEST_REASON} 个字", self._save_grade)
        self.reason.setMaxLength(200)
        self.reason.textEdited.connect(lambda _text: self._say(""))
        row.addWidget(self.reason, 1)
        row.addWidget(Button("改级别", self._save_grade, self, role="small"))
        self.ask = holder(row)
        self.body.addWidget(self.ask)
        self.problem = problem_line()
        self.body.addWidget(self.problem)
        self.ask.hide()

    def _grade_chosen(self) -> None:
        assert self.detail is not None and self.grade is not None and self.reason is not None
        level = self.grade.value
        if level == self.detail.line.level:
            self.ask.hide()
        elif level == self.detail.line.rule.severity.value:
            self.ask.hide()
            self._run("保存级别", lambda: actions.save_grade(self.context.store, self.record, None))
        else:
            self.ask.show()
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save_grade(self) -> None:
        assert self.grade is not None and self.reason is not None
        level, reason, rule = self.grade.value, self.reason.text(), self.record
        if self.detail is not None and level != self.detail.line.level:
            self._run("保存级别", lambda: actions.save_grade(self.context.store, rule, level, reason))

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        if self.reason is not None:
            set_property(self.reason, "state", "error" if words else "")

    # Explanations.

    def _explanations(self, detail: RuleDetail) -> None:
        if not detail.told:
            return
        self._head(f"已接受的说明（{len(detail.told)}）")
        for each in detail.told[:SHOWN]:
            self.body.addWidget(self._told(each))
        if len(detail.told) > SHOWN:
            self._text(f"只列出最近的 {SHOWN} 条。", "muted")

    def _told(self, each: Told) -> QWidget:
        column = QVBoxLayout()
        column.setSpacing(2)
        self._text(each.where, "muted", column)
        self._text(each.message, "", column)
        self._text(f"说明：{each.text}", "", column)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(f"{each.by} {each.at.astimezone():%Y-%m-%d %H:%M}", "muted"))
        row.addStretch(1)
        if each.record_id is not None and each.register in REGISTERS:
            look = Button(
                "看记录", lambda: self.record_asked.emit(each.register, each.record_id), self, role="link"
            )
            look.setAccessibleName(f"看记录：{each.where}")
            row.addWidget(look)
        back = Button("撤回", lambda: self._ask_withdraw(each), self, role="link")
        back.setAccessibleName(f"撤回说明：{each.text}")
        back.setToolTip("撤回后，这条警告要重新说明。")
        self.withdrawals[each.id] = back
        row.addWidget(back)
        column.addLayout(row)
        return holder(column)

    def _ask_withdraw(self, each: Told) -> None:
        self.confirm.ask(
            f"撤回“{each.text}”？这条警告要重新说明。", "撤回",
            lambda: self._run("撤回说明", lambda: actions.withdraw(self.context.store, each.id)), danger=True,
        )  # fmt: skip

    def _history(self, detail: RuleDetail) -> None:
        if not detail.history:
            return
        self._head("修改记录")
        for each in detail.history[:SHOWN]:
            why = f"（{each.reason}）" if each.reason else ""
            self._text(
                f"{each.at.astimezone():%Y-%m-%d} {each.by}：{each.what} {each.before} → {each.after}{why}",
                "muted",
            )

    # Storing.

    def _run(self, title: str, work: Callable[[], Any]) -> None:
        self.context.jobs.run(
            "rules/save", lambda _progress, _cancelled: work(), title=title, on_done=lambda _none: self._stored(),
            on_failed=self._failed, owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _stored(self) -> None:
        if self.reason is not None:
            self.reason.clear()
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        if self.reason is not None:
            self._say(f"{error.message}{error.hint}")
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    # The keyboard.

    def focus_first(self) -> None:
        """Into the panel: the first thing that can be changed."""
        editors: list[QWidget] = [box.editor for box in self.boxes.values()]
        editors += [box.editor for box in self.lines.values() if box.editor.isEnabled()]
        if editors:
            editors[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.grade is not None:
            next(button for button in self.grade.buttons.values() if button.isChecked()).setFocus()
        elif self.withdrawals:
            next(iter(self.withdrawals.values())).setFocus()

    def _typing(self) -> bool:
        edits: list[QWidget] = [box.editor for box in self.boxes.values()]
        edits += [box.editor for box in self.lines.values()]
        typed = any(isinstance(each, QLineEdit | WordsEdit) and each.isModified() for each in edits)
        return typed or bool(self.reason is not None and self.reason.text())

    def _focused_name(self) -> str:
        focused = self.window().focusWidget()
        return focused.accessibleName() if focused is not None and self.isAncestorOf(focused) else ""

    def _focus_on(self, name: str) -> None:
        """Back to where the keyboard was before the panel was filled anew, once the new parts are shown."""
        live: list[QWidget] = [box.editor for box in self.boxes.values()]
        live += [box.editor for box in self.lines.values()]
        if self.grade is not None:
            live += [button for button in self.grade.buttons.values() if button.isChecked()]
        found = next((each for each in live if each.accessibleName() == name), live[0] if live else self)
        QTimer.singleShot(0, found, lambda: found.setFocus(Qt.FocusReason.OtherFocusReason))

    def leave(self) -> bool:
        """A line that is being typed in is stored."""
        focused = self.window().focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            focused.clearFocus()
        return True


def _gaps(sentence: str) -> str:
    """A sentence with its gaps as people mark them: 〔日期〕."""
    return sentence.replace("{", "〔").replace("}", "〕")


def _day(moment: str) -> str:
    return moment[:10]
