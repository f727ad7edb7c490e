"""得分 of 年度考核: units down and items across (many items the other way round), the reason beside; what-if shows the points as they would be."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.assessment import whatif
from db.assessment.scheme import INDICATOR
from db.assessment.scoring import NO_DATA, UnitScore, plain
from db.assessment.whatif import Change, Compared
from desktop.actions import assessment as actions
from desktop.actions.assessment import Desk
from desktop.pages.assessment_why import DASH, WhyPanel
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.facts import TabStrip
from desktop.widgets.grid import CompletenessGrid, GridCell
from desktop.widgets.labels import label
from desktop.widgets.scroll import scrolling_column

TOTAL, GRADE = "=total", "=grade"
MOST_ACROSS = 8  # items beside each other; more have no room for their names


class ScoresPart(QWidget):
    """`rows_asked(period, key)`, `appealed(unit, item, text)`, `keep_asked(changes)`: weights and targets into the scheme."""

    rows_asked = Signal(str, str)
    appealed = Signal(str, str, str)
    keep_asked = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.desk: Desk | None = None
        self.changes: list[Change] = []
        self._after: dict[str, Compared] = {}
        self._at: tuple[str, str] = ("", "")
        self.turned = False  # items down and units across
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(12)
        self.trying = Banner()
        self.keep_button = self.trying.add("存进方案", self._keep)
        self.stop_button = self.trying.add("结束试算", self.stop)
        self.trying.hide()
        left.addWidget(self.trying)
        self.card = Card("得分")
        self.groups = TabStrip([("", "")], self)
        self.groups.setAccessibleName("考核组")
        self.groups.chosen.connect(lambda _key: self.show_points())
        self.card.head.addWidget(self.groups)
        self.grid = CompletenessGrid("各单位各项得分", self)
        self.grid.cell_clicked.connect(self._clicked)
        area, column = scrolling_column(8)
        column.addWidget(self.grid)
        self.note = label("", "help", wrap=True)
        column.addWidget(self.note)
        column.addStretch(1)
        self.card.add(area, 1)
        left.addWidget(self.card, 1)
        outer.addLayout(left, 1)
        self.panel = WhyPanel(self)
        self.panel.rows_asked.connect(self.rows_asked)
        self.panel.appealed.connect(self.appealed)
        self.panel.tried.connect(self.try_out)
        self.panel.beside = self.card
        self.panel.closed.connect(lambda: self.grid.setFocus(Qt.FocusReason.OtherFocusReason))
        outer.addWidget(self.panel)

    def _clicked(self, column: str, row: str) -> None:
        unit, item = (column, row) if self.turned else (row, column)
        self.look(unit, item, focus=True)

    def show_desk(self, desk: Desk) -> None:
        """Another reading of the year; what is tried stays tried while the version is the same."""
        before = self.desk
        if before is not None and (before.year, before.version.digest) != (desk.year, desk.version.digest):
            self.changes = []
        self.desk = desk
        groups = [(group.key, group.name) for group in desk.scheme.groups]
        chosen = (
            self.groups.current
            if before is not None
            else next((key for key, _ in groups if key != "district"), "")
        )
        self.groups.set_tabs(groups or [("", "没有考核组")])
        if chosen in dict(groups):
            self.groups.select(chosen)
        self.show_points()

    def show_points(self) -> None:
        """The grid of the chosen group."""
        desk = self.desk
        if desk is None:
            return
        self._after = (
            {each.after.unit.code: each for each in actions.try_out(desk, self.changes)}
            if self.changes
            else {}
        )
        key = self.groups.current
        group = desk.scheme.group(key)
        units = desk.result.of_group(key)
        items = [
            item
            for item in (group.items if group is not None else ())
            if any(unit.item(item.key) for unit in units)
        ]
        columns = [(item.key, _short(item.key, item.name)) for item in items]
        cells: dict[tuple[str, str], GridCell] = {}
        for unit in units:
            shown = self._shown(unit)
            code = unit.unit.code
            for item in items:
                found = shown.item(item.key)
                if found is None:
                    cells[item.key, code] = GridCell("", "", "不承担这一项")
                    continue
                without = NO_DATA if found.state == NO_DATA else DASH
                word = without if found.score is None else f"{found.score:f}"
                state = (
                    "neutral"
                    if found.score is None
                    else "alarm"
                    if found.state
                    else "ok"
                    if found.score >= found.weight
                    else "watch"
                )
                if item.measure == "reporting" and found.score is not None:
                    state = "ok" if found.score >= found.weight else "watch"
                told = f"{item.name}\n" if columns else ""
                cells[item.key, code] = GridCell(word, state, f"{told}{found.why}")
            cells[TOTAL, code] = self._total(unit)
            cells[GRADE, code] = GridCell(shown.grade or DASH, "neutral", shown.grade)
        rows = [(unit.unit.code, self._name(unit)) for unit in units]
        whole = [*columns, (TOTAL, "总分"), (GRADE, "等次")]
        # Many items with long names stand below each other, and the units across.
        self.turned = len(columns) > MOST_ACROSS
        self.grid.head_lines, self.grid.side_lines = 3, 2 if self.turned else 1
        if self.turned:
            turned = {(unit, item): cell for (item, unit), cell in cells.items()}
            self.grid.set(rows if rows else [], turned, [whole[-2], whole[-1], *columns])
        else:
            self.grid.set(whole if rows else [], cells, rows, TOTAL)
        self._tell(bool(rows))
        if self._at[0] in dict(rows):
            unit_, item_ = self._at[0], self._at[1] or TOTAL
            self.grid.stand_on(*((unit_, item_) if self.turned else (item_, unit_)))
            if self.panel.isVisible() and not self.panel.typing():
                self.look(*self._at)
        elif self.panel.isVisible() and not self.panel.typing():
            self.panel.close_panel()

    def _name(self, unit: UnitScore) -> str:
        assert self.desk is not None
        rank = self.desk.result.ranks.get(unit.unit.code) if self.desk.ranked else None
        return f"{rank}　{unit.unit.name}" if rank is not None else unit.unit.name

    def _shown(self, unit: UnitScore) -> UnitScore:
        return self._after[unit.unit.code].after if unit.unit.code in self._after else unit

    def _total(self, unit: UnitScore) -> GridCell:
        """The total; while something is tried, coloured by whether it rose or fell."""
        shown = self._shown(unit)
        if shown.total is None:
            return GridCell(DASH, "neutral", "".join(shown.notes))
        compared = self._after.get(unit.unit.code)
        moved = compared.difference if compared is not None else None
        told = "".join(shown.notes) or "基础分加加分减扣分"
        if moved:
            told = f"试算 {moved:+f}，原来 {unit.total:f}"
        return GridCell(f"{shown.total:f}", "info" if not moved else "ok" if moved > 0 else "alarm", told)

    def _tell(self, some: bool) -> None:
        assert self.desk is not None
        notes = [*self.desk.result.notes]
        notes.append(
            "绿为满分，黄为未满，红为未报或约束性未达标，“—”为不能计分。方向键移动，回车看得分的理由和明细。"
            if some
            else "这一组现在没有单位。"
        )
        self.note.setText("".join(notes))
        self.trying.setVisible(bool(self.changes))
        if self.changes:
            moved = [each for each in self._after.values() if each.difference]
            told = "；".join(
                f"{each.after.unit.name} {plain(each.before.total or Decimal(0))} → {plain(each.after.total or Decimal(0))}"
                for each in moved[:4]
            )
            more = f" 等 {len(moved)} 个单位" if len(moved) > 4 else ""
            self.trying.say(f"试算：改了 {len(self.changes)} 处。", (told or "总分没有变化") + more, "watch")
        kept = [each for each in self.changes if each.what in (whatif.WEIGHT, whatif.TARGET)]
        self.keep_button.setVisible(bool(kept))

    def look(self, unit: str, item: str, *, focus: bool = False) -> None:
        """Why a unit has the points of an item ("": its total)."""
        assert self.desk is not None
        found = self.desk.result.unit(unit)
        if found is None:
            return
        shown = self._shown(found)
        one = shown.item(item) if item not in (TOTAL, GRADE, "") else None
        self._at = (unit, item if one is not None else "")
        if one is not None:
            trying = {
                each.what: each.to for each in self.changes if each.item == item and each.unit in (unit, "")
            }
            self.panel.show_item(self.desk, shown, one, trying)
        else:
            self.panel.show_unit(self.desk, shown)
        if focus:
            self.panel.focus_first()

    # What-if.

    def try_out(self, changes: Sequence[Change]) -> None:
        """Put these on top of what is tried already; the last word on a thing counts."""
        for change in changes:
            self.changes = [
                each
                for each in self.changes
                if (each.what, each.group, each.item, each.unit)
                != (change.what, change.group, change.item, change.unit)
            ]
            self.changes.append(change)
        for line in self.panel.lines.values():
            line.setModified(False)
        self.show_points()
        self.panel.focus_first()

    def stop(self) -> None:
        """Back to the points as they are."""
        self.changes = []
        for line in self.panel.lines.values():
            line.setModified(False)
        self.show_points()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        self.keep_asked.emit(list(self.changes))

    def first_focus(self) -> QWidget | None:
        return self.grid


def _short(key: str, name: str) -> str:
    return f"{key.removeprefix(INDICATOR)} {name}" if key.startswith(INDICATOR) else name
