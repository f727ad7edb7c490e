"""What is pictured of 收表 over the year: the grids, one cell, a 延期 being granted, the days edited, 催报, the calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from db.errors import Refused
from db.models import ReturnFile
from desktop.actions import cadence
from desktop.demo.desk import Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.offices import PERIOD
from desktop.pages.receive import ReceivePage
from desktop.pages.receive_tabs import FILES
from desktop.pages.receive_year import ALLOWED, MONTHS, SHEETS, URGE, YearView

EXCUSED, MISSING, CAUGHT_UP = "360103007", "360103009", "360103010"


def _year(desk: Desk, view: str) -> YearView:
    _allow(desk)
    page = desk.go("receive", view=view)
    assert isinstance(page, ReceivePage)
    desk.driver.settle()
    if page.year is None or page.year.desk is None:
        raise Stuck("没有打开全年报送情况。")
    return page.year


def _allow(desk: Desk) -> None:
    """One unit excused for two months, one given time, one that never sent its March, one that caught up January; once."""
    store = desk.driver.context.store
    first, last = str(PERIOD.shift(-3)), str(PERIOD.shift(-2))
    try:
        cadence.grant(store, EXCUSED, "免报", first, last, reason="机构调整，专人未到岗", approver="刘科长")
    except Refused:
        return
    waits = cadence.read_year(store, PERIOD).month.missing[0]
    cadence.grant(
        store, waits, "延期", str(PERIOD), str(PERIOD), due_on=date(2024, 6, 5), reason="换电脑，正在恢复台账",
        approver="刘科长",
    )  # fmt: skip
    with store.write() as session:
        session.execute(
            update(ReturnFile)
            .where(ReturnFile.unit_code == EXCUSED, ReturnFile.period.between(first, last))
            .values(state="undone")
        )
        session.execute(
            update(ReturnFile)
            .where(ReturnFile.unit_code == MISSING, ReturnFile.period == last)
            .values(state="undone")
        )
        january = date(2024, 3, 5)
        session.execute(
            update(ReturnFile)
            .where(ReturnFile.unit_code == CAUGHT_UP, ReturnFile.period == "2024-01")
            .values(submitted_on=january, late_days=(january - date(2024, 1, 25)).days)
        )


def _cell(desk: Desk) -> None:
    year = _year(desk, MONTHS)
    assert year.desk is not None
    year.choose(MISSING, str(year.desk.year.owed(MISSING)[0]))
    year.grids[MONTHS].setFocus()


def _granting(desk: Desk) -> None:
    _cell(desk)
    page = desk.driver.window.page
    assert isinstance(page, ReceivePage) and page.year is not None
    page.year.ask_exception()
    page.year.form.reason.setText("换电脑，正在恢复台账")
    desk.driver.settle()


def _editing(desk: Desk) -> None:
    _year(desk, SHEETS).days.edit()
    desk.driver.settle()


def _back(desk: Desk) -> None:
    page = desk.driver.window.page_of("receive")
    if isinstance(page, ReceivePage):
        if page.year is not None:
            page.year.days.put_away()
            page.year.panel.close_panel()
        page.show_tab(FILES)


SUPERVISOR: dict[str, Show] = {
    "receive-year": lambda desk: _year(desk, MONTHS),
    "receive-cell": _cell,
    "receive-exception": _granting,
    "receive-sheets": lambda desk: _year(desk, SHEETS),
    "receive-days": _editing,
    "receive-urge": lambda desk: _year(desk, URGE),
    "receive-allowed": lambda desk: _year(desk, ALLOWED),
    "settings-cycles": lambda desk: desk.go("settings", section="cycles"),
}
UNDO: dict[str, Show] = {name: _back for name in SUPERVISOR if name.startswith("receive-")}
