"""A range as a filter. Nothing of the database is needed to name one; lists.py turns it into SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Between:
    """A filter for a range, both ends included; None is open."""

    low: Any = None
    high: Any = None
