"""升规 and 问题 as pictures: how candidates come through the stages, how long open problems have lain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from db import settings
from db.analysis import About, Rows, as_of, share, unit_names
from db.models.issue import CATEGORIES, OPEN
from db.models.nurture import STAGES, UPSCALE
from db.month_states import stood
from db.periods import Period
from db.progress import show_pct
from db.ranges import Between

WAY, LEFT = STAGES[:8], STAGES[8:]  # 摸底 to 已入库, and how one leaves it
CLASSES, UNITS = "category", "unit"
UNSAID = "未填"
# Days since registration: from, to (None: longer).
BUCKETS: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 15), (16, 30), (31, 60), (61, 90), (91, None))


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: who stands there, who came at least so far, what share of the stage before that is (percent)."""

    stage: str
    there: int
    reached: int
    rate: Decimal | None
    rows: Rows
    reached_rows: Rows

    @property
    def told(self) -> str:
        after = f"，上一阶段的 {show_pct(self.rate)} 到了这里" if self.rate is not None else ""
        return f"{self.stage}：到过这一阶段及以后 {self.reached:,} 家{after}；现在停在这里 {self.there:,} 家"


@dataclass(frozen=True, slots=True)
class Funnel:
    """`left`: candidates who went out (退回, 放弃, 退库): how far they had come is not kept, so they are beside the funnel."""

    about: About
    steps: tuple[Step, ...]
    left: tuple[tuple[str, int, Rows], ...]

    @property
    def total(self) -> int:
        return self.steps[0].reached

    @property
    def through(self) -> Decimal | None:
        """What share of all that were ever on the way stands in stock."""
        return share(self.steps[-1].reached, self.total)


def funnel(session: Session, month: Period, unit_code: str | None = None) -> Funnel:
    """The candidates for 升规入统 as they stood in the month, of one unit or all."""
    nurture = stood("nurture", month).c
    scope = [nurture.deleted_at.is_(None), nurture.nurture_type == UPSCALE]
    if unit_code:
        scope.append(nurture.unit_code == unit_code)
    counted = session.execute(select(nurture.stage, func.count()).where(*scope).group_by(nurture.stage)).all()
    there = {stage: int(number) for stage, number in counted}
    base = {"nurture_type": UPSCALE, "upto": str(month), **({"unit": unit_code} if unit_code else {})}

    def rows(told: str, *stages: str) -> Rows:
        return Rows(period=str(month), register="nurture", filters={**base, "stage": list(stages)}, told=told)

    steps: list[Step] = []
    before: int | None = None
    for place, stage in enumerate(WAY):
        reached = sum(there.get(each, 0) for each in WAY[place:])
        rate = None if before is None else share(reached, before)
        steps.append(
            Step(
                stage, there.get(stage, 0), reached, rate, rows(f"停在“{stage}”的培育对象", stage),
                rows(f"到过“{stage}”及以后的培育对象", *WAY[place:]),
            )
        )  # fmt: skip
        before = reached
    left = tuple((stage, there.get(stage, 0), rows(f"“{stage}”的培育对象", stage)) for stage in LEFT)
    gone = sum(number for _, number, _ in left)
    about = About(
        f"升规培育漏斗（{month.display()}）", "家",
        "升规入统培育对象按当月的阶段计；百分比为到过本阶段的占到过上一阶段的比例",
        f"在库培育和已入库共 {steps[0].reached:,} 家，另有 {gone:,} 家已退出，不在漏斗内",
    )  # fmt: skip
    return Funnel(about, tuple(steps), left)


@dataclass(frozen=True, slots=True)
class AgeLine:
    """Open problems of a class or of a unit by how long they have lain (BUCKETS), and how many are past their deadline."""

    key: str
    name: str
    counts: tuple[int, ...]
    overdue: int
    rows: tuple[Rows, ...]
    overdue_rows: Rows

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Ageing:
    """`by`: CLASSES or UNITS. Only lines that have an open problem; the classes in their usual order, units by code."""

    about: About
    by: str
    lines: tuple[AgeLine, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(line.counts[place] for line in self.lines) for place in range(len(BUCKETS)))

    @property
    def overdue(self) -> int:
        return sum(line.overdue for line in self.lines)


