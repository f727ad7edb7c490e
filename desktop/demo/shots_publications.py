"""What is pictured of 公布记录: a month that was closed and restated, its differences, and the figures of the first version."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from db import publishing, records, restating
from db.models import Enterprise
from db.registers import REGISTERS
from db.store import Actor
from desktop.demo.desk import Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.offices import PERIOD, SUPERVISOR
from desktop.pages.bulletin import BulletinPage
from desktop.pages.publications import PublicationsPage

STREET = Actor("360103002", "张敏")
MONTHS = (PERIOD.shift(-2), PERIOD.shift(-1))


def _publish(desk: Desk) -> None:
    """Two months closed, one of them restated twice; once."""
    store, who = desk.driver.context.store, Actor("qszjjb", SUPERVISOR, "supervisor")
    firm = desk.first(Enterprise)
    month = str(MONTHS[1])
    with store.write() as session:
        if publishing.listed(session):
            return
        for each in MONTHS:
            restating.close_month(session, str(each), who)
        around = restating.Restating(session, month)
        _issue(session, firm, MONTHS[1].first_day.replace(day=9))
        around.done(
            "接收",
            "经核实漏报一件问题",
            who,
            unit=STREET.unit_code,
            unit_name="朝阳洲街道",
            revision=2,
            batch="",
        )
        _issue(session, firm, MONTHS[1].first_day.replace(day=11))
        restating.restate_month(session, month, "企业来电反映的一件问题补登记", who)


def _issue(session: Session, firm: UUID, day: date) -> None:
    values = {
        "enterprise_id": firm, "source": "来电来访", "registered_on": day, "category": "融资",
        "description": "流动资金紧张，希望协调财园信贷通。", "urgency": "一般", "level": "部门协调", "status": "待交办",
    }  # fmt: skip
    records.save(session, REGISTERS["issue"], values, STREET)


def _page(desk: Desk, number: int) -> PublicationsPage:
    _publish(desk)
    page = desk.go("bulletin", tab="publications", number=number)
    desk.driver.settle()
    if not isinstance(page, BulletinPage) or not isinstance(page.current, PublicationsPage):
        raise Stuck("没有打开公布记录。")
    return page.current


def _back(desk: Desk) -> None:
    page = desk.driver.window.page_of("bulletin")
    if isinstance(page, BulletinPage):
        page.show_tab("quarterly")


def _figures(desk: Desk) -> None:
    page = _page(desk, 1)
    page.search_line.setText("走访企业")
    desk.driver.settle()


SUPERVISOR_SHOTS: dict[str, Show] = {
    "publications": lambda desk: _page(desk, 3).list.setFocus(),
    "publications-figures": _figures,
}
UNDO: dict[str, Show] = {name: _back for name in SUPERVISOR_SHOTS}
