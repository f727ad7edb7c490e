"""联席会议议题: what is put before the joint meeting, what was decided, who leads. Moves are in workflow."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

STATUSES = ("待上会", "已议定", "办理中", "已办结", "暂缓")
DECIDED = ("已议定", "办理中", "已办结")
WHAT, DECISION = "议题", "议定与落实"


class Matter(Record, Base):
    __tablename__ = "matter"

    topic: Mapped[str | None] = f.text(
        "议题", "一句话说清需要议定的事。", limit=200, required=True, in_list=True, wide=True, group=WHAT,
        aliases=("事项", "议题名称"),
    )  # fmt: skip
    raised_by_code: Mapped[str | None] = f.ref(
        "提出单位", "unit", "提出议题的单位。", required=True, in_list=True, carry=True
    )
    raised_on: Mapped[date | None] = f.day("提出日期", "提出的日期。", required=True, in_list=True)
    issue_id: Mapped[UUID | None] = f.ref("关联问题", "issue", "由问题台账提请上会的填写。")
    enterprise_id: Mapped[UUID | None] = f.ref("涉及企业", "enterprise", "只涉及一家企业时填写。")
    content: Mapped[str | None] = f.long_text("事项内容", "背景、难点、建议。", required=True)
    status: Mapped[str | None] = f.choice(
        "状态",
        STATUSES,
        "按议定和落实情况流转。",
        required=True,
        default="待上会",
        in_list=True,
        group=DECISION,
    )
    meeting_on: Mapped[date | None] = f.day(
        "上会日期", "议定时必填。", required_when=f.when("status", *DECIDED)
    )
    decision: Mapped[str | None] = f.long_text(
        "议定意见", "议定时必填。", required_when=f.when("status", *DECIDED), aliases=("决定", "会议决定")
    )
    org_code: Mapped[str | None] = f.ref(
        "牵头单位", "unit", "议定后负责落实的单位。", required_when=f.when("status", *DECIDED), in_list=True
    )
    due_date: Mapped[date | None] = f.day(
        "完成时限", "议定后填写。", required_when=f.when("status", *DECIDED), in_list=True, aliases=("时限",)
    )
    result: Mapped[str | None] = f.long_text(
        "落实结果", "办结时必填。", required_when=f.when("status", "已办结")
    )

    __table_args__ = (
        Index("ix_matter_unit", "unit_code", "raised_on", "status", "deleted_at"),
        Index("ix_matter_raised", "raised_on", "id"),
        Index("ix_matter_issue", "issue_id"),
        Index("ix_matter_enterprise", "enterprise_id"),
    )