def bucket_words(place: int) -> str:
    """“8—15 天”, “90 天以上”."""
    low, high = BUCKETS[place]
    return f"{low - 1} 天以上" if high is None else f"{low}—{high} 天"


def bucket_of(days: int) -> int:
    """The bucket a number of days falls into; a day still to come counts as today."""
    return next(place for place, (_, high) in enumerate(BUCKETS) if high is None or days <= high)


def bucket_days(place: int, today: date) -> Between:
    """The days of registration that a bucket holds, seen from `today`."""
    low, high = BUCKETS[place]
    return Between(None if high is None else today - timedelta(days=high), today - timedelta(days=low))


def ageing(session: Session, month: Period, unit_code: str | None = None) -> tuple[Ageing, Ageing]:
    """Problems not done, as they stood at the end of the month: by class, and by the unit that registered them."""
    today = as_of(session, month)
    issue = stood("issue", month, settings.today(session)).c
    bounds = [today - timedelta(days=high) for _, high in BUCKETS if high is not None]
    bucket = case(
        *((issue.registered_on >= day, place) for place, day in enumerate(bounds)), else_=len(bounds)
    )
    scope = and_(
        issue.deleted_at.is_(None), issue.status.in_(OPEN), *((issue.unit_code == unit_code,) if unit_code else ()),
    )  # fmt: skip
    overdue = func.sum(case((issue.due_date < today, 1), else_=0))
    found = session.execute(
        select(issue.category, issue.unit_code, bucket, func.count(), overdue)
        .where(scope)
        .group_by(issue.category, issue.unit_code, bucket)
    ).all()
    by_class: dict[str, _Line] = {}
    by_unit: dict[str, _Line] = {}
    for category, unit, place, number, late in found:
        for lines, key in ((by_class, category or ""), (by_unit, unit)):
            lines.setdefault(key, _Line()).add(int(place), int(number), int(late or 0))
    total, late_total = (
        sum(line.total for line in by_class.values()),
        sum(line.late for line in by_class.values()),
    )
    covered = f"截至 {today.isoformat()} 未办结 {total:,} 件，其中超期 {late_total:,} 件"
    scope_words = "待交办、已交办、办理中、退回重办的问题，按登记到今天的天数分段；超期＝过了办结时限"
    order = {name: place for place, name in enumerate(CATEGORIES)}
    names = unit_names(session)
    classes = tuple(
        by_class[key].done(CLASSES, key, key or UNSAID, month, today, unit_code)
        for key in sorted(by_class, key=lambda key: (order.get(key, len(order)), key))
    )
    units = tuple(
        by_unit[key].done(UNITS, key, names.get(key, key), month, today, unit_code) for key in sorted(by_unit)
    )
    return (
        Ageing(About("未办结问题：按类别和时长", "件", scope_words, covered), CLASSES, classes),
        Ageing(About("未办结问题：按登记单位和时长", "件", scope_words, covered), UNITS, units),
    )


class _Line:
    """Counting one class or unit."""

    def __init__(self) -> None:
        self.counts, self.late = [0] * len(BUCKETS), 0

    @property
    def total(self) -> int:
        return sum(self.counts)

    def add(self, place: int, number: int, late: int) -> None:
        self.counts[place] += number
        self.late += late

    def done(
        self, by: str, key: str, name: str, month: Period, today: date, unit_code: str | None
    ) -> AgeLine:
        which: Mapping[str, Any] = {"category": key or None} if by == CLASSES else {"unit": key}
        base = {
            **which,
            **({"unit": unit_code} if unit_code else {}),
            "upto": str(month),
            "status": list(OPEN),
        }

        def rows(place: int) -> Rows:
            days = bucket_days(place, today)
            # What is registered later in the month than today stands in the first bucket.
            high = month.last_day if place == 0 else days.high
            return Rows(
                period=str(month), register="issue", told=f"{name}，{bucket_words(place)}未办结",
                filters={**base, "registered_on": Between(days.low, high)},
            )  # fmt: skip

        late = {**which, **({"unit": unit_code} if unit_code else {}), "upto": str(month), "overdue": today}
        return AgeLine(
            key, name, tuple(self.counts), self.late, tuple(rows(place) for place in range(len(BUCKETS))),
            Rows(period=str(month), register="issue", told=f"{name}，超期未办结", filters=late),
        )  # fmt: skip
