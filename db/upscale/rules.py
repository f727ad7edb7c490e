"""What the office may set about 升规: lines, papers, windows, how near is near. Defaults are the shipped tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db import classifications, parameters, settings
from db.classifications import Threshold
from db.upscale import windows
from db.upscale.windows import Window
from db.workdays import Overrides

# Lists with a shape of their own, in the setting “parameters”.
THRESHOLDS, WINDOWS = "thresholds", "upscale_windows"


@dataclass(frozen=True, slots=True)
class Rules:
    """`near`: percent of the line (or of the line's share of the year gone) from which a firm is suggested.

    `stale_months`: an entered firm without newer figures for so long is warned of. `example`: nobody has set the
    windows yet.
    """

    thresholds: Sequence[Threshold]
    windows: Sequence[Window]
    example: bool
    near: Decimal
    stale_months: int
    expiry_days: int
    overrides: Overrides

    def line(self, industry_code: str | None) -> Threshold | None:
        """The line an industry falls under, where there is one by revenue or qualification."""
        found = classifications.threshold_for(industry_code, self.thresholds) if industry_code else None
        return found if found is not None and found.specialty else None

    def papers(self, specialty: str | None, way: str | None) -> tuple[str, ...]:
        """What a candidate of this specialty hands in on this way."""
        return classifications.materials_for(specialty or "", self.thresholds, way or "")

    @property
    def lowest(self) -> Decimal:
        """The lowest line there is: what is far below it need not be looked at."""
        lines = [each.threshold_wan for each in self.thresholds if each.specialty and each.threshold_wan]
        return min(lines, default=Decimal(0))


def rules(session: Session) -> Rules:
    """The rules in force."""
    return read_rules(settings.parameters(session), settings.holidays(session))


def read_rules(changed: Mapping[str, Any], overrides: Overrides) -> Rules:
    """The defaults with what the office changed. UsageError names what cannot be read."""
    limits = parameters.read_parameters(changed)
    return Rules(
        classifications.read_thresholds(changed[THRESHOLDS])
        if changed.get(THRESHOLDS)
        else classifications.thresholds(),
        windows.read_windows(changed[WINDOWS]) if changed.get(WINDOWS) else windows.shipped(),
        not changed.get(WINDOWS),
        limits.upscale_near,
        limits.upscale_stale_months,
        limits.expiry_days,
        overrides,
    )
