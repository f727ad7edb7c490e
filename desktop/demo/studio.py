"""The registers and windows that are pictured. They are made once; the second time they are opened as they were left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from db import setup
from db.folder import DataFolder
from db.practice.fill import fill
from db.store import Store, open_store
from desktop.actions.receiving import read_coverage
from desktop.demo import offices
from desktop.demo.desk import Desk
from desktop.demo.offices import PERIOD, TODAY, Office
from desktop.demo.shots import SAMPLES, TIGHT
from desktop.pages.first_run import FirstRun

__all__ = ["SAMPLES", "TIGHT", "desk", "first_run"]

_BUREAU, _SERVICES = "qfgw", "qfwyfzj"  # keeps projects and the lists; keeps the parks
_SENT = 2  # returns that wait to be received


@contextmanager
def desk(role: str, data: Path) -> Iterator[Desk]:
    """A window over the register of a role: clerk, supervisor, two bureaus, or a clerk who has entered nothing yet."""
    store = _store(role, data / role)
    made = Desk.over(store, _returns(store, data) if role == "supervisor" else [])
    try:
        yield made
    finally:
        made.close()
        store.close()


def _store(role: str, folder: Path) -> Store:
    if DataFolder(folder).has_register():
        return open_store(folder)
    plan = offices.plan_of_play()
    if role == "supervisor":
        store = setup.initialise(folder, plan.lead_unit, "supervisor", True, None, offices.SUPERVISOR)
        fill(store, today=TODAY)
        return store
    street = offices.streets_of(plan, folder, 1)[0]
    if role == "empty":
        store = setup.initialise(folder, street.unit.code, "clerk", True, None, street.person)
        store.set_setting("practice_today", TODAY.isoformat())
        return store
    unit = {"clerk": street.unit, "bureau": plan.unit(_BUREAU), "services": plan.unit(_SERVICES)}[role]
    assert unit is not None
    return offices.open_office(Office(unit, folder, street.person), unfinished=True)


def _returns(store: Store, data: Path) -> list[Path]:
    """Returns of streets the district has not heard of this month, and a file that is none."""
    out = data / "U盘"
    out.mkdir(exist_ok=True)
    coverage, _due = read_coverage(store, PERIOD)
    plan = offices.plan_of_play()
    missing = [unit for unit in plan.streets if unit.code in coverage.missing][:_SENT]
    for unit in missing:
        target = out / offices.file_name(unit)
        if not target.exists():
            offices.hand_in(Office(unit, data / unit.code, "李静"), out)
    stranger = out / "通讯录.xlsx"
    if not stranger.exists():
        from openpyxl import Workbook

        Workbook().save(stranger)
    return sorted(out.glob("*.xlsx"))


def first_run(data: Path, size: tuple[int, int]) -> Iterator[tuple[str, QWidget]]:
    """The three steps of the first start, one after another in the same window, answered as far as can be shown."""
    shown = FirstRun(None, lambda _store: None, root=data / "新建台账")
    shown.resize(*size)
    shown.show()
    shown.unit.search.setText("cyz")
    shown.unit.person.setText("张敏")
    for place, name in enumerate(("unit", "place", "start")):
        shown.show_step(place)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        yield name, shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
