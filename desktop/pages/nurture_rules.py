"""标准与窗口: when papers are taken, what the lines are, which papers each specialty hands in. All for the office to set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from db.models.nurture import DECLARE
from db.progress import show_number
from db.text import parse_decimal
from db.upscale.routes import ALL_YEAR
from db.upscale.rules import Rules
from db.upscale.windows import Window, example_note, next_window
from desktop.actions import nurture
from desktop.context import AppContext
from desktop.pages.register_views import View
from desktop.pages.settings_parts import Lines, field, holder, line
from desktop.style.theme import tokens
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.labels import label
from desktop.widgets.scroll import scrolling_column

Change = Callable[[Callable[[], Rules], str], None]  # what to do aside, and what to say afterwards
_WINDOWS = (
    Column("name", "窗口", width=170, kind="strong", stretch=True, sort=False),
    Column("way", "方式", width=96, sort=False),
    Column("opens", "每年起", width=80, sort=False),
    Column("closes", "每年止", width=80, sort=False),
    Column("who", "只受理", width=140, kind="muted", sort=False),
)
_BESIDE = 940  # px from which the cards stand side by side
_LINES = (
    Column("specialty", "专业", width=150, kind="strong", stretch=True, sort=False),
    Column("line", "升规线", width=128, kind="figure", unit="万元", sort=False),
    Column("papers", "材料", width=94, kind="figure", unit="项", sort=False),
    Column("own", "来源", width=66, kind="muted", sort=False),
)


class WindowsCard(Lines):
    """The windows of every year; the example stays in force until somebody sets them."""

    def __init__(self, change: Change, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("申报窗口", "每年相同的月日；下一个窗口和剩余工作日据此推算", _WINDOWS, "", parent)
        self._change, self._context = change, context
        self._windows: list[Window] = []
        self.removed.connect(self._remove)
        self.state = label("", "", wrap=True)
        self.state.setContentsMargins(14, 0, 14, 0)
        self.add(self.state)
        self.name = line("窗口名称", "名称，如 年度第一批", self._add)
        self.way = QComboBox()
        self.way.setAccessibleName("申报方式")
        self.way.addItems(list(DECLARE))
        self.opens = line("每年起", "起，如 10-01", self._add)
        self.closes = line("每年止", "止，如 10-30", self._add)
        self.who = QComboBox()
        self.who.setAccessibleName("只受理")
        self.who.addItem("全部专业", ())
        self.who.addItem("、".join(ALL_YEAR), ALL_YEAR)
        self.adopt = Button("就按示例执行", self._adopt, self, role="small")
        self.head.addWidget(self.adopt)
        self.head.addWidget(
            Button("恢复示例", lambda: self._save(None, "申报窗口已恢复为示例。"), self, role="small")
        )
        self.add_editors([(self.name, 2), (self.opens, 1), (self.closes, 1)])
        self.add_editors(
            [
                (self.way, 0),
                (self.who, 0),
                (Button("添加", self._add, self), 0),
                (Button("删除选中", lambda: self._remove(self.table.current_id()), self), 0),
                (holder(QHBoxLayout()), 1),
            ]
        )
        # The list is long: what says how things stand, and the line to add with, come before it.
        self.body.removeWidget(self.table)
        self.body.addWidget(self.table)

    def show_rules(self, found: Rules) -> None:
        self._windows = list(found.windows)
        self.adopt.setVisible(found.example)
        words = []
        for way in DECLARE:
            coming = next_window(found.windows, way, None, self._context.today(), found.overrides)
            words.append(f"{way}：{coming.words}。" if coming is not None else f"{way}：没有窗口。")
        if found.example:
            words.insert(0, example_note())
        self.state.setText("\n".join(words))
        self.show_rows(
            [
                Row(
                    str(number),
                    {
                        "name": each.name, "way": each.way,
                        "opens": "{:02d}-{:02d}".format(*each.opens), "closes": "{:02d}-{:02d}".format(*each.closes),
                        "who": "、".join(each.specialties) or "全部专业",
                    },
                )
                for number, each in enumerate(self._windows)
            ]
        )  # fmt: skip

    def _entries(self) -> list[dict[str, Any]]:
        return [each.as_json() for each in self._windows]

    def _add(self) -> None:
        entry = {
            "way": self.way.currentText(), "name": self.name.text(), "opens": self.opens.text(),
            "closes": self.closes.text(), "specialties": list(self.who.currentData()), "note": "",
        }  # fmt: skip
        self._save([*self._entries(), entry], f"已添加“{self.name.text().strip()}”。")

    def _remove(self, key: str) -> None:
        if key:
            left = [each for number, each in enumerate(self._entries()) if str(number) != key]
            self._save(left, "已删除一个窗口。")

    def _adopt(self) -> None:
        self._save(self._entries(), "窗口已按示例确定，可逐条修改。")

    def _save(self, entries: Sequence[dict[str, Any]] | None, said: str) -> None:
        store = self._context.store
        self._change(lambda: nurture.save_windows(store, entries), said)

    def saved(self) -> None:
        """What was typed is in the list now."""
        for each in (self.name, self.opens, self.closes):
            each.clear()


class LinesCard(Card):
    """The lines and papers by specialty: a table, and the chosen one to edit under it."""

    def __init__(self, change: Change, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("升规线与申报材料", "按拟申报专业；以统计部门现行制度为准", parent, flush=True)
        self._change, self._context = change, context
        self._rules: Rules | None = None
        self.table = Table(ListSource(_LINES), fit=True)
        self.table.setAccessibleName("升规线与申报材料")
        self.table.chosen.connect(self._show)
        self.add(self.table)
        self.line = line("升规线（万元）", "万元")
        self.papers = QPlainTextEdit()
        self.papers.setTabChangesFocus(True)
        self.papers.setMinimumHeight(tokens().metrics.px(150))
        self.monthly = line("月度入库另附", "多项用“、”隔开")
        column = QVBoxLayout()
        column.setSpacing(10)
        self.who = label("", "strong")
        column.addWidget(self.who)
        column.addWidget(field("升规线（万元）", self.line))
        column.addWidget(field("申报材料", self.papers, "一行一项；街道初审前须齐全。"))
        column.addWidget(
            field("月度入库另附", self.monthly, "新开业（投产）单位按月申报时多交的材料，多项用“、”隔开。")
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.save = Button("保存", self._save, self, primary=True)
        buttons.addWidget(self.save)
        buttons.addWidget(Button("全部恢复默认", self._reset, self, role="link"))
        buttons.addStretch(1)
        column.addLayout(buttons)
        made = holder(column)
        column.setContentsMargins(14, 4, 14, 14)
        self.add(made)

    def show_rules(self, found: Rules) -> None:
        self._rules = found
        rows = []
        for each in found.thresholds:
            if each.specialty:
                shown = "按资质" if each.threshold_wan is None else show_number(each.threshold_wan, 0)
                cells = {
                    "specialty": each.specialty, "line": shown,
                    "papers": str(len(found.papers(each.specialty, None))), "own": "自定" if each.whole else "默认",
                }  # fmt: skip
                rows.append(Row(each.specialty, cells))
        before = self.table.current_id()
        self.table.set_source(ListSource(_LINES, rows))
        if rows:
            self.table.choose(before or rows[0].id)
            self._show(before or rows[0].id)

    def _show(self, specialty: str) -> None:
        found = self._rules
        if found is None or not specialty:
            return
        each = next(row for row in found.thresholds if row.specialty == specialty)
        self.who.setText(specialty)
        self.line.setText("" if each.threshold_wan is None else format(each.threshold_wan, "f"))
        self.line.setEnabled(each.threshold_wan is not None)
        self.line.setPlaceholderText("万元" if each.threshold_wan is not None else "不以营业收入为门槛")
        self.papers.setPlainText("\n".join(found.papers(specialty, None)))
        self.monthly.setText("、".join(each.monthly_materials))

    def _save(self) -> None:
        specialty, store = self.who.text(), self._context.store
        number = parse_decimal(self.line.text(), "万元")
        if self.line.isEnabled() and number.value is None:
            self.line.setFocus()
            self._change(_no_line, "")
            return
        papers = self.papers.toPlainText().splitlines()
        monthly = [each for each in self.monthly.text().replace("，", "、").split("、") if each.strip()]
        self._change(
            lambda: nurture.save_line(store, specialty, number.value, papers, monthly),
            f"“{specialty}”的升规线和材料已保存，培育对象的达标率随之更新。",
        )

    def _reset(self) -> None:
        store = self._context.store
        self._change(lambda: nurture.reset_lines(store), "升规线和材料已恢复默认。")


def _no_line() -> Rules:
    raise ValueError("升规线没有看懂，请填写万元数，如 2000。")


class RulesView(View):
    """Two cards side by side where there is room; saving is done aside and told above."""

    key, word = "rules", "标准与窗口"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.header.add(
            "提醒天数与比例…", lambda: self.goto_asked.emit("settings", {"section": "parameters", "parameter": "upscale_near"}),
            tip="建议名单的比例、到期提前天数、多久没有新数就提醒",
        )  # fmt: skip
        area, column = scrolling_column(16)
        self.row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.row.setSpacing(16)
        self.windows = WindowsCard(self._change, context)
        self.lines = LinesCard(self._change, context)
        for card, share in ((self.windows, 55), (self.lines, 45)):
            beside = QVBoxLayout()
            beside.addWidget(card)
            beside.addStretch(1)
            self.row.addLayout(beside, share)
        column.addLayout(self.row)
        column.addStretch(1)
        self.column.addWidget(area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_BESIDE)
        way = QBoxLayout.Direction
        self.row.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def reload(self) -> None:
        store = self.context.store
        self.context.jobs.run(
            "view/rules", lambda _progress, _cancelled: nurture.read_rules(store), title="读取标准",
            on_done=self._show, on_failed=self.failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, found: Rules) -> None:
        self.windows.show_rules(found)
        self.lines.show_rules(found)

    def _change(self, work: Callable[[], Rules], said: str) -> None:
        def done(found: Rules) -> None:
            self.windows.saved()
            self._show(found)
            self.say(said, "", "ok")
            self.context.changed("nurture")

        self.context.jobs.run(
            "nurture/rules", lambda _progress, _cancelled: work(), title="保存标准", on_done=done,
            on_failed=self.failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def first_focus(self) -> QWidget | None:
        return self.windows.name
