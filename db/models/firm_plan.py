"""一企一策: the plan for one enterprise: situation, goal, measures, responsible unit, due."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

STATUSES = ("制定中", "实施中", "已完成", "已终止")
PLAN, WORK = "方案", "落实"


class FirmPlan(Record, Base):
    __tablename__ = "firm_plan"

    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业", "enterprise", "输入名称、拼音首字母或代码尾号检索。", required=True, in_list=True, group=PLAN
    )
    visit_id: Mapped[UUID | None] = f.ref("关联走访", "visit", "由走访的一企一策意见转入时带出。")
    made_on: Mapped[date | None] = f.day("制定日期", "方案定下的日期。", required=True, in_list=True)
    situation: Mapped[str | None] = f.long_text("现状", "企业现在的情况和难处。", required=True)
    goal: Mapped[str | None] = f.long_text("目标", "要达到什么。", required=True, in_list=True)
    measures: Mapped[str | None] = f.long_text("措施", "逐条写明怎么做。", required=True)
    org_code: Mapped[str | None] = f.ref(
        "责任单位", "unit", "负责落实的单位。", required=True, in_list=True, carry=True, group=WORK
    )
    owner: Mapped[str | None] = f.text("责任人", "具体负责的人。", limit=30, carry=True)
    due_date: Mapped[date | None] = f.day(
        "完成时限", "到哪一天完成。", required=True, in_list=True, aliases=("时限",)
    )
    status: Mapped[str | None] = f.choice(
        "状态", STATUSES, "落实到哪一步。", required=True, default="实施中", in_list=True
    )
    result: Mapped[str | None] = f.long_text(
        "落实结果", "完成时必填。", required_when=f.when("status", "已完成")
    )

    __table_args__ = (
        Index("ix_firm_plan_enterprise", "enterprise_id", "made_on"),
        Index("ix_firm_plan_unit", "unit_code", "made_on", "status", "deleted_at"),
        Index("ix_firm_plan_made", "made_on", "id"),
        Index("ix_firm_plan_visit", "visit_id"),
    )
