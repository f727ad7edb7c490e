"""机会清单、产品清单: what is sought, what is offered, matches between them, and the batches they are published in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

OPPORTUNITY_LIST, PRODUCT_LIST = "机会清单", "产品清单"
LISTS = (OPPORTUNITY_LIST, PRODUCT_LIST)
OUTCOMES = ("对接中", "达成意向", "签约合作", "未成")
STATES = ("有效", "已达成", "已失效")


class Release(Record, Base):
    """One publication of one list: what indicator 11 counts."""

    __tablename__ = "release_batch"

    name: Mapped[str | None] = f.text(
        "批次名称", "如“2024 年第一批机会清单”。", required=True, in_list=True, wide=True
    )
    list_kind: Mapped[str | None] = f.choice(
        "清单类型", LISTS, "一个批次发布一张清单。", required=True, in_list=True, carry=True
    )
    released_on: Mapped[date | None] = f.day("发布日期", "对外发布的日期。", required=True, in_list=True)
    org_code: Mapped[str | None] = f.ref(
        "发布单位", "unit", "发布清单的单位。", required=True, in_list=True, carry=True
    )
    channel: Mapped[str | None] = f.text(
        "发布渠道", "政府网站、发布会、公众号等。", required=True, in_list=True, carry=True
    )
    link: Mapped[str | None] = f.text("文号或网址", "可以查到这次发布的依据。", limit=200)
    remark: Mapped[str | None] = f.text("备注", "需要说明的事。", limit=f.NOTE_LIMIT)

    __table_args__ = (
        Index("ix_release_batch_unit", "unit_code", "released_on", "deleted_at"),
        Index("ix_release_batch_released", "released_on", "id"),
    )


class Opportunity(Record, Base):
    __tablename__ = "opportunity"

    scene: Mapped[str | None] = f.text(
        "应用场景",
        "需求所在的场景名称。",
        required=True,
        in_list=True,
        wide=True,
        aliases=("场景", "场景名称"),
    )
    demand_side: Mapped[str | None] = f.text(
        "需求方", "提出需求的单位或企业。", required=True, in_list=True, carry=True
    )
    enterprise_id: Mapped[UUID | None] = f.ref("需求企业", "enterprise", "需求方是已建档企业时选择。")
    need: Mapped[str | None] = f.long_text("需求内容", "要解决什么、有什么要求。", required=True)
    budget: Mapped[Decimal | None] = f.money("预算", "没有预算的留空。", in_list=True)
    term: Mapped[str | None] = f.text("期限", "如“2024 年 12 月底前建成”。", required=True, in_list=True)
    contact: Mapped[str | None] = f.text("联系人", "需求方的联系人。", limit=30, carry=True)
    phone: Mapped[str | None] = f.text("联系电话", "手机或座机。", limit=30, editor="phone", carry=True)
    registered_on: Mapped[date | None] = f.day("登记日期", "征集到的日期。", required=True, in_list=True)
    release_id: Mapped[UUID | None] = f.ref("发布批次", "release", "已发布的选择批次。", carry=True)
    status: Mapped[str | None] = f.choice(
        "状态", STATES, "是否仍在征集。", required=True, default="有效", in_list=True
    )

    __table_args__ = (
        Index("ix_opportunity_unit", "unit_code", "registered_on", "deleted_at"),
        Index("ix_opportunity_registered", "registered_on", "id"),
        Index("ix_opportunity_enterprise", "enterprise_id"),
        Index("ix_opportunity_release", "release_id"),
    )


class Product(Record, Base):
    __tablename__ = "product"

    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业", "enterprise", "提供产品的企业。", required=True, in_list=True
    )
    name: Mapped[str | None] = f.text(
        "产品名称", "产品或解决方案的名称。", required=True, in_list=True, wide=True, aliases=("产品",)
    )
    scenes: Mapped[str | None] = f.text(
        "适用场景", "适合哪些场景，用顿号隔开。", limit=200, required=True, in_list=True, wide=True
    )
    description: Mapped[str | None] = f.long_text("产品介绍", "功能和特点。")
    cases: Mapped[str | None] = f.long_text("应用案例", "已经用在哪里。")
    contact: Mapped[str | None] = f.text("联系人", "企业的联系人。", limit=30)
    phone: Mapped[str | None] = f.text("联系电话", "手机或座机。", limit=30, editor="phone")
    registered_on: Mapped[date | None] = f.day("登记日期", "征集到的日期。", required=True, in_list=True)
    release_id: Mapped[UUID | None] = f.ref("发布批次", "release", "已发布的选择批次。", carry=True)

    __table_args__ = (
        Index("ix_product_unit", "unit_code", "registered_on", "deleted_at"),
        Index("ix_product_registered", "registered_on", "id"),
        Index("ix_product_enterprise", "enterprise_id"),
        Index("ix_product_release", "release_id"),
    )


class Match(Record, Base):
    """An opportunity and a product brought together (供需对接)."""

    __tablename__ = "supply_match"

    opportunity_id: Mapped[UUID | None] = f.ref(
        "机会", "opportunity", "机会清单里的一项。", required=True, in_list=True
    )
    product_id: Mapped[UUID | None] = f.ref(
        "产品", "product", "产品清单里的一项。", required=True, in_list=True
    )
    matched_on: Mapped[date | None] = f.day("对接日期", "第一次对接的日期。", required=True, in_list=True)
    org_code: Mapped[str | None] = f.ref(
        "牵线单位", "unit", "组织对接的单位。", required=True, in_list=True, carry=True
    )
    outcome: Mapped[str | None] = f.choice(
        "对接结果", OUTCOMES, "谈到哪一步。", required=True, default="对接中", in_list=True
    )
    amount: Mapped[Decimal | None] = f.money(
        "合作金额", "签约合作时填写。", required_when=f.when("outcome", "签约合作"), in_list=True
    )
    note: Mapped[str | None] = f.long_text("对接情况", "过程和下一步。")

    __table_args__ = (
        Index("ix_supply_match_unit", "unit_code", "matched_on", "deleted_at"),
        Index("ix_supply_match_matched", "matched_on", "id"),
        Index("ix_supply_match_opportunity", "opportunity_id"),
        Index("ix_supply_match_product", "product_id"),
    )
