"""The first step of the first start: which unit, which role, who."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QWidget,
)

from db.plan_types import Plan, UnitDef
from db.search import initials
from db.text import fold
from desktop.actions import first_run as action
from desktop.forms.match import rank
from desktop.pages.first_run_steps import Step
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_ROLE = Qt.ItemDataRole.UserRole
_KINDS = {"street": "街道", "bureau": "部门", "carrier": "运营商", "coordination": "统筹机构", "party": "党群部门",
          "institution": "事业单位", "taskforce": "专班"}  # fmt: skip


class UnitStep(Step):
    """Which unit, which role, who. The list answers fragments and pinyin initials."""

    title = "这台电脑给哪个单位用？"
    text = "输入简称或拼音首字母，如“cyz”，用上下键选定。"
    plan_asked = Signal()

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan = plan
        self.search = QLineEdit()
        self.search.setPlaceholderText("单位简称、拼音首字母")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("单位")
        self.list.setMinimumHeight(170)
        self.field("单位", self.search)
        self.column.addWidget(self.list, 1)
        row = QHBoxLayout()
        self.plan_name = label("", "muted", wrap=True)
        row.addWidget(self.plan_name, 1)
        row.addWidget(Button("换别的区县的计划文件…", self.plan_asked.emit, self, role="link"))
        self.column.addLayout(row)
        roles = QHBoxLayout()
        roles.setSpacing(24)
        self.clerk = QRadioButton("填报：登记走访、问题等，每月上报")
        self.supervisor = QRadioButton("区级汇总：收表、汇总、通报")
        self._roles = QButtonGroup(self)
        for button in (self.clerk, self.supervisor):
            self._roles.addButton(button)
            roles.addWidget(button)
        roles.addStretch(1)
        self.clerk.setChecked(True)
        self.column.addLayout(roles)
        self.person = QLineEdit()
        self.person.setMaxLength(30)
        self.field("经办人姓名", self.person, "记在修改记录和回报的“填表人”里，以后可在“设置”中改。")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemActivated.connect(lambda _item: self.person.setFocus())
        self.person.textChanged.connect(self.changed)
        self.person.returnPressed.connect(self.done)
        self.set_plan(plan)

    def set_plan(self, plan: Plan, source: str = "") -> None:
        """Another district's units."""
        self.plan = plan
        self._units = action.units_of(plan)
        self.plan_name.setText(f"计划：{plan.title}" + (f"（{source}）" if source else ""))
        self._fill(self.search.text())

    @property
    def unit(self) -> UnitDef | None:
        item = self.list.currentItem()
        return item.data(_ROLE) if item is not None else None

    @property
    def role(self) -> str:
        return "supervisor" if self.supervisor.isChecked() else "clerk"

    def problem(self) -> str:
        if self.unit is None:
            return "请先选定单位。"
        return "" if self.person.text().strip() else "请填写经办人姓名。"

    def first(self) -> QWidget:
        return self.search if self.unit is None or not self.search.text() else self.person

    def _fill(self, typed: str) -> None:
        before = self.unit
        found = find_units(self._units, typed)
        self.list.clear()
        for unit in found:
            item = QListWidgetItem(f"{unit.name}　{_KINDS.get(unit.kind, '')}")
            item.setData(_ROLE, unit)
            item.setSizeHint(QSize(0, tokens().metrics.px(30)))
            self.list.addItem(item)
        keep = next(
            (n for n, unit in enumerate(found) if before is not None and unit.code == before.code), None
        )
        if typed and found:
            self.list.setCurrentRow(0)
        elif keep is not None:
            self.list.setCurrentRow(keep)
        self.changed.emit()

    def _chosen(self) -> None:
        if self.unit is not None:
            (self.supervisor if action.usual_role(self.unit) == "supervisor" else self.clerk).setChecked(True)
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.unit is not None:
                self.person.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)


def find_units(units: Sequence[UnitDef], typed: str) -> list[UnitDef]:
    """Units by fragment of a name or alias, code, or pinyin initials in any usual reading; best first."""
    wanted = fold(typed).lower()
    if not wanted:
        return list(units)
    ranked = []
    for place, unit in enumerate(units):
        names = [unit.name, unit.full_name, *unit.aliases]
        spelled = [variant for name in names if name for variant in initials(name).split()]
        if any(wanted in fold(name).lower() for name in names if name) or unit.code == wanted:
            ranked.append((0, place, unit))
        elif any(each.startswith(wanted) for each in spelled):
            ranked.append((1, place, unit))
        elif unit.code.startswith(wanted) or any(wanted in each for each in spelled):
            ranked.append((2, place, unit))
        elif rank(unit.name, wanted) is not None:
            ranked.append((3, place, unit))
    return [unit for _, _, unit in sorted(ranked, key=lambda each: each[:2])]
