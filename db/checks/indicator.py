"""IND rules: reported indicator values, by what the plan says they mean. The arithmetic is in progress.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from db.checks import general
from db.checks.context import Check, Context, Reported, Values, is_empty, number
from db.findings import Finding, Severity
from db.periods import Period
from db.plan_types import IndicatorDef
from db.progress import Progress, Semantics, assess, change, rounded

STOCKS = (Semantics.STOCK, Semantics.CUMULATIVE_INCREMENT)
FROM_LEDGER = "台账汇总"


@dataclass(frozen=True, slots=True)
class _Case:
    """A record that can be judged: its indicator, month and value, and the month before."""

    indicator: IndicatorDef
    period: Period
    value: Decimal
    before: Decimal | None  # 上月累计（上期）, for yearly sums only within the year
    reported_before: Reported | None

    @property
    def resets(self) -> bool:
        return self.indicator.semantics.resets


def _case(ctx: Context, record: Values) -> _Case | None:
    no, period, value = record.get("indicator_no"), record.get("period"), record.get("value")
    indicator = ctx.plan_of(record.get("period")).indicator(no) if no is not None else None
    if indicator is None or not period or value is None:
        return None
    month = Period(period)
    told = ctx.facts.reported(indicator.no, record.get("org_code") or "", month.prev)
    before = told.value if told is not None else None
    if before is None:
        before = record.get("prev_value")
    if indicator.semantics.resets and month.month == 1:
        before = None
    return _Case(indicator, month, value, before, told)


def _last_year(ctx: Context, record: Values, case: _Case) -> tuple[Decimal | None, Reported | None]:
    """上年同期: as typed, otherwise as it was reported then."""
    told = ctx.facts.reported(case.indicator.no, record.get("org_code") or "", case.period.last_year)
    typed = record.get("ly_value")
    return (typed if typed is not None else told.value if told else None), told


def _progress(ctx: Context, case: _Case) -> Progress:
    year = case.period.year
    return assess(
        case.indicator.semantics,
        case.period.month,
        case.value,
        case.indicator.target(year),
        case.indicator.prior(year),
    )


def month_given(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-001 for 本月数, which sums of the year need."""
    no = record.get("indicator_no")
    indicator = ctx.plan_of(record.get("period")).indicator(no) if no is not None else None
    if indicator is None or indicator.semantics is not Semantics.ANNUAL_FLOW:
        return
    answered = (*(record.get("unparsed") or ()), *(record.get("not_applicable") or ()))
    if record.get("value_month") is None and "value_month" not in answered:
        yield ctx.say("GEN-001", record, "value_month")


