"""Small schemes and values that the tests of 年度考核 share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from db.assessment.inputs import Inputs, Measured, UnitIn
from db.assessment.scheme import Grade, Group, Item, Points, Scheme
from db.assessment.scoring import ItemScore, Result, score

GRADES = (Grade("优秀", Decimal(90)), Grade("合格", Decimal(60)), Grade("不合格", Decimal(0)))


def item(key: str = "visit", weight: str = "100", **more: Any) -> Item:
    return Item(key, more.pop("name", "走访"), more.pop("measure", "visit"), Decimal(weight), **more)


def scheme(*items: Item, **more: Any) -> Scheme:
    """One group “g” of these items (one of weight 100), with 加分 获表彰 and 扣分 错报."""
    values: dict[str, Any] = {
        "bonus": (Points("获表彰", Decimal(2), Decimal(4)),),
        "bonus_cap": Decimal(5),
        "deduction": (Points("错报", Decimal(1), Decimal(3)),),
        "deduction_cap": Decimal(10),
        "total_cap": Decimal(105),
        "grades": GRADES,
        "veto_reasons": ("弄虚作假",),
        "veto_best": "合格",
    }
    return Scheme(
        "方案", "", (Group("g", "组", items or (item(),), kinds=("street",)),), **{**values, **more}
    )


def inputs(**values: Any) -> Inputs:
    """Units by name with (value, target) or Measured for the item “visit”."""
    measured = {}
    for name, given in values.items():
        if not isinstance(given, Measured):
            value, target = given
            given = Measured(
                None if value is None else Decimal(str(value)),
                None if target is None else Decimal(str(target)),
            )
        measured[name, "visit"] = given
    return Inputs(2024, "2024-12", tuple(UnitIn(name, name, "g") for name in values), measured)


def scored(made: Scheme, given: Inputs) -> Result:
    return score(made, given, 1)


def line(result: Result, unit: str, key: str = "visit") -> ItemScore:
    found = result.unit(unit)
    assert found is not None
    one = found.item(key)
    assert one is not None
    return one
