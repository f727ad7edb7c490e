"""One thing the field in the top bar found, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Hit:
    """Something found: its kind ("企业"), what it is called, what sets it apart, and where it opens.

    `hint` is its shortcut as people read it; `act` names something to be done where no page is to be opened.
    """

    kind: str
    title: str
    detail: str = ""
    page: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    hint: str = ""
    act: str = ""
