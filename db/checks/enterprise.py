"""ENT rules: the enterprise's card, and what a dead enterprise may no longer have (ENT-020)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from db import classifications
from db.checks import general
from db.checks.context import Check, Context, Values, is_empty, later, number, text_of
from db.codes import area_code, entity_type_ok, organisation_code_ok, phone_kind, uscc_problem
from db.findings import Finding
from db.periods import Period
from db.text import same_name

FOUNDED = date(1949, 10, 1)
GONE = ("注销", "吊销", "迁出")
MONTHS = Decimal(12)
_DISTRICT = re.compile(r"市([\u4e00-\u9fff]{1,5}?[区县])")
# 区 is the end of many words that are no district.
_NO_DISTRICT = re.compile(r"(?:小|园|社|街|校|厂|景|新|片|矿|库)区$")


def code_given(ctx: Context, record: Values) -> Iterable[Finding]:
    """Either a credit code or the reason why there is none (ENT-007 says what that means)."""
    if not is_empty(record.get("uscc")) or "uscc" in (record.get("unparsed") or {}):
        return
    if is_empty(record.get("no_uscc_reason")):
        yield ctx.say("GEN-001", record, "uscc", more="code")
    else:
        yield ctx.say("ENT-007", record, "uscc")


def code_valid(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-001 to ENT-004; the later ones only where the earlier ones hold."""
    code = text_of(record, "uscc")
    if not code:
        return
    problem = uscc_problem(code)
    if problem is not None:
        yield ctx.say(problem, record, "uscc", 值=code, 位数=len(code))
        return
    if not organisation_code_ok(code):
        yield ctx.say("ENT-003", record, "uscc", 值=code)
    kind = record.get("entity_type")
    if kind and not entity_type_ok(code, kind):
        yield ctx.say("ENT-004", record, "uscc", 开头=code[:2], 类型=kind)


