"""What scoring goes by: units, what was measured of each, points given or taken. Values only; reading.py fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from db.assessment.scheme import WHOLE_YEAR, Months

GIVEN, TAKEN, VETO = "加分", "扣分", "一票否决"
KINDS = (GIVEN, TAKEN, VETO)


@dataclass(frozen=True, slots=True)
class Counts:
    """How returns were handed in: late days (each return's capped), missing months, corrections, 退回; how many late."""

    late_days: int = 0
    missing: int = 0
    corrections: int = 0
    sent_back: int = 0
    late: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its target. `absent`: there was nothing to judge (left out), as against not reported (no points).
    `silent`: the unit reported nothing at all and owes nothing, or nobody did (a new register): there are no points to give.

    `source`: the key of the figure (db/sources.py), "" where only rows of our own answer. `parts`: numerator and
    denominator of a rate.
    """

    value: Decimal | None = None
    target: Decimal | None = None
    absent: bool = False
    silent: bool = False
    note: str = ""
    target_note: str = ""
    source: str = ""
    period: str = ""
    parts: tuple[int, int] | None = None
    counts: Counts | None = None


@dataclass(frozen=True, slots=True)
class UnitIn:
    """Who is assessed. `merged_into`: the name of the unit it is assessed with, "" where it stands for itself."""

    code: str
    name: str
    group: str
    months: Months = WHOLE_YEAR
    merged_into: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryIn:
    """Points given or taken by hand, or a veto; `points` is above zero."""

    unit: str
    kind: str
    item: str
    points: Decimal
    reason: str = ""
    evidence: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    year: int
    as_of: str
    units: tuple[UnitIn, ...] = ()
    measured: Mapping[tuple[str, str], Measured] = field(default_factory=dict)  # (unit, item key)
    entries: tuple[EntryIn, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, unit: str, item: str) -> Measured:
        return self.measured.get((unit, item), NOTHING)

    def with_measured(self, unit: str, item: str, **changes: object) -> Inputs:
        """The same with one value, target … changed."""
        changed = replace(self.of(unit, item), **changes)  # type: ignore[arg-type]
        return replace(self, measured={**self.measured, (unit, item): changed})


NOTHING = Measured()
