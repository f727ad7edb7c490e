"""例外 on 收表: every 延期 and 免报 of the year, those in force first; Enter goes to the unit's month."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.registers import REGISTERS
from db.reporting_exceptions import Allowed
from desktop.actions.cadence import YearDesk
from desktop.context import AppContext
from desktop.pages.receive_exception import WHOLE
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState

COLUMNS = (
    Column("unit", "单位", width=160, kind="strong", stretch=True),
    Column("kind", "例外", width=90),
    Column("sheet", "范围", width=100, kind="muted"),
    Column("months", "月份", width=150),
    Column("until", "延到或免到", width=110, kind="date"),
    Column("reason", "理由", width=200, stretch=True, sort=False),
    Column("approver", "批准人", width=90),
    Column("state", "现在", width=100, kind="chip"),
)


class AllowedCard(Card):
    """`opened(unit, month)` on Enter."""

    opened = Signal(str, str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("延期和免报", parent=parent, flush=True)
        self._places: dict[str, tuple[str, str]] = {}
        self.table = Table(
            ListSource(COLUMNS), memory=context.memory, name="receive_allowed",
            empty=EmptyState("今年还没有延期和免报", "在“全年”里选一格，用“延期、免报…”办理；要有理由和批准人。", icon="done"),
        )  # fmt: skip
        self.table.setAccessibleName("今年的延期和免报")
        self.table.opened.connect(lambda key: self.opened.emit(*self._places[key]))
        self.add(self.table, 1)

    def show_list(self, desk: YearDesk) -> None:
        """All of the year, ended ones last."""
        names = {code: name for code, name, _ in desk.year.units}
        found = sorted(desk.year.allowed, key=lambda each: each.ended)
        running = sum(not each.ended for each in found)
        self.set_title(
            f"{desk.year.year} 年延期和免报", f"共 {len(found)} 项，未结束 {running} 项" if found else ""
        )
        first = f"{desk.year.year}-01"
        self._places = {each.id.hex: (each.unit_code, max(str(each.first), first)) for each in found}
        self.table.set_source(ListSource(COLUMNS, [_row(each, names, desk) for each in found]))


def _row(each: Allowed, names: dict[str, str], desk: YearDesk) -> Row:
    until = each.due_on or each.last.last_day
    if each.ended:
        state = Mark("已提前结束", "neutral")
    else:
        state = Mark("已到期", "neutral") if until < desk.year.today else Mark("有效", "info")
    return Row(
        each.id.hex,
        {
            "unit": names.get(each.unit_code, each.unit_code), "kind": each.kind, "months": each.span, "until": until,
            "sheet": REGISTERS[each.register].title if each.register in REGISTERS else WHOLE, "reason": each.reason,
            "approver": each.approver, "state": state,
        },
    )  # fmt: skip
