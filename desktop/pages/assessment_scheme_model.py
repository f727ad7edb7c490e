"""What comes of typing into a line of a scoring scheme, of taking one away and of adding one. No widgets; lines in *_lines.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from db.assessment.scheme import Grade, Group, Item, Method, Months, Points, Scheme
from db.assessment.scoring import plain
from db.errors import UsageError
from db.text import parse_decimal
from desktop.pages.assessment_scheme_lines import REPORTING_FIELDS, SHARED

T = TypeVar("T")
_WHOLE = ("places", "rate_places")


def changed(scheme: Scheme, line: str, values: Mapping[str, str]) -> Scheme:
    """The scheme with what was typed for a line. UsageError (“bad_value”) for what can not be taken as it is."""
    kind, _, rest = line.partition(":")
    if kind == "set":
        return _set(scheme, rest, values["value"])
    if kind == "name":
        return replace(scheme, name=_words(values["name"], "方案"), note=values["note"].strip())
    if kind == "months":
        return replace(scheme, months=_months(values))
    if kind == "group":
        return _set_group(scheme, rest, values)
    if kind == "item":
        group, _, key = rest.partition(":")
        return _set_item(scheme, group, key, values)
    if kind in ("加分", "扣分"):
        return _each_points(
            scheme,
            kind,
            rest,
            lambda each: replace(each, points=number(values["points"]), limit=number(values["limit"])),
        )
    if kind == "grade":
        return _set_grade(scheme, rest, values)
    if kind == "veto":
        reasons = [each.strip() for each in values["reasons"].replace("，", "、").split("、")]
        kept = tuple(dict.fromkeys(each for each in reasons if each))
        return replace(scheme, veto_best=values["best"], veto_reasons=kept)
    return scheme


def id_after(line: str, values: Mapping[str, str]) -> str:
    """What the line is called once `changed` took the values: a grade goes by its name."""
    return f"grade:{values['name'].strip()}" if line.startswith("grade:") else line


def without(scheme: Scheme, line: str) -> Scheme:
    """The scheme without an item, a group, a grade or a kind of points."""
    kind, _, rest = line.partition(":")
    if kind == "item":
        group, _, key = rest.partition(":")
        return _each_group(
            scheme,
            group,
            lambda each: replace(each, items=tuple(item for item in each.items if item.key != key)),
        )
    if kind == "group":
        return replace(scheme, groups=tuple(each for each in scheme.groups if each.key != rest))
    if kind == "grade":
        return replace(scheme, grades=tuple(each for each in scheme.grades if each.name != rest))
    return _each_points(scheme, kind, rest, lambda _each: None) if kind in ("加分", "扣分") else scheme


def moved(scheme: Scheme, line: str, by: int) -> Scheme:
    """The scheme with an item, a group or a kind of points `by` places further down among its like; itself at the end.

    等次 follow from their points, and parameters have their place: those do not move.
    """
    kind, _, rest = line.partition(":")
    if kind == "item":
        group, _, key = rest.partition(":")
        return _each_group(
            scheme,
            group,
            lambda each: replace(each, items=_moved(each.items, [item.key for item in each.items], key, by)),
        )
    if kind == "group":
        return replace(scheme, groups=_moved(scheme.groups, [each.key for each in scheme.groups], rest, by))
    if kind == "加分":
        return replace(scheme, bonus=_moved(scheme.bonus, [each.name for each in scheme.bonus], rest, by))
    if kind == "扣分":
        names = [each.name for each in scheme.deduction]
        return replace(scheme, deduction=_moved(scheme.deduction, names, rest, by))
    return scheme


def _moved(known: tuple[T, ...], keys: Sequence[str], key: str, by: int) -> tuple[T, ...]:
    at = keys.index(key) if key in keys else -1
    to = at + by
    if at < 0 or not 0 <= to < len(known):
        return known
    rest = [*known[:at], *known[at + 1 :]]
    return (*rest[:to], known[at], *rest[to:])


def _each_points(scheme: Scheme, kind: str, name: str, make: Callable[[Points], Points | None]) -> Scheme:
    def rows(known: Sequence[Points]) -> tuple[Points, ...]:
        made = [make(each) if each.name == name else each for each in known]
        return tuple(each for each in made if each is not None)

    if kind == "加分":
        return replace(scheme, bonus=rows(scheme.bonus))
    return replace(scheme, deduction=rows(scheme.deduction))


def _set(scheme: Scheme, name: str, text: str) -> Scheme:
    value: dict[str, Any]
    if name in REPORTING_FIELDS:
        value = {name: number(text)}
        return replace(scheme, reporting=replace(scheme.reporting, **value))
    if name == "method":
        return replace(scheme, method=Method(text))
    if name in _WHOLE:
        whole = number(text)
        if whole != whole.to_integral_value():
            raise UsageError(f"“{text}”不是整数。", "", "bad_value")
        value = {name: int(whole)}
    elif name in ("binding_rule", "ties", "unassessed", "issue_basis"):
        value = {name: text}
    else:
        value = {name: number(text)}
    return replace(scheme, **value)


def _set_item(scheme: Scheme, group: str, key: str, values: Mapping[str, str]) -> Scheme:
    found = scheme.group(group)
    item = found.item(key) if found is not None else None
    if item is None:
        return scheme
    changes: dict[str, Any] = _own(item, values)
    if "weight" in values:
        changes["weight"] = number(values["weight"])
    if "name" in values:
        changes["name"] = _words(values["name"], "项目")
    if "target" in values:
        text = values["target"].strip()
        if text != SHARED or not item.target.startswith("share:"):
            changes["target"] = plain(number(text)) if text else ""
    if "method" in values:
        changes["method"] = Method(values["method"]) if values["method"] else None
    if "cap" in values:
        changes["cap"] = number(values["cap"]) if values["cap"].strip() else None
    if "binding" in values:
        changes["binding"] = values["binding"] == "yes"
    if "prorated" in values:
        changes["prorated"] = values["prorated"] == "yes"
    return scheme.with_item(group, key, **changes)


def _own(item: Item, values: Mapping[str, str]) -> dict[str, Any]:
    """Whom the item is for, and single units' weights and targets; nothing where units were not asked for."""
    codes = [name.removeprefix("on:") for name in values if name.startswith("on:")]
    if not codes:
        return {}
    chosen = [code for code in codes if values[f"on:{code}"] == "yes"]
    if not chosen:
        raise UsageError("至少要有一个单位考核这一项。", "都不考核的，请删除这一项。", "bad_value")

    def column(name: str) -> dict[str, Decimal]:
        typed = {code: values.get(f"{name}:{code}", "").strip() for code in chosen}
        return {code: number(text) for code, text in typed.items() if text}

    units = () if len(chosen) == len(codes) else tuple(chosen)
    return {"units": units, "weights": column("weight"), "targets": column("target")}


