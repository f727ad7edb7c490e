"""冲突清单: firms that several operators can prove, who counts and why; a person may decide otherwise, with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt

from db.cloud_views import Conflict, Side
from desktop.actions import cloud
from desktop.pages.table_view import TableView
from desktop.style.theme import set_property
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row
from desktop.widgets.button import Button
from desktop.widgets.labels import hairline, label
from desktop.widgets.reason import ReasonLine

OTHER = "其他渠道"
_OPEN, _CHOSEN, _OPENING = "按日期", "人工选定", "期初名单"
_STATES = {_OPEN: "info", _CHOSEN: "ok", _OPENING: "neutral"}


class ConflictView(TableView[Conflict]):
    """The panel shows every side; “改由这条计” asks for the reason in place."""

    key, word, icon = "conflicts", "冲突清单", "cloud"
    empty = ("没有冲突", "同一家企业被几家运营商报送且都核实过的，会列在这里。")
    columns = (
        Column("name", "企业", width=260, kind="strong", stretch=True),
        Column("basis", "依据", width=96, kind="chip"),
        Column("counted", "计入", width=180),
        Column("day", "上云日期", width=104, kind="date"),
        Column("others", "不计", width=180),
        Column("street", "街道", width=104),
    )

    def more_filters(self) -> None:
        choices = [(None, "全部依据"), *((each, each) for each in (_OPEN, _CHOSEN, _OPENING))]
        self.filters.add_choice("basis", "依据", choices)

    def read(self, chosen: dict[str, Any]) -> Callable[[], Sequence[Conflict]]:
        store, today = self.context.store, self.context.today()
        street, basis = chosen.get("street"), chosen.get("basis")

        def work() -> list[Conflict]:
            return [
                each
                for each in cloud.conflicts(store, today)
                if (not street or each.street_code == street) and (not basis or _basis(each) == basis)
            ]

        return work

    def told(self, items: Sequence[Conflict]) -> str:
        return (
            "默认归上云日期最早的一方；合同主体等原因需要改的，选定一方并写明理由，以后都按它计。"
            if items
            else ""
        )

    def id_of(self, item: Conflict) -> str:
        return item.firm.hex

    def name_of(self, item: Conflict) -> str:
        return item.name

    def row_of(self, item: Conflict) -> Row:
        counted = item.counted
        others = "、".join(self._org(side) for side in item.sides if not side.counted)
        basis = _basis(item)
        return Row(
            item.firm.hex,
            {
                "name": item.name,
                "basis": Mark(basis, _STATES[basis]),
                "counted": self._org(counted),
                "day": counted.cloud_on,
                "others": others,
                "street": self.context.directory.name("street", item.street_code),
            },
        )

    def _org(self, side: Side) -> str:
        name = self.context.directory.name("unit", side.provider_org) if side.provider_org else ""
        return name or side.brand or OTHER

    def fill(self, item: Conflict) -> tuple[str, str]:
        for side in item.sides:
            self._side(item, side)
        if item.chosen:
            when = f"{item.at.astimezone():%Y-%m-%d}" if item.at is not None else ""
            self.text(f"{item.by} {when} 选定，理由：{item.reason}。")
            self.button("撤销选定", lambda: self.take_back(item))
        elif item.opening:
            self.text("这家企业在期初名单内，按期初数计，不需要选定。", "muted")
        self.button("企业档案", lambda: self.open_firm(item.firm.hex), hint="Enter")
        return _basis(item), _STATES[_basis(item)]

    def _side(self, item: Conflict, side: Side) -> None:
        head = label(self._org(side), "strong", wrap=True)
        self.panel.body.addWidget(head)
        about = " · ".join(
            part for part in (side.brand, side.product, str(side.cloud_on or "没有日期")) if part
        )
        self.text(about, "muted")
        verdict = label(f"计入（{item.why}）" if side.counted else "不计（一企只计一次）", "", wrap=True)
        set_property(verdict, "state", "ok" if side.counted else "")
        self.panel.body.addWidget(verdict)
        if not side.counted and not item.opening:
            place = self.panel.body.count()
            button = Button("改由这条计", lambda: self._ask(button, place, side), self.panel, role="small")
            button.setAccessibleName(f"改由{self._org(side)}计")
            self.panel.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.panel.body.addWidget(hairline())

    def _ask(self, button: Button, place: int, side: Side) -> None:
        button.hide()
        asked = ReasonLine(
            f"改由{self._org(side)}计的理由", "如：合同主体为这一方", "选定", lambda reason: self.choose(side, reason), self.panel
        )  # fmt: skip
        self.panel.body.insertWidget(place, asked)
        asked.start()

    # Deciding.

    def choose(self, side: Side, reason: str) -> None:
        """This side counts from now on."""
        store, actor = self.context.store, self.context.actor
        self._run(lambda: cloud.choose(store, side.record, reason, actor), f"已选定由{self._org(side)}计。")

    def take_back(self, item: Conflict) -> None:
        """By the dates again."""
        store, actor = self.context.store, self.context.actor
        self._run(lambda: cloud.take_back(store, item.firm, actor), "已撤销选定，按上云日期计。")

    def _run(self, work: Callable[[], None], said: str) -> None:
        def done(_done: object) -> None:
            self.say(said, "", "ok")
            self.context.changed("cloud")
            self.table.setFocus()

        self.context.jobs.run(
            "cloud/choose", lambda _progress, _cancelled: work(), title="记录选定", on_done=done, on_failed=self.failed,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def opened(self, key: str) -> None:
        self.open_firm(UUID(hex=key).hex)


def _basis(item: Conflict) -> str:
    return _OPENING if item.opening else _CHOSEN if item.chosen else _OPEN
