"""退库 warnings: what may cost an entered firm its place, with the reason. Whether it leaves is the statistics office's decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Enterprise, OrgUnit
from db.periods import Period, months_between
from db.progress import show_number
from db.upscale.forecast import assumption, linear
from db.upscale.routes import ALL_YEAR
from db.upscale.rules import Rules

CLOSED = ("停业", "迁出", "注销", "吊销")
NOT_A_FIRM = ("分支机构", "个体工商户")  # individuals: only where the specialty does not take them
INDIVIDUALS = ("工业", "批发", "零售", "住宿", "餐饮")
HALF_YEAR = 6  # before that a forecast says little
ALARM, WATCH = "alarm", "watch"


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind` is one of the cases of domain practice 2.4; `words` say what was found and where it came from."""

    kind: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class Warned:
    """An entered firm with something against it."""

    firm: UUID
    name: str
    street_code: str
    specialty: str
    in_stock_ym: str | None
    reasons: tuple[Reason, ...]

    @property
    def state(self) -> str:
        return ALARM if any(reason.state == ALARM for reason in self.reasons) else WATCH

    @property
    def words(self) -> str:
        return "；".join(reason.words for reason in self.reasons)


def warnings(session: Session, rules: Rules, period: Period, street: str | None = None) -> tuple[Warned, ...]:
    """All entered firms with at least one reason, the grave ones first."""
    firm = Enterprise.__table__
    query = select(
        firm.c.id, firm.c.name, firm.c.street_code, firm.c.specialty, firm.c.in_stock_ym, firm.c.status, firm.c.status_on,
        firm.c.status_reason, firm.c.industry_code, firm.c.entity_type, firm.c.revenue_ly, firm.c.revenue_ytd,
        firm.c.revenue_asof, firm.c.created_at,
    ).where(firm.c.deleted_at.is_(None), firm.c.is_above_scale.is_(True))  # fmt: skip
    if street:
        query = query.where(firm.c.street_code == street)
    streets = frozenset(session.scalars(select(OrgUnit.code).where(OrgUnit.kind == "street")))
    found = []
    for row in session.execute(query).mappings():
        reasons = reasons_of(dict(row), rules, period, streets)
        if reasons:
            found.append(
                Warned(
                    row["id"], row["name"] or "", row["street_code"] or "", row["specialty"] or "",
                    row["in_stock_ym"], reasons,
                )
            )  # fmt: skip
    found.sort(key=lambda each: (each.state != ALARM, -len(each.reasons), each.name, each.firm.bytes))
    return tuple(found)


def reasons_of(
    row: Mapping[str, Any], rules: Rules, period: Period, streets: frozenset[str]
) -> tuple[Reason, ...]:
    """Everything that stands against one entered firm, by the cases of domain practice 2.4."""
    found: list[Reason] = []
    status = row["status"]
    if status in CLOSED:
        day = f"（{row['status_on']}）" if row["status_on"] else ""
        why = f"，{row['status_reason']}" if row["status_reason"] else ""
        found.append(Reason("停业注销" if status != "迁出" else "迁出", f"企业{status}{day}{why}", ALARM))
    elif row["street_code"] is not None and row["street_code"] not in streets:
        found.append(Reason("迁出", "注册地不在本区街道", ALARM))
    line = rules.line(row["industry_code"])
    if line is not None and row["specialty"] and line.stock_specialty != row["specialty"]:
        found.append(
            Reason(
                "行业变更",
                f"入库专业为{row['specialty']}，现行业 {row['industry_code']} 属{line.stock_specialty}",
                WATCH,
            )
        )
    kind = row["entity_type"]
    if kind == "分支机构" or (kind == "个体工商户" and row["specialty"] not in INDIVIDUALS):
        found.append(Reason("不具备法人条件", f"单位类型为{kind}", WATCH))
    if status not in CLOSED and line is not None and line.threshold_wan is not None:
        found += _below(row, line.threshold_wan, period)
    if status not in CLOSED and row["specialty"] not in ALL_YEAR:
        found += _silent(row, rules.stale_months, period)
    return tuple(found)


def _below(row: Mapping[str, Any], threshold: Decimal, period: Period) -> list[Reason]:
    """Below the line last year (grave: a whole year), or this year by the pace of at least half of it."""
    found = []
    entered, last = row["in_stock_ym"], row["revenue_ly"]
    # A firm that entered during last year (or since) was judged then; its first whole year is still to come.
    if last is not None and last < threshold and (entered is None or Period(entered).year < period.year - 1):
        found.append(
            Reason(
                "不达标",
                f"上年营业收入 {show_number(last)} 万元，低于 {show_number(threshold, 0)} 万元",
                ALARM,
            )
        )
    asof, ytd = row["revenue_asof"], row["revenue_ytd"]
    if asof and ytd is not None and Period(asof).year == period.year and Period(asof).month >= HALF_YEAR:
        forecast, _ = linear(ytd, asof, threshold)
        if forecast is not None and forecast < threshold:
            mean = ytd / Period(asof).month
            found.append(
                Reason(
                    "不达标",
                    f"{assumption(Period(asof).month, mean)}，全年约 {show_number(forecast, 0)} 万元，"
                    f"低于 {show_number(threshold, 0)} 万元",
                    ALARM if Period(asof).month == 12 else WATCH,
                )
            )
    return found


def _silent(row: Mapping[str, Any], months: int, period: Period) -> list[Reason]:
    """No figures for so long that somebody should ask."""
    asof = row["revenue_asof"]
    if not months:
        return []
    if asof is None:
        return [Reason("长期不报", "台账里没有本年营业收入", WATCH)]
    gone = len(list(months_between(Period(asof), period))) - 1 if asof < str(period) else 0
    if gone > months:
        return [Reason("长期不报", f"营业收入只到 {Period(asof).display()}，已 {gone} 个月没有新数", WATCH)]
    return []
