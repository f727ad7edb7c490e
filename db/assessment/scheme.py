"""What a scoring scheme consists of (domain rules: all of it editable data), read from and written as plain content.

Weights and points are Decimal; rates and percentages are percent (41.7 means 41.7 %). Checks are in validating.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from db.errors import UsageError

HUNDRED = Decimal(100)
RESCALE, ZERO, FULL = "rescale", "zero", "full"
UNASSESSED = {RESCALE: "不计入，其余权重折算为 100", ZERO: "按 0 分计", FULL: "按满分计"}
SKIP, DENSE = "skip", "dense"
TIES = {SKIP: "并列后顺延（1、1、3）", DENSE: "并列不占位（1、1、2）"}
CAPPED, NOTHING, NO_RULE = "cap", "zero", "none"
BINDING_RULES = {CAPPED: "未达标按封顶比例计", NOTHING: "未达标得 0 分", NO_RULE: "不另作规定"}
ISSUE_BASES = {"due": "办结÷已到期", "all": "办结÷全部"}
WHOLE = "district"  # stands in no register: the district itself, which has no code of its own
INDICATOR = "indicator."
REPORTING = "reporting"
MEASURES = {
    "visit": "年内走访企业（去重），家",
    "issue": "问题办结率，%",
    "satisfied": "企业满意率（满意和基本满意÷已回访），%",
    "cloud": "年内新增计数的上云企业（按企业所属街道），家",
    "upscale": "年内升规入统企业，家",
    "duty": "责任清单完成率（已完成、已销号÷应完成），%",
    REPORTING: "报送质量（迟报、漏报、更正、退回）",
}
NAMES = {  # what an item that is added is called at first
    "visit": "企业走访",
    "issue": "问题办结率",
    "satisfied": "企业满意率",
    "cloud": "上云新增",
    "upscale": "升规入统",
    "duty": "任务完成",
    REPORTING: "报送质量",
}
PRORATED = ("visit", "cloud", "upscale")  # amounts that grow with the months
UNITS = {
    "visit": "家",
    "issue": "%",
    "satisfied": "%",
    "cloud": "家",
    "upscale": "家",
    "duty": "%",
    REPORTING: "分",
}


class Method(StrEnum):
    """How a value becomes a share of the weight."""

    RATIO = "ratio"  # min(完成率，上限) × 权重
    MET = "met"  # 达标得满分，未达不得分
    POSITION = "position"  # 第一名满分，依次递减

    @property
    def word(self) -> str:
        return _METHODS[self]


_METHODS = {Method.RATIO: "完成率计分法", Method.MET: "目标完成计分法", Method.POSITION: "争先进位法"}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a group's table. `target`: a number as text, "plan" for the plan's own, "share:<register>", or ""."""

    key: str
    name: str
    measure: str
    weight: Decimal
    target: str = ""
    targets: Mapping[str, Decimal] = field(default_factory=dict)  # a unit's own target
    units: tuple[str, ...] = ()  # whom it applies to; empty: all of the group
    weights: Mapping[str, Decimal] = field(default_factory=dict)  # a unit's own weight
    binding: bool = False
    method: Method | None = None
    cap: Decimal | None = None
    prorated: bool = False  # a unit that was there for part of the year owes that part of the target

    def applies(self, unit: str) -> bool:
        return not self.units or unit in self.units

    def weight_of(self, unit: str) -> Decimal:
        return self.weights.get(unit, self.weight)

    @property
    def indicator(self) -> int | None:
        """The number of the plan's indicator, for an item that is one."""
        number = self.measure.removeprefix(INDICATOR)
        return int(number) if self.measure.startswith(INDICATOR) and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are measured alike: by kind, by code, or the district as a whole."""

    key: str
    name: str
    items: tuple[Item, ...]
    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    district: bool = False

    def item(self, key: str) -> Item | None:
        return next((each for each in self.items if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Points:
    """A kind of 加分 or 扣分: points for one occurrence, and the most of it in a year."""

    name: str
    points: Decimal
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    name: str
    least: Decimal


@dataclass(frozen=True, slots=True)
class Months:
    """The months of the year a unit is assessed for, 1 to 12, both included."""

    first: int = 1
    last: int = 12

    @property
    def count(self) -> int:
        return max(self.last - self.first + 1, 0)


WHOLE_YEAR = Months()


@dataclass(frozen=True, slots=True)
class Reporting:
    """Points taken for each occurrence: a late day (at most `late_limit` a return), a missing return, a correction, 退回."""

    late: Decimal = Decimal(0)
    late_limit: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)
    correction: Decimal = Decimal(0)
    sent_back: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole scheme. `places` of points, `rate_places` of 完成率: rounded half up, so that any spreadsheet agrees."""

    name: str
    note: str
    groups: tuple[Group, ...]
    places: int = 2
    rate_places: int = 4
    method: Method = Method.RATIO
    cap: Decimal = HUNDRED
    binding_rule: str = CAPPED
    binding_cap: Decimal = Decimal(60)
    first: Decimal = HUNDRED
    step: Decimal = Decimal(5)
    floor: Decimal = Decimal(0)
    ties: str = SKIP
    unassessed: str = RESCALE
    issue_basis: str = "due"
    reporting: Reporting = field(default_factory=Reporting)
    bonus: tuple[Points, ...] = ()
    bonus_cap: Decimal = Decimal(0)
    deduction: tuple[Points, ...] = ()
    deduction_cap: Decimal = Decimal(0)
    total_cap: Decimal = HUNDRED
    veto_reasons: tuple[str, ...] = ()
    veto_best: str = ""
    grades: tuple[Grade, ...] = ()
    months: Mapping[str, Months] = field(default_factory=dict)

    def group(self, key: str) -> Group | None:
        return next((each for each in self.groups if each.key == key), None)

    def method_of(self, item: Item) -> Method:
        return item.method or self.method

    def cap_of(self, item: Item) -> Decimal:
        return self.cap if item.cap is None else item.cap

    def with_item(self, group: str, key: str, **changes: Any) -> Scheme:
        """The scheme with one item changed; itself where there is no such item."""
        return replace(
            self,
            groups=tuple(
                replace(
                    each,
                    items=tuple(replace(item, **changes) if item.key == key else item for item in each.items),
                )
                if each.key == group
                else each
                for each in self.groups
            ),
        )


