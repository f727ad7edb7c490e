"""责任清单: the year's tasks from the plan's 行动 and targets, with progress month by month. Moves are in workflow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

STATUSES = ("未启动", "正常推进", "滞后", "已完成", "已销号", "调整取消")
RUNNING = ("未启动", "正常推进", "滞后")
FINISHED = ("已完成", "已销号")

WHAT, WHO, PROGRESS = "任务", "责任", "进展"


class Duty(Record, Base):
    __tablename__ = "duty"

    year: Mapped[str | None] = f.choice(
        "清单年度", (), "这张清单所属的年度。", source="year", required=True, carry=True, group=WHAT
    )
    action_id: Mapped[str | None] = f.ref(
        "行动", "action", "任务出自计划的哪一项行动。", required=True, carry=True, in_list=True
    )
    programme_id: Mapped[str | None] = f.ref("工程", "programme", "由行动带出。", computed=True)
    task: Mapped[str | None] = f.text(
        "任务名称", "一句话说清要做的事。", limit=200, required=True, in_list=True, wide=True
    )
    content: Mapped[str | None] = f.long_text("任务内容", "具体要求和做法。", required=True)
    target_value: Mapped[Decimal | None] = f.number("量化目标", "有数量要求的填写。", places=2)
    target_unit: Mapped[str | None] = f.text(
        "目标单位", "家、个、亿元、%等。", limit=10, required_when=f.when("target_value")
    )
    due_date: Mapped[date | None] = f.day(
        "完成时限", "到哪一天完成。", required=True, in_list=True, aliases=("时限",)
    )
    org_code: Mapped[str | None] = f.ref(
        "牵头单位", "unit", "牵头负责的单位。", required=True, in_list=True, group=WHO, aliases=("责任单位",)
    )
    support_org_codes: Mapped[list[str] | None] = f.refs("配合单位", "unit", "可多选，不含牵头单位。")
    leader: Mapped[str | None] = f.text("责任领导", "分管的领导。", limit=30, required=True, carry=True)
    owner: Mapped[str | None] = f.text("责任人", "具体负责的人。", limit=30, required=True, carry=True)
    asof_ym: Mapped[str | None] = f.period(
        "填报月份", "下面的进展截至的月份。", required=True, group=PROGRESS
    )
    done_value: Mapped[Decimal | None] = f.number(
        "当前完成值", "有量化目标的必填。", places=2, required_when=f.when("target_value")
    )
    progress_pct: Mapped[Decimal | None] = f.number(
        "完成进度", "0—100。", places=0, unit="%", required=True, in_list=True, aliases=("进度",)
    )
    status: Mapped[str | None] = f.choice(
        "状态", STATUSES, "按推进情况流转。", required=True, default="未启动", in_list=True
    )
    progress_text: Mapped[str | None] = f.long_text("进展情况", "本月做了什么、取得什么结果。", required=True)
    problem_text: Mapped[str | None] = f.long_text("存在问题", "没有的填“无”。", required=True)
    next_text: Mapped[str | None] = f.long_text("下步打算", "下个月做什么。", required=True)
    basis: Mapped[str | None] = f.text(
        "销号依据",
        "会议纪要、批复、照片、统计数据等。",
        limit=200,
        required_when=f.when("status", "已销号"),
        wide=True,
    )

    __table_args__ = (
        Index("ix_duty_unit", "unit_code", "year", "status", "deleted_at"),
        Index("ix_duty_due", "due_date", "id"),
        Index("ix_duty_action", "year", "action_id"),
    )
