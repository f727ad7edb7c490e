"""The registers by name: which model, which sheet, which date places a row in a month, what identifies a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.fields import Field, field_map, fields_of
from db.models import Base, Cloud, Enterprise, IndicatorValue, Issue, Nurture, Visit

# How a return takes rows: `month` rows of that month only, `ledger` all that were alive in it,
# `referenced` the enterprises that the other rows name, and those touched in the month.
Scope = Literal["month", "ledger", "referenced"]


@dataclass(frozen=True, slots=True)
class Register:
    """One of the registers of forms.md."""

    key: str
    title: str  # the word of the navigation and of the sheet
    noun: str  # “一条…”
    model: type[Base]
    scope: Scope
    placed_by: str  # the field that places a row in a month
    natural_key: tuple[str, ...]  # what identifies a row that came without its identity
    form: str  # register of forms.md, shown in the data dictionary

    @property
    def fields(self) -> tuple[Field, ...]:
        return fields_of(self.model)

    def field(self, name: str) -> Field:
        return field_map(self.model)[name]

    @property
    def has_enterprise(self) -> bool:
        return "enterprise_id" in field_map(self.model)


REGISTERS: dict[str, Register] = {
    register.key: register
    for register in (
        Register("enterprise", "企业", "企业档案", Enterprise, "referenced", "established_on", ("uscc",), "1 企业档案"),
        Register(
            "visit", "走访", "走访记录", Visit, "month", "visit_date", ("enterprise_id", "visit_date", "visit_type"), "2 走访记录"
        ),
        Register(
            "issue", "问题", "问题", Issue, "ledger", "registered_on",
            ("enterprise_id", "registered_on", "category", "description"), "3 问题台账",
        ),
        Register("cloud", "上云", "上云记录", Cloud, "ledger", "cloud_on", ("enterprise_id", "provider_org", "product", "cloud_on"), "4 上云记录"),
        Register("nurture", "培育", "培育对象", Nurture, "ledger", "asof_ym", ("enterprise_id", "nurture_type"), "5 升规培育"),
        Register(
            "indicator", "指标", "指标月报", IndicatorValue, "month", "period", ("period", "indicator_no", "org_code"), "6 指标月报"
        ),
    )
}  # fmt: skip
