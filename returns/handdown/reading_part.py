"""指标口径 of a 下发: how the district reads the indicators that the plan leaves open, and from when the plan holds.

Both travel inside the plan, apart from its own text, so that the plan stays word for word the one that was issued.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import plan_issues, plan_store, readings
from db.plan_types import IndicatorDef, Plan
from db.store import Actor
from returns.handdown.change import READING, Change, cell
from returns.planned import SAME, UPDATE

_KEY = "in_force"


@dataclass(frozen=True, slots=True)
class Told:
    """A plan as it travels. `readings`: the scope chosen by number of the indicator; None from a program that sent none.

    `since`: the month from which it holds, “” for the month in which it is taken over.
    """

    document: Mapping[str, Any]
    readings: Mapping[int, str] | None = None
    since: str = ""


def packed(session: Session) -> dict[str, Any]:
    """The plan in force with what the office chose, as JSON."""
    last = plan_issues.issues(session)[-1:]
    since = "".join(each.from_period for each in last if each.from_period != plan_store.FIRST)
    chosen = {str(no): scope for no, scope in readings.chosen(session)}
    return {**plan_store.as_printed(session).document, _KEY: {"from": since, "readings": chosen}}


def unpacked(payload: Mapping[str, Any]) -> Told:
    """The plan of a 下发 and what came with it."""
    document = {name: value for name, value in payload.items() if name != _KEY}
    told = payload.get(_KEY)
    if told is None:
        return Told(document)
    chosen = {int(no): str(scope) for no, scope in told["readings"].items()}
    return Told(document, chosen, str(told["from"]))


def reading_changes(session: Session, plan: Plan, theirs: Mapping[int, str] | None) -> list[Change]:
    """Indicators of the plan that comes which the district reads otherwise than they are read here."""
    if theirs is None:
        return []
    ours, found = dict(readings.chosen(session)), []
    for each in plan.indicators:
        if not each.alternatives:
            continue
        old, new = (_offered(each, chosen.get(each.no, "")) for chosen in (ours, theirs))
        differing = [cell("scope", "口径", old or each.scope, new or each.scope)] if old != new else []
        found.append(
            Change(
                READING, str(each.no), UPDATE if differing else SAME, f"{each.no}. {each.name}", differing,
                "" if new or not differing else "区里已恢复按计划的口径", {"no": each.no, "scope": new},
            )
        )  # fmt: skip
    return found


def _offered(indicator: IndicatorDef, scope: str) -> str:
    """The scope as far as the plan offers it; “” for the plan's own."""
    return scope if any(each.scope == scope for each in indicator.alternatives) else ""


def write_readings(session: Session, taken: Sequence[Change], actor: Actor) -> None:
    """Read the indicators as the district does; what the plan here does not offer (it was not taken) is left alone."""
    plan = plan_store.as_printed(session)
    for each in taken:
        offered = next(
            (found for found in readings.readings(session, plan) if found.no == each.data["no"]), None
        )
        if offered is None:
            continue
        scopes = ["", *(way.scope for way in offered.ways[1:])]
        if each.data["scope"] in scopes:
            readings.choose(session, plan, offered.no, scopes.index(each.data["scope"]), actor)


def words(payload: Mapping[str, Any]) -> str:
    """What comes with the plan, for the cover: “，自 2024-07 起用，选定口径 1 项”."""
    told = unpacked(payload)
    since = f"，自 {told.since} 起用" if told.since else ""
    return since + (f"，选定口径 {len(told.readings)} 项" if told.readings else "")
