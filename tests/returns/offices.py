"""A street, a second street and the district, with months to hand in: what the tests of returns share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import records, setup
from db.monthly import rows_of_month
from db.records import table_of
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import now
from returns import compose
from returns.workbook import RETURN
from returns.write import Written, write_return
from tests.state import state_hash

STREET, OTHER, DISTRICT = "360103002", "360103001", "qszjjb"
MAY = "2024-05"
TODAY = date(2024, 5, 22)
CODES = ("91360103MA0000015L", "91360103MA0000023F", "91360103MA00000A9A", "91350100M000100Y43")
COVER = {
    "form_no": "西数经调01表", "issuer": "区数字经济办公室", "head_sign": "王建国", "reviewer": "李红", "filler": "张敏",
    "phone": "0791-86510023",
}  # fmt: skip
SUPERVISOR = Actor(DISTRICT, "刘科长", "supervisor")


def open_office(root: Path, unit: str, role: str = "clerk", person: str = "张敏") -> Store:
    store = setup.initialise(root, unit, role, person=person)
    for key, value in (
        ("phone", COVER["phone"]),
        ("head", COVER["head_sign"]),
        ("reviewer", COVER["reviewer"]),
    ):
        store.set_setting(key, value)
    return store


FIRM: dict[str, Any] = {
    "entity_type": "企业法人", "street_code": STREET, "reg_address": "南昌市西湖区朝阳洲中路 18 号", "legal_rep": "黄志强",
    "contact": "陈海燕", "phone": "0791-86510023", "established_on": date(2018, 3, 6), "industry_code": "I6513",
    "main_business": "应用软件开发", "de_core": False, "is_above_scale": False, "status": "正常", "source": "走访",
}  # fmt: skip
VISIT: dict[str, Any] = {
    "visit_date": date(2024, 5, 8), "visit_mode": "实地", "visit_type": "千名干部访千企",
    "visitors": "张敏（经发办）、李伟（社区）", "firm_attendees": "黄志强 总经理",
    "operation_text": "订单饱满，新签省级平台运维合同 90 万元，计划下半年扩招 39 人。", "operation_trend": "向好",
    "revenue_ytd": Decimal("860.50"), "digital_stage": "部分环节", "cloud_status": "未上云", "upscale_potential": "无",
    "has_issue": False, "filler": "张敏", "filled_on": date(2024, 5, 8),
}  # fmt: skip
ISSUE: dict[str, Any] = {
    "source": "来电来访", "registered_on": date(2024, 5, 9), "category": "融资",
    "description": "流动资金紧张，希望协调财园信贷通贷款 320 万元。", "urgency": "一般", "level": "部门协调", "org_code": "qjrb",
    "owner": "李伟", "owner_phone": "0791-86510023", "status": "待交办", "due_date": date(2024, 5, 30),
}  # fmt: skip
CLOUD: dict[str, Any] = {
    "provider_org": "xhyd", "provider_brand": "移动云", "cloud_type": ["基础设施上云"], "product": "云主机",
    "cloud_on": date(2024, 5, 7), "amount": Decimal("1.20"), "depth": "浅层（单一通用应用）", "evidence": ["合同"],
    "verify_status": "待核实",
}  # fmt: skip
NURTURE: dict[str, Any] = {
    "nurture_type": "升规入统", "specialty": "服务业2000万档", "declare_type": "年度入库", "revenue_ytd": Decimal("900.00"),
    "asof_ym": MAY, "accounting": "自有会计", "org_code": STREET, "owner": "张敏", "stage": "摸底", "willingness": "愿意",
}  # fmt: skip


def save(store: Store, register: str, actor: Actor | None = None, **values: Any) -> UUID:
    with store.write() as session:
        return records.save(session, REGISTERS[register], values, actor or store.actor).id


def change(store: Store, register: str, key: UUID, **values: Any) -> None:
    with store.write() as session:
        records.save(session, REGISTERS[register], values, store.actor, id=key)


def read(store: Store, register: str, key: UUID) -> dict[str, Any] | None:
    with store.read() as session:
        return records.get(session, REGISTERS[register], key)


@dataclass(frozen=True, slots=True)
class Month:
    """The keys of one street's small month."""

    firm: UUID
    visit: UUID
    issue: UUID
    cloud: UUID
    nurture: UUID


def small_month(
    store: Store, *, name: str = "江西云栈网络科技有限公司", code: str | None = CODES[0]
) -> Month:
    """One row in each register, complete and without a finding that blocks."""
    firm = save(
        store, "enterprise", **{**FIRM, "name": name, "uscc": code, "street_code": store.actor.unit_code}
    )
    visit = save(store, "visit", **VISIT, enterprise_id=firm)
    issue = save(store, "issue", **ISSUE, enterprise_id=firm)
    cloud = save(store, "cloud", **CLOUD, enterprise_id=firm)
    nurture = save(store, "nurture", **NURTURE, enterprise_id=firm)
    return Month(firm, visit, issue, cloud, nurture)


def export(
    store: Store, out: Path, *, revision: int = 1, kind: str = RETURN, period: str = MAY, **cover: Any
) -> Written:
    """Write the month's return without the gate: tests of the file need no perfect month."""
    with store.read() as session:
        content = compose.gather(
            session, store.actor.unit_code, period, kind=kind, revision=revision,
            cover={**COVER, "submitted_on": TODAY, **cover}, person="张敏",
        )  # fmt: skip
        return write_return(content, out)


def hash_of(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def rows(store: Store, unit: str = STREET, period: str = MAY) -> dict[str, list[dict[str, Any]]]:
    with store.read() as session:
        return rows_of_month(session, unit, period)


def facts(row: Mapping[str, Any], register: str) -> dict[str, Any]:
    """What people entered in a row, for comparison across offices."""
    fields = [each.name for each in REGISTERS[register].fields if not each.computed]
    return {
        name: row[name] for name in (*fields, "unparsed", "not_applicable") if row[name] not in (None, "", [])
    }


def insert_raw(session: Session, register: str, unit: str, found: list[dict[str, Any]]) -> None:
    """Rows straight into a table, as no form would make them."""
    table = table_of(REGISTERS[register])
    full = []
    for values in found:
        record: dict[str, Any] = {column.name: None for column in table.columns}
        record.update(
            unit_code=unit, rev=1, created_at=now(), created_by="张敏", updated_at=now(), updated_by="张敏"
        )
        record.update(values)
        record["incomplete"] = records.is_incomplete(REGISTERS[register], record)
        record["digest"] = records.digest_of(REGISTERS[register], record)
        full.append(record)
    session.execute(insert(table), full)


def edit(path: Path, work: Callable[[Any], None]) -> None:
    """Change a workbook as a person would, in another program."""
    book = openpyxl.load_workbook(path)
    work(book)
    book.save(path)


def column_of(sheet: Any, header: str) -> int:
    """The number of the column with this header (the mark of required columns aside)."""
    for cell in sheet[3]:
        if str(cell.value or "").split(" *")[0] == header:
            return int(cell.column)
    raise AssertionError(f"no column {header}")


def rezip(path: Path, work: Callable[[str, bytes], bytes]) -> None:
    """Rewrite the parts of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, work(name, source.read(name)))
    path.write_bytes(out.getvalue())
