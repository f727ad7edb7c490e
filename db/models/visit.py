"""走访记录: one row per visit (千名干部访千企)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

MODES = ("实地", "电话", "线上", "座谈会")
TYPES = ("千名干部访千企", "挂点领导走访", "数字化改造摸底", "升规辅导", "政策宣讲", "问题回访")
TRENDS = ("向好", "平稳", "下滑", "停产")
STAGES = ("未开展", "起步（办公软件、财务软件）", "部分环节", "全流程", "智能化")
SYSTEMS = ("ERP", "OA", "财务软件", "CRM", "MES", "WMS", "PLM", "电商平台", "收银系统", "其他")
LINKED = ("无设备", "未联网", "部分联网", "全部联网")
CLOUD = ("未上云", "拟上云", "已上云")
NEEDS = ("上云", "系统选型", "资金", "人才", "培训", "网络", "标识解析", "场景对接", "无")
POTENTIAL = ("有", "无", "已是规上")
CONFIRM = ("已签字", "电话确认", "未确认")

WHAT, HOW, DIGITAL, FOLLOW = "走访情况", "生产经营", "数字化与上云", "跟进与确认"


class Visit(Record, Base):
    __tablename__ = "visit"

    visit_no: Mapped[str | None] = f.text(
        "走访编号", "单位码＋期间＋序号，自动编号。", limit=40, computed=True
    )
    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业",
        "enterprise",
        "输入名称、拼音首字母或代码尾号检索；没有则现场建档。",
        required=True,
        in_list=True,
        wide=True,
        group=WHAT,
    )
    visit_date: Mapped[date | None] = f.day(
        "走访日期",
        "不得晚于今天。",
        required=True,
        in_list=True,
        carry=True,
        aliases=("走访时间", "日期", "时间", "走访日"),
    )
    visit_mode: Mapped[str | None] = f.choice(
        "走访方式", MODES, "考核默认只计实地、座谈会。", required=True, in_list=True, carry=True, aliases=("方式", "走访形式"),
        value_aliases={"上门": "实地", "现场": "实地", "座谈": "座谈会", "微信": "线上", "视频": "线上", "电话走访": "电话"},
    )  # fmt: skip
    visit_type: Mapped[str | None] = f.choice(
        "走访类型",
        TYPES,
        "本次走访的名目。",
        required=True,
        in_list=True,
        carry=True,
        aliases=("类型", "走访类别"),
    )
    leader: Mapped[str | None] = f.text(
        "走访领导",
        "挂点领导走访必填。",
        limit=50,
        required_when=f.when("visit_type", "挂点领导走访"),
        carry=True,
        aliases=("带队领导",),
    )
    visitors: Mapped[str | None] = f.text(
        "走访人员（单位）", "姓名（单位）逐个填写，如“张敏（经发办）、李伟（社区）”。", limit=200, required=True, in_list=True, carry=True, editor="people",
        aliases=("走访干部", "走访人员", "走访人", "干部姓名"),
    )  # fmt: skip
    escorts: Mapped[str | None] = f.text("陪同人员", "街道、园区、运营商等。", limit=200, editor="people")
    firm_attendees: Mapped[str | None] = f.text(
        "企业参加人及职务",
        "写明姓名和职务，如“王磊 总经理”。",
        limit=200,
        required=True,
        editor="people",
        aliases=("企业参加人", "受访人", "接待人"),
    )
    operation_text: Mapped[str | None] = f.long_text(
        "生产经营情况",
        "订单、产能、收入、用工、利润。",
        required=True,
        group=HOW,
        aliases=("走访情况", "经营情况", "走访内容", "生产经营"),
    )
    operation_trend: Mapped[str | None] = f.choice(
        "经营状态评价",
        TRENDS,
        "与上年同期相比。",
        required=True,
        in_list=True,
        short="经营评价",
        aliases=("经营评价", "经营状况"),
    )
    revenue_ytd: Mapped[Decimal | None] = f.money(
        "本年累计营业收入", "同步到企业档案。", negative=True,
        aliases=("本年累计营收", "今年累计营收", "累计营业收入", "累计营收", "本年营收"),
    )  # fmt: skip
    digital_stage: Mapped[str | None] = f.choice(
        "数字化改造阶段",
        STAGES,
        "按企业主要业务判断。",
        required=True,
        group=DIGITAL,
        aliases=("数字化改造情况", "数字化阶段"),
    )
    systems: Mapped[list[str] | None] = f.choices("已用信息系统", SYSTEMS, "可多选。", aliases=("信息系统",))
    device_linked: Mapped[str | None] = f.choice("设备联网情况", LINKED, "没有生产设备选“无设备”。")
    cloud_status: Mapped[str | None] = f.choice(
        "上云情况", CLOUD, "已上云须关联上云记录或转派运营商核实。", required=True, in_list=True, aliases=("是否上云", "上云", "上云状态"),
        value_aliases={"是": "已上云", "√": "已上云", "有": "已上云", "否": "未上云", "×": "未上云", "无": "未上云"},
    )  # fmt: skip
    digital_need: Mapped[list[str] | None] = f.choices("改造需求", NEEDS, "可多选。", aliases=("数字化需求",))
    digital_invest: Mapped[Decimal | None] = f.money(
        "改造投入（本年）", "本年数字化改造投入。", aliases=("改造投入",)
    )
    upscale_potential: Mapped[str | None] = f.choice(
        "是否有升规潜力",
        POTENTIAL,
        "“有”则可一键转入升规培育。",
        required=True,
        group=FOLLOW,
        aliases=("升规潜力",),
    )
    policies_told: Mapped[list[str] | None] = f.choices(
        "政策宣讲", (), "记录送达的资料名称。", source="policy"
    )
    has_issue: Mapped[bool | None] = f.yes_no(
        "是否有问题诉求",
        "为“是”须登记问题。",
        required=True,
        in_list=True,
        short="诉求",
        aliases=("有无问题", "是否有问题"),
    )
    plan_text: Mapped[str | None] = f.long_text(
        "一企一策意见", "措施、责任单位、时限。", aliases=("一企一策",)
    )
    attachments: Mapped[list[Any] | None] = f.files(
        "现场照片、签到", "照片、签到表等存入本机；回报时可选是否打包。"
    )
    firm_confirm: Mapped[str | None] = f.choice("企业确认", CONFIRM, "企业对本次记录的确认方式。")
    filler: Mapped[str | None] = f.text(
        "填报人", "默认本机登记的经办人。", limit=30, required=True, carry=True, aliases=("填表人",)
    )
    filled_on: Mapped[date | None] = f.day("填报日期", "自动填写。", computed=True)

    __table_args__ = (
        Index("ix_visit_no", "visit_no"),
        Index("ix_visit_date", "visit_date", "id"),
        Index("ix_visit_enterprise", "enterprise_id", "visit_date"),
        # Roll-up and one office's month are answered from the index alone.
        Index("ix_visit_unit_date", "unit_code", "visit_date", "deleted_at", "enterprise_id", "visit_mode"),
    )
