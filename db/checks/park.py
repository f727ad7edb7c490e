"""PRK rules: a park's figures of one month: areas, occupancy, firms, tax against revenue."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from db.checks import general
from db.checks.context import Check, Context, Values, number
from db.findings import Finding
from db.progress import rounded

HUNDRED = Decimal(100)
AREAS = (("area_used", "area_usable"), ("area_usable", "area_total"))
PARTS = ("firms_de", "firms_above")


def areas_fit(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRK-001: used within usable within total; a rate above 100 that no area accounts for is said at the rate."""
    fits = True
    for name, whole in AREAS:
        part, limit = record.get(name), record.get(whole)
        if part is not None and limit is not None and part > limit:
            fits = False
            yield ctx.say(
                "PRK-001", record, name, 数=number(part), 上限字段=ctx.label(whole), 上限=number(limit)
            )
    rate = record.get("occupancy")
    if fits and rate is not None and rate > HUNDRED:
        yield ctx.say("PRK-001", record, "occupancy", more="rate", 数=number(rate))


def rate_agrees(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRK-002: the rate somebody gave against the one the areas give (the program's own never differs)."""
    rate, used, usable = record.get("occupancy"), record.get("area_used"), record.get("area_usable")
    if rate is None or used is None or not usable or not 0 <= used <= usable:
        return
    by_area = used * HUNDRED / usable
    if abs(rate - by_area) > ctx.parameters.occupancy_difference:
        yield ctx.say(
            "PRK-002", record, "occupancy", 数=number(rate), 推算=number(rounded(by_area) or 0),
            差=number(ctx.parameters.occupancy_difference),
        )  # fmt: skip


def tax_plausible(ctx: Context, record: Values) -> Iterable[Finding]:
    """PRK-003: too much tax for the revenue, or tax without revenue: most often 元, 万元 and 亿元 taken for another."""
    revenue, tax, share = record.get("revenue_ytd"), record.get("tax_ytd"), ctx.parameters.tax_share
    if tax is None or tax <= 0 or revenue is None:
        return
    if revenue <= 0:
        yield ctx.say("PRK-003", record, "tax_ytd", more="alone", 税收=number(tax))
    elif tax * HUNDRED > revenue * share:
        yield ctx.say(
            "PRK-003", record, "tax_ytd", 税收=number(tax), 营收=number(revenue), 比例=number(share)
        )


def parts_of_firms(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-003: the firms counted apart are among all firms."""
    whole = record.get("firms")
    for name in PARTS:
        part = record.get(name)
        if whole is not None and part is not None and part > whole >= 0:
            yield ctx.say("GEN-003", record, name, more="part", 值=part, 总数=ctx.label("firms"), 总值=whole)


CHECKS: tuple[Check, ...] = (
    *general.checks(),
    areas_fit,
    rate_agrees,
    tax_plausible,
    parts_of_firms,
    general.reachable("operator_phone"),
)
