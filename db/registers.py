"""The registers by name: which model, which sheet, which date places a row in a month, what identifies a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.fields import Field, field_map, fields_of
from db.models import (
    Base,
    Cloud,
    Duty,
    Enterprise,
    FirmPlan,
    IndicatorValue,
    Issue,
    Lead,
    Liaison,
    Match,
    Matter,
    Nurture,
    Opportunity,
    ParkMonth,
    Product,
    Project,
    Release,
    Service,
    Visit,
)  # fmt: skip

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
    title_field: str  # what one record is called by
    state_field: str = ""  # the field that says how far it is
    own_sheet: bool = True  # whether a return always has the sheet, or only when there are rows

    @property
    def fields(self) -> tuple[Field, ...]:
        return fields_of(self.model)

    def field(self, name: str) -> Field:
        return field_map(self.model)[name]

    @property
    def of_firm(self) -> bool:
        """Whether a row is about one enterprise and says nothing without it."""
        return self.has_enterprise and self.field("enterprise_id").required

    @property
    def has_enterprise(self) -> bool:
        return "enterprise_id" in field_map(self.model)


_SIDE = False  # own_sheet of the lists that only some offices keep

REGISTERS: dict[str, Register] = {
    register.key: register
    for register in (
        Register("enterprise", "企业", "企业档案", Enterprise, "referenced", "established_on", ("uscc",), "1 企业档案", "name", "status"),
        Register(
            "visit", "走访", "走访记录", Visit, "month", "visit_date", ("enterprise_id", "visit_date", "visit_type"), "2 走访记录",
            "enterprise_id",
        ),
        Register(
            "issue", "问题", "问题", Issue, "ledger", "registered_on",
            ("enterprise_id", "registered_on", "category", "description"), "3 问题台账", "enterprise_id", "status",
        ),
        Register(
            "cloud", "上云", "上云记录", Cloud, "ledger", "cloud_on", ("enterprise_id", "provider_org", "product", "cloud_on"), "4 上云记录",
            "enterprise_id", "verify_status",
        ),
        Register(
            "nurture", "培育", "培育对象", Nurture, "ledger", "asof_ym", ("enterprise_id", "nurture_type"), "5 升规培育",
            "enterprise_id", "stage",
        ),
        Register(
            "indicator", "指标", "指标月报", IndicatorValue, "month", "period", ("period", "indicator_no", "org_code"), "6 指标月报",
            "indicator_no",
        ),
        Register(
            "project", "项目", "项目", Project, "ledger", "asof_ym", ("name", "org_code"), "7 项目台账", "name", "stage",
        ),
        Register("park", "园区", "园区月报", ParkMonth, "month", "period", ("park_code", "period"), "8 园区台账", "park_code", "status"),
        Register("duty", "责任清单", "责任清单", Duty, "ledger", "asof_ym", ("year", "task", "org_code"), "9 责任清单", "task", "status"),
        Register(
            "liaison", "挂点", "挂点", Liaison, "ledger", "from_on", ("enterprise_id", "leader", "from_on"), "挂点联系", "enterprise_id",
            own_sheet=_SIDE,
        ),
        Register("matter", "联席议题", "联席议题", Matter, "ledger", "raised_on", ("topic", "raised_on"), "联席会议议题", "topic", "status", _SIDE),
        Register(
            "firm_plan", "一企一策", "一企一策", FirmPlan, "ledger", "made_on", ("enterprise_id", "made_on"), "一企一策", "enterprise_id",
            "status", _SIDE,
        ),
        Register("lead", "招引线索", "招引线索", Lead, "ledger", "found_on", ("firm_name", "found_on"), "专班招引线索", "firm_name", "stage", _SIDE),
        Register("release", "发布批次", "发布批次", Release, "ledger", "released_on", ("name", "list_kind"), "清单发布批次", "name", "", _SIDE),
        Register(
            "opportunity", "机会清单", "机会", Opportunity, "ledger", "registered_on", ("scene", "demand_side"), "机会清单", "scene",
            "status", _SIDE,
        ),
        Register("product", "产品清单", "产品", Product, "ledger", "registered_on", ("enterprise_id", "name"), "产品清单", "name", "", _SIDE),
        Register(
            "match", "供需对接", "对接", Match, "ledger", "matched_on", ("opportunity_id", "product_id"), "供需对接", "opportunity_id",
            "outcome", _SIDE,
        ),
        Register("service", "服务", "服务记录", Service, "month", "served_on", ("subject", "served_on"), "服务企业", "subject", "kind", _SIDE),
    )
}  # fmt: skip
