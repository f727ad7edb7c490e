"""服务: what was done for enterprises: policy talks, rent relief, job fairs, financing, help with procedures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

KINDS = ("政策宣讲", "减免租金", "招聘会", "融资对接", "帮办代办", "其他")


class Service(Record, Base):
    __tablename__ = "service"

    kind: Mapped[str | None] = f.choice(
        "服务类型", KINDS, "做的是哪一类服务。", required=True, in_list=True, carry=True, aliases=("类型",)
    )
    served_on: Mapped[date | None] = f.day(
        "服务日期", "开展服务的日期。", required=True, in_list=True, carry=True, aliases=("日期",)
    )
    subject: Mapped[str | None] = f.text(
        "服务内容", "办了什么事、活动的名称。", limit=200, required=True, in_list=True, wide=True
    )
    enterprise_id: Mapped[UUID | None] = f.ref(
        "服务企业", "enterprise", "只服务一家企业时填写；面向多家的填家数。", in_list=True
    )
    firms: Mapped[int | None] = f.integer(
        "惠及企业", "一次活动惠及的企业数。", unit="家", required=True, in_list=True
    )
    persons: Mapped[int | None] = f.integer("参加（惠及）人数", "没有统计的留空。", unit="人", in_list=True)
    amount: Mapped[Decimal | None] = f.money("涉及金额", "减免、融资、补贴的金额。", in_list=True)
    org_code: Mapped[str | None] = f.ref("服务单位", "unit", "提供服务的单位。", required=True, carry=True)
    owner: Mapped[str | None] = f.text("经办人", "具体经办的人。", limit=30, carry=True)
    effect: Mapped[str | None] = f.long_text("服务成效", "解决了什么、企业怎么说。", required=True)

    __table_args__ = (
        Index("ix_service_unit", "unit_code", "served_on", "deleted_at"),
        Index("ix_service_served", "served_on", "id"),
        Index("ix_service_enterprise", "enterprise_id"),
    )
