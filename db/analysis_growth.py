"""上云 and 园区 as pictures: firms on the cloud by operator after de-duplication, and the parks, month by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from db import plan_issues
from db.analysis import About, Rows, months_back, unit_names
from db.cloud_counting import DUPLICATE
from db.figure_words import NO_CHANNEL_NAME
from db.merged_units import merged
from db.models import Cloud, Park, ParkMonth
from db.periods import Period
from db.progress import show_number


@dataclass(frozen=True, slots=True)
class Channel:
    """One operator: firms that count by it at the end of each month; records of its that are another's firm already.

    `members`: it and the operators that were merged into it.
    """

    code: str
    name: str
    counted: tuple[int, ...]
    duplicates: tuple[int, ...]
    members: tuple[str, ...] = ()

    @property
    def filter(self) -> str | tuple[str, ...] | None:
        """What a list of its records filters by."""
        return self.members if len(self.members) > 1 else self.code or None


@dataclass(frozen=True, slots=True)
class CloudGrowth:
    """`opening`: the opening balance that has no list, on top of which the channels count; `joined`: firms new in each month."""

    about: About
    months: tuple[Period, ...]
    channels: tuple[Channel, ...]
    opening: Decimal
    joined: tuple[int, ...]
    unit_code: str = ""

    @property
    def counted(self) -> tuple[int, ...]:
        """All channels together; a firm counts once, so they can be added."""
        return tuple(sum(channel.counted[n] for channel in self.channels) for n in range(len(self.months)))

    @property
    def duplicates(self) -> tuple[int, ...]:
        return tuple(sum(channel.duplicates[n] for channel in self.channels) for n in range(len(self.months)))

    def rows(self, channel: Channel, place: int) -> Rows:
        """The records by which a channel's firms count, up to a month."""
        if self.unit_code:
            filters = {"unit": self.unit_code, "provider_org": channel.filter, "counted": True}
            return Rows(
                period=str(self.months[place]),
                register="cloud",
                told=f"{channel.name}，计数",
                filters=filters,
            )
        if not channel.code or len(channel.members) > 1:
            # Merged operators are taken together in all months of the picture, also in those before they were merged.
            told = f"{channel.name}，计数" if channel.code else NO_CHANNEL_NAME
            filters = {"provider_org": channel.filter, "counted": True}
            return Rows(period=str(self.months[place]), register="cloud", told=told, filters=filters)
        return Rows(f"cloud.provider.{channel.code}", str(self.months[place]))

    def duplicate_rows(self, place: int) -> Rows:
        """The records that are not counted because another of the same firm is."""
        if self.unit_code:
            filters = {"unit": self.unit_code, "uncounted_reason": DUPLICATE}
            return Rows(period=str(self.months[place]), register="cloud", told=DUPLICATE, filters=filters)
        return Rows(f"cloud.uncounted.{DUPLICATE}", str(self.months[place]))


def cloud_growth(session: Session, month: Period, unit_code: str | None = None) -> CloudGrowth:
    """Thirteen months up to this one: firms that count by channel, and records that repeat a firm."""
    months, mergers = months_back(month), merged(session, month)
    at = func.strftime("%Y-%m", Cloud.cloud_on)
    duplicate = case((Cloud.uncounted_reason == DUPLICATE, 1), else_=0)
    query = (
        select(Cloud.provider_org, at, func.sum(case((Cloud.counted.is_(True), 1), else_=0)), func.sum(duplicate))
        .where(
            Cloud.deleted_at.is_(None), Cloud.cloud_on <= month.last_day,
            or_(Cloud.counted.is_(True), Cloud.uncounted_reason == DUPLICATE),
        )
        .group_by(Cloud.provider_org, at)
    )  # fmt: skip
    if unit_code:
        query = query.where(Cloud.unit_code.in_(mergers.members(unit_code)))
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    repeated: dict[str, Counter[str]] = defaultdict(Counter)
    for org, key, number, again in session.execute(query):
        whose = mergers.stands_for(org or "")
        counted[whose][str(key)] += int(number or 0)
        repeated[whose][str(key)] += int(again or 0)
    names = unit_names(session)
    channels = tuple(
        Channel(
            org,
            names.get(org, org) or NO_CHANNEL_NAME,
            _until(counted[org], months),
            _until(repeated[org], months),
            mergers.members(org),
        )
        for org in sorted(counted)
    )
    opening, listed = (
        Decimal(0),
        session.scalar(select(Cloud.id).where(Cloud.opening.is_(True), Cloud.deleted_at.is_(None)).limit(1)),
    )
    if unit_code is None and listed is None:
        plan = plan_issues.plan_for(session, month)
        opening = next((each.opening for each in plan.indicators if each.register == "cloud" and each.opening), Decimal(0)) or Decimal(0)  # fmt: skip
    joined = tuple(sum(per.get(str(each), 0) for per in counted.values()) for each in months)
    now = sum(channel.counted[-1] for channel in channels)
    again_now = sum(channel.duplicates[-1] for channel in channels)
    base = f"；另有没有名单的期初数 {show_number(opening, 0)} 家，不在图内" if opening else ""
    about = About(
        "上云企业增长（去重后，按渠道）", "家",
        f"按统一社会信用代码去重，同一企业归最早核实的渠道，只计一次{base}",
        f"{month.display()}末计数 {now:,} 家，重复服务 {again_now:,} 条不计",
    )  # fmt: skip
    return CloudGrowth(about, months, channels, opening, joined, unit_code or "")


