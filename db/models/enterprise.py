"""企业档案: one card per enterprise; every other register refers to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db import fields as f
from db.models.base import Base, Record
from db.types import Key

FIELD_TAGS = (
    "流量经济", "软件信息", "智慧交通", "网络信息安全", "通讯传输",
    "数字商贸", "数字文创", "数字教育", "数字健康", "其他",
)  # fmt: skip
STATUSES = ("正常", "筹建", "停业", "迁出", "注销", "吊销")
ENTITY_TYPES = ("企业法人", "个体工商户", "分支机构", "民办非企业", "农民专业合作社", "其他")
STOCK_SPECIALTIES = ("工业", "批发", "零售", "住宿", "餐饮", "服务业", "建筑业", "房地产")
SME_TITLES = ("创新型中小企业", "省级专精特新", "省级专业化小巨人", "国家小巨人")
HONORS = ("高新技术企业", "科技型中小企业", "瞪羚", "独角兽", "数字经济核心产业企业（已认定）", "其他")
SOURCES = ("走访", "部门共享", "园区报送", "导入", "自行填报")

IDENTITY, ADDRESS, TRADE, SCALE, MONEY, STATE = (
    "基本信息", "地址与联系", "行业与数字经济", "规模与资质", "经营数据", "状态与备注",
)  # fmt: skip


class Enterprise(Record, Base):
    __tablename__ = "enterprise"

    name: Mapped[str | None] = f.text(
        "企业名称", "与营业执照一致。", required=True, in_list=True, group=IDENTITY, wide=True,
        aliases=("企业", "单位名称", "公司名称", "客户名称", "名称", "企业全称", "走访企业"),
    )  # fmt: skip
    uscc: Mapped[str | None] = f.text(
        "统一社会信用代码", "18 位，按营业执照填写；暂无代码须写明原因。", limit=18, editor="code", in_list=True,
        required_when=f.unless("no_uscc_reason"),
        aliases=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "代码", "机构代码"),
    )  # fmt: skip
    no_uscc_reason: Mapped[str | None] = f.text(
        "暂无代码原因", "没有代码时必填，如“筹建中，未取得执照”；没有代码的企业不计入上报汇总。"
    )
    alias: Mapped[str | None] = f.text(
        "曾用名（简称）", "多个用分号隔开，供检索。", limit=200, aliases=("曾用名", "简称")
    )
    entity_type: Mapped[str | None] = f.choice(
        "单位类型", ENTITY_TYPES, "默认企业法人。", required=True, default="企业法人"
    )
    street_code: Mapped[str | None] = f.ref(
        "所属街道", "street", "按注册地属地填写。", required=True, in_list=True, group=ADDRESS, carry=True,
        aliases=("街道", "属地", "所属镇街", "属地街道", "镇街"),
    )  # fmt: skip
    park_code: Mapped[str | None] = f.ref(
        "所属园区（楼宇）", "park", "在园区或楼宇内的选填。", aliases=("所属园区", "园区", "楼宇")
    )
    reg_address: Mapped[str | None] = f.text(
        "注册地址", "与营业执照一致。", limit=200, required=True, wide=True, aliases=("地址", "住所")
    )
    biz_address: Mapped[str | None] = f.text(
        "实际经营地址", "与注册地不同时填写。", limit=200, wide=True, aliases=("经营地址", "办公地址")
    )
    legal_rep: Mapped[str | None] = f.text(
        "法定代表人", "营业执照上的姓名。", limit=30, required=True, aliases=("法人", "法人代表", "负责人")
    )
    contact: Mapped[str | None] = f.text(
        "联系人", "平时能找到的人。", limit=30, required=True, aliases=("企业联系人",)
    )
    phone: Mapped[str | None] = f.text(
        "联系电话",
        "手机或座机，座机形如 0791-86510023。",
        limit=30,
        required=True,
        editor="phone",
        aliases=("电话", "手机", "联系方式"),
    )
    established_on: Mapped[date | None] = f.day(
        "成立日期", "营业执照上的成立日期。", required=True, group=TRADE, aliases=("注册时间", "成立时间")
    )
    opened_on: Mapped[date | None] = f.day(
        "开业（投产）日期",
        "升规对象必填，用于判断月度入库资格。",
        aliases=("开业日期", "投产日期", "开业时间"),
    )
    reg_capital: Mapped[Decimal | None] = f.money("注册资本", "营业执照上的数。", aliases=("注册资金",))
    industry_code: Mapped[str | None] = f.choice(
        "行业代码", (), "GB/T 4754—2017，至少到大类，建议到小类；可输入名称检索。", source="industry", required=True, in_list=True,
        aliases=("行业", "所属行业", "国民经济行业", "行业类别"),
    )  # fmt: skip
    main_business: Mapped[str | None] = f.text(
        "主要业务活动", "一至三项。", limit=200, required=True, wide=True, aliases=("主营业务", "经营范围")
    )
    de_core: Mapped[bool | None] = f.yes_no(
        "是否数字经济核心产业",
        "按数字经济分类 01—04 大类判断。",
        required=True,
        aliases=("数字经济核心产业",),
    )
    de_class: Mapped[str | None] = f.choice(
        "数字经济分类", (), "核心产业为“是”时必填。", source="de_class", required_when=f.when("de_core", True)
    )
    field_tag: Mapped[list[str] | None] = f.choices(
        "产业领域", FIELD_TAGS, "可多选。", aliases=("赛道", "领域")
    )
    is_above_scale: Mapped[bool | None] = f.yes_no(
        "是否规上（限上）",
        "以统计部门在库为准。",
        required=True,
        in_list=True,
        short="规上",
        group=SCALE,
        aliases=("是否规上", "规上", "是否限上"),
    )
    specialty: Mapped[str | None] = f.choice(
        "入库专业", STOCK_SPECIALTIES, "规上（限上）企业必填。", required_when=f.when("is_above_scale", True)
    )
    in_stock_ym: Mapped[str | None] = f.period(
        "入库年月", "规上（限上）企业必填。", required_when=f.when("is_above_scale", True)
    )
    sme_title: Mapped[list[str] | None] = f.choices(
        "专精特新称号", SME_TITLES, "认定年度与有效期在培育中登记。"
    )
    honors: Mapped[list[str] | None] = f.choices("其他资质", HONORS, "可多选。")
    revenue_ly: Mapped[Decimal | None] = f.money(
        "上年营业收入", "以利润表为准。", negative=True, group=MONEY,
        aliases=("上年营收", "去年营收", "上年度营业收入", "上年收入"),
    )  # fmt: skip
    revenue_ytd: Mapped[Decimal | None] = f.money(
        "本年累计营业收入", "走访、培育中填的数会同步到这里。", negative=True, in_list=True, short="累计营收",
        aliases=("本年累计营收", "今年累计营收", "累计营业收入", "累计营收", "本年营收"),
    )  # fmt: skip
    revenue_asof: Mapped[str | None] = f.period(
        "营业收入截至期间", "本年累计营业收入截至的月份。", aliases=("截至期间", "截至月份")
    )
    tax_ly: Mapped[Decimal | None] = f.money(
        "上年纳税额", "含各税种。", negative=True, aliases=("上年税收", "纳税额")
    )
    employees: Mapped[int | None] = f.integer(
        "从业人员", "期末数。", unit="人", aliases=("员工人数", "从业人数", "人数")
    )
    liaison_leader: Mapped[str | None] = f.text(
        "挂点领导", "定点联系该企业的区领导。", limit=30, aliases=("包保领导", "联系领导")
    )
    liaison_org: Mapped[str | None] = f.ref(
        "挂点（包保）单位", "unit", "配合挂点领导的单位。", aliases=("挂点单位", "包保单位")
    )
    status: Mapped[str | None] = f.choice(
        "企业状态",
        STATUSES,
        "非正常须填变动日期与原因。",
        required=True,
        default="正常",
        in_list=True,
        group=STATE,
        aliases=("经营状态",),
    )
    status_on: Mapped[date | None] = f.day(
        "状态变动日期",
        "非正常时必填。",
        required_when=f.when("status", "停业", "迁出", "注销", "吊销", "筹建"),
    )
    status_reason: Mapped[str | None] = f.text(
        "状态变动原因",
        "非正常时必填。",
        limit=200,
        required_when=f.when("status", "停业", "迁出", "注销", "吊销", "筹建"),
    )
    source: Mapped[str | None] = f.choice(
        "数据来源", SOURCES, "首次建档的方式。", required=True, default="自行填报", aliases=("来源",)
    )
    remark: Mapped[str | None] = f.long_text("备注", "其他需要说明的事。", limit=f.NOTE_LIMIT)
    # The card this one went into, for a card that was found to be the same firm (it is deleted too).
    merged_into: Mapped[UUID | None] = mapped_column(Key)

    __table_args__ = (
        # One live card per credit code in a register (ENT-005).
        Index(
            "uq_enterprise_uscc",
            "uscc",
            unique=True,
            sqlite_where=text("uscc IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index("ix_enterprise_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
        Index("ix_enterprise_street", "street_code", "name"),
        Index("ix_enterprise_name", "name"),
        Index("ix_enterprise_phone", "phone"),
        Index("ix_enterprise_updated", "unit_code", "updated_at"),
        # What is counted as 核心产业: few among many, found without looking at all.
        Index("ix_enterprise_core", "de_core", sqlite_where=text("de_core = 1")),
        Index("ix_enterprise_honors", "id", sqlite_where=text("honors IS NOT NULL")),
    )


class EnterpriseSearch(Base):
    """What the search finds an enterprise by; `seq` is the stable integer the FTS tables are keyed to."""

    __tablename__ = "enterprise_search"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    enterprise_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    folded: Mapped[str] = mapped_column(Text)  # names and codes, folded, a space between characters
    initials: Mapped[str] = mapped_column(Text)  # pinyin initials of the name
    name_key: Mapped[str] = mapped_column(Text)  # normalised name, for “is it the same firm”

    __table_args__ = (
        Index("ix_enterprise_search_initials", "initials"),
        Index("ix_enterprise_search_name_key", "name_key"),
    )
