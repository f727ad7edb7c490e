"""Firms of the directory that are close to the line and that nobody has taken up: suggestions, for people to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import settings
from db.classifications import Threshold
from db.models import Enterprise, Nurture
from db.models.nurture import UPSCALE
from db.periods import Period
from db.progress import rounded, show_number, show_pct
from db.upscale.routes import route
from db.upscale.rules import Rules

SET_ASIDE = "upscale_set_aside"  # setting: {firm: {"year", "reason", "by", "at"}}
ALIVE = ("正常", "筹建")
HUNDRED, MONTHS = Decimal(100), Decimal(12)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A firm near the line. Amounts in 万元; `share` in percent, of the line's part of the year gone or of the line."""

    firm: UUID
    name: str
    uscc: str
    street_code: str
    specialty: str
    threshold: Decimal
    revenue_ly: Decimal | None
    revenue_ytd: Decimal | None
    asof: str | None
    share: Decimal
    way: str
    words: str
    aside: str = ""  # who left it out this year, and why

    @property
    def missing(self) -> Decimal:
        """What is left to the line this year."""
        return max(self.threshold - (self.revenue_ytd or Decimal(0)), Decimal(0))

    @property
    def passed(self) -> bool:
        """At the pace of the line, or over it."""
        return self.share >= HUNDRED

    @property
    def over(self) -> bool:
        """Over the whole line already, this year or the last."""
        return any(
            each is not None and each >= self.threshold for each in (self.revenue_ytd, self.revenue_ly)
        )


def suggestions(
    session: Session, rules: Rules, period: Period, street: str | None = None, *, aside: bool = False
) -> tuple[Suggestion, ...]:
    """Firms not 规上 and in no candidacy whose revenue is at least `rules.near` percent of where the line asks for.

    This year's cumulative figure counts against the line's part of the months gone (序时), last year's against the
    whole line; the better of the two decides. The nearest first. What people set aside this year is left out;
    with `aside`, it is all there is.
    """
    firm, candidate = Enterprise.__table__, Nurture.__table__
    taken = select(candidate.c.enterprise_id).where(
        candidate.c.nurture_type == UPSCALE,
        candidate.c.deleted_at.is_(None),
        candidate.c.enterprise_id.is_not(None),
    )
    # A month's part of the lowest line is the least that can be near any line.
    least = rules.lowest * rules.near / HUNDRED
    query = select(
        firm.c.id, firm.c.name, firm.c.uscc, firm.c.street_code, firm.c.industry_code, firm.c.opened_on,
        firm.c.revenue_ly, firm.c.revenue_ytd, firm.c.revenue_asof,
    ).where(
        firm.c.deleted_at.is_(None),
        firm.c.is_above_scale.is_not(True),
        or_(firm.c.status.in_(ALIVE), firm.c.status.is_(None)),
        firm.c.industry_code.is_not(None),
        or_(firm.c.revenue_ly >= least, firm.c.revenue_ytd >= least / MONTHS),
        firm.c.id.not_in(taken),
    )  # fmt: skip
    if street:
        query = query.where(firm.c.street_code == street)
    put_away = set_aside(session, period.year)
    found = []
    lines: dict[str, Threshold | None] = {}
    for row in session.execute(query):
        if (row.id.hex in put_away) != aside:
            continue
        if row.industry_code not in lines:
            lines[row.industry_code] = rules.line(row.industry_code)
        line = lines[row.industry_code]
        if line is None or line.threshold_wan is None:
            continue
        shares = _shares(row.revenue_ytd, row.revenue_asof, row.revenue_ly, line.threshold_wan, period)
        if not any(share is not None and share >= rules.near for share in shares):
            continue
        share, words = nearness(row.revenue_ytd, row.revenue_asof, row.revenue_ly, line.threshold_wan, period)
        assert share is not None
        way = route(row.opened_on, line.specialty, period.year)
        found.append(
            Suggestion(
                row.id, row.name or "", row.uscc or "", row.street_code or "", line.specialty, line.threshold_wan,
                row.revenue_ly, row.revenue_ytd if _of_year(row.revenue_asof, period) else None,
                row.revenue_asof if _of_year(row.revenue_asof, period) else None, share, way.way, words,
                _why(put_away.get(row.id.hex)),
            )
        )  # fmt: skip
    found.sort(key=lambda each: (-each.share, each.name, each.firm.bytes))
    return tuple(found)


def nearness(
    ytd: Decimal | None, asof: str | None, last: Decimal | None, threshold: Decimal, period: Period
) -> tuple[Decimal | None, str]:
    """How near a firm is, in percent, and in words. None where no figure says anything about this year."""
    now, before = _shares(ytd, asof, last, threshold, period)
    words = []
    if now is not None and asof is not None:
        month = Period(asof).month
        span = f"1—{month} 月" if month > 1 else "1 月"
        words.append(f"{span} {show_number(ytd)} 万元，为序时线的 {show_pct(now)}")
    if before is not None:
        over = "已过线" if before >= HUNDRED else f"为线的 {show_pct(before)}"
        words.append(f"上年 {show_number(last)} 万元，{over}")
    known = [share for share in (now, before) if share is not None]
    return (rounded(max(known)) if known else None), "；".join(words)


def _shares(
    ytd: Decimal | None, asof: str | None, last: Decimal | None, threshold: Decimal, period: Period
) -> tuple[Decimal | None, Decimal | None]:
    """This year's figure in percent of the line's part of its months; last year's in percent of the line."""
    now = before = None
    if ytd is not None and asof is not None and _of_year(asof, period):
        now = ytd * HUNDRED * MONTHS / (threshold * int(asof[5:]))
    if last is not None:
        before = last * HUNDRED / threshold
    return now, before


def set_aside(session: Session, year: int) -> Mapping[str, Mapping[str, Any]]:
    """Firms that a person decided not to take up this year: key → who, when, why."""
    kept: Mapping[str, Mapping[str, Any]] = settings.get(session, SET_ASIDE, {})
    return {key: each for key, each in kept.items() if each.get("year") == year}


def _why(kept: Mapping[str, Any] | None) -> str:
    """“张敏 2024-05-24：总部在外区”."""
    return f"{kept.get('by', '')} {str(kept.get('at', ''))[:10]}：{kept.get('reason', '')}" if kept else ""


def _of_year(asof: str | None, period: Period) -> bool:
    return asof is not None and asof[:4] == str(period)[:4]
