"""挂点: which leader and unit look after which enterprise, from when to when, and how many visits they owe."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record


class Liaison(Record, Base):
    __tablename__ = "liaison"

    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业", "enterprise", "输入名称、拼音首字母或代码尾号检索。", required=True, in_list=True
    )
    leader: Mapped[str | None] = f.text(
        "挂点领导",
        "定点联系企业的领导。",
        limit=30,
        required=True,
        in_list=True,
        carry=True,
        aliases=("领导",),
    )
    post: Mapped[str | None] = f.text(
        "职务", "如“副区长”“街道党工委书记”。", limit=50, required=True, in_list=True, carry=True
    )
    org_code: Mapped[str | None] = f.ref(
        "挂点（包保）单位", "unit", "负责联系的单位。", required=True, in_list=True, short="挂点单位", carry=True,
        aliases=("挂点单位", "包保单位"),
    )  # fmt: skip
    from_on: Mapped[date | None] = f.day(
        "起始日期", "从哪一天开始挂点。", required=True, in_list=True, carry=True
    )
    to_on: Mapped[date | None] = f.day("终止日期", "仍在挂点的留空。", in_list=True)
    visits_owed: Mapped[int | None] = f.integer(
        "每季度应走访",
        "每个季度至少走访的次数。",
        unit="次",
        required=True,
        default=1,
        in_list=True,
        carry=True,
    )
    remark: Mapped[str | None] = f.text("备注", "调整原因等。", limit=f.NOTE_LIMIT)

    __table_args__ = (
        Index("ix_liaison_enterprise", "enterprise_id", "from_on"),
        Index("ix_liaison_unit", "unit_code", "from_on", "to_on", "deleted_at"),
        Index("ix_liaison_from", "from_on", "id"),
    )