def sum_grows(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-001; not where the clerk says that the scope has changed."""
    case = _case(ctx, record)
    if case is None or not case.resets or case.before is None or not is_empty(record.get("scope_note")):
        return
    if case.value < case.before:
        yield ctx.say(
            "IND-001",
            record,
            "value",
            指标=case.indicator.name,
            数=number(case.value),
            上月数=number(case.before),
        )


def sum_adds_up(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-002. Where IND-001 or IND-005 has said that the sum is wrong, this is the same complaint."""
    case, this_month = _case(ctx, record), record.get("value_month")
    if case is None or not case.resets or this_month is None or not is_empty(record.get("scope_note")):
        return
    before = Decimal(0) if case.period.month == 1 else case.before
    if before is None or case.value < before or any(starts_anew(ctx, record)):
        return
    if abs(case.value - before - this_month) > ctx.parameters.tolerance:
        yield ctx.say(
            "IND-002", record, "value_month",
            指标=case.indicator.name, 数=number(case.value), 上月数=number(before), 本月数=number(this_month),
        )  # fmt: skip


def stock_keeps(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-003; a reduction must be explained firm by firm under 原因说明."""
    case = _case(ctx, record)
    if case is None or case.indicator.semantics not in STOCKS or case.before is None:
        return
    if case.value < case.before and is_empty(record.get("reason")):
        yield ctx.say(
            "IND-003",
            record,
            "value",
            指标=case.indicator.name,
            数=number(case.value),
            上期数=number(case.before),
        )


def share_bounded(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-004."""
    case = _case(ctx, record)
    if case is not None and case.indicator.bounded and not 0 <= case.value <= 100:
        yield ctx.say("IND-004", record, "value", 指标=case.indicator.name, 数=number(case.value))


def starts_anew(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-005: January not below last December. A 本月数 that is the whole sum says it did start from zero."""
    case = _case(ctx, record)
    if case is None or not case.resets or case.period.month != 1 or record.get("value_month") == case.value:
        return
    december = case.reported_before.value if case.reported_before is not None else None
    if december is not None and 0 < december <= case.value:
        yield ctx.say(
            "IND-005",
            record,
            "value",
            指标=case.indicator.name,
            数=number(case.value),
            上年数=number(december),
        )


def change_explained(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-006. Sums of a year grow by themselves: of those the months are compared, not the sums."""
    case, limits = _case(ctx, record), ctx.parameters
    if case is None or not is_empty(record.get("reason")):
        return
    if case.resets:
        told = case.reported_before.value_month if case.reported_before is not None else None
        apart = change(record.get("value_month"), told)
    else:
        apart = change(case.value, case.before)
    if apart is not None and abs(apart) > limits.month_change:
        yield ctx.say("IND-006", record, "value", 指标=case.indicator.name, 比例=_signed(apart))
        return
    apart = change(case.value, _last_year(ctx, record, case)[0])
    if apart is not None and abs(apart) > limits.year_change:
        yield ctx.say("IND-006", record, "value", more="year", 指标=case.indicator.name, 比例=_signed(apart))


def _signed(percent: Decimal) -> str:
    shown = rounded(percent) or Decimal(0)
    return f"{'+' if shown > 0 else ''}{number(shown)}"


def far_behind(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-007."""
    case = _case(ctx, record)
    if case is None:
        return
    done = _progress(ctx, case)
    if done.gap is not None and done.gap <= -ctx.parameters.behind:
        yield ctx.say(
            "IND-007", record, "value", 指标=case.indicator.name,
            完成率=number(rounded(done.completion) or 0), 差距=number(rounded(-done.gap) or 0),
        )  # fmt: skip


def behind_explained(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-008."""
    case = _case(ctx, record)
    if case is None or not case.indicator.binding:
        return
    gap = _progress(ctx, case).gap
    lacking = [name for name in ("reason", "next_step") if is_empty(record.get(name))]
    if gap is not None and gap < 0 and lacking:
        words = "和".join(f"“{ctx.label(name)}”" for name in lacking)
        yield ctx.say("IND-008", record, lacking[0], 指标=case.indicator.name, 字段=words)


def only_one(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-009."""
    no, period, org = record.get("indicator_no"), record.get("period"), record.get("org_code")
    indicator = ctx.plan_of(record.get("period")).indicator(no) if no is not None else None
    if indicator is None or not period or not org:
        return
    other = ctx.facts.reported(indicator.no, org, period)
    if other is not None and other.id != record.get("id"):
        shown = "未填" if other.value is None else number(other.value)
        yield ctx.say(
            "IND-009", record, "indicator_no", 指标=indicator.name, 期间=Period(period).display(), 数=shown
        )


def agrees_with_ledger(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-010. Of 企业上云 the growth is compared: its opening balance has no list, and is shared by channels.

    The others are compared where the record itself says that it was counted from the registers.
    """
    case, org = _case(ctx, record), record.get("org_code")
    if case is None or not org or not case.indicator.register:
        return
    if case.indicator.register == "cloud":
        gained = ctx.facts.clouds_by_month(org)
        if case.before is None or not gained:
            return
        grown, counted = case.value - case.before, gained.get(str(case.period), 0)
        if grown != counted:
            yield ctx.say(
                "IND-010", record, "value", more="growth",
                指标=case.indicator.name, 数=number(grown), 台账数=counted,
            )  # fmt: skip
        return
    own = org if case.indicator.combine == "sum" else None
    found = ctx.facts.ledger(case.indicator.register, case.period, own)
    if found is not None and record.get("data_source") == FROM_LEDGER and found != case.value:
        yield ctx.say(
            "IND-010", record, "value", 指标=case.indicator.name, 数=number(case.value), 台账数=number(found)
        )


def comparable(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-011 and IND-012: why no 同比 is shown. Nothing for a clerk to mend, so they only inform."""
    case = _case(ctx, record)
    if case is None:
        return
    base, told = _last_year(ctx, record, case)
    if base is None or base == 0:
        yield ctx.say("IND-012", record, "ly_value", severity=Severity.INFO, 指标=case.indicator.name)
    elif (
        told is not None
        and not is_empty(record.get("scope_note"))
        and record["scope_note"] != told.scope_note
    ):
        yield ctx.say("IND-011", record, "scope_note", severity=Severity.INFO, 指标=case.indicator.name)


def precise_enough(ctx: Context, record: Values) -> Iterable[Finding]:
    """IND-013."""
    case = _case(ctx, record)
    if case is None:
        return
    for name in ("value", "value_month"):
        value, places = record.get(name), case.indicator.decimals
        if value is not None and value != rounded(value, places):
            yield ctx.say("IND-013", record, name, 指标=case.indicator.name, 数=number(value), 位数=places)


CHECKS: tuple[Check, ...] = (
    *general.checks(),
    month_given,
    sum_grows,
    sum_adds_up,
    stock_keeps,
    share_bounded,
    starts_anew,
    change_explained,
    far_behind,
    behind_explained,
    only_one,
    agrees_with_ledger,
    comparable,
    precise_enough,
)
