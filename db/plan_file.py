"""Reading a district's plan from its file, and checking that it hangs together. No SQL, no year, no street.

The plan decides indicators, targets, actions, units, streets, parks and deadlines; a district may edit and
re-issue it. What a plan consists of is in plan_types.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import resources
from db.plan_node import Node, PlanError
from db.plan_types import (
    BINDING,
    EXPANSIONS,
    EXPECTED,
    KINDS,
    OPERATORS,
    REGISTERS,
    Action,
    Alternative,
    Belt,
    Cadence,
    Combine,
    Demonstration,
    FormHead,
    Inconsistency,
    IndicatorDef,
    ParkDef,
    PartNo,
    Plan,
    Programme,
    TargetDef,
    UnitDef,
)
from db.progress import Semantics
from db.text import same_name
from db.workdays import DueRule

__all__ = [
    "Action",
    "IndicatorDef",
    "ParkDef",
    "Plan",
    "PlanError",
    "Programme",
    "TargetDef",
    "UnitDef",
    "default_plan",
    "digest_of",
    "load",
    "read",
    "shipped",
]

FORMAT, VERSION = "qianqi-plan", 1


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the content, whatever the spacing and order of keys in the file."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def load(path: Path) -> Plan:
    """Read and check a plan file. PlanError says in words what is wrong and where."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as problem:
        raise PlanError(f"“{path.name}”无法读取。", "") from problem
    except json.JSONDecodeError as problem:
        raise PlanError(f"第 {problem.lineno} 行不合 JSON 格式。", f"“{path.name}”") from problem
    return read(document)


