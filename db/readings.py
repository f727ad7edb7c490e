"""How the office reads an indicator that the plan leaves open: the plan's own reading, or one of the alternatives it names.

The choice is a setting; `plan_store.current` gives the plan with it, so that everything that asks the plan goes by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import parameters, settings
from db.errors import UsageError
from db.models import Indicator
from db.plan_types import Alternative, IndicatorDef, Plan
from db.store import Actor

SETTING = "indicator_readings"  # {number of the indicator: the scope chosen, in the plan's words}
Chosen = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An ambiguous indicator and the ways to read it; the first is the plan's own. `chosen`: place among them."""

    no: int
    name: str
    note: str
    ways: tuple[Alternative, ...]
    chosen: int


def chosen(session: Session) -> Chosen:
    """What the office chose, by number; () where it reads everything as the plan does."""
    found: Mapping[str, str] = settings.get(session, SETTING, {})
    return tuple(sorted((int(no), scope) for no, scope in found.items()))


def read_by(plan: Plan, chosen: Chosen) -> Plan:
    """The plan with its indicators read as chosen; a choice that this plan does not offer is left alone."""
    wanted = dict(chosen)
    if not wanted:
        return plan
    return replace(plan, indicators=tuple(_read(each, wanted.get(each.no)) for each in plan.indicators))


def _read(indicator: IndicatorDef, scope: str | None) -> IndicatorDef:
    way = next((each for each in indicator.alternatives if each.scope == scope), None)
    if way is None:
        return indicator
    own = Alternative(indicator.semantics, indicator.scope)
    return replace(indicator, semantics=way.semantics, scope=way.scope, printed=own)


def readings(session: Session, plan: Plan) -> tuple[Reading, ...]:
    """The indicators of a plan (as it is printed) that may be read in several ways."""
    wanted = dict(chosen(session))
    found = []
    for each in plan.indicators:
        if each.alternatives:
            ways = (Alternative(each.semantics, each.scope, each.note), *each.alternatives)
            place = next((n for n, way in enumerate(ways) if n and way.scope == wanted.get(each.no)), 0)
            found.append(Reading(each.no, each.name, each.note, ways, place))
    return tuple(found)


def choose(session: Session, plan: Plan, no: int, place: int, actor: Actor) -> None:
    """Read an indicator of the plan (as it is printed) in one of its ways, 0 being the plan's own; who did it is noted.

    UsageError (“no_reading”) where the indicator does not have that way.
    """
    known = {each.no: each for each in readings(session, plan)}
    if no not in known or not 0 <= place < len(known[no].ways):
        raise UsageError(f"指标 {no} 没有这种口径。", "请从计划给出的口径中选择。", "no_reading")
    before, after = known[no].ways[known[no].chosen], known[no].ways[place]
    if before == after:
        return
    kept = {str(key): scope for key, scope in chosen(session) if key != no}
    if place:
        kept[str(no)] = after.scope
    settings.put(session, SETTING, kept)
    parameters.note(session, f"指标口径：{known[no].name}", before.scope, after.scope, actor)
    store(session, read_by(plan, chosen(session)))


def store(session: Session, plan: Plan) -> None:
    """Let the table of indicators say what the plan, as it is read, means."""
    for each in plan.indicators:
        session.execute(
            update(Indicator)
            .where(Indicator.no == each.no)
            .values(semantics=each.semantics.value, scope=each.scope or None)
        )
    session.flush()
