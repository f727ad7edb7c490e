"""What is pictured of 下发: making one, a 专项 composed and answered, taking one in, filling a table in."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from db import plan_store
from db.special import answers
from db.special.definition import OPEN, ColumnDef, Definition
from db.store import Actor
from db.types import new_key
from desktop.actions import special
from desktop.demo.desk import Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.offices import PERIOD, SUPERVISOR
from desktop.pages.handdown import HanddownPage
from desktop.pages.handdown_unit import INTAKE, UnitHanddownPage

TITLE = "算力需求摸底"
COLUMNS = (
    ColumnDef("", "企业", "firm", required=True),
    ColumnDef("", "算力方向", "choice", choices=("模型训练", "推理", "渲染", "科学计算")),
    ColumnDef("", "年需求", "number", "万元", True, "预计全年的算力支出。"),
    ColumnDef("", "现用服务商"),
    ColumnDef("", "计划签约", "date"),
    ColumnDef("", "愿意用区算力券", "yes_no", required=True),
)


def _table() -> Definition:
    return answers.new_table(
        TITLE,
        str(PERIOD),
        COLUMNS,
        due_on=date(2024, 5, 24),
        note="市里 5 月底要数，摸排有算力需求的企业；联系人：万志远。",
    )


# At a street.


def _unit_page(desk: Desk) -> UnitHanddownPage:
    page = desk.go("handdown")
    assert isinstance(page, UnitHanddownPage)
    return page


def _given(desk: Desk) -> str:
    """The table in the street's register, with rows; made once."""
    store = desk.driver.context.store
    with store.write() as session:
        for known, _state in answers.all_tables(session):
            return known.key
        made = _table()
        answers.keep(
            session, made, Actor("qszjjb", SUPERVISOR, "supervisor"), state=OPEN, sender="qszjjb", number=2
        )
    names = [name for name in _firms(desk)]
    names_of = [each.key for each in made.columns]
    block = [
        [names[0], "推理", "36", "天翼云", "2024-06-10", "是"],
        [names[1], "模型训练", "1.2亿", "", "", "是"],
        [names[2], "渲染", "约20", "自建机房", "", "否"],
    ]
    special.save_block(store, made.key, block, names_of, [])
    return made.key


def _firms(desk: Desk) -> list[str]:
    from sqlalchemy import select

    from db.models import Enterprise

    with desk.driver.context.store.read() as session:
        query = (
            select(Enterprise.name).where(Enterprise.deleted_at.is_(None)).order_by(Enterprise.id).limit(3)
        )
        return [name or "" for name in session.scalars(query)]


def filling(desk: Desk) -> None:
    """A table being filled in, on the cell that must be mended."""
    key = _given(desk)
    page = _unit_page(desk)
    page.refresh()
    page.show_tab(key)
    page.fill.grid.go((2, 2))
    page.fill.grid.setFocus()
    desk.driver.settle()


def intake(desk: Desk) -> None:
    """A 下发 that was read: a target raised, a unit more, a table."""
    from returns.digests import document_digest
    from returns.handdown.contract import CALENDAR, PLAN, SPECIAL, Handdown, Manifest
    from returns.handdown.write import render

    store = desk.driver.context.store
    with store.read() as session:
        plan = plan_store.current(session)
        document: dict[str, Any] = copy.deepcopy(dict(plan.document))
    first = document["indicators"][0]
    first["targets"][str(plan.end_year)] = "86"
    last = document["units"][-1]
    document["units"].append(
        {**last, "code": "qsjj", "name": "区数据局", "full_name": "西湖区数据局", "aliases": []}
    )
    table = answers.renamed(_table(), key=new_key().hex, title="重点楼宇企业摸底")
    payload = {
        PLAN: document,
        CALENDAR: {"holidays": [{"day": "2024-05-31", "workday": False, "name": "区庆活动", "source": ""}]},
        SPECIAL: [{"definition": table.as_json(), "state": OPEN, "rows": []}],
    }
    manifest = Manifest(
        "qszjjb", "区数字经济办公室", plan.region_code, plan.region, 3, "2024-05-20T01:00:00+00:00", str(PERIOD),
        tuple(payload), note="请于 5 月 24 日前填报专项", person=SUPERVISOR, practice=True,
        digests={name: document_digest(value) for name, value in payload.items()},
    )  # fmt: skip
    page = _unit_page(desk)
    page.show_tab(INTAKE)
    desk.driver.settle()
    if not page.intake.batches:
        out = store.folder.root / "下发_第3号.xlsx"
        out.write_bytes(render(Handdown(manifest, payload)))
        page.intake.stage([out])
        desk.driver.settle()
        out.unlink()
    if not page.intake.batches:
        raise Stuck("下发没有读入。")
    page.intake.files.setFocus()


# At the district.


def _page(desk: Desk) -> HanddownPage:
    page = desk.go("handdown")
    assert isinstance(page, HanddownPage)
    page.show_desk()
    desk.driver.settle()
    return page


def _asked(desk: Desk) -> str:
    store = desk.driver.context.store
    with store.read() as session:
        known = answers.all_tables(session)
    if known:
        return known[0][0].key
    made = special.keep(store, _table())
    special.prepare(store, made.key, [["朝阳洲街道", "", "推理", "36"], ["南浦街道", "", "渲染", "20"]])
    with store.write() as session:
        answers.set_state(session, made.key, OPEN, 2)
    return made.key


def sending(desk: Desk) -> None:
    """What may be sent, and the table that is being asked for."""
    _asked(desk)
    _page(desk).refresh()
    desk.driver.settle()


def composing(desk: Desk) -> None:
    """A table being composed."""
    key = _asked(desk)
    page = _page(desk)
    page.table.choose(key)
    page.edit_table()
    page.compose.grid.go((1, 4))
    page.compose.grid.setFocus()
    desk.driver.settle()


def answered(desk: Desk) -> None:
    """Who has answered."""
    key = _asked(desk)
    page = _page(desk)
    page.table.choose(key)
    page.look()
    desk.driver.settle()


CLERK: dict[str, Show] = {"handdown": filling, "handdown-intake": intake}
SUPERVISOR_SHOTS: dict[str, Show] = {
    "handdown": sending,
    "special-compose": composing,
    "special-answers": answered,
}
