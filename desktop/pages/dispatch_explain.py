"""说明: every warning that is right as it stands gets its reason, in the line below it; once, and it is remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from db import explanations
from db.findings import Finding
from desktop.pages.dispatch_model import Noted, Standing
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import ElidedLabel, hairline, label, problem_line

SHOWN = 40


class ReasonLine(QLineEdit):
    """Ctrl+Enter with something typed is `for_all`; with nothing typed it goes on to the page."""

    for_all = Signal()

    def __init__(self, takes_all: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes_all = takes_all

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._mine(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._mine(event):
            self.for_all.emit()
        else:
            super().keyPressEvent(event)

    def _mine(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return self._takes_all and enter and ctrl and bool(self.text().strip())


class ExplainRow(QWidget):
    """One warning: what and where, the line to type in, what is wrong with the text."""

    given = Signal(object, str, bool)  # the row, the text, for all of the same kind

    def __init__(self, noted: Noted, alike: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.noted = noted
        self.alike = alike
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        where = " · ".join(part for part in (noted.register, noted.record, noted.field) if part)
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(where, "muted"), 1)
        self.open = Button("看记录", None, self, role="link")
        head.addWidget(self.open)
        column.addLayout(head)
        column.addWidget(label(noted.finding.message, "strong", wrap=True))
        line = QHBoxLayout()
        line.setSpacing(8)
        self.edit = ReasonLine(bool(alike))
        self.edit.setMaxLength(500)
        self.edit.setPlaceholderText(f"写明原因，至少 {explanations.SHORTEST} 个字；数字错了就去改记录")
        self.edit.setAccessibleName(f"说明：{noted.finding.message}")
        self.edit.returnPressed.connect(lambda: self._give(False))
        self.edit.textEdited.connect(lambda _text: self.show_problem(""))
        line.addWidget(self.edit, 1)
        self.save = Button("保存", lambda: self._give(False), self, role="small")
        self.save.setAccessibleName(f"保存说明：{where}")
        line.addWidget(self.save)
        if alike:
            self.all = Button(f"同类 {alike + 1} 条都用它", lambda: self._give(True), self, role="small")
            self.all.setToolTip("Ctrl+Enter")
            line.addWidget(self.all)
            self.edit.for_all.connect(lambda: self._give(True))
        column.addLayout(line)
        self.problem = problem_line()
        column.addWidget(self.problem)

    def show_problem(self, words: str) -> None:
        """Say what is wrong with the text, "" when nothing is."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_property(self.edit, "state", "error" if words else "")

    def _give(self, all_alike: bool) -> None:
        text = self.edit.text().strip()
        problem = explanations.problem(text)
        if problem:
            self.show_problem(problem)
            self.edit.setFocus()
            return
        self.given.emit(self, text, all_alike)


class ExplainStep(QWidget):
    """`explained(findings, text)` asks the page to keep an explanation, `withdrawn(key)` to take one back."""

    explained = Signal(list, str)
    withdrawn = Signal(object)  # the explanation's key
    open_asked = Signal(object)
    next_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.rows: list[ExplainRow] = []
        self.told: list[ToldRow] = []
        self._typed: dict[Finding, str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.note = label("", "muted", wrap=True)
        column.addWidget(self.note)
        self.card = Card(flush=True)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(0)
        self.area.setWidget(inner)
        self.card.add(self.area, 1)
        self.empty = EmptyState(
            "没有要说明的警告",
            "说明过的都记着，数字不变下个月不再问。",
            "去预览",
            self.next_asked.emit,
            icon="done",
        )
        self.card.add(self.empty, 1)
        column.addWidget(self.card, 1)

    def show_standing(self, standing: Standing) -> None:
        """Open warnings first, then what has been explained."""
        self._remember()
        at = self._focused()
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []
        unexplained = standing.unexplained
        kinds: dict[str, int] = {}
        for each in unexplained:
            kinds[each.finding.id] = kinds.get(each.finding.id, 0) + 1
        for each in unexplained[:SHOWN]:
            row = ExplainRow(each, kinds[each.finding.id] - 1)
            row.edit.setText(self._typed.get(each.finding, ""))
            row.given.connect(self._given)
            row.open.clicked.connect(self._opener(each.finding))
            self.rows.append(row)
            self._column.addWidget(row)
            self._column.addWidget(hairline())
        self.told = []
        for each in standing.explained:
            told = ToldRow(each)
            told.back.clicked.connect(self._taker(each))
            self.told.append(told)
            self._column.addWidget(told)
            self._column.addWidget(hairline())
        self._column.addStretch(1)
        self.area.setVisible(bool(unexplained or standing.explained))
        self.empty.setVisible(not unexplained and not standing.explained)
        hidden = f"先列出 {SHOWN} 条，说明后再列其余；" if len(unexplained) > SHOWN else ""
        self.note.setText(
            f"还有 {len(unexplained)} 条警告要说明。{hidden}数据确实没错的写明原因，错了的去改。"
            if unexplained
            else f"警告都已说明（{len(standing.explained)} 条），可以预览。"
            if standing.explained
            else ""
        )
        self.note.setVisible(bool(self.note.text()))
        if at is not None and self.rows:
            self.rows[min(at, len(self.rows) - 1)].edit.setFocus()

    def first_focus(self) -> QWidget | None:
        if self.rows:
            return self.rows[0].edit
        return self.empty.button if self.empty.isVisibleTo(self) else None

    def _given(self, row: ExplainRow, text: str, all_alike: bool) -> None:
        findings = [row.noted.finding]
        if all_alike:
            findings = [
                each.noted.finding for each in self.rows if each.noted.finding.id == row.noted.finding.id
            ]
        for finding in findings:
            self._typed.pop(finding, None)
        row.edit.clear()
        self.explained.emit(findings, text)

    def _remember(self) -> None:
        """What is half typed survives a recheck."""
        for row in self.rows:
            if row.edit.text():
                self._typed[row.noted.finding] = row.edit.text()

    def _focused(self) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.edit.hasFocus()), None)

    def _taker(self, each: Noted) -> Callable[[], None]:
        return lambda: self.withdrawn.emit(each.given_id)

    def _opener(self, finding: Finding) -> Callable[[], None]:
        return lambda: self.open_asked.emit(finding)


class ToldRow(QWidget):
    """A warning that was explained: by whom, when, and whether in an earlier month; it can be taken back."""

    def __init__(self, each: Noted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(2)
        where = " · ".join(part for part in (each.register, each.record, each.field) if part)
        column.addWidget(label(where, "muted", wrap=True))
        column.addWidget(label(each.finding.message, wrap=True))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        before = "以前说明过，数值没变，不再问" if each.remembered else "已说明"
        foot.addWidget(label(f"{before}（{each.given}）：{each.explanation}", "muted", wrap=True), 1)
        self.back = Button("撤回", None, self, role="link")
        self.back.setAccessibleName(f"撤回说明：{each.explanation}")
        self.back.setToolTip("撤回后要重新说明。")
        foot.addWidget(self.back)
        column.addLayout(foot)
