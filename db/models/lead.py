"""招引线索: the firms a task force (专班) seeks, how far it got, what comes next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record
from db.models.enterprise import FIELD_TAGS

STAGES = ("线索", "洽谈", "签约", "落地", "搁置")
FIRM, WORK = "目标企业", "跟进"


class Lead(Record, Base):
    __tablename__ = "lead"

    firm_name: Mapped[str | None] = f.text(
        "目标企业", "拟招引的企业名称。", required=True, in_list=True, wide=True, group=FIRM,
        aliases=("招引企业", "企业名称", "拟引进企业"),
    )  # fmt: skip
    enterprise_id: Mapped[UUID | None] = f.ref("落地企业", "enterprise", "在本区注册建档后填写。")
    sector: Mapped[str | None] = f.choice(
        "产业领域", FIELD_TAGS, "与企业档案的产业领域一致。", required=True, in_list=True, carry=True
    )
    invest: Mapped[Decimal | None] = f.money("意向投资", "没有谈到的留空。", in_list=True)
    task_force_code: Mapped[str | None] = f.ref(
        "牵头专班", "unit", "负责招引的专班或单位。", required=True, in_list=True, carry=True, group=WORK,
        aliases=("专班", "责任专班"),
    )  # fmt: skip
    leader: Mapped[str | None] = f.text("专班负责人", "牵头的领导。", limit=30, required=True, carry=True)
    owner: Mapped[str | None] = f.text("联络人", "具体跟进的人。", limit=30, carry=True)
    found_on: Mapped[date | None] = f.day("登记日期", "得到线索的日期。", required=True, in_list=True)
    stage: Mapped[str | None] = f.choice(
        "进展阶段", STAGES, "谈到哪一步。", required=True, default="线索", in_list=True
    )
    next_step: Mapped[str | None] = f.text(
        "下步安排", "下一次做什么。", limit=f.NOTE_LIMIT, required=True, in_list=True, wide=True
    )
    next_on: Mapped[date | None] = f.day("计划日期", "下一步打算在哪一天做。")
    note: Mapped[str | None] = f.long_text("跟进情况", "历次接洽的要点。")

    __table_args__ = (
        Index("ix_lead_unit", "unit_code", "found_on", "stage", "deleted_at"),
        Index("ix_lead_found", "found_on", "id"),
        Index("ix_lead_enterprise", "enterprise_id"),
    )
