"""CLD rules: cloud services. Which one counts is worked out in cloud_counting.py; here it is only said."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from db.checks import general
from db.checks.context import Check, Context, Values, is_empty, later, number
from db.checks.enterprise import firm_alive
from db.cloud_counting import DUPLICATE, EXPIRED, is_telecom_only
from db.findings import Finding, Severity
from db.progress import rounded
from db.text import fold

WAITING, REFUTED = "待核实", "核实不符"
HUNDRED = Decimal(100)


def counted_once(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-001. A second service is normal life and only informs; the same service entered twice is an error.

    See docs/design/0002-duplicate-cloud-services.md.
    """
    firm = record.get("enterprise_id")
    if firm is None:
        return
    others = [each for each in ctx.facts.services(firm) if each.id != record.get("id")]
    for other in others:
        same = (
            other.provider_org == record.get("provider_org")
            and other.cloud_on == record.get("cloud_on") is not None
            and fold(other.product) == fold(record.get("product") or "") != ""
        )
        if same and later(record, other.id):
            yield ctx.say(
                "CLD-001", record, "enterprise_id", more="twice",
                服务商=_provider(ctx, other.provider_org), 日期=other.cloud_on, 产品=other.product,
            )  # fmt: skip
            return
    if record.get("uncounted_reason") == DUPLICATE:
        counted = next((each for each in others if each.counted), None)
        if counted is not None:
            yield ctx.say(
                "CLD-001", record, "enterprise_id", severity=Severity.INFO,
                服务商=_provider(ctx, counted.provider_org), 日期=counted.cloud_on,
            )  # fmt: skip


def _provider(ctx: Context, code: str | None) -> str:
    return ctx.directory.name("unit", code) if code else "其他渠道"


def day_plausible(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-002."""
    day = record.get("cloud_on")
    if day is None:
        return
    if day > ctx.today:
        yield ctx.say("CLD-002", record, "cloud_on", 日期=day.isoformat())
        return
    firm = ctx.facts.card(record["enterprise_id"]) if record.get("enterprise_id") else None
    founded = firm.get("established_on") if firm else None
    if founded is not None and day < founded:
        yield ctx.say(
            "CLD-002", record, "cloud_on", more="early", 日期=day.isoformat(), 成立=founded.isoformat()
        )


def evidence_given(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-003. Without evidence a record may only wait as 待核实: that is said, and is no error."""
    if not is_empty(record.get("evidence")) or "evidence" in (record.get("unparsed") or {}):
        return
    status = record.get("verify_status")
    if status in (None, WAITING):
        yield ctx.say("CLD-003", record, "evidence", more="waiting", severity=Severity.INFO)
    else:
        yield ctx.say("CLD-003", record, "evidence")


def in_district(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-004: the card's street is none of the plan's (a missing card is said by the general checks)."""
    firm = ctx.facts.card(record["enterprise_id"]) if record.get("enterprise_id") else None
    street = firm.get("street_code") if firm else None
    if firm is None or street is None:
        return
    place = ctx.facts.unit(street)
    if place is None or place.kind != "street":
        yield ctx.say("CLD-004", record, "enterprise_id", more="outside", 企业名称=firm.get("name") or "")


def not_expired(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-005."""
    end = record.get("expire_on")
    if end is not None and end < ctx.as_of and record.get("verify_status") not in (EXPIRED, REFUTED):
        yield ctx.say("CLD-005", record, "expire_on", 日期=end.isoformat())


def is_cloud_product(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-006: nothing but broadband, short messages, leased lines, call packages."""
    product = record.get("product")
    if product and is_telecom_only(product, ctx.parameters.telecom_words):
        yield ctx.say("CLD-006", record, "product", 产品=product)


def free_of_charge(ctx: Context, record: Values) -> Iterable[Finding]:
    """CLD-007."""
    amount = record.get("amount")
    if amount is not None and amount == 0:
        yield ctx.say("CLD-007", record, "amount")


def month_plausible(ctx: Context) -> Iterable[Finding]:
    """CLD-008, once for the unit's month: too many new ones at once."""
    month, limits = ctx.month, ctx.parameters
    gained = ctx.facts.clouds_by_month(ctx.unit_code)
    now = gained.get(str(month), 0)
    indicator = next((each for each in ctx.plan_of(str(month)).indicators if each.register == "cloud"), None)
    if now < limits.cloud_least:
        return
    if indicator is not None:
        target, prior = indicator.target(month.year), indicator.prior(month.year)
        if target is not None and prior is not None:
            before = sum(n for key, n in gained.items() if key[:4] == str(month.year) and key < str(month))
            left = target - prior - before
            if left > 0 and now > left * limits.cloud_share / HUNDRED:
                yield _surge(ctx, "", 数量=now, 剩余=number(left), 比例=number(limits.cloud_share))
                return
    mean = Decimal(sum(gained.get(str(month.shift(-back)), 0) for back in (1, 2, 3))) / 3
    if mean > 0 and now > mean * limits.cloud_average:
        shown = rounded(mean)
        assert shown is not None
        yield _surge(ctx, "average", 数量=now, 月均=number(shown), 倍数=number(limits.cloud_average))


def _surge(ctx: Context, more: str, **names: Any) -> Finding:
    return ctx.say("CLD-008", {}, "counted", more=more, 期间=ctx.month.display(), **names)


CHECKS: tuple[Check, ...] = (
    *general.checks(missing={"evidence": None}, unread={"enterprise_id": "CLD-004"}),
    counted_once,
    day_plausible,
    evidence_given,
    in_district,
    not_expired,
    is_cloud_product,
    free_of_charge,
    firm_alive("cloud_on"),
)
