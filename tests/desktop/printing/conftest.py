"""A register with something to print of every kind, and a way from a document to its PDF."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db.lookup import Directory
from db.store import Store
from desktop.context import AppContext
from desktop.printing.blocks import Document
from desktop.printing.draw import write_pdf
from desktop.printing.flow import lay_out
from tests.db import fixtures
from tests.db.fixtures import add, change

Written = Callable[[Document], Path]
VISIT: dict[str, Any] = {
    "visit_date": date(2024, 5, 8), "visit_mode": "实地", "visit_type": "挂点领导走访", "leader": "副区长 陈某",
    "visitors": "张敏（经发办）、李伟（社区）", "escorts": "区工信局 赵某", "firm_attendees": "王磊 总经理",
    "operation_text": "订单饱满，新签运维合同 320 万元；计划下半年扩招 15 人。", "operation_trend": "向好",
    "revenue_ytd": Decimal("1814.00"), "digital_stage": "部分环节", "systems": ["ERP", "OA"],
    "device_linked": "部分联网", "cloud_status": "已上云", "digital_need": ["上云", "资金"],
    "digital_invest": Decimal("12.50"), "upscale_potential": "有", "has_issue": True,
    "plan_text": "协调园区用房；对接融资。", "firm_confirm": "已签字", "filler": "张敏",
    "attachments": [{"name": "现场照片.jpg", "sha256": "a" * 64, "size": 5}],
}  # fmt: skip
ISSUE: dict[str, Any] = {
    "source": "走访", "registered_on": date(2024, 5, 8), "category": "用地（用房）",
    "description": "办公面积 200 平方米，扩招后不够用，希望协调 300 平方米用房。", "urgency": "紧急",
    "level": "部门协调", "owner": "刘建国", "owner_phone": "0791-86510023", "due_date": date(2024, 5, 24),
    "status": "已交办", "assigned_on": date(2024, 5, 9),
    "progress_log": [{"at": "2024-05-10", "by": "刘建国", "text": "已联系园区，核对空置房源。"}],
}  # fmt: skip


@pytest.fixture
def visit(register: Store, context: AppContext, firms: dict[str, UUID]) -> UUID:
    """A visit with every field filled that a visit has."""
    register.set_setting("practice_today", "2024-05-21")
    register.set_setting("practice", True)
    with register.write() as session:
        change(
            session, "enterprise", firms["云栈"], contact="王磊", phone="13800001234",
            reg_address="抚生路 288 号 3 栋", legal_rep="王磊",
        )  # fmt: skip
        return add(session, "visit", enterprise_id=firms["云栈"], **VISIT)


@pytest.fixture
def issue(register: Store, visit: UUID, firms: dict[str, UUID]) -> UUID:
    """A problem handed to the street itself, due in three days."""
    with register.write() as session:
        return add(
            session, "issue", enterprise_id=firms["云栈"], visit_id=visit, org_code=fixtures.STREET, **ISSUE
        )


@pytest.fixture
def written(tmp_path: Path, context: AppContext) -> Written:
    """Lay a document out and write its PDF."""

    def write(document: Document) -> Path:
        out = write_pdf(lay_out(document), tmp_path / "纸" / "打印.pdf")
        assert out is not None
        return out

    return write


@pytest.fixture
def names(register: Store) -> Callable[[str, str], str]:
    """The name of a code."""

    def name(source: str, code: str) -> str:
        with register.read() as session:
            return Directory(session).name(source, code)

    return name
