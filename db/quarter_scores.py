"""What a unit scores in a quarter, for offices that rank. Arithmetic only; who is told of it is the bulletin's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from db.quarter_units import UnitQuarter


@dataclass(frozen=True, slots=True)
class Score:
    """What a unit scores where an office ranks: the mean of the parts it has, each out of 100."""

    unit: UnitQuarter
    returns: Decimal | None  # 按时报送率
    indicators: (
        Decimal | None
    )  # mean of min(完成率 ÷ 序时进度, 1); an indicator without a value counts as nothing
    solved: Decimal | None  # 办结率（已到期）

    @property
    def total(self) -> Decimal | None:
        parts = [each for each in (self.returns, self.indicators, self.solved) if each is not None]
        return sum(parts, Decimal(0)) / len(parts) if parts else None


def score_of(unit: UnitQuarter) -> Score:
    """The unit's score from its returns, its indicators and the problems it had to solve."""
    hundred = Decimal(100)
    shares = [
        max(Decimal(0), min(hundred, line.progress.completion * 100 / line.progress.time_progress))
        if line.progress.completion is not None and line.progress.time_progress
        else Decimal(0)
        for line in unit.indicators
    ]
    return Score(
        unit,
        unit.on_time * hundred / unit.owed if unit.owed else None,
        sum(shares, Decimal(0)) / len(shares) if shares else None,
        unit.handled.rate_due,
    )
