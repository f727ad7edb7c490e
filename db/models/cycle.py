"""The monthly cycle: returns handed in or received, their rows, explanations, batches and staged rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db import fields as f
from db.models.base import Base
from db.types import Json, Key, Moment


class ReturnFile(Base):
    """A monthly return (回报): at the office that handed it in, and at the district that received it.

    `state`: draft (cover being filled), sent (handed in, the month is locked), reopened (a correction is
    being made), received (applied at the district), sent_back (退回), undone.
    """

    __tablename__ = "return_file"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True, sort_order=-9)
    unit_code: Mapped[str] = mapped_column(ForeignKey("org_unit.code"), sort_order=-8)
    period: Mapped[str] = mapped_column(Text, sort_order=-7)
    revision: Mapped[int] = mapped_column(Integer, sort_order=-6)
    state: Mapped[str] = mapped_column(Text, sort_order=-5)

    title: Mapped[str | None] = f.text("表名", "由计划和期间带出。", computed=True)
    form_no: Mapped[str | None] = f.text(
        "表号", "由区数字经济办公室确定，如“西数经调01表”。", limit=40, required=True
    )
    issuer: Mapped[str | None] = f.text("制表机关", "制表机关名称。", required=True)
    approved_by: Mapped[str | None] = f.text("批准机关", "仅经统计部门备案的统计报表填写，工作调度表留空。")
    approval_no: Mapped[str | None] = f.text("批准文号", "工作调度表留空。", limit=60)
    valid_to: Mapped[str | None] = f.text("有效期", "工作调度表留空。", limit=30)
    unit_note: Mapped[str | None] = f.text("计量单位", "亿元、家、个、%，详见各列。", computed=True)
    submitted_on: Mapped[date | None] = f.day("报送日期", "导出日。", computed=True)
    head_sign: Mapped[str | None] = f.text("单位负责人", "打印后在此签字。", limit=30, required=True)
    reviewer: Mapped[str | None] = f.text("审核人", "本单位审核的人。", limit=30, required=True)
    filler: Mapped[str | None] = f.text("填表人", "填这份回报的人。", limit=30, required=True)
    phone: Mapped[str | None] = f.text("联系电话", "填表人的电话。", limit=30, required=True, editor="phone")
    template_ver: Mapped[str | None] = f.text("模板版本", "导入时核对。", computed=True)
    data_ver: Mapped[str | None] = f.text("数据版本", "导入时核对。", computed=True)
    summary: Mapped[dict[str, Any] | None] = mapped_column(Json, info={})  # 各表行数: {register: rows}
    check_summary: Mapped[dict[str, Any] | None] = mapped_column(Json)  # {errors, warnings, infos}
    zero_report: Mapped[bool | None] = f.yes_no("零报送", "本期无新增时必选。")
    digest: Mapped[str | None] = f.text("校验摘要", "防改动，不代替签章。", computed=True)
    correction_reason: Mapped[str | None] = f.text("更正理由", "第 2 版起必填。", limit=200)

    due_on: Mapped[date | None] = mapped_column()
    file_name: Mapped[str | None] = mapped_column(Text)
    file_sha256: Mapped[str | None] = mapped_column(Text)
    late_days: Mapped[int] = mapped_column(Integer, default=0)
    batch_id: Mapped[UUID | None] = mapped_column(Key)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_return_file_place", "period", "unit_code", "revision"),)


class ReturnRow(Base):
    """Which records a return carried, with the digest of each row: what is `gone` shows against this."""

    __tablename__ = "return_row"

    return_id: Mapped[UUID] = mapped_column(Key, ForeignKey("return_file.id"), primary_key=True)
    register: Mapped[str] = mapped_column(Text, primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(Text)


class Explanation(Base):
    """Why a 警告 is right as it is; remembered per rule, record, field and value, so it is asked once."""

    __tablename__ = "explanation"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    rule_id: Mapped[str] = mapped_column(Text)
    register: Mapped[str] = mapped_column(Text)
    record_id: Mapped[UUID | None] = mapped_column(Key)
    field: Mapped[str] = mapped_column(Text)
    value_key: Mapped[str] = mapped_column(Text)  # the message, which names the value that was explained
    text: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)  # the month it was first given
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_explanation_place", "rule_id", "register", "record_id"),)


class Batch(Base):
    """One file that was read: staged, applied, sent back, undone. The register is untouched until applied."""

    __tablename__ = "batch"

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # return or ledger
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(Text)
    content_digest: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(Text)
    period: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)  # staged, applied, sent_back, rejected, undone
    rows_read: Mapped[int] = mapped_column(Integer, default=0)
    cover: Mapped[dict[str, Any] | None] = mapped_column(Json)
    findings: Mapped[list[Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_batch_state", "state", "created_at"), Index("ix_batch_sha", "file_sha256"))


class StagedRow(Base):
    """A row of a batch with what would happen to it: new, same, update, gone, conflict or bad."""

    __tablename__ = "staged_row"

    batch_id: Mapped[UUID] = mapped_column(Key, ForeignKey("batch.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    register: Mapped[str] = mapped_column(Text)
    record_id: Mapped[UUID | None] = mapped_column(Key)
    action: Mapped[str] = mapped_column(Text)
    accepted: Mapped[bool] = mapped_column(Boolean, default=True)
    sheet: Mapped[str] = mapped_column(Text)
    row_no: Mapped[int | None] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(Text)  # what a person calls the row: 江西云栈网络科技 · 5-14
    values: Mapped[dict[str, Any] | None] = mapped_column(Json)
    changes: Mapped[list[Any] | None] = mapped_column(Json)  # [{"field","old","new"}]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the before-image, for undo
    digest: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_staged_row_action", "batch_id", "action", "seq"),)


class RuleFired(Base):
    """How many findings of a rule the last check of a unit's month had."""

    __tablename__ = "rule_fired"

    rule: Mapped[str] = mapped_column(Text, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    registers: Mapped[dict[str, int] | None] = mapped_column(Json)  # how many of them by register
    at: Mapped[datetime] = mapped_column(Moment)