def read_scheme(content: Mapping[str, Any]) -> Scheme:
    """A scheme from stored content. UsageError (“bad_scheme”) names what cannot be read."""
    try:
        return _read(content)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise UsageError(
            f"评分方案读不懂（{error}）。", "请从默认方案重新建一版，或改正方案文件。", "bad_scheme"
        ) from error


def _read(raw: Mapping[str, Any]) -> Scheme:
    position, binding, veto = raw["position"], raw["binding"], raw["veto"]
    return Scheme(
        name=str(raw["name"]),
        note=str(raw.get("note", "")),
        places=int(raw["places"]),
        rate_places=int(raw["rate_places"]),
        method=Method(raw["method"]),
        cap=Decimal(raw["cap"]),
        binding_rule=str(binding["rule"]),
        binding_cap=Decimal(binding["cap"]),
        first=Decimal(position["first"]),
        step=Decimal(position["step"]),
        floor=Decimal(position["floor"]),
        ties=str(position["ties"]),
        unassessed=str(raw["unassessed"]),
        issue_basis=str(raw["issue_basis"]),
        reporting=Reporting(**{name: Decimal(value) for name, value in raw["reporting"].items()}),
        bonus=tuple(_points(each) for each in raw["bonus"]),
        bonus_cap=Decimal(raw["bonus_cap"]),
        deduction=tuple(_points(each) for each in raw["deduction"]),
        deduction_cap=Decimal(raw["deduction_cap"]),
        total_cap=Decimal(raw["total_cap"]),
        veto_reasons=tuple(veto["reasons"]),
        veto_best=str(veto["best"]),
        grades=tuple(Grade(str(each["name"]), Decimal(each["from"])) for each in raw["grades"]),
        months={str(code): Months(int(a), int(b)) for code, (a, b) in raw.get("months", {}).items()},
        groups=tuple(_group(each) for each in raw["groups"]),
    )


