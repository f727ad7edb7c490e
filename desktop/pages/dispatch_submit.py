"""上报: the cover as declared by the return's fields, where the file goes, and what still stands in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.attachments import size_words
from db.checks.returns import COVER
from db.fields import fields_of
from db.findings import Finding
from db.models import ReturnFile
from desktop.actions.attachments import month_attachments
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.field_box import FieldBox
from desktop.pages.dispatch_model import Standing
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.labels import label
from desktop.widgets.scroll import scrolling_column

RARE = ("approved_by", "approval_no", "valid_to")  # 正式统计报表 only
ELSEWHERE = ("zero_report",)  # a button of its own


class SubmitStep(QWidget):
    """`submit_asked` when everything is there; `cover_left(values)` whenever a field of the cover was left."""

    submit_asked = Signal()
    cover_left = Signal(dict)
    browse_asked = Signal()
    step_asked = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.zero = False
        self._loaded = ""
        self._touched: set[str] = set()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area, column = scrolling_column(12)
        outer.addWidget(area, 1)
        self.nothing = Banner(
            "本月没有新增记录。", "确认无误，可以零报送；有漏记的先去登记。", "watch", closable=False
        )
        self.zero_button = self.nothing.add("零报送并上报", self._zero_report)
        self.nothing.hide()
        column.addWidget(self.nothing)
        column.addWidget(self._gate())
        column.addWidget(self._cover())
        column.addWidget(self._target())
        column.addStretch(1)

    def _gate(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.errors, self.warnings, self.rows = (
            Chip("", None, card),
            Chip("", None, card),
            Chip("", None, card),
        )
        self.verdict = label("", "strong", wrap=True)
        self.to_errors = Button("去改正", lambda: self.step_asked.emit("check"), self, role="small")
        self.to_warnings = Button("去说明", lambda: self.step_asked.emit("explain"), self, role="small")
        for chip in (self.errors, self.warnings, self.rows):
            row.addWidget(chip)
        row.addWidget(self.verdict, 1)
        row.addWidget(self.to_errors)
        row.addWidget(self.to_warnings)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(row)
        card.add(holder)
        return card

    def _cover(self) -> Card:
        card = Card("封面", "与上月相同的已带出，印出来签字盖章")
        self.more = Button("批准机关等三项", self._show_rare, self, role="link")
        self.more.setToolTip("经统计部门备案的统计报表才填，工作调度表留空")
        card.head.addWidget(self.more)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        self.boxes: dict[str, FieldBox] = {}
        for field in fields_of(ReturnFile):
            if field.computed or field.name in ELSEWHERE:
                continue
            box = FieldBox(field, make_editor(field, self.context), card)
            box.left.connect(self._left)
            box.edited.connect(self._touched.add)
            box.advance.connect(self._advance)
            self.boxes[field.name] = box
        for place, name in enumerate([*(n for n in self.boxes if n not in RARE), *RARE]):
            grid.addWidget(self.boxes[name], place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(grid)
        card.add(holder)
        return card

    def _target(self) -> Card:
        card = Card("回报文件", "写好后用 U 盘或内网交到区里，本机另存一份")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.out = QLineEdit()
        self.out.setAccessibleName("回报文件的位置")
        self.out.returnPressed.connect(self.submit_asked)
        row.addWidget(self.out, 1)
        browse = Button("选择…", self.browse_asked.emit, self)
        browse.setAccessibleName("选择回报文件的位置")
        row.addWidget(browse)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(row)
        card.add(holder)
        self.pack = QCheckBox("把附件打包，放在回报旁边一起交")
        self.pack.hide()
        card.add(self.pack)
        return card

    # Contents.

    def show_standing(self, standing: Standing, out: Path) -> None:
        """The gate anew; the cover once per month, so that typing is not disturbed."""
        place = f"{standing.period}/{standing.revision}"
        if place != self._loaded:
            self._loaded = place
            self.zero = bool(standing.cover.get("zero_report"))
            self._touched.clear()
            self.out.setText(str(out))
        for name, box in self.boxes.items():
            if name not in self._touched and not box.editor.target.hasFocus():
                box.editor.load(Content(standing.cover.get(name)))
        self._count_attachments()
        again = standing.revision > 1
        self.boxes["correction_reason"].setVisible(again)
        self.boxes["correction_reason"].set_required(again)
        rare = any(standing.cover.get(name) for name in RARE)
        for name in RARE:
            self.boxes[name].setVisible(rare)
        self.more.setVisible(not rare)
        errors, warnings = standing.errors, len(standing.unexplained)
        self.errors.set(f"错误 {errors}", "alarm" if errors else "ok")
        self.warnings.set(f"未说明的警告 {warnings}", "watch" if warnings else "ok")
        self.rows.set(f"{standing.total:,} 行", "neutral")
        self.to_errors.setVisible(bool(errors))
        self.to_warnings.setVisible(bool(warnings))
        self.nothing.setVisible(standing.news == 0 and not errors and not warnings)
        self.verdict.setText(
            "改正错误、说明警告后才能上报；也可以先导出草稿。"
            if errors or warnings
            else f"可以上报第 {standing.revision} 版。"
        )

    def _count_attachments(self) -> None:
        """How many files the month's rows name, aside; without any there is nothing to choose."""
        store, period = self.context.store, self.context.period

        def done(found: tuple[int, int]) -> None:
            count, size = found
            self.pack.setText(f"把 {count} 个附件（{size_words(size)}）打包，放在回报旁边一起交")
            self.pack.setVisible(count > 0)

        self.context.jobs.run(
            "dispatch/attachments", lambda _progress, _cancelled: month_attachments(store, period), on_done=done,
            owner=self, quiet=True,
        )  # fmt: skip

    def cover(self) -> dict[str, Any]:
        """What stands in the editors; what could not be understood stays as it was typed."""
        values: dict[str, Any] = {}
        for name, box in self.boxes.items():
            content = box.editor.content()
            values[name] = content.unparsed or content.value
        return values

    def show_findings(self, findings: list[Finding]) -> bool:
        """Put what is said about the cover under its fields; True where there was something."""
        mine = [each for each in findings if each.register == COVER and each.field in self.boxes]
        for name, box in self.boxes.items():
            box.set_findings([each for each in mine if each.field == name])
        if mine:
            self.boxes[mine[0].field].editor.target.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(mine)

    @property
    def target(self) -> Path | None:
        text = self.out.text().strip().strip('"')
        return Path(text).expanduser() if text else None

    def first_focus(self) -> QWidget | None:
        if self.nothing.isVisibleTo(self):
            return self.zero_button
        empty = next(
            (box for box in self.boxes.values() if box.field.required and box.editor.content().blank), None
        )
        return empty.editor.target if empty is not None else self.out

    def _left(self, _name: str) -> None:
        self.cover_left.emit(self.cover())

    def _advance(self, name: str) -> None:
        order = [each for each, box in self.boxes.items() if not box.isHidden()]
        place = order.index(name) + 1
        if place < len(order):
            self.boxes[order[place]].editor.target.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.out.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_rare(self) -> None:
        for name in RARE:
            self.boxes[name].show()
        self.more.hide()
        self.boxes[RARE[0]].editor.target.setFocus()

    def _zero_report(self) -> None:
        self.zero = True
        self.submit_asked.emit()
