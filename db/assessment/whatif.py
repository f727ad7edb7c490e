"""试算: the same year with a value, target or weight changed in memory, beside what it is. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from db.assessment.inputs import Inputs
from db.assessment.scheme import Scheme
from db.assessment.scoring import Result, UnitScore, score

VALUE, TARGET, WEIGHT = WHAT = ("value", "target", "weight")
WORDS = {VALUE: "完成值", TARGET: "目标", WEIGHT: "权重"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing put differently: the value or target of a unit's item, or an item's weight (`unit`: that unit's own)."""

    what: str
    group: str
    item: str
    unit: str
    to: Decimal | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit's total before and after."""

    before: UnitScore
    after: UnitScore

    @property
    def difference(self) -> Decimal | None:
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total


def changed(scheme: Scheme, inputs: Inputs, changes: tuple[Change, ...]) -> tuple[Scheme, Inputs]:
    """Scheme and inputs as they would be. A value put in is known, whatever stood there; KeyError for an unknown `what`."""
    for change in changes:
        if change.what == WEIGHT:
            scheme = _weighed(scheme, change)
        elif change.what == VALUE:
            inputs = inputs.with_measured(
                change.unit,
                change.item,
                value=change.to,
                absent=False,
                silent=False,
                parts=None,
                note="试算的数",
            )
        elif change.what == TARGET:
            inputs = inputs.with_measured(
                change.unit, change.item, target=change.to, target_note="试算的目标"
            )
        else:
            raise KeyError(change.what)
    return scheme, inputs


def _weighed(scheme: Scheme, change: Change) -> Scheme:
    group = scheme.group(change.group)
    item = group.item(change.item) if group is not None else None
    if item is None or change.to is None:
        return scheme
    if change.unit in item.weights:
        return scheme.with_item(change.group, change.item, weights={**item.weights, change.unit: change.to})
    return scheme.with_item(change.group, change.item, weight=change.to)


def simulate(
    scheme: Scheme, inputs: Inputs, changes: tuple[Change, ...], before: Result | None = None
) -> tuple[Compared, ...]:
    """Every unit before and after. A weight changed makes the base out of the weights as they then add up."""
    was = before or score(scheme, inputs)
    then = score(*changed(scheme, inputs, changes), was.version)
    after = {each.unit.code: each for each in then.units}
    return tuple(Compared(each, after[each.unit.code]) for each in was.units)


def as_scheme(scheme: Scheme, changes: tuple[Change, ...]) -> Scheme:
    """The scheme with the changes that a scheme can hold (weights, and targets as the units' own), to be saved."""
    for change in changes:
        if change.what == WEIGHT:
            scheme = _weighed(scheme, change)
        elif change.what == TARGET and change.to is not None:
            group = scheme.group(change.group)
            item = group.item(change.item) if group is not None else None
            if item is not None:
                scheme = scheme.with_item(
                    change.group, change.item, targets={**item.targets, change.unit: change.to}
                )
    return scheme


def renamed(scheme: Scheme, name: str) -> Scheme:
    """The scheme under another name."""
    return replace(scheme, name=name)
