"""问题台账: problems of enterprises, worked off in a closed loop. The allowed moves are in workflow/."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

SOURCES = ("走访", "来电来访", "上级交办", "座谈会", "其他")
CATEGORIES = (
    "用工", "融资", "用地（用房）", "市场开拓", "政策兑现", "行政审批", "物流水电气",
    "数字化改造", "人才", "知识产权", "税费", "环保安全", "其他",
)  # fmt: skip
URGENCIES = ("一般", "紧急", "特急")
LEVELS = ("街道自办", "部门协调", "区级调度", "上报市级")
STATUSES = ("待交办", "已交办", "办理中", "已办结", "已销号", "回头看合格", "退回重办", "暂不能解决")
RESULTS = ("已解决", "部分解决", "已解释说明", "列入计划", "无法解决")
SATISFACTION = ("满意", "基本满意", "不满意", "未回访")
REVIEWS = ("巩固", "反弹", "需再办")

DONE = ("已办结", "已销号", "回头看合格")  # work is over
OPEN = ("待交办", "已交办", "办理中", "退回重办")
STARTED = ("办理中", "已办结", "已销号", "回头看合格")
ASSIGNED = ("已交办", *STARTED)
CLEARED = ("已销号", "回头看合格")

WHAT, WHO, WORK, CLOSE = "问题", "交办", "办理", "销号与回头看"


class Issue(Record, Base):
    __tablename__ = "issue"

    issue_no: Mapped[str | None] = f.text("问题编号", "自动编号。", limit=40, computed=True, in_list=True)
    source: Mapped[str | None] = f.choice(
        "来源", SOURCES, "问题从哪里来。", required=True, default="走访", group=WHAT, aliases=("问题来源",)
    )
    enterprise_id: Mapped[UUID | None] = f.ref(
        "企业", "enterprise", "输入名称、拼音首字母或代码尾号检索。", required=True, in_list=True
    )
    visit_id: Mapped[UUID | None] = f.ref(
        "关联走访", "visit", "来源为走访时必填。", required_when=f.when("source", "走访")
    )
    registered_on: Mapped[date | None] = f.day(
        "登记日期", "发现问题的日期。", required=True, in_list=True, aliases=("登记时间",)
    )
    category: Mapped[str | None] = f.choice(
        "问题类别", CATEGORIES, "按主要诉求选。", required=True, in_list=True, aliases=("诉求类别",)
    )
    description: Mapped[str | None] = f.long_text(
        "问题描述", "说清事实与诉求。", required=True, in_list=True,
        aliases=("企业反映的问题及诉求", "问题及诉求", "反映问题", "存在问题", "诉求", "问题", "困难问题"),
    )  # fmt: skip
    urgency: Mapped[str | None] = f.choice(
        "紧急程度", URGENCIES, "特急须当日报告。", required=True, default="一般"
    )
    level: Mapped[str | None] = f.choice(
        "解决层级", LEVELS, "由谁牵头解决。", required=True, carry=True, group=WHO
    )
    org_code: Mapped[str | None] = f.ref(
        "责任单位",
        "unit",
        "可输入简称或拼音首字母。",
        required=True,
        carry=True,
        in_list=True,
        aliases=("办理单位", "承办单位"),
    )
    support_org_codes: Mapped[list[str] | None] = f.refs("配合单位", "unit", "可多选。")
    owner: Mapped[str | None] = f.text(
        "责任人", "具体经办的人。", limit=30, required=True, carry=True, aliases=("经办人",)
    )
    owner_phone: Mapped[str | None] = f.text(
        "责任人电话", "手机或座机。", limit=30, required=True, carry=True, editor="phone"
    )
    assigned_on: Mapped[date | None] = f.day(
        "交办日期", "已交办时必填。", required_when=f.when("status", *ASSIGNED)
    )
    due_date: Mapped[date | None] = f.day(
        "办结时限",
        "默认登记后 15 个工作日，可改。",
        required=True,
        carry=True,
        in_list=True,
        aliases=("办理时限", "完成时限", "时限"),
    )
    measure: Mapped[str | None] = f.long_text(
        "解决措施",
        "办理中及以后必填。",
        required_when=f.when("status", *STARTED),
        group=WORK,
        aliases=("办理措施",),
    )
    progress_log: Mapped[list[Any] | None] = f.log("办理进展", "逐次追加，不覆盖。", aliases=("进展情况",))
    status: Mapped[str | None] = f.choice(
        "状态", STATUSES, "按流程流转。", required=True, default="待交办", in_list=True, aliases=("办理状态", "是否办结", "办结情况"),
        value_aliases={"是": "已办结", "否": "待交办", "办结": "已办结", "销号": "已销号", "未办结": "办理中"},
    )  # fmt: skip
    extend_count: Mapped[int | None] = f.integer("延期次数", "申请延期的次数。", unit="次")
    extend_reason: Mapped[str | None] = f.text(
        "延期理由", "有延期时必填。", limit=f.NOTE_LIMIT, required_when=f.when("extend_count")
    )
    result: Mapped[str | None] = f.choice(
        "办理结果", RESULTS, "办结时必填。", required_when=f.when("status", *DONE)
    )
    result_text: Mapped[str | None] = f.long_text(
        "办理结果说明", "办结时写明结果。", required_when=f.when("status", *DONE), limit=f.NOTE_LIMIT
    )
    closed_on: Mapped[date | None] = f.day(
        "办结日期", "办结时必填。", required_when=f.when("status", *DONE), aliases=("办结时间",)
    )
    satisfaction: Mapped[str | None] = f.choice(
        "企业满意度",
        SATISFACTION,
        "销号前必须回访。",
        required_when=f.when("status", *CLEARED),
        group=CLOSE,
        aliases=("满意度",),
    )
    written_off_on: Mapped[date | None] = f.day(
        "销号日期", "销号时必填。", required_when=f.when("status", *CLEARED)
    )
    written_off_by: Mapped[str | None] = f.text(
        "销号人", "与办理人不是同一人。", limit=30, required_when=f.when("status", *CLEARED)
    )
    basis: Mapped[str | None] = f.text(
        "销号依据", "如回访记录、证明材料。", limit=200, required_when=f.when("status", *CLEARED)
    )
    attachments: Mapped[list[Any] | None] = f.files(
        "办理与销号材料", "回访记录、办结证明等；回报时可选是否打包。"
    )
    review_on: Mapped[date | None] = f.day(
        "回头看日期", "销号后 30 日内。", required_when=f.when("status", "回头看合格")
    )
    review_result: Mapped[str | None] = f.choice(
        "回头看结论", REVIEWS, "反弹则退回重办。", required_when=f.when("status", "回头看合格")
    )

    __table_args__ = (
        Index("ix_issue_no", "issue_no"),
        Index("ix_issue_enterprise", "enterprise_id", "registered_on"),
        Index("ix_issue_unit", "unit_code", "registered_on", "status", "due_date", "deleted_at"),
        Index("ix_issue_due", "status", "due_date"),
        Index("ix_issue_visit", "visit_id"),
        Index("ix_issue_registered", "registered_on", "id"),
        # A roll-up counts problems from the index alone.
        Index(
            "ix_issue_totals",
            "unit_code",
            "status",
            "category",
            "satisfaction",
            "due_date",
            "registered_on",
            "assigned_on",
            "closed_on",
            "written_off_on",
            "review_on",
            "deleted_at",
            "id",
        ),
    )
