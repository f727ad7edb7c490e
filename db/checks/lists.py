"""The general rules on the lists beside the ledgers: 挂点, 议题, 一企一策, 线索, 清单 and 对接, 服务."""

from __future__ import annotations

from collections.abc import Mapping

from db.checks import general
from db.checks.context import Check
from db.checks.enterprise import firm_alive

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "liaison": (
        *general.checks(),
        general.in_order("from_on", "to_on"),
        firm_alive("from_on"),
    ),
    "matter": (
        *general.checks(),
        general.in_order("raised_on", "meeting_on"),
        general.in_order("raised_on", "due_date"),
        general.happened("raised_on"),
        general.happened("meeting_on", "已议定", "办理中", "已办结"),
    ),
    "firm_plan": (
        *general.checks(),
        general.in_order("made_on", "due_date"),
        general.happened("made_on"),
        firm_alive("made_on"),
    ),
    "lead": (
        *general.checks(),
        general.in_order("found_on", "next_on"),
        general.happened("found_on"),
    ),
    "release": (*general.checks(), general.happened("released_on")),
    "opportunity": (*general.checks(), general.happened("registered_on"), general.reachable("phone")),
    "product": (
        *general.checks(),
        general.happened("registered_on"),
        general.reachable("phone"),
        firm_alive("registered_on"),
    ),
    "match": (*general.checks(), general.happened("matched_on")),
    "service": (*general.checks(), general.happened("served_on"), firm_alive("served_on")),
}
