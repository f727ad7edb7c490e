"""Which way into the statistics a firm may take: by month or in the yearly round (domain practice, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.models.nurture import DECLARE

MONTHLY, YEARLY = DECLARE
ALL_YEAR = ("建筑业", "房地产")  # entered by qualification, not by revenue: any month


@dataclass(frozen=True, slots=True)
class Route:
    """`way`: the one to take; `sure` is False where the day of opening is not known. `words` say why."""

    way: str
    sure: bool
    words: str


def first_opening(year: int) -> date:
    """Firms opened from this day on may enter by month in `year`: the fourth quarter of the year before."""
    return date(year - 1, 10, 1)


def route(opened_on: date | None, specialty: str | None, year: int) -> Route:
    """The way of a firm of this specialty that opened (went into production) on that day."""
    if specialty in ALL_YEAR:
        return Route(MONTHLY, True, f"{specialty}全年可按月申报。")
    since = first_opening(year)
    if opened_on is None:
        return Route(
            YEARLY, False, f"没有开业日期，暂按年度入库；{since} 以后开业的可按月申报，请补填开业日期。"
        )
    if opened_on >= since:
        return Route(MONTHLY, True, f"{opened_on} 开业，属上年四季度以来新开业，可按月申报。")
    return Route(YEARLY, True, f"{opened_on} 开业，属已开业单位，年内达标后走年度入库。")
