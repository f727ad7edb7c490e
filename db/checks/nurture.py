"""UPS rules: candidates for 升规入统 and 专精特新. The moves are in workflow/, the lines in classifications.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from db import classifications, workflow
from db.checks import general
from db.checks.context import Check, Context, Values, is_empty, number
from db.checks.enterprise import firm_alive
from db.findings import Finding
from db.models.nurture import FROM_MATERIALS, FROM_REVIEW, UPSCALE
from db.periods import Period
from db.progress import rounded

EARLY = ("摸底", "入库培育", "达标预警")
OVER = ("退回", "放弃", "退库")
NOT_BY_REVENUE = ("建筑业", "房地产")
MONTHLY = "月度入库"
HUNDRED, MONTHS = Decimal(100), Decimal(12)


def _firm(ctx: Context, record: Values) -> Values | None:
    return ctx.facts.card(record["enterprise_id"]) if record.get("enterprise_id") else None


def _line(ctx: Context, record: Values) -> Decimal | None:
    """The line in 万元 for the chosen specialty; None where it is not a matter of revenue."""
    found = classifications.threshold_of(record.get("specialty") or "", ctx.thresholds)
    return found.threshold_wan if found and record.get("nurture_type") == UPSCALE else None


def move_allowed(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-001, against the stage that is stored."""
    before = ctx.previous.get("stage") if ctx.previous is not None else None
    after = record.get("stage")
    if workflow.check_move("nurture", before, after):
        yield ctx.say("UPS-001", record, "stage", 原阶段=before, 新阶段=after)


def specialty_fits(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-002. A division that several lines divide among them (70) says nothing yet."""
    firm, chosen = _firm(ctx, record), record.get("specialty")
    if firm is None or not chosen or record.get("nurture_type") != UPSCALE:
        return
    code = firm.get("industry_code") or ""
    line = classifications.threshold_for(code, ctx.thresholds)
    if line is not None and line.specialty and line.specialty != chosen:
        yield ctx.say("UPS-002", record, "specialty", 代码=code, 专业=line.specialty, 所选=chosen)


def reaches_line(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-003. A firm that is in stock since an earlier year is ENT-016's business."""
    revenue, line, stage = record.get("revenue_ytd"), _line(ctx, record), record.get("stage")
    if revenue is None or line is None or stage not in FROM_MATERIALS or revenue >= line:
        return
    entered, asof = record.get("in_stock_ym"), record.get("asof_ym")
    if stage == "已入库" and entered and asof and entered[:4] < asof[:4]:
        return
    yield ctx.say(
        "UPS-003", record, "revenue_ytd", 数=number(revenue), 专业=record["specialty"], 门槛=number(line)
    )


def worth_nurturing(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-004: at the pace so far the line is reached this year."""
    revenue, line, asof = record.get("revenue_ytd"), _line(ctx, record), record.get("asof_ym")
    if revenue is None or line is None or not asof or record.get("stage") not in EARLY:
        return
    year = rounded(revenue * MONTHS / Period(asof).month, 2)
    if year is not None and revenue < line <= year:
        yield ctx.say("UPS-004", record, "revenue_ytd", 数=number(year), 门槛=number(line))


def papers_complete(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-005: from 街道初审 on, every paper of the specialty's list is ticked. Titles have no fixed list."""
    if record.get("stage") not in FROM_REVIEW or record.get("nurture_type") != UPSCALE:
        return
    ticked = set(record.get("materials") or ())
    papers = classifications.materials_for(
        record.get("specialty") or "", ctx.thresholds, record.get("declare_type") or ""
    )
    lacking = [name for name in papers if name not in ticked]
    if lacking and "materials" not in (record.get("unparsed") or {}):
        yield ctx.say("UPS-005", record, "materials", 清单="、".join(lacking), 阶段=record["stage"])


def opened_lately(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-006: monthly entry is for those opened since last year's fourth quarter."""
    if record.get("declare_type") != MONTHLY or record.get("specialty") in NOT_BY_REVENUE:
        return
    firm = _firm(ctx, record)
    if firm is None or record.get("stage") in ("已入库", *OVER):
        return
    opened = firm.get("opened_on")
    year = Period(record["asof_ym"]).year if record.get("asof_ym") else ctx.month.year
    if opened is None:
        yield ctx.say("UPS-006", record, "declare_type", more="unknown")
    elif not date(year - 1, 10, 1) <= opened <= date(year, 12, 31):
        yield ctx.say("UPS-006", record, "declare_type", 日期=opened.isoformat())


def entered_by_now(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-007: the month of entry is not after the one being filled in."""
    entered = record.get("in_stock_ym")
    if record.get("stage") == "已入库" and entered and entered > ctx.month:
        yield ctx.say("UPS-007", record, "in_stock_ym", 年月=entered, 本期=str(ctx.month))


def agrees_with_tax(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-009: the difference in percent of what the profit statement says."""
    revenue, taxed = record.get("revenue_ytd"), record.get("vat_ytd")
    if revenue is None or taxed is None or revenue == taxed:
        return
    base = revenue if revenue > 0 else taxed
    apart = abs(revenue - taxed) * HUNDRED / base if base > 0 else None
    if apart is not None and apart > ctx.parameters.vat_difference:
        yield ctx.say(
            "UPS-009",
            record,
            "vat_ytd",
            数=number(revenue),
            税数=number(taxed),
            比例=number(rounded(apart) or 0),
        )


def never_falls(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-010: within a year the sum only grows, against the last figure of an earlier month."""
    revenue, asof = record.get("revenue_ytd"), record.get("asof_ym")
    if revenue is None or not asof or not is_empty(record.get("reason_text")):
        return
    said: dict[str, Decimal] = {}
    if record.get("id") is not None:
        said = {each.asof: each.amount for each in ctx.facts.revenues(record["id"])}
    stored = ctx.previous or {}
    if stored.get("asof_ym") and stored.get("revenue_ytd") is not None:
        said[stored["asof_ym"]] = stored["revenue_ytd"]
    earlier = [month for month in said if month < asof and month[:4] == asof[:4]]
    if earlier and revenue < said[max(earlier)]:
        yield ctx.say(
            "UPS-010", record, "revenue_ytd",
            期间=Period(asof).display(), 数=number(revenue),
            上期=Period(max(earlier)).display(), 上月数=number(said[max(earlier)]),
        )  # fmt: skip


def title_expires(ctx: Context, record: Values) -> Iterable[Finding]:
    """UPS-011."""
    end, kind = record.get("valid_to"), record.get("nurture_type")
    if end is None or kind in (None, UPSCALE) or record.get("stage") in OVER:
        return
    left = (end - ctx.as_of).days
    if left < 0:
        yield ctx.say("UPS-011", record, "valid_to", more="over", 称号=kind, 日期=end.isoformat())
    elif left <= ctx.parameters.expiry_days:
        yield ctx.say("UPS-011", record, "valid_to", 称号=kind, 日期=end.isoformat())


def firm_alive_while_nurtured(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-020, except where the candidate has been given up or taken off: that is what should happen."""
    if record.get("stage") not in OVER:
        yield from _alive(ctx, record)


_alive = firm_alive("asof_ym")

CHECKS: tuple[Check, ...] = (
    *general.checks(missing={"materials": None, "in_stock_ym": "UPS-007", "reason": "UPS-008"}),
    move_allowed,
    specialty_fits,
    reaches_line,
    worth_nurturing,
    papers_complete,
    opened_lately,
    entered_by_now,
    agrees_with_tax,
    never_falls,
    title_expires,
    firm_alive_while_nurtured,
)
