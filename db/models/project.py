"""项目台账: projects of the digital economy, followed month by month. The stages and their moves are in workflow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record
from db.models.enterprise import FIELD_TAGS

CATEGORIES = ("招引项目", "在库项目", "重大项目", "标杆项目", "应用场景", "平台载体")
STAGES = ("洽谈", "签约", "入库", "开工", "在建", "竣工", "投产（运营）", "暂停", "终止")
SIGNED = ("签约", "入库", "开工", "在建", "竣工", "投产（运营）")
STOCKED = SIGNED[1:]
STARTED = SIGNED[2:]
COMPLETED = SIGNED[4:]
PRODUCED = SIGNED[5:]

WHAT, MONEY, WHEN, MONTH = "项目", "投资", "阶段与日期", "当月进展"


class Project(Record, Base):
    __tablename__ = "project"

    name: Mapped[str | None] = f.text(
        "项目名称", "与立项或签约文件一致。", required=True, in_list=True, group=WHAT, wide=True, aliases=("项目",)
    )  # fmt: skip
    project_no: Mapped[str | None] = f.text(
        "项目编号", "留空则自动编号。", limit=40, required=True, aliases=("编号", "项目代码")
    )
    category: Mapped[str | None] = f.choice(
        "项目类别",
        CATEGORIES,
        "按项目的主要性质选。",
        required=True,
        in_list=True,
        carry=True,
        aliases=("类别",),
    )
    field_tag: Mapped[str | None] = f.choice(
        "产业领域", FIELD_TAGS, "与企业档案的产业领域一致。", required=True, carry=True
    )
    enterprise_id: Mapped[UUID | None] = f.ref(
        "建设单位", "enterprise", "已建档的企业从这里选；未注册的在下一栏填名称。", aliases=("业主单位",)
    )
    owner_name: Mapped[str | None] = f.text(
        "建设单位名称", "建设单位还没有注册或没有建档时填写。", aliases=("拟建单位",)
    )
    street_code: Mapped[str | None] = f.ref(
        "所属街道", "street", "项目所在的街道。", required=True, in_list=True, carry=True
    )
    park_code: Mapped[str | None] = f.ref("所属园区", "park", "在园区（楼宇）里的项目填写。", carry=True)
    org_code: Mapped[str | None] = f.ref(
        "责任单位（专班）", "unit", "推进项目的单位或专班。", required=True, in_list=True, short="责任单位", carry=True,
        aliases=("责任单位", "专班"),
    )  # fmt: skip
    content: Mapped[str | None] = f.long_text("建设内容", "建什么、多大规模。", required=True)
    invest_total: Mapped[Decimal | None] = f.money(
        "计划总投资", "全部投资。", required=True, in_list=True, group=MONEY, aliases=("总投资",)
    )
    invest_plan_year: Mapped[Decimal | None] = f.money("本年计划投资", "今年计划完成的投资。")
    invest_done: Mapped[Decimal | None] = f.money(
        "累计完成投资", "开工以来累计，逐月不减。", required=True, in_list=True, aliases=("累计投资",)
    )
    stage: Mapped[str | None] = f.choice(
        "阶段", STAGES, "按项目进展流转。", required=True, default="洽谈", in_list=True, group=WHEN,
        value_aliases={"投产": "投产（运营）", "运营": "投产（运营）"},
    )  # fmt: skip
    in_stock: Mapped[bool | None] = f.yes_no(
        "是否在库", "纳入项目库管理的选“是”，用于“每年在库不低于30个”。", required=True, in_list=True
    )
    signed_on: Mapped[date | None] = f.day(
        "签约日期", "签约及以后必填。", required_when=f.when("stage", *SIGNED)
    )
    stocked_on: Mapped[date | None] = f.day(
        "入库日期", "入库及以后必填。", required_when=f.when("stage", *STOCKED)
    )
    started_on: Mapped[date | None] = f.day(
        "开工日期", "开工及以后必填。", required_when=f.when("stage", *STARTED)
    )
    completed_on: Mapped[date | None] = f.day(
        "竣工日期", "竣工及以后必填。", required_when=f.when("stage", *COMPLETED)
    )
    produced_on: Mapped[date | None] = f.day(
        "投产日期", "投产（运营）时必填。", required_when=f.when("stage", *PRODUCED)
    )
    asof_ym: Mapped[str | None] = f.period(
        "填报月份", "当月进展和累计投资截至的月份。", required=True, in_list=True, group=MONTH
    )
    progress: Mapped[str | None] = f.long_text(
        "当月进展", "本月做了什么、到了哪一步。", required=True, aliases=("项目进展", "进展情况")
    )
    issues: Mapped[str | None] = f.long_text(
        "存在问题及需协调事项", "可转入问题台账。", aliases=("存在问题", "需协调事项")
    )

    __table_args__ = (
        Index("ix_project_name", "name", "id"),
        Index("ix_project_no", "project_no"),
        Index("ix_project_unit", "unit_code", "asof_ym", "stage", "deleted_at"),
        Index("ix_project_stage", "stage", "id"),
        Index("ix_project_enterprise", "enterprise_id"),
    )