def _set_group(scheme: Scheme, key: str, values: Mapping[str, str]) -> Scheme:
    name = _words(values["name"], "考核组")
    if "kinds" not in values:
        return _each_group(scheme, key, lambda each: replace(each, name=name))
    chosen = tuple(
        code.removeprefix("on:") for code, on in values.items() if code.startswith("on:") and on == "yes"
    )
    if values["kinds"]:
        kinds = tuple(values["kinds"].split("+"))
        return _each_group(scheme, key, lambda each: replace(each, name=name, kinds=kinds, units=()))
    if not chosen:
        raise UsageError("请至少勾选一个单位。", "不要这一组的，请删除这一组。", "bad_value")
    return _each_group(scheme, key, lambda each: replace(each, name=name, kinds=(), units=chosen))


def _each_group(scheme: Scheme, key: str, make: Callable[[Group], Group]) -> Scheme:
    return replace(scheme, groups=tuple(make(each) if each.key == key else each for each in scheme.groups))


def _set_grade(scheme: Scheme, known: str, values: Mapping[str, str]) -> Scheme:
    name, least = _words(values["name"], "等次"), number(values["least"])
    if name != known and any(each.name == name for each in scheme.grades):
        raise UsageError(f"已经有等次“{name}”。", "请换一个名称。", "bad_value")
    grades = [Grade(name, least) if each.name == known else each for each in scheme.grades]
    best = name if scheme.veto_best == known else scheme.veto_best
    return replace(scheme, grades=in_order(grades), veto_best=best)


def in_order(grades: Sequence[Grade]) -> tuple[Grade, ...]:
    """From the highest to the lowest."""
    return tuple(sorted(grades, key=lambda each: -each.least))


def _months(values: Mapping[str, str]) -> dict[str, Months]:
    found = {}
    for name, text in values.items():
        kind, _, code = name.partition(":")
        if kind != "first":
            continue
        last = values[f"last:{code}"]
        months = Months(_month(text, 1), _month(last, 12))
        if (text.strip() or last.strip()) and months != Months():
            found[code] = months
    return found


def _month(text: str, otherwise: int) -> int:
    if not text.strip():
        return otherwise
    value = number(text)
    if value != value.to_integral_value():
        raise UsageError(f"“{text.strip()}”不是月份。", "请填 1 至 12。", "bad_value")
    return int(value)


def _words(text: str, what: str) -> str:
    if not text.strip():
        raise UsageError(f"{what}要有名称。", "", "bad_value")
    return text.strip()


def number(text: str) -> Decimal:
    """A number as people type it. UsageError (“bad_value”)."""
    found = parse_decimal(text.strip(), "").value if text.strip() else None
    if found is None:
        raise UsageError(f"“{text.strip()}”不是数。", "请填数字。", "bad_value")
    return found