def _until(by_month: Mapping[str, int], months: tuple[Period, ...]) -> tuple[int, ...]:
    """Running totals at the end of each month."""
    return tuple(sum(number for key, number in by_month.items() if key <= str(each)) for each in months)


@dataclass(frozen=True, slots=True)
class ParkSeries:
    """One park: its three figures by month; None where a month was not reported."""

    code: str
    name: str
    status: str
    revenue: tuple[Decimal | None, ...]  # 万元, January to the month
    firms: tuple[Decimal | None, ...]
    occupancy: tuple[Decimal | None, ...]  # percent


@dataclass(frozen=True, slots=True)
class Measure:
    field: str
    name: str
    unit: str
    places: int


MEASURES = (
    Measure("revenue_ytd", "营业收入（年内累计）", "万元", 0),
    Measure("firms", "入驻企业", "家", 0),
    Measure("occupancy", "入驻率", "%", 1),
)


@dataclass(frozen=True, slots=True)
class ParkGrowth:
    about: About
    months: tuple[Period, ...]
    parks: tuple[ParkSeries, ...]

    def series(self, park: ParkSeries, measure: int) -> tuple[Decimal | None, ...]:
        return (park.revenue, park.firms, park.occupancy)[measure]

    def rows(self, park: ParkSeries, measure: int, place: int) -> Rows:
        return Rows(f"park.{park.code}.{MEASURES[measure].field}", str(self.months[place]))


def park_growth(session: Session, month: Period, unit_code: str | None = None) -> ParkGrowth:
    """The parks of the plan in force (and any other reported), thirteen months up to this one, in the plan's order."""
    months = months_back(month)
    query = select(ParkMonth).where(
        ParkMonth.period.between(str(months[0]), str(month)), ParkMonth.deleted_at.is_(None)
    )
    if unit_code:
        query = query.where(ParkMonth.unit_code == unit_code)
    table = ParkMonth.__table__
    rows = session.execute(
        query.with_only_columns(
            table.c.park_code, table.c.period, table.c.status, table.c.revenue_ytd, table.c.firms, table.c.occupancy
        ).order_by(table.c.id)
    )  # fmt: skip
    found: dict[str, dict[str, tuple[str, Decimal | None, int | None, Decimal | None]]] = defaultdict(dict)
    for code, period, status, revenue, firms, occupancy in rows:
        found[code or ""][str(period)] = (status or "", revenue, firms, occupancy)
    series = []
    for park in session.scalars(select(Park)):
        months_of = found.get(park.code, {})
        if not months_of and (not park.active or unit_code):
            continue
        each = [months_of.get(str(period)) for period in months]
        states = [one[0] for one in each if one is not None]
        series.append(
            ParkSeries(
                park.code, park.name, states[-1] if states else park.status or "",
                tuple(None if one is None else one[1] for one in each),
                tuple(None if one is None or one[2] is None else Decimal(one[2]) for one in each),
                tuple(None if one is None else one[3] for one in each),
            )
        )  # fmt: skip
    reported = sum(one.firms[-1] is not None or one.revenue[-1] is not None for one in series)
    about = About(
        "园区经营（近 13 个月）", "", "营业收入为年内累计，每年 1 月重新起算；入驻率为已用面积÷可用面积",
        f"{month.display()}已报 {reported}/{len(series)} 个园区",
    )  # fmt: skip
    return ParkGrowth(about, months, tuple(series))