def _points(raw: Mapping[str, Any]) -> Points:
    return Points(str(raw["name"]), Decimal(raw["points"]), Decimal(raw["limit"]))


def _group(raw: Mapping[str, Any]) -> Group:
    return Group(
        str(raw["key"]),
        str(raw["name"]),
        tuple(_item(each) for each in raw["items"]),
        tuple(raw.get("kinds", ())),
        tuple(raw.get("units", ())),
        bool(raw.get("district", False)),
    )


def _item(raw: Mapping[str, Any]) -> Item:
    return Item(
        key=str(raw["key"]),
        name=str(raw["name"]),
        measure=str(raw["measure"]),
        weight=Decimal(raw["weight"]),
        target=str(raw.get("target", "")),
        targets={str(code): Decimal(value) for code, value in raw.get("targets", {}).items()},
        units=tuple(raw.get("units", ())),
        weights={str(code): Decimal(value) for code, value in raw.get("weights", {}).items()},
        binding=bool(raw.get("is_binding", False)),
        method=Method(raw["method"]) if raw.get("method") else None,
        cap=Decimal(raw["cap"]) if raw.get("cap") is not None else None,
        prorated=bool(raw.get("prorated", False)),
    )


def content_of(scheme: Scheme) -> dict[str, Any]:
    """A scheme as it is stored; `read_scheme` gives the same back."""
    return {
        "format": 1,
        "name": scheme.name,
        "note": scheme.note,
        "places": scheme.places,
        "rate_places": scheme.rate_places,
        "method": scheme.method.value,
        "cap": str(scheme.cap),
        "binding": {"rule": scheme.binding_rule, "cap": str(scheme.binding_cap)},
        "position": {
            "first": str(scheme.first),
            "step": str(scheme.step),
            "floor": str(scheme.floor),
            "ties": scheme.ties,
        },
        "unassessed": scheme.unassessed,
        "issue_basis": scheme.issue_basis,
        "reporting": {
            name: str(getattr(scheme.reporting, name))
            for name in ("late", "late_limit", "missing", "correction", "sent_back")
        },
        "bonus": [_points_content(each) for each in scheme.bonus],
        "bonus_cap": str(scheme.bonus_cap),
        "deduction": [_points_content(each) for each in scheme.deduction],
        "deduction_cap": str(scheme.deduction_cap),
        "total_cap": str(scheme.total_cap),
        "veto": {"reasons": list(scheme.veto_reasons), "best": scheme.veto_best},
        "grades": [{"name": each.name, "from": str(each.least)} for each in scheme.grades],
        "months": {code: [each.first, each.last] for code, each in scheme.months.items()},
        "groups": [
            {
                "key": group.key,
                "name": group.name,
                "district": group.district,
                "kinds": list(group.kinds),
                "units": list(group.units),
                "items": [_item_content(item) for item in group.items],
            }
            for group in scheme.groups
        ],
    }


def _points_content(points: Points) -> dict[str, str]:
    return {"name": points.name, "points": str(points.points), "limit": str(points.limit)}


def _item_content(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "name": item.name,
        "measure": item.measure,
        "weight": str(item.weight),
        "target": item.target,
        "targets": {code: str(value) for code, value in item.targets.items()},
        "units": list(item.units),
        "weights": {code: str(value) for code, value in item.weights.items()},
        "is_binding": item.binding,
        "method": item.method.value if item.method else None,
        "cap": None if item.cap is None else str(item.cap),
        "prorated": item.prorated,
    }
