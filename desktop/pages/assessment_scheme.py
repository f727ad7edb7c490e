"""方案 of 年度考核: the scheme's lines, what is wrong with it, saving it as a version. The fields beside are in *_panel.py."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.assessment.scheme import Scheme
from db.errors import UsageError
from db.findings import Finding, Severity
from desktop.actions import assessment as actions
from desktop.actions.assessment import Desk
from desktop.context import AppContext
from desktop.pages import assessment_scheme_lines as lines
from desktop.pages import assessment_scheme_model as model
from desktop.pages import assessment_scheme_new as new
from desktop.pages.assessment_scheme_panel import NEW, SchemePanel
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.keys import on_keys
from desktop.widgets.menu_button import MenuButton

COLUMNS = (
    Column("part", "部分", width=88, kind="muted"), Column("name", "项目", width=230, kind="strong", stretch=True, lines=2),
    Column("shown", "规定", width=180, stretch=True, lines=2),
)  # fmt: skip
FOUND = Column("found", "核对", width=76, kind="chip")  # only while something is wrong
SHOWN = 3  # findings told at once


class _All(ListSource):
    """The whole scheme on one page."""

    def page(self, after: Any, limit: int) -> tuple[Any, Any]:
        return self.rows, None


class SchemePart(QWidget):
    """`save_asked(scheme)` when it is to be kept. What was changed stays until it is saved or given up."""

    save_asked = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.desk: Desk | None = None
        self.scheme: Scheme | None = None
        self.findings: list[Finding] = []
        self.lines: dict[str, lines.Line] = {}
        self.about = Banner(closable=False)
        self.next_button = self.about.add("到问题处", self.next_finding)
        self.save_button = self.about.add("保存方案", self._save)
        self.save_button.set_shortcut("Ctrl+S", self)
        self.stop_button = self.about.add("放弃改动", self.give_up)
        self.confirm = ConfirmStrip(self)
        self.table = Table(_All(COLUMNS), self, memory=context.memory, name="assessment-scheme", fold=True)
        self.table.setAccessibleName("评分方案")
        self.table.chosen.connect(self._look)
        self.table.opened.connect(self._enter)
        card = Card("评分方案", flush=True)
        self.add_button = Button("新增…", self.add, self, role="small")
        self.add_button.setToolTip("新增考核项目、考核组、等次、加分或扣分事项")
        self.add_button.set_shortcut("Ctrl+N", self)
        card.head.addWidget(self.add_button)
        self.more = MenuButton("更多", self.table, self, role="small")
        self.up = self.more.add("上移\tAlt+↑", lambda: self.move_line(-1))
        self.down = self.more.add("下移\tAlt+↓", lambda: self.move_line(1))
        self.more.menu_.aboutToShow.connect(self._grey_menu)
        self.more.menu_.aboutToHide.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(
            lambda at: self.more.menu_.popup(self.table.mapToGlobal(at))
        )
        card.head.addWidget(self.more)
        on_keys(self, "Alt+Up", lambda: self.move_line(-1), "方案里的这一项上移")
        on_keys(self, "Alt+Down", lambda: self.move_line(1), "方案里的这一项下移")
        card.add(self.table, 1)
        on_keys(self, "F8", self.next_finding, "到方案的下一处问题")
        on_keys(self.table, "Del", self._ask_remove, "删除方案里的这一项", alone=True)
        self.panel = SchemePanel(self)
        self.panel.taken.connect(self.take)
        self.panel.typing.connect(self._typing)
        self.panel.remove_asked.connect(self._ask_remove)
        self.panel.closed.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(card, 1)
        row.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.about)
        column.addWidget(self.confirm)
        column.addLayout(row, 1)

    @property
    def dirty(self) -> bool:
        return self.desk is not None and (self.scheme != self.desk.scheme or self.panel.touched)

    def show_desk(self, desk: Desk) -> None:
        """Another reading of the year; changes that are not saved stay while the version is the same."""
        same = self.desk is not None and (self.desk.year, self.desk.version.digest) == (
            desk.year,
            desk.version.digest,
        )
        keep = same and self.dirty
        self.desk = desk
        if not keep:
            self.scheme = desk.scheme
        self._show(desk.findings if not keep else None)

    def _show(self, findings: Any = None) -> None:
        assert self.desk is not None and self.scheme is not None
        found = lines.lines_of(self.scheme, self.desk.names, self.desk.candidates)
        self.lines = {each.id: each for each in found}
        if findings is None:
            self._put_rows()
            self._check()
        else:
            self._tell(list(findings))

    def _put_rows(self) -> None:
        assert self.scheme is not None
        marks = {lines.line_of(each, self.scheme): _ADVISED for each in reversed(self.findings)}
        marks |= {
            lines.line_of(each, self.scheme): _WRONG
            for each in self.findings
            if each.severity is Severity.ERROR
        }
        chosen = self.table.current_id()
        rows = [
            Row(
                each.id,
                {"part": each.part, "name": each.name, "shown": each.shown, "found": marks.get(each.id)},
            )
            for each in self.lines.values()
        ]
        columns = (COLUMNS[0], FOUND, *COLUMNS[1:]) if any(each in self.lines for each in marks) else COLUMNS
        self.table.set_source(_All(columns, rows))
        if chosen in self.lines:
            self.table.choose(chosen)

    def _check(self) -> None:
        store, scheme = self.context.store, self.scheme
        assert scheme is not None and self.desk is not None
        year = self.desk.year
        self.context.jobs.run(
            "assessment/check", lambda _progress, _cancelled: actions.check_scheme(store, year, scheme), title="核对方案",
            on_done=self._tell, owner=self, quiet=True,
        )  # fmt: skip

    def _tell(self, findings: list[Finding]) -> None:
        assert self.desk is not None
        self.findings = findings
        self._put_rows()
        self.panel.say_findings(self._of(self.panel.record))
        errors = [each for each in findings if each.severity is Severity.ERROR]
        shown = errors or findings
        told = "".join(each.message for each in shown[:SHOWN]) + (
            f"……共 {len(shown)} 处。" if len(shown) > SHOWN else ""
        )
        if self.dirty:
            frozen = self.desk.version.frozen_at is not None or not self.desk.version.stored
            newest = max((each.version for each in self.desk.versions), default=0)
            goes = (
                f"保存为第 {newest + 1} 版" if frozen else f"保存到第 {self.desk.version.version} 版（草稿）"
            )
            self.about.say(f"方案有改动，还没有保存；{goes}。", told, "alarm" if errors else "watch")
        else:
            used = (
                "这一版已使用，改动会成为新的一版。"
                if self.desk.version.frozen_at
                else "默认的权重、目标和分数是通行做法，请先核定；都可以改。"
            )
            self.about.say(
                f"{self.desk.scheme.name}　{self.desk.version.words}",
                told or used,
                "alarm" if errors else "info",
            )
        self.about.show()
        self.next_button.setVisible(any(self._line(each) for each in findings))
        self.save_button.setVisible(self.dirty)
        self.save_button.setEnabled(not errors)
        self.stop_button.setVisible(self.dirty)

    # What is wrong, and where.

    def _line(self, finding: Finding) -> str:
        assert self.scheme is not None
        found = lines.line_of(finding, self.scheme)
        return found if found in self.lines else ""

    def _of(self, line: str) -> list[Finding]:
        return [each for each in self.findings if line and self._line(each) == line]

    def next_finding(self) -> None:
        """To the next line that something is wrong with, errors first."""
        errors = [each for each in self.findings if each.severity is Severity.ERROR]
        wrong = {self._line(each) for each in errors or self.findings} - {""}
        order = list(self.lines)
        at = order.index(self.panel.record) if self.panel.record in order else -1
        found = next((each for each in (*order[at + 1 :], *order[: at + 1]) if each in wrong), None)
        if found is not None:
            self.table.choose(found)
            self.focus_first()

    # The chosen line.

    def _look(self, line: str) -> None:
        if self.panel.record == line:
            return
        if not self._take_typed():
            if self.panel.record in self.lines:
                self.table.choose(self.panel.record)
            return
        found = self.lines.get(line)
        if found is None:
            if self.panel.record != NEW:
                self.panel.close_panel()
            return
        self._open(found)

    def _enter(self, line: str) -> None:
        """Enter in the table: into the fields of the line, also after the panel was closed."""
        if line in self.lines and self.panel.record != line:
            self._look(line)
        self.focus_first()

    def _typing(self) -> None:
        """Something is typed: it can be saved with the rest, or given up."""
        if self.panel.record != NEW:
            self.save_button.show()
            self.stop_button.show()

    def _open(self, line: lines.Line) -> None:
        self.panel.show_line(line)
        self.panel.say_findings(self._of(line.id))

    def take(self, name: str = "") -> None:
        """What was typed goes into the scheme; what can not is said and stays. `name`: the field to come back to."""
        if self.panel.record == NEW:
            self._take_new(name)
            return
        if not self._take():
            return
        line = self.lines.get(self.panel.record)
        if line is not None:
            self._open(line)
        if name:
            self.panel.focus_field(name)
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_typed(self) -> bool:
        """Before going elsewhere: True where nothing is left that could not be taken."""
        if not self.panel.touched or self.panel.record == NEW:
            return True
        return self._take()

    def _take(self) -> bool:
        assert self.scheme is not None
        line, values = self.panel.record, self.panel.values
        try:
            self.scheme = model.changed(self.scheme, line, values)
        except UsageError as error:
            self.panel.say(f"{error.message}{error.hint}")
            return False
        self.panel.settle(model.id_after(line, values))
        self._show()
        if self.table.current_id() == "" and self.panel.record in self.lines:
            self.table.choose(self.panel.record)
        return True

    def _ask_remove(self) -> None:
        line = self.lines.get(self.panel.record)
        if line is None or not line.removable:
            return
        what = f"{line.name}“{line.part}”" if line.id.startswith("group:") else f"“{line.name}”"
        self.confirm.ask(
            f"从方案里删除{what}？保存前可以放弃改动。", "删除", lambda: self._remove(line.id), danger=True
        )

    def _remove(self, line: str) -> None:
        assert self.scheme is not None
        self.scheme = model.without(self.scheme, line)
        self.panel.close_panel()
        self._show()

    # Order.

    def move_line(self, by: int) -> None:
        """The chosen item, group or kind of points among its like: the order of the tables and forms."""
        assert self.scheme is not None
        line = self.table.current_id()
        if not self._take_typed():
            return
        made = model.moved(self.scheme, line, by)
        if made != self.scheme:
            self.scheme = made
            self._show()
            self.table.choose(line)

    def _grey_menu(self) -> None:
        line, scheme = self.table.current_id(), self.scheme
        for action, by in ((self.up, -1), (self.down, 1)):
            action.setEnabled(scheme is not None and model.moved(scheme, line, by) != scheme)

    # Adding.

    def add(self) -> None:
        """Ask in the panel what is to be added: an item to the group that the keyboard is in, where it is in one."""
        assert self.scheme is not None
        if not self._take_typed():
            return
        kind, _, rest = self.table.current_id().partition(":")
        group = rest.partition(":")[0] if kind in (new.ITEM, new.GROUP) else ""
        self._ask_new(kind if kind in (new.GRADE, new.GIVEN, new.TAKEN) else new.ITEM, group)
        self.panel.focus_field()

    def _ask_new(self, kind: str, group: str = "", measure: str = "", typed: Any = None) -> None:
        assert self.desk is not None and self.scheme is not None
        asks = new.asks(self.scheme, self.desk.plan, self.desk.candidates, kind, group, measure)
        self.panel.show_new(asks, typed or {})
        if kind == new.ITEM and "measure" not in self.panel.fields:
            chosen = self.scheme.group(self.panel.values.get("group", ""))
            self.panel.say(new.FULL.format(chosen.name) if chosen is not None else "请先新增一个考核组。")

    def _take_new(self, name: str) -> None:
        assert self.desk is not None and self.scheme is not None
        values = self.panel.values
        if name in ("kind", "group", "measure"):  # other fields follow from it
            typed = {key: values[key] for key in ("name",) if values.get(key)}
            self._ask_new(values["kind"], values.get("group", ""), values.get("measure", ""), typed)
            self.panel.focus_field(name)
            return
        if name:
            return
        try:
            self.scheme, line = new.added(self.scheme, self.desk.plan, values)
        except UsageError as error:
            self.panel.say(f"{error.message}{error.hint}")
            return
        self.panel.settle("")
        self._show()
        self.table.choose(line)
        if self.panel.record != line:
            self._open(self.lines[line])
        self.focus_first()

    # All of it.

    def put(self, scheme: Scheme) -> None:
        """A scheme with changes made elsewhere (试算), to be looked at and saved."""
        self.panel.close_panel()
        self.scheme = scheme
        self._show()

    def give_up(self) -> None:
        """Back to what is kept."""
        assert self.desk is not None
        self.scheme = self.desk.scheme
        self.panel.close_panel()
        self._show(self.desk.findings)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        if self._take_typed():
            self.save_asked.emit(self.scheme)

    def focus_first(self) -> None:
        """The keyboard into the panel."""
        self.panel.focus_field()

    def first_focus(self) -> QWidget | None:
        return self.table


_ADVISED, _WRONG = Mark("提醒", "watch"), Mark("有误", "alarm")
