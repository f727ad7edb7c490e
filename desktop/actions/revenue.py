"""A firm's revenue over the year as visits, candidacies and its card said it, and the 升规 line it has to reach."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import classifications, settings
from db.classifications import Threshold
from db.direct import fetch
from db.models.nurture import UPSCALE
from db.month_states import told
from db.periods import Period
from db.quick_rows import rows_of

Values = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A firm's revenue of the year up to a month, as somebody reported it."""

    period: str
    amount: Decimal
    source: str
    by: str = ""
    record_id: UUID | None = None


@dataclass(frozen=True)
class RevenueYear:
    """The reported figures of a year, oldest first (the newest said of each month), and the line to reach."""

    points: tuple[Point, ...]
    threshold: Decimal | None
    specialty: str = ""

    @property
    def latest(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def missing(self) -> Decimal | None:
        """万元 to the line; negative once it is passed. None where either is unknown."""
        if self.threshold is None or self.latest is None:
            return None
        return self.threshold - self.latest.amount


def revenue_year(
    session: Session,
    firm: UUID,
    year: int,
    *,
    card: Values | None = None,
    candidates: Sequence[Values] | None = None,
    lines: Sequence[Threshold] | None = None,
) -> RevenueYear:
    """What was said of a firm's revenue in a year, and the line it has to reach.

    `card`, `candidates` (for 升规) and `lines` (the office's table): where the caller has read them already.
    """
    if candidates is None:
        candidates = _candidates(session, firm)
    found = _visit_points(session, firm, year)
    for row in candidates:
        found += _candidate_points(session, row, year)
    found += _card_points(session, firm, year)
    newest: dict[str, Point] = {}
    for point in found:  # of one month, what stands later was said later
        newest[point.period] = point
    threshold, specialty = _line(session, firm, candidates, card, lines)
    return RevenueYear(tuple(newest[period] for period in sorted(newest)), threshold, specialty)


def line_of(session: Session, firm: UUID) -> tuple[Decimal | None, str]:
    """The 升规 line of a firm in 万元 and its specialty: the candidate's, else by the industry of the card."""
    return _line(session, firm, _candidates(session, firm), None, None)


def _candidates(session: Session, firm: UUID) -> list[Values]:
    columns = ("owner", "threshold", "specialty")
    return rows_of(session, "nurture", firm, columns, where="nurture_type = ?", values=(UPSCALE,))


def _visit_points(session: Session, firm: UUID, year: int) -> list[Point]:
    days = (date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat())
    rows = rows_of(
        session,
        "visit",
        firm,
        ("visit_date", "revenue_ytd", "visitors"),
        where="visit_date BETWEEN ? AND ? AND revenue_ytd IS NOT NULL",
        values=days,
        order="visit_date, id",
    )
    found = []
    for row in rows:
        who = (row["visitors"] or "").split("（")[0].split("、")[0].split("(")[0]
        period = str(Period.of_date(row["visit_date"]))
        found.append(Point(period, row["revenue_ytd"], "走访", who, row["id"]))
    return found


def _entries(session: Session, record: UUID) -> list[tuple[str, dict[str, Any], str]]:
    """(by, what was written, note) of a card's history, as far as it names revenue."""
    rows = fetch(
        session,
        """SELECT by, after, note FROM audit WHERE record_id = ? AND instr(after, '"revenue_') ORDER BY seq""",
        (record.bytes,),
    )
    return [(row[0], json.loads(row[1]), row[2] or "") for row in rows]


def _candidate_points(session: Session, row: Values, year: int) -> list[Point]:
    return [
        Point(month, said["revenue_ytd"], "培育", row["owner"] or "", row["id"])
        for month, said in told(session, "nurture", [row["id"]]).get(row["id"], ())
        if said["revenue_ytd"] is not None and month.startswith(str(year))
    ]


def _card_points(session: Session, firm: UUID, year: int) -> list[Point]:
    """What was typed, imported or received into the card itself; copies from visits and candidacies stay out."""
    found: list[Point] = []
    amount: str | None = None
    asof: str | None = None
    for by, after, note in _entries(session, firm):
        amount, asof = after.get("revenue_ytd", amount), after.get("revenue_asof", asof)
        if note.endswith("记录同步"):
            found = [each for each in found if each.period != asof]  # it was said anew
        elif amount is not None and asof and asof.startswith(str(year)):
            found.append(Point(asof, Decimal(amount), "档案", by, firm))
    return found


def _line(
    session: Session,
    firm: UUID,
    candidates: Sequence[Values],
    card: Values | None,
    lines: Sequence[Threshold] | None,
) -> tuple[Decimal | None, str]:
    row = next((each for each in candidates if each["threshold"] is not None), None)
    if row is not None:
        return Decimal(row["threshold"]), row["specialty"] or ""
    if card is None:
        found = rows_of(session, "enterprise", firm, ("industry_code",), by="id", live=False)
        card = found[0] if found else {}
    if not card.get("industry_code"):
        return None, ""
    if lines is None:
        changed = settings.parameters(session).get("thresholds")
        lines = classifications.read_thresholds(changed) if changed else None
    line = classifications.threshold_for(card["industry_code"], lines)
    return (line.threshold_wan, line.specialty) if line else (None, "")
