"""The district's month: the plan's indicators with their coverage, and the registers' totals.

How an indicator's value comes about is in indicator_lines.py. No ranking here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import plan_issues, totals, totals_more
from db.coverage import Coverage, coverage
from db.indicator_lines import MISSING as MISSING
from db.indicator_lines import PARTIAL as PARTIAL
from db.indicator_lines import UNJUDGED as UNJUDGED
from db.indicator_lines import IndicatorLine as IndicatorLine
from db.indicator_lines import UnitValue as UnitValue
from db.indicator_lines import combine as combine
from db.indicator_lines import indicator_line as indicator_line
from db.indicator_lines import indicator_lines as indicator_lines
from db.kept_totals import Kept
from db.merged_units import merged
from db.periods import Period
from db.plan_issues import InForce
from db.progress import State
from db.unit_names import names_of


@dataclass(frozen=True, slots=True)
class Rollup:
    """Everything the 月调度 of one month says."""

    period: Period
    region: str
    plan_title: str
    coverage: Coverage
    indicators: tuple[IndicatorLine, ...]
    visits: totals.Visits
    issues: totals.Issues
    clouds: totals.Clouds
    nurtures: totals.Nurtures
    projects: totals_more.Projects
    parks: tuple[totals_more.ParkLine, ...]
    duties: totals_more.Duties
    others: totals_more.Others
    behind: tuple[IndicatorLine, ...]
    notes: tuple[str, ...] = ()  # of the month as a whole: its plan, units that were merged

    def as_json(self) -> dict[str, Any]:
        """The shape `qianqi rollup --json` prints (without `out` and `sheets`)."""
        return {
            "coverage": {
                "expected": self.coverage.expected,
                "received": self.coverage.received,
                "late": self.coverage.late,
                "missing": self.coverage.missing,
            },
            "indicators": [line.as_json() for line in self.indicators],
            "registers": {
                "visit": {"rows": self.visits.rows, "enterprises": self.visits.enterprises},
                "cloud": {"rows": self.clouds.rows, "counted": self.clouds.counted},
                "issue": {
                    "open": self.issues.open,
                    "overdue": self.issues.overdue,
                    "written_off": self.issues.written_off,
                },
                "nurture": self.nurtures.by_stage,
                "project": {"in_stock": self.projects.in_stock, "stages": self.projects.by_stage},
                "park": {"reported": sum(park.reported for park in self.parks), "parks": len(self.parks)},
                "duty": {"overdue": self.duties.overdue, "states": self.duties.by_status},
            },
        }


def rollup(session: Session, period: str) -> Rollup:
    """Add up one month from what is in the register now. UsageError for a text that is no month."""
    month = Period(period)
    found = plan_issues.in_force(session, month)
    plan, kept = found.plan, Kept(session)
    lines = kept.part("indicators", month, lambda: indicator_lines(session, month, None, found))
    return Rollup(
        period=month,
        region=plan.region,
        plan_title=plan.title,
        coverage=kept.part("coverage", month, lambda: coverage(session, month)),
        indicators=lines,
        visits=totals.visits(session, month),
        issues=kept.part("issues", month, lambda: totals.issues(session, month)),
        clouds=kept.part("clouds", month, lambda: totals.clouds(session, month, plan.baseline_year)),
        nurtures=kept.part("nurtures", month, lambda: totals.nurtures(session, month)),
        projects=kept.part("projects", month, lambda: totals_more.projects(session, month)),
        parks=kept.part("parks", month, lambda: totals_more.parks(session, month)),
        duties=kept.part("duties", month, lambda: totals_more.duties(session, month)),
        others=kept.part("others", month, lambda: totals_more.others(session, month)),
        behind=tuple(line for line in lines if line.state in (State.WATCH, State.ALARM)),
        notes=tuple(_notes(session, month, found)),
    )


def _notes(session: Session, month: Period, found: InForce) -> list[str]:
    """What must be known of the month as a whole: its plan, and units that were merged."""
    plan = found.plan
    told = []
    if month.year not in plan.years:
        told.append(
            f"{month.year} 年不在计划年度（{plan.start_year}—{plan.end_year} 年）内，各项指标没有年度目标，只列实际数。"
        )
    if found.former is not None:
        told.append(f"计划自 {found.since} 起修订，此前各月仍按原计划的目标。")
    told += plan_issues.removed(found)
    if found.later is not None:
        told.append(f"本月按当时有效的计划；自 {found.later_from} 起计划已修订。")
    mergers = merged(session, month)
    if mergers.into:
        names = names_of(session)
        told += [
            f"{names.get(code, code)}自 {mergers.since[code]} 起并入{names.get(into, into)}，其数计入承接单位。"
            for code, into in sorted(mergers.into.items())
        ]
    return told
