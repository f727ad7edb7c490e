"""升规培育: candidates for 升规入统, 专精特新 and 核心产业企业认定. The allowed moves are in workflow/."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

UPSCALE = "升规入统"
TITLES = ("创新型中小企业", "省级专精特新", "省级专业化小巨人", "国家小巨人")
CORE = "数字经济核心产业企业认定"
TYPES = (UPSCALE, *TITLES, CORE)
SPECIALTIES = (
    "工业", "批发", "零售", "住宿", "餐饮", "服务业2000万档", "服务业1000万档", "服务业500万档", "建筑业", "房地产",
)  # fmt: skip
DECLARE = ("月度入库", "年度入库")
ACCOUNTING = ("自有会计", "代理记账", "不健全")
STAGES = (
    "摸底", "入库培育", "达标预警", "材料准备", "街道初审", "区级审核", "上级审核", "已入库", "退回", "放弃", "退库",
)  # fmt: skip
WILLING = ("愿意", "观望", "不愿意")
REASONS = ("不达标", "材料不全", "行业不符", "属地不符", "停业注销", "迁出", "重复", "其他")
REWARDS = ("不涉及", "待申报", "已申报", "已兑现")
OVER = ("已入库", "退回", "放弃", "退库")  # no longer on the way
FROM_MATERIALS = ("材料准备", "街道初审", "区级审核", "上级审核", "已入库")
FROM_REVIEW = FROM_MATERIALS[1:]

WHAT, REVENUE, WORK, OUTCOME = "培育对象", "收入与达标", "培育与申报", "结果"


class Nurture(Record, Base):
    __tablename__ = "nurture"

    nurture_type: Mapped[str | None] = f.choice(
        "培育类型",
        TYPES,
        "同一企业可有多条。",
        required=True,
        default=UPSCALE,
        in_list=True,
        carry=True,
        group=WHAT,
    )
    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业", "enterprise", "输入名称、拼音首字母或代码尾号检索。", required=True, in_list=True
    )
    specialty: Mapped[str | None] = f.choice(
        "拟申报专业", SPECIALTIES, "升规必填，按行业代码带出。", required_when=f.when("nurture_type", UPSCALE), in_list=True,
        aliases=("拟入库专业", "申报专业", "专业"),
    )  # fmt: skip
    threshold: Mapped[Decimal | None] = f.number(
        "门槛", "由标准表带出。", places=0, unit="万元", computed=True, in_list=True
    )
    declare_type: Mapped[str | None] = f.choice(
        "申报方式",
        DECLARE,
        "上年四季度以来新开业的可月度入库。",
        required_when=f.when("nurture_type", UPSCALE),
        carry=True,
    )
    revenue_ytd: Mapped[Decimal | None] = f.money(
        "本年累计营业收入", "截至期间见下一栏。", required=True, negative=True, in_list=True, short="累计营收", group=REVENUE,
        aliases=("本年累计营收", "今年累计营收", "累计营业收入", "累计营收"),
    )  # fmt: skip
    asof_ym: Mapped[str | None] = f.period("截至期间", "累计营业收入截至的月份。", required=True)
    vat_ytd: Mapped[Decimal | None] = f.money(
        "税务申报销售额（累计）", "与利润表核对。", aliases=("税务申报销售额",)
    )
    reach_rate: Mapped[Decimal | None] = f.number(
        "达标率", "累计÷门槛。", places=1, unit="%", computed=True, in_list=True
    )
    forecast: Mapped[Decimal | None] = f.money("预计全年", "按月均推算，可改。", negative=True)
    reach_ym: Mapped[str | None] = f.period(
        "预计达标月份", "按月均推算，可改。", aliases=("预计入库时间", "预计达标时间")
    )
    accounting: Mapped[str | None] = f.choice(
        "财务健全情况", ACCOUNTING, "能否提供完整财务报表。", required=True, carry=True, group=WORK
    )
    statistician: Mapped[str | None] = f.text(
        "统计人员", "材料准备及以后必填。", limit=30, required_when=f.when("stage", *FROM_MATERIALS)
    )
    measure: Mapped[str | None] = f.long_text("培育措施", "辅导、对接、政策等。")
    org_code: Mapped[str | None] = f.ref("责任单位", "unit", "负责培育的单位。", required=True, carry=True)
    owner: Mapped[str | None] = f.text("责任人", "负责培育的人。", limit=30, required=True, carry=True)
    stage: Mapped[str | None] = f.choice(
        "阶段", STAGES, "按流程流转。", required=True, default="摸底", in_list=True
    )
    materials: Mapped[list[Any] | None] = f.checklist(
        "材料清单",
        "升规入统在街道初审前须齐全。",
        source="materials",
        required_when=f.both(f.when("stage", *FROM_REVIEW), f.when("nurture_type", UPSCALE)),
    )
    willingness: Mapped[str | None] = f.choice(
        "企业意愿", WILLING, "不愿意须写明原因。", required=True, carry=True
    )
    reason: Mapped[str | None] = f.choice(
        "退回（退库）原因",
        REASONS,
        "退回、退库时必填。",
        required_when=f.when("stage", "退回", "退库"),
        group=OUTCOME,
    )
    reason_text: Mapped[str | None] = f.text(
        "原因说明",
        "退回、退库或企业不愿意时写明。",
        limit=f.NOTE_LIMIT,
        required_when=f.when("willingness", "不愿意"),
    )
    in_stock_ym: Mapped[str | None] = f.period(
        "入库年月", "已入库时必填。", required_when=f.when("stage", "已入库")
    )
    doc_no: Mapped[str | None] = f.text("认定文号", "专精特新等认定时填写。", limit=60)
    certified_on: Mapped[date | None] = f.day("认定日期", "专精特新等认定时填写。")
    valid_to: Mapped[date | None] = f.day("有效期至", "专精特新等认定时填写。")
    reward: Mapped[str | None] = f.choice("政策奖励兑现", REWARDS, "奖励办到哪一步。")

    __table_args__ = (
        Index("ix_nurture_enterprise", "enterprise_id", "nurture_type"),
        Index("ix_nurture_unit", "unit_code", "nurture_type", "stage", "deleted_at"),
        Index("ix_nurture_stage", "stage", "id"),
    )
