"""What a district's plan consists of: frozen values, found by number, code, name or alias. No files, no SQL.

Nothing here knows a year, a street or a target; plan_file.py reads and checks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from db.progress import Semantics
from db.text import same_name
from db.workdays import DueRule

BINDING, EXPECTED = "约束性", "预期性"
OPERATORS = (">", ">=", "range")
REGISTERS = ("cloud", "core", "lists", "project", "specialised")
KINDS = ("street", "bureau", "party", "institution", "carrier", "coordination", "taskforce", "group")
EXPANSIONS = ("streets",)

Combine = Literal["single", "sum", "dedup"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of an ambiguous indicator that the district may choose."""

    semantics: Semantics
    scope: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorDef:
    no: int
    name: str
    unit: str
    unit_printed: str  # as the plan prints it, where that differs
    decimals: int
    baseline: Decimal | None
    targets: Mapping[int, Decimal]
    attribute: str
    semantics: Semantics
    units: tuple[str, ...]  # codes of who reports it
    combine: Combine  # how several units' values become the district's
    register: str  # which register can answer it: cloud, core, lists, project, specialised; empty for none
    opening: Decimal | None  # an opening balance without a list behind it
    opening_note: str
    bounded: bool  # a share that must lie between 0 and 100 (IND-004)
    ambiguous: bool
    scope: str
    note: str
    alternatives: tuple[Alternative, ...]
    printed: Alternative | None = None  # the plan's own reading, where the office chose another (readings.py)

    @property
    def binding(self) -> bool:
        return self.attribute == BINDING

    def target(self, year: int) -> Decimal | None:
        return self.targets.get(year)

    def prior(self, year: int) -> Decimal | None:
        """Where the year starts from: last year's target; in the first year the baseline."""
        if year not in self.targets:
            return None
        return self.baseline if year == min(self.targets) else self.targets.get(year - 1)


@dataclass(frozen=True, slots=True)
class TargetDef:
    """A target stated in words. For a range, `value` is the lower bound, which counts as meeting it."""

    name: str
    operator: str
    value: Decimal
    value_max: Decimal | None
    unit: str
    by: int | None  # the year; None for every year
    yearly: bool
    kind: Semantics
    indicator: int | None
    scope: str
    quote: str

    @property
    def words(self) -> str:
        """“≥ 20 名”, “3—5 家”, “> 100 亿元”."""
        if self.operator == "range":
            return f"{self.value}—{self.value_max} {self.unit}"
        return f"{'≥' if self.operator == '>=' else '>'} {self.value} {self.unit}"

    def met(self, value: Decimal) -> bool:
        return value > self.value if self.operator == ">" else value >= self.value


@dataclass(frozen=True, slots=True)
class Action:
    """行动."""

    id: str
    programme_id: str
    name: str
    units: tuple[str, ...]
    units_printed: str
    targets: tuple[TargetDef, ...]
    tasks: tuple[str, ...]
    entities: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Programme:
    """工程."""

    id: str
    name: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Demonstration:
    name: str
    text: str
    targets: tuple[TargetDef, ...]


@dataclass(frozen=True, slots=True)
class UnitDef:
    """An office, a street, a carrier. Streets have the kind `street`, in force or retired."""

    code: str
    name: str
    full_name: str
    aliases: tuple[str, ...]
    kind: str
    role: str
    reports: bool  # expected to hand in a monthly return
    active: bool
    expands_to: str  # “streets” for 各街道
    note: str


@dataclass(frozen=True, slots=True)
class PartNo:
    """“几部”, with the years it is valid: the same number has meant different parks."""

    part_no: str
    from_year: int
    to_year: int | None


@dataclass(frozen=True, slots=True)
class ParkDef:
    code: str
    name: str
    aliases: tuple[str, ...]
    parts: tuple[PartNo, ...]
    status: str
    positioning: str
    targets: tuple[TargetDef, ...]
    facts: Mapping[str, Any]
    active: bool

    def part_no(self, year: int) -> str:
        """What the park is called in a year; empty where it had no number."""
        for part in self.parts:
            if part.from_year <= year and (part.to_year is None or year <= part.to_year):
                return part.part_no
        return ""


