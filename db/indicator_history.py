"""What an indicator comes to by the end of a year if it goes on like its last three months. The year itself: analysis_indicators.py."""

from __future__ import annotations

from decimal import Decimal

from db.progress import Semantics

Series = tuple[Decimal | None, ...]  # twelve values, January first
FORECAST_MONTHS = 3


def forecast(semantics: Semantics, reached: Series) -> Series:
    """The months after the last known one, by the mean step of the last three; not for ratios."""
    nothing: Series = (None,) * 12
    known = [n for n, value in enumerate(reached) if value is not None]
    if semantics is Semantics.RATIO or not known or known[-1] == 11:
        return nothing
    end = known[-1]
    start = end - FORECAST_MONTHS
    now = reached[end] or Decimal(0)
    if start < 0:
        # A flow starts the year at zero; a stock needs an earlier value to measure its steps from.
        if not semantics.resets:
            return nothing
        step = now / (end + 1)
    else:
        base = reached[start]
        if base is None:
            return nothing
        step = (now - base) / FORECAST_MONTHS
    return tuple(None if n < end else now + step * (n - end) for n in range(12))
