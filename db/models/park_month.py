"""园区台账: a park's figures of one month. The parks themselves are in org.py."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

STATUSES = ("谋划", "筹建", "在建", "已建成", "停用")
AREAS, FIRMS, MONEY, WHO = "园区与面积", "入驻企业", "经营数据", "运营单位"


class ParkMonth(Record, Base):
    __tablename__ = "park_month"

    park_code: Mapped[str | None] = f.ref(
        "园区", "park", "以园区名称为准，“几部”会随年份变。", required=True, in_list=True, carry=True, group=AREAS,
        aliases=("园区名称", "产业园"),
    )  # fmt: skip
    period: Mapped[str | None] = f.period("期间", "数据所属的月份。", required=True, in_list=True)
    status: Mapped[str | None] = f.choice(
        "建设状态", STATUSES, "园区建设到哪一步。", required=True, in_list=True, carry=True
    )
    area_total: Mapped[Decimal | None] = f.number(
        "建筑面积", "园区全部建筑面积。", places=0, unit="平方米", required=True, carry=True
    )
    area_usable: Mapped[Decimal | None] = f.number(
        "可用面积", "可以招商入驻的面积。", places=0, unit="平方米", required=True, in_list=True, carry=True
    )
    area_used: Mapped[Decimal | None] = f.number(
        "已用面积", "已经入驻使用的面积。", places=0, unit="平方米", in_list=True, carry=True
    )
    occupancy: Mapped[Decimal | None] = f.number(
        "入驻率", "已用面积÷可用面积，自动算出；另有统计的可改。", places=1, unit="%", in_list=True
    )
    firms: Mapped[int | None] = f.integer(
        "入驻企业数", "月末在园企业。", unit="家", required=True, in_list=True, group=FIRMS, carry=True
    )
    firms_de: Mapped[int | None] = f.integer(
        "其中数字经济企业数", "月末在园的数字经济企业。", unit="家", required=True, carry=True, aliases=("数字经济企业数",)
    )  # fmt: skip
    firms_above: Mapped[int | None] = f.integer(
        "其中规上企业数", "月末在园的规上（限上）企业。", unit="家", required=True, carry=True, aliases=("规上企业数",)
    )  # fmt: skip
    in_month: Mapped[int | None] = f.integer(
        "当月新入驻", "本月新入驻的企业，名称写在“当月大事、问题”里。", unit="家", required=True
    )
    out_month: Mapped[int | None] = f.integer("当月退出", "本月退出的企业。", unit="家", required=True)
    introduced: Mapped[str | None] = f.text(
        "引进企业（龙头、孵化）", "累计引进的龙头、孵化企业名称，用顿号隔开。", limit=f.NOTE_LIMIT, editor="people",
        carry=True, wide=True, aliases=("引进企业",),
    )  # fmt: skip
    revenue_ytd: Mapped[Decimal | None] = f.money(
        "主营业务收入（年内累计）", "1 月至本月累计；园区目标以亿元计，会自动换算。", required=True, in_list=True, group=MONEY,
        short="累计营收", aliases=("主营业务收入", "营业收入"),
    )  # fmt: skip
    tax_ytd: Mapped[Decimal | None] = f.money(
        "税收（年内累计）", "1 月至本月累计。", required=True, in_list=True, short="累计税收", aliases=("税收",)
    )  # fmt: skip
    employees: Mapped[int | None] = f.integer("从业人员", "月末从业人员。", unit="人", carry=True)
    operator: Mapped[str | None] = f.text(
        "运营单位", "负责运营园区的单位。", required=True, carry=True, group=WHO
    )
    operator_head: Mapped[str | None] = f.text(
        "运营负责人", "运营单位的负责人。", limit=30, required=True, carry=True, aliases=("负责人",)
    )
    operator_phone: Mapped[str | None] = f.text(
        "负责人电话", "手机或座机。", limit=30, required=True, editor="phone", carry=True, aliases=("电话",)
    )
    note: Mapped[str | None] = f.long_text("当月大事、问题", "新入驻、退出的企业，活动，需要协调的事。")

    __table_args__ = (
        Index("ix_park_month_place", "period", "park_code"),
        Index("ix_park_month_park", "park_code", "period"),
        Index("ix_park_month_unit", "unit_code", "period", "deleted_at"),
    )