def code_unique(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-005."""
    code = text_of(record, "uscc")
    if not code:
        return
    for firm in ctx.facts.with_code(code):
        if later(record, firm.id):
            yield ctx.say("ENT-005", record, "uscc", 值=code, 企业名称=firm.name)
            return


def name_unique(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-006: the same name under another code. Of two such cards, the later one is asked about."""
    name, code = text_of(record, "name"), text_of(record, "uscc") or None
    if not name:
        return
    for firm in ctx.facts.with_name(name):
        if later(record, firm.id) and (firm.uscc != code or code is None):
            yield ctx.say("ENT-006", record, "name", 企业名称=firm.name, 代码=firm.uscc or "暂无代码")
            return


def founded(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-008."""
    day = record.get("established_on")
    if day is not None and not FOUNDED <= day <= ctx.today:
        yield ctx.say("ENT-008", record, "established_on", 日期=day.isoformat())


def phone_valid(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-009 and ENT-010; without an area code in the plan the latter is silent."""
    phone = text_of(record, "phone")
    if not phone:
        return
    if phone_kind(phone) is None:
        yield ctx.say("ENT-009", record, "phone", 值=phone, 区号=ctx.plan.area_code or "0791")
        return
    here, there = ctx.plan.area_code, area_code(phone)
    if here and there and there != here:
        yield ctx.say("ENT-010", record, "phone", 值=phone, 区号=here)


def phone_shared(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-011, said once, at the newest card that carries the number."""
    phone = text_of(record, "phone")
    if not phone:
        return
    others = [key for key in ctx.facts.with_phone(phone) if key != record.get("id")]
    if len(others) + 1 >= ctx.parameters.shared_phone and all(later(record, key) for key in others):
        yield ctx.say("ENT-011", record, "phone", 值=phone, 数量=len(others) + 1)


def core_industry(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-013 and ENT-014. Where only part of an industry belongs to the core, either answer may be right."""
    code, core = record.get("industry_code"), record.get("de_core")
    found = classifications.industry(code) if code else None
    if found is None or core is None:
        return
    belongs = classifications.is_digital_core(found.code)
    words = f"{found.code} {found.name}"
    if core and belongs == "no":
        yield ctx.say("ENT-013", record, "industry_code", 行业=words)
    elif not core and belongs == "yes":
        yield ctx.say("ENT-014", record, "de_core", 行业=words)


def below_line(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-016: in stock, but last year below the line of its specialty."""
    last_year = record.get("revenue_ly")
    if not record.get("is_above_scale") or last_year is None:
        return
    line = classifications.threshold_for(record.get("industry_code") or "", ctx.thresholds)
    specialty = record.get("specialty")
    if line is None or line.threshold_wan is None or (specialty and specialty != line.stock_specialty):
        return
    if last_year < line.threshold_wan:
        yield ctx.say(
            "ENT-016",
            record,
            "revenue_ly",
            数=number(last_year),
            专业=line.specialty,
            门槛=number(line.threshold_wan),
        )


def revenue_plausible(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-017. A fall is judged by the year's pace, where the month the figure goes up to is known."""
    limits, now, before = ctx.parameters, record.get("revenue_ytd"), record.get("revenue_ly")
    strange = False
    for name, value in (("revenue_ytd", now), ("revenue_ly", before)):
        if value is not None and not 0 <= value <= limits.highest_revenue:
            strange = True
            yield ctx.say("ENT-017", record, name, 数=number(value))
    if strange or not now or not before:
        return
    asof = record.get("revenue_asof")
    pace = now * MONTHS / Period(asof).month if asof else None
    if now > before * limits.revenue_change or (pace is not None and pace * limits.revenue_change < before):
        yield ctx.say(
            "ENT-017", record, "revenue_ytd", more="change",
            数=number(now), 上年数=number(before), 倍数=number(limits.revenue_change),
        )  # fmt: skip


def nobody_works(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-018."""
    revenue = record.get("revenue_ytd")
    if record.get("employees") == 0 and revenue is not None and revenue > 0:
        yield ctx.say("ENT-018", record, "employees", 数=number(revenue))


def address_fits(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-019: the address names another street, or a district that is not ours. A silent address is fine."""
    address, street = same_name(record.get("reg_address") or ""), record.get("street_code")
    if not address:
        return
    district = _DISTRICT.search(address)
    if district and district[1] != same_name(ctx.plan.region_name) and not _NO_DISTRICT.search(district[1]):
        yield ctx.say(
            "ENT-019", record, "reg_address", more="outside", 地名=district[1], 区县=ctx.plan.region_name
        )
        return
    own = ctx.facts.unit(street) if street else None
    if own is None or same_name(own.name) in address:
        return
    for other in ctx.plan.streets:
        if other.code != street and same_name(other.name) in address:
            yield ctx.say("ENT-019", record, "reg_address", 地名=other.name, 街道=own.name)
            return


CHECKS: tuple[Check, ...] = (
    *general.checks(
        missing={
            "uscc": None,
            "no_uscc_reason": None,
            "specialty": "ENT-015",
            "in_stock_ym": "ENT-015",
            "status_on": "ENT-020",
            "status_reason": "ENT-020",
        },
        unread={"industry_code": "ENT-012"},
    ),
    code_given,
    code_valid,
    code_unique,
    name_unique,
    founded,
    phone_valid,
    phone_shared,
    core_industry,
    below_line,
    revenue_plausible,
    nobody_works,
    address_fits,
)


def firm_alive(placed_by: str) -> Check:
    """ENT-020 for the other registers: no row dated after the firm was struck off or moved away."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        firm = ctx.facts.card(record["enterprise_id"]) if record.get("enterprise_id") else None
        if firm is None or firm.get("status") not in GONE:
            return
        since, when = firm.get("status_on"), record.get(placed_by)
        if when is None:
            return
        if since is None or str(when) > str(since)[: len(str(when))]:
            yield ctx.say(
                "ENT-020", record, "enterprise_id", 企业名称=firm.get("name") or "", 状态=firm["status"]
            )

    return check