def read(document: Any) -> Plan:
    """Check a plan document (as JSON gives it) and make a Plan of it; PlanError as in `load`."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise PlanError("这不是千企台账的计划文件。", "")
    if document.get("version") != VERSION:
        raise PlanError(f"格式版本是 {document.get('version')}，本程序只认识版本 {VERSION}。", "")
    plan = _plan(Node(document, "计划"), document)
    _check(plan)
    return plan


def _plan(root: Node, document: Mapping[str, Any]) -> Plan:
    cadence = root.child("cadence")
    years = {key: root.whole(key, 1990, 2199) for key in ("start_year", "end_year", "baseline_year")}
    form = root.child("form")
    return Plan(
        title=root.text("title"),
        region=root.text("region"),
        region_name=root.text("region_name"),
        region_code=root.text("region_code"),
        **years,
        area_code=root.maybe_text("area_code"),
        name_places=root.texts("name_places"),
        lead_unit=root.text("lead_unit"),
        form=FormHead(
            form.text("title"), form.text("number"), form.text("issuer"), form.maybe_text("unit_note")
        ),
        monthly=_cadence(cadence.child("monthly")),
        quarterly=_cadence(cadence.child("quarterly")),
        yearly=_cadence(cadence.child("yearly")),
        basis=root.texts("basis"),
        indicators=tuple(_indicator(node) for node in root.nodes("indicators", "指标", "no")),
        headline_targets=_targets(root, "headline_targets", "总目标"),
        demonstrations=tuple(
            Demonstration(node.text("name"), node.maybe_text("text"), _targets(node, "targets", "目标"))
            for node in root.nodes("demonstrations", "示范引领", "name")
        ),
        programmes=tuple(_programme(node) for node in root.nodes("programmes", "工程", "id")),
        parks=tuple(_park(node) for node in root.nodes("parks", "园区", "name")),
        belts=tuple(
            Belt(node.whole("seq", 1, 99), node.text("name"), node.maybe_text("text"))
            for node in root.nodes("belts", "示范带", "name")
        ),
        units=tuple(
            _unit(node)
            for key, word in (("units", "单位"), ("streets", "街道"))
            for node in root.nodes(key, word, "name")
        ),
        synonyms=_synonyms(root),
        inconsistencies=tuple(
            Inconsistency(
                node.text("id"),
                node.text("topic"),
                node.text("statement_a"),
                node.text("statement_b"),
                node.text("handling"),
                _numbers(node),
            )
            for node in root.nodes("inconsistencies", "不一致处", "id")
        ),
        digest=digest_of(document),
        document=document,
    )


def _numbers(node: Node) -> tuple[int, ...]:
    """The indicators a contradiction concerns; none where the plan does not say."""
    found = node.data.get("indicators", [])
    if not isinstance(found, list) or not all(
        isinstance(each, int) and not isinstance(each, bool) for each in found
    ):
        raise node.fail("应当是指标序号的列表。", "indicators")
    return tuple(found)


def _synonyms(root: Node) -> tuple[tuple[str, ...], ...]:
    groups = root.data.get("synonyms", [])
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and all(isinstance(word, str) for word in group) for group in groups
    ):
        raise root.fail("应当是若干组同义词。", "synonyms")
    return tuple(tuple(group) for group in groups)


def _cadence(node: Node) -> Cadence:
    move = cast(Literal["back", "forward", "stay"], node.one_of("move", ("back", "forward", "stay")))
    rule = DueRule(node.whole("due_day", 1, 31), node.whole("months_later", 0, 12), move)
    return Cadence(node.text("name"), rule, node.maybe_text("note"))


def _semantics(node: Node, key: str) -> Semantics:
    return Semantics(node.one_of(key, tuple(Semantics)))


def _indicator(node: Node) -> IndicatorDef:
    unit = node.text("unit")
    targets = Node(node.mapping("targets"), f"{node.place} 的“targets”")
    for year in targets.data:
        if not (year.isdigit() and len(year) == 4):
            raise targets.fail(f"有“{year}”，应当是四位年份。")
    opening = Node(node.data["opening"], f"{node.place} 的“opening”") if node.data.get("opening") else None
    return IndicatorDef(
        no=node.whole("no", 1, 999),
        name=node.text("name"),
        unit=unit,
        unit_printed=node.maybe_text("unit_printed") or unit,
        decimals=node.whole("decimals", 0, 4),
        baseline=node.maybe_number("baseline"),
        targets={int(year): targets.number(year) for year in targets.data},
        attribute=node.one_of("attribute", (BINDING, EXPECTED)),
        semantics=_semantics(node, "semantics"),
        units=node.texts("units"),
        combine=cast(Combine, node.one_of("combine", ("single", "sum", "dedup"))),
        register=node.one_of("register", REGISTERS) if node.data.get("register") else "",
        opening=opening.number("value") if opening else None,
        opening_note=opening.maybe_text("note") if opening else "",
        bounded=node.flag("bounded"),
        ambiguous=node.flag("ambiguous"),
        scope=node.text("scope"),
        note=node.maybe_text("note"),
        alternatives=tuple(
            Alternative(_semantics(each, "semantics"), each.text("scope"), each.maybe_text("note"))
            for each in node.nodes("alternatives", f"{node.place}的备选口径")
        ),
    )


def _targets(node: Node, key: str, word: str) -> tuple[TargetDef, ...]:
    return tuple(_target(each) for each in node.nodes(key, f"{node.place}的{word}", "name"))


def _target(node: Node) -> TargetDef:
    operator = node.one_of("operator", OPERATORS)
    value, value_max = node.number("value"), node.maybe_number("value_max")
    if (operator == "range") != (value_max is not None) or (value_max is not None and value_max < value):
        raise node.fail("区间目标须有下限“value”和不小于它的上限“value_max”，其他目标没有上限。")
    yearly = node.one_of("frequency", ("once", "yearly")) == "yearly"
    by = node.maybe_whole("by", 1990, 2199)
    if yearly == (by is not None):
        raise node.fail("一次性目标须写年份“by”，每年的目标不写。")
    return TargetDef(
        name=node.text("name"),
        operator=operator,
        value=value,
        value_max=value_max,
        unit=node.text("unit"),
        by=by,
        yearly=yearly,
        kind=_semantics(node, "kind"),
        indicator=node.maybe_whole("indicator", 1, 999),
        scope=node.maybe_text("scope"),
        quote=node.maybe_text("quote"),
    )


def _programme(node: Node) -> Programme:
    id = node.text("id")
    return Programme(
        id,
        node.text("name"),
        tuple(
            Action(
                id=each.text("id"),
                programme_id=id,
                name=each.text("name"),
                units=each.texts("units"),
                units_printed=each.maybe_text("units_printed"),
                targets=_targets(each, "targets", "目标"),
                tasks=each.texts("tasks"),
                entities=each.texts("entities"),
                note=each.maybe_text("note"),
            )
            for each in node.nodes("actions", "行动", "id")
        ),
    )


def _unit(node: Node) -> UnitDef:
    name = node.text("name")
    return UnitDef(
        code=node.text("code"),
        name=name,
        full_name=node.maybe_text("full_name") or name,
        aliases=node.texts("aliases"),
        kind=node.one_of("kind", KINDS),
        role=node.maybe_text("role"),
        reports=node.flag("reports"),
        active=node.flag("active", True),
        expands_to=node.one_of("expands_to", EXPANSIONS) if node.data.get("expands_to") else "",
        note=node.maybe_text("note"),
    )


def _park(node: Node) -> ParkDef:
    return ParkDef(
        code=node.text("code"),
        name=node.text("name"),
        aliases=node.texts("aliases"),
        parts=tuple(
            PartNo(
                each.text("part_no"),
                each.whole("from_year", 1990, 2199),
                each.maybe_whole("to_year", 1990, 2199),
            )
            for each in node.nodes("parts", f"{node.place}的编号", "part_no")
        ),
        status=node.maybe_text("status"),
        positioning=node.maybe_text("positioning"),
        targets=_targets(node, "targets", "目标"),
        facts=node.mapping("facts"),
        active=node.flag("active", True),
    )


# ---------------------------------------------------------------- does it hang together


def _check(plan: Plan) -> None:
    """Everything the parts of a plan promise each other; the first broken promise is a PlanError."""
    if not plan.region_code.isdigit() or len(plan.region_code) != 6:
        raise PlanError("应当是六位区划代码。", "“region_code”")
    if not plan.baseline_year < plan.start_year <= plan.end_year:
        raise PlanError("基期年须早于起始年，起始年不得晚于结束年。", "计划年度")
    if not plan.indicators:
        raise PlanError("没有任何指标。", "计划")
    _check_units(plan)
    _unique((str(each.no) for each in plan.indicators), "指标编号")
    _unique((each.name for each in plan.indicators), "指标名称")
    _unique((each.id for each in plan.programmes), "工程编号")
    _unique((each.id for each in plan.actions), "行动编号")
    _unique((each.code for each in plan.parks), "园区代码")
    _unique((each.name for each in plan.parks), "园区名称")
    _unique((each.id for each in plan.inconsistencies), "不一致处编号")
    for indicator in plan.indicators:
        _check_indicator(plan, indicator)
    for place, target in _all_targets(plan):
        if target.indicator is not None and plan.indicator(target.indicator) is None:
            raise PlanError(f"关联的指标 {target.indicator} 不存在。", f"{place}的目标“{target.name}”")
        if target.by is not None and target.by not in plan.years:
            raise PlanError(f"的年份 {target.by} 不在计划年度内。", f"{place}的目标“{target.name}”")
    for action in plan.actions:
        _known_units(plan, action.units, f"行动 {action.id}")
    _known_units(plan, (plan.lead_unit,), "牵头单位“lead_unit”")
    _known_units(plan, (plan.form.issuer,), "“form”的制表机关")


def _unique(values: Iterable[str], word: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise PlanError(f"“{value}”出现了两次。", word)
        seen.add(value)


def _known_units(plan: Plan, codes: Iterable[str], place: str) -> None:
    known = {unit.code for unit in plan.units}
    for code in codes:
        if code not in known:
            raise PlanError(f"的单位代码“{code}”不在单位表中。", place)


def _check_units(plan: Plan) -> None:
    _unique((unit.code for unit in plan.units), "单位代码")
    if not plan.streets:
        raise PlanError("没有现行街道。", "街道表")
    owners: dict[str, UnitDef] = {}
    for unit in plan.units:
        if unit.kind == "street" and not (unit.code.isdigit() and unit.code.startswith(plan.region_code)):
            raise PlanError(
                f"的代码“{unit.code}”应当以区划代码 {plan.region_code} 开头。", f"街道“{unit.name}”"
            )
        if not unit.active:
            continue  # a retired name may live on as an alias of its successor
        for name in {same_name(each) for each in (unit.code, unit.name, unit.full_name, *unit.aliases)}:
            other = owners.setdefault(name, unit)
            if other is not unit:
                raise PlanError(f"与“{other.name}”有相同的名称或别名“{name}”。", f"单位“{unit.name}”")


def _check_indicator(plan: Plan, indicator: IndicatorDef) -> None:
    place = f"指标 {indicator.no}"
    missing = [str(year) for year in plan.years if year not in indicator.targets]
    if missing or len(indicator.targets) != len(plan.years):
        raise PlanError(f"的目标应当正好覆盖 {plan.start_year}—{plan.end_year} 年各年。", place)
    if not indicator.units:
        raise PlanError("没有填报单位。", place)
    _known_units(plan, indicator.units, place)
    if indicator.combine == "single" and len(plan.expand(indicator.units)) != 1:
        raise PlanError("由多个单位填报，合计方式“combine”须是 sum 或 dedup。", place)
    if indicator.combine == "sum" and indicator.semantics is Semantics.RATIO:
        raise PlanError("是比率，不能相加。", place)
    if indicator.combine == "dedup" and indicator.register != "cloud":
        raise PlanError("要去重合计，须由上云台账（register 为 cloud）回答。", place)
    if indicator.semantics in (Semantics.STOCK, Semantics.RATIO) and indicator.baseline is None:
        raise PlanError("是存量或比率，须有基础值“baseline”。", place)


def _all_targets(plan: Plan) -> Iterable[tuple[str, TargetDef]]:
    yield from (("总目标", target) for target in plan.headline_targets)
    for demonstration in plan.demonstrations:
        yield from ((demonstration.name, target) for target in demonstration.targets)
    for action in plan.actions:
        yield from ((f"行动 {action.id}", target) for target in action.targets)
    for park in plan.parks:
        yield from ((park.name, target) for target in park.targets)


# ---------------------------------------------------------------- what is shipped


def shipped() -> list[Path]:
    """The plan files that come with the program."""
    return sorted(resources.path("plan").glob("*.json"))


@cache
def default_plan() -> Plan:
    """The plan a new installation starts with: the first that is shipped."""
    return load(shipped()[0])