@dataclass(frozen=True, slots=True)
class Belt:
    seq: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """Where the plan contradicts itself, and how the program handles it."""

    id: str
    topic: str
    statement_a: str
    statement_b: str
    handling: str
    indicators: tuple[int, ...] = ()  # the indicators it concerns

    @property
    def words(self) -> str:
        """One sentence: what stands against what, and what follows."""
        return f"计划中“{self.topic}”前后不一：{self.statement_a}；{self.statement_b}。{self.handling}。"


@dataclass(frozen=True, slots=True)
class Cadence:
    name: str
    rule: DueRule
    note: str


@dataclass(frozen=True, slots=True)
class FormHead:
    title: str
    number: str
    issuer: str  # a unit code
    unit_note: str


@dataclass(frozen=True)
class Plan:
    title: str
    region: str
    region_name: str
    region_code: str
    start_year: int
    end_year: int
    baseline_year: int
    area_code: str
    name_places: tuple[str, ...]  # place names that say nothing in a firm's name
    lead_unit: str  # the office that collects the returns
    form: FormHead
    monthly: Cadence
    quarterly: Cadence
    yearly: Cadence
    basis: tuple[str, ...]
    indicators: tuple[IndicatorDef, ...]
    headline_targets: tuple[TargetDef, ...]
    demonstrations: tuple[Demonstration, ...]
    programmes: tuple[Programme, ...]
    parks: tuple[ParkDef, ...]
    belts: tuple[Belt, ...]
    units: tuple[UnitDef, ...]  # streets included
    synonyms: tuple[tuple[str, ...], ...]
    inconsistencies: tuple[Inconsistency, ...]
    digest: str
    document: Mapping[str, Any] = field(repr=False, compare=False)  # the file itself, whole

    @property
    def years(self) -> range:
        return range(self.start_year, self.end_year + 1)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for programme in self.programmes for action in programme.actions)

    @cached_property
    def streets(self) -> tuple[UnitDef, ...]:
        """The streets in force."""
        return tuple(unit for unit in self.units if unit.kind == "street" and unit.active)

    @cached_property
    def reporting(self) -> tuple[UnitDef, ...]:
        """Who is expected to hand in a monthly return."""
        return tuple(unit for unit in self.units if unit.reports and unit.active)

    def indicator(self, no: int) -> IndicatorDef | None:
        return next((each for each in self.indicators if each.no == no), None)

    def target(self, no: int, year: int) -> Decimal | None:
        """The target of an indicator in a year; None outside the plan."""
        found = self.indicator(no)
        return found.target(year) if found else None

    def prior(self, no: int, year: int) -> Decimal | None:
        """Last year's target of an indicator; in the first year its baseline."""
        found = self.indicator(no)
        return found.prior(year) if found else None

    def inconsistent(self, no: int) -> tuple[Inconsistency, ...]:
        """Where the plan contradicts itself about an indicator."""
        return tuple(each for each in self.inconsistencies if no in each.indicators)

    @cached_property
    def _units(self) -> dict[str, UnitDef]:
        names: dict[str, UnitDef] = {}
        # Retired ones first: a name that two units carry means the one in force.
        for unit in sorted(self.units, key=lambda each: each.active):
            for name in (unit.name, unit.full_name, *unit.aliases):
                names[same_name(name)] = unit
        return names | {same_name(unit.code): unit for unit in self.units}

    def unit(self, name: str) -> UnitDef | None:
        """A unit by its code, name, full name or alias."""
        return self._units.get(same_name(name))

    @cached_property
    def _parks(self) -> dict[str, ParkDef]:
        names = {same_name(alias): park for park in self.parks for alias in park.aliases}
        return names | {same_name(key): park for park in self.parks for key in (park.name, park.code)}

    def park(self, name: str) -> ParkDef | None:
        """A park by its code, name or alias."""
        return self._parks.get(same_name(name))

    def expand(self, codes: Iterable[str]) -> tuple[UnitDef, ...]:
        """The units meant by a list of codes: 各街道 becomes the streets in force; nobody comes twice."""
        found: dict[str, UnitDef] = {}
        for code in codes:
            unit = self._units[same_name(code)]
            for each in self.streets if unit.expands_to == "streets" else (unit,):
                found[each.code] = each
        return tuple(found.values())
