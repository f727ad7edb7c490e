"""走访 as a picture: firms visited by month against the year before, of one unit or of all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from db.analysis import About, Rows
from db.models import Visit
from db.periods import Period


@dataclass(frozen=True, slots=True)
class VisitMonths:
    """Twelve values each, January first: firms (each once a month) and visits; None for months still to come."""

    about: About
    year: int
    firms: tuple[int | None, ...]
    rows: tuple[int | None, ...]
    before: tuple[int | None, ...]  # firms of last year; None throughout where nothing is known of it
    unit_code: str = ""

    def source(self, place: int) -> Rows:
        """The visits of a month (0 is January)."""
        if self.firms[place] is None:
            return Rows()
        key = "visit.enterprises" + (f":{self.unit_code}" if self.unit_code else "")
        return Rows(key, str(Period.of(self.year, place + 1)))


def visit_months(session: Session, month: Period, unit_code: str | None = None) -> VisitMonths:
    """Two years of visits by month; for one unit an index answers it."""
    first = Period.of(month.year - 1, 1).first_day
    at = func.strftime("%Y-%m", Visit.visit_date)
    query = (
        select(at, func.count(), func.count(distinct(Visit.enterprise_id)))
        .where(Visit.visit_date.between(first, month.last_day), Visit.deleted_at.is_(None))
        .group_by(at)
    )
    if unit_code:
        query = query.where(Visit.unit_code == unit_code)
    found = {str(key): (int(rows), int(firms)) for key, rows, firms in session.execute(query)}
    this = [
        found.get(str(Period.of(month.year, n)), (0, 0)) if n <= month.month else None for n in range(1, 13)
    ]
    last = [found.get(str(Period.of(month.year - 1, n))) for n in range(1, 13)]
    # Before the first visit that is known, nothing is known: that is not zero.
    start = next((n for n, each in enumerate(last) if each is not None), 12)
    before = tuple(None if n < start else 0 if each is None else each[1] for n, each in enumerate(last))
    total = sum(each[0] for each in this if each is not None)
    about = About(
        f"走访企业（{month.year} 年各月）", "家", "每月走访的企业，同一企业一个月只计一次",
        f"今年以来 {total:,} 次" + ("" if start < 12 else f"，没有 {month.year - 1} 年的走访"),
    )  # fmt: skip
    return VisitMonths(
        about, month.year, tuple(None if each is None else each[1] for each in this),
        tuple(None if each is None else each[0] for each in this), before, unit_code or "",
    )  # fmt: skip
