"""A year's first scheme: the shipped template made explicit for a plan and its units, every weight a number one can edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

import resources
from db.assessment.scheme import HUNDRED, INDICATOR
from db.plan_types import IndicatorDef, Plan

TEMPLATE = "assessment/default.json"
CENT = Decimal("0.01")


def first_content(plan: Plan, units: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The template for this plan. `units`: code and kind of everybody who may be assessed.

    A unit that is responsible for no indicator has the weight of its other items raised to 100.
    """
    raw: dict[str, Any] = resources.read_json(TEMPLATE)
    known = list(units)
    groups = []
    for group in raw["groups"]:
        members = [code for code, kind in known if kind in group.get("kinds", ())]
        if group.get("district") or members:
            groups.append({**group, "items": _items(group, plan, members)})
    return {**raw, "groups": groups}


def _items(group: Mapping[str, Any], plan: Plan, members: Sequence[str]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    without: list[str] = []
    for item in group["items"]:
        if "expand" not in item:
            made.append(dict(item))
        elif group.get("district"):
            made += _indicators(item, plan.indicators, {})
        else:
            own = {
                code: [each for each in plan.indicators if code in _responsible(plan, each)]
                for code in members
            }
            without = [code for code, found in own.items() if not found]
            made += _indicators(
                item, [each for each in plan.indicators if any(each in found for found in own.values())], own
            )
    if without:
        _raise(made, without)
    return made


def _responsible(plan: Plan, indicator: IndicatorDef) -> tuple[str, ...]:
    return tuple(unit.code for unit in plan.expand(indicator.units))


def _indicators(
    item: Mapping[str, Any], indicators: Sequence[IndicatorDef], own: Mapping[str, Sequence[IndicatorDef]]
) -> list[dict[str, Any]]:
    """One item for each indicator; in a group of units each unit's weights add up to the template's."""
    whole = Decimal(item["weight"])
    of_all = split(whole, [_part(item, each) for each in indicators])
    shares = {
        code: dict(
            zip((each.no for each in mine), split(whole, [_part(item, each) for each in mine]), strict=True)
        )
        for code, mine in own.items()
        if mine
    }
    made = []
    for weight, each in zip(of_all, indicators, strict=True):
        units = [code for code, mine in shares.items() if each.no in mine]
        made.append(
            {
                "key": f"{INDICATOR}{each.no}",
                "name": each.name,
                "measure": f"{INDICATOR}{each.no}",
                "weight": str(shares[units[0]][each.no] if units else weight),
                "target": "plan",
                "units": units,
                "weights": {code: str(shares[code][each.no]) for code in units},
                "is_binding": each.binding,
            }
        )
    return made


def _part(item: Mapping[str, Any], indicator: IndicatorDef) -> Decimal:
    return Decimal(item["binding"] if indicator.binding else item["expected"])


def split(whole: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """A weight divided in proportion, to cents, so that the parts add up to it exactly (largest remainders first)."""
    total = sum(parts, Decimal(0))
    exact = [whole * part / total for part in parts]
    shares = [each.quantize(CENT, rounding=ROUND_DOWN) for each in exact]
    left = int((whole - sum(shares, Decimal(0))) / CENT)
    order = sorted(range(len(parts)), key=lambda at: (shares[at] - exact[at], at))
    for at in order[:left]:
        shares[at] += CENT
    return shares


def _raise(items: Sequence[dict[str, Any]], units: Sequence[str]) -> None:
    others = [item for item in items if not item["measure"].startswith(INDICATOR)]
    if not others:
        return
    raised = split(HUNDRED, [Decimal(item["weight"]) for item in others])
    for item, weight in zip(others, raised, strict=True):
        item["weights"] = {**item.get("weights", {}), **{code: str(weight) for code in units}}
