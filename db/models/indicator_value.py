"""指标月报: one value per indicator, period and unit. The arithmetic behind the computed fields is in progress.py."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from db import fields as f
from db.models.base import Base, Record

DATA_SOURCES = ("台账汇总", "部门统计", "统计局反馈", "企业填报", "估算")
FIGURES, WORDS = "数值", "说明"
PLACES = 4


class IndicatorValue(Record, Base):
    __tablename__ = "indicator_value"

    period: Mapped[str | None] = f.period("期间", "填报的月份。", required=True, in_list=True, group=FIGURES)
    indicator_no: Mapped[int | None] = f.ref(
        "指标",
        "indicator",
        "计划表 1 所列指标。",
        required=True,
        in_list=True,
        wide=True,
        aliases=("指标名称",),
    )
    org_code: Mapped[str | None] = f.ref("填报单位", "unit", "报这个数的单位。", required=True, in_list=True)
    value_month: Mapped[Decimal | None] = f.number("本月数", "年内累计类必填。", places=PLACES, negative=True)
    value: Mapped[Decimal | None] = f.number(
        "本年累计（期末）数", "按值口径填写：年内累计、期末存量或比率。", places=PLACES, negative=True, required=True, in_list=True,
        aliases=("本年累计数", "期末数", "累计数"),
    )  # fmt: skip
    prev_value: Mapped[Decimal | None] = f.number(
        "上月累计", "由上月回报带出。", places=PLACES, negative=True, computed=True
    )
    ly_value: Mapped[Decimal | None] = f.number("上年同期", "首次可手工补录。", places=PLACES, negative=True)
    target: Mapped[Decimal | None] = f.number(
        "年度目标", "由计划带出。", places=PLACES, computed=True, in_list=True
    )
    completion: Mapped[Decimal | None] = f.number(
        "完成率", "实际÷目标。", places=1, unit="%", negative=True, computed=True, in_list=True
    )
    time_progress: Mapped[Decimal | None] = f.number(
        "序时进度", "累计类按月份÷12，存量类按插值。", places=1, unit="%", computed=True, in_list=True
    )
    gap: Mapped[Decimal | None] = f.number(
        "进度差", "完成率－序时进度。", places=1, unit="百分点", negative=True, computed=True, in_list=True
    )
    yoy: Mapped[Decimal | None] = f.number(
        "同比", "口径不同不计算。", places=1, unit="%", negative=True, computed=True
    )
    scope_note: Mapped[str | None] = f.text(
        "统计口径说明", "统计范围有变化时填写；与上年不同则不算同比。", limit=200, wide=True, group=WORDS
    )
    data_source: Mapped[str | None] = f.choice(
        "数据来源", DATA_SOURCES, "估算须注明并在通报中加注。", required=True, carry=True
    )
    reason: Mapped[str | None] = f.long_text("原因说明", "变动大或落后时必填。", limit=f.NOTE_LIMIT)
    next_step: Mapped[str | None] = f.long_text("下步措施", "约束性指标落后时必填。", limit=f.NOTE_LIMIT)
    version: Mapped[int | None] = f.integer("版本", "更正后加一。", computed=True)
    correction_reason: Mapped[str | None] = f.text("更正理由", "更正时必填。", limit=200)

    __table_args__ = (
        # One valid value per indicator, period and unit (IND-009).
        Index(
            "uq_indicator_value_place", "period", "indicator_no", "org_code",
            unique=True, sqlite_where=text("deleted_at IS NULL"),
        ),
        Index("ix_indicator_value_unit", "unit_code", "period"),
    )  # fmt: skip
