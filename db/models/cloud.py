"""上云记录: one row per service and enterprise; whether it counts is decided in cloud_counting.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index
from sqlalchemy.orm import Mapped, mapped_column

from db import fields as f
from db.models.base import Base, Record

BRANDS = ("移动云", "天翼云", "联通云", "阿里云", "腾讯云", "华为云", "其他")
TYPES = ("基础设施上云", "平台系统上云", "业务应用上云", "数据上云", "设备上云")
DEPLOY = ("公有云", "私有云", "混合云", "行业云")
DEPTHS = ("浅层（单一通用应用）", "中度（多应用或核心业务之一）", "深度（核心业务、设备或数据）")
SCENES = ("办公管理", "设备管理", "供应链管理", "商业职能", "生产制造", "客户营销", "其他")
EVIDENCE = ("合同", "订单", "发票", "付款凭证", "开通截图", "企业确认书")
VERIFY = ("待核实", "已核实", "核实不符", "已失效")
UNCOUNTED = ("重复服务", "区外企业", "无证明", "已失效", "非云产品")

SERVICE, PROOF = "云服务", "证明与核实"


class Cloud(Record, Base):
    __tablename__ = "cloud"

    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业",
        "enterprise",
        "输入名称、拼音首字母或代码尾号检索。",
        required=True,
        in_list=True,
        wide=True,
        group=SERVICE,
    )
    provider_org: Mapped[str | None] = f.ref(
        "报送单位（云服务商渠道）",
        "unit",
        "由哪家运营商渠道报送。",
        required=True,
        in_list=True,
        short="报送单位",
        carry=True,
        aliases=("报送单位", "云服务商渠道"),
    )
    provider_brand: Mapped[str | None] = f.choice(
        "云服务商（品牌）",
        BRANDS,
        "云服务的品牌。",
        required=True,
        in_list=True,
        short="云服务商",
        carry=True,
        aliases=("云服务商", "品牌"),
    )
    cloud_type: Mapped[list[str] | None] = f.choices(
        "上云类型", TYPES, "可多选。", required=True, carry=True, aliases=("业务类别", "类型"),
        value_aliases={"IaaS": "基础设施上云", "PaaS": "平台系统上云", "SaaS": "业务应用上云"},
    )  # fmt: skip
    product: Mapped[str | None] = f.text(
        "具体产品", "云主机、云存储、云桌面、OA、ERP 等；宽带、短信、专线不算。", limit=200, required=True, in_list=True, carry=True,
        aliases=("产品名称", "产品", "云产品"),
    )  # fmt: skip
    deploy: Mapped[str | None] = f.choice("部署形式", DEPLOY, "不清楚可不填。")
    cloud_on: Mapped[date | None] = f.day(
        "上云日期",
        "服务开通日。",
        required=True,
        in_list=True,
        carry=True,
        aliases=("开通日期", "上云时间", "开通时间"),
    )
    expire_on: Mapped[date | None] = f.day(
        "服务到期日", "长期有效填空。", aliases=("到期日期", "到期时间", "到期日")
    )
    amount: Mapped[Decimal | None] = f.money(
        "年服务金额", "免费试用填 0 并说明。", carry=True, aliases=("合同金额", "金额", "服务金额")
    )
    depth: Mapped[str | None] = f.choice("上云深度", DEPTHS, "按用到的业务判断。", required=True, carry=True)
    scene: Mapped[list[str] | None] = f.choices("应用场景", SCENES, "可多选；前四项与行动计划一致。")
    evidence: Mapped[list[str] | None] = f.choices(
        "证明材料",
        EVIDENCE,
        "至少一项，否则只能为“待核实”。",
        required=True,
        carry=True,
        group=PROOF,
        aliases=("证明",),
    )
    evidence_no: Mapped[str | None] = f.text("证明材料编号", "合同号、发票号等。", limit=60)
    attachments: Mapped[list[Any] | None] = f.files(
        "证明材料附件", "合同、发票、截图等扫描件；回报时可选是否打包。"
    )
    verify_status: Mapped[str | None] = f.choice(
        "核实状态", VERIFY, "只计已核实。", required=True, default="待核实", in_list=True
    )
    verified_by: Mapped[str | None] = f.text(
        "核实人", "已核实时必填。", limit=30, required_when=f.when("verify_status", "已核实", "核实不符")
    )
    verified_on: Mapped[date | None] = f.day(
        "核实日期", "已核实时必填。", required_when=f.when("verify_status", "已核实", "核实不符")
    )
    counted: Mapped[bool | None] = f.yes_no(
        "是否计数", "同一代码最早一条已核实记录为“是”。", computed=True, in_list=True, short="计数"
    )
    uncounted_reason: Mapped[str | None] = f.choice(
        "不计数原因", UNCOUNTED, "不计数时由程序给出。", computed=True
    )
    # On the list of the plan's opening balance: not typed, set when that list is imported.
    opening: Mapped[bool | None] = mapped_column(Boolean, nullable=True)

    __table_args__ = (
        Index("ix_cloud_enterprise", "enterprise_id", "cloud_on"),
        Index("ix_cloud_unit", "unit_code", "cloud_on", "counted", "deleted_at"),
        Index("ix_cloud_on", "cloud_on", "id"),
        # A roll-up counts services from the index alone.
        Index(
            "ix_cloud_totals",
            "provider_org",
            "counted",
            "uncounted_reason",
            "cloud_on",
            "deleted_at",
            "enterprise_id",
        ),
    )
