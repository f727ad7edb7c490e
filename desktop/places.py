"""Which page of the navigation shows which register. Plain words: no Qt, no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The registers of each page, in the order of its tabs.
REGISTERS_OF: Mapping[str, tuple[str, ...]] = {
    "enterprises": ("enterprise",),
    "visits": ("visit", "liaison", "firm_plan", "service"),
    "issues": ("issue",),
    "cloud": ("cloud",),
    "nurture": ("nurture",),
    "indicators": ("indicator",),
    "tasks": ("duty", "matter"),
    "projects": ("project", "lead", "opportunity", "product", "match", "release"),
    "parks": ("park",),
}
PAGE_OF: Mapping[str, str] = {register: page for page, group in REGISTERS_OF.items() for register in group}


def place(register: str, **args: Any) -> tuple[str, dict[str, Any]]:
    """(page, arguments of its `open`) that lead to a register: `goto_asked.emit(*place("liaison", new=True))`.

    KeyError for a register that no page shows.
    """
    return PAGE_OF[register], {"register": register, **args}
