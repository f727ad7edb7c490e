"""The district's plan as rows: indicators with targets and units, 工程, 行动. Filled from a plan file only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import Json, Scaled

PLACES = 4  # targets and indicator values: finer than any unit of the plan


class Plan(Base):
    """The plan in force (one row), with the file it was loaded from, whole."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(Text)
    start_year: Mapped[int] = mapped_column(Integer)
    end_year: Mapped[int] = mapped_column(Integer)
    baseline_year: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(Json)  # the plan file itself


class Indicator(Base):
    __tablename__ = "indicator"

    no: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    decimals: Mapped[int] = mapped_column(Integer)
    attribute: Mapped[str] = mapped_column(Text)  # 约束性 or 预期性
    semantics: Mapped[str] = mapped_column(Text)  # annual_flow, stock, ratio, annual_increment
    combine: Mapped[str] = mapped_column(Text)  # single, sum, dedup
    register: Mapped[str | None] = mapped_column(Text)  # the register that can answer it
    baseline: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))
    opening: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))  # opening balance without a list
    ambiguous: Mapped[bool] = mapped_column(Boolean, default=False)
    scope: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class IndicatorTarget(Base):
    __tablename__ = "indicator_target"

    indicator_no: Mapped[int] = mapped_column(ForeignKey("indicator.no"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[Decimal] = mapped_column(Scaled(PLACES))


class IndicatorUnit(Base):
    """Who reports an indicator."""

    __tablename__ = "indicator_unit"

    indicator_no: Mapped[int] = mapped_column(ForeignKey("indicator.no"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("org_unit.code"), primary_key=True)


class Programme(Base):
    """工程."""

    __tablename__ = "programme"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class ActionItem(Base):
    """行动, with its targets and tasks as the plan states them."""

    __tablename__ = "action_item"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(Text)
    targets: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    tasks: Mapped[list[str]] = mapped_column(Json)
    unit_codes: Mapped[list[str]] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)
