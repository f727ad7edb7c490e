"""Units that were merged into others (归并): from that month on everything of theirs counts with the successor's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from db import direct
from db.once import once
from db.periods import Period, months_between


@dataclass(frozen=True, slots=True)
class Merged:
    """The mergers in force in a month. `into`: unit → who stands for it in the end; `since`: unit → first month."""

    into: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)

    def stands_for(self, code: str) -> str:
        """Who reports in the place of a unit: itself, unless it was merged."""
        return self.into.get(code, code)

    def members(self, code: str) -> tuple[str, ...]:
        """A unit and all that were merged into it."""
        return (code, *sorted(each for each, successor in self.into.items() if successor == code))

    def units(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The units that stand for these, each once, in their order."""
        return tuple(dict.fromkeys(self.stands_for(code) for code in codes))


def merged(session: Session, period: str) -> Merged:
    """The mergers in force in a month."""
    rows = once(session, "mergers", lambda: direct.fetch(session, _MERGERS))
    steps = {code: into for code, into, since in rows if since is not None and since <= str(period)}
    return Merged(
        {code: _end(code, steps) for code in steps}, {row[0]: row[2] for row in rows if row[0] in steps}
    )


_MERGERS = "SELECT code, merged_into, merged_from FROM org_unit WHERE merged_into IS NOT NULL"


def _end(code: str, steps: Mapping[str, str]) -> str:
    seen = {code}
    while (after := steps.get(code)) is not None and after not in seen:
        seen.add(after)
        code = after
    return code


@dataclass(frozen=True, slots=True)
class Reported:
    """What a unit said in one month: running total and the month's own figure."""

    period: str
    total: Decimal | None
    month: Decimal | None


def carried(taken: Reported, successor: Sequence[Reported], since: str, upto: Period) -> tuple[Decimal, str]:
    """How much of the running total of a merged unit is still to be added to the successor's, and why, in words.

    `taken`: its last total of the year before the merger; `successor`: the successor's months of the year. Where the
    successor's own months show that its total already holds what it took over, nothing is added.
    """
    amount = taken.total or Decimal(0)
    here = {each.period: each for each in successor}
    base = max(
        (each for each in successor if each.period < since), key=lambda each: each.period, default=None
    )
    before = base.total if base is not None and base.total is not None else Decimal(0)
    months = [str(month) for month in months_between(Period(since), upto)]
    own = [here[each].month if each in here else None for each in months]
    now = here[str(upto)].total if str(upto) in here else None
    if now is not None and all(each is not None for each in own):
        moved = sum((each for each in own if each is not None), Decimal(0))
        if amount and now == before + amount + moved:
            return Decimal(0), "其累计数已在承接单位的数内"
    return amount, "其累计数并入承接单位"
