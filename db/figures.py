"""Every figure of a month under its key, with what it means and how many units stand behind it. No SQL: the rows are in sources.py.

Keys: `indicator.1`, `visit.rows`, `issue.status.办理中`, …; “:unit code” at the end narrows to one unit; “all” is the whole.
What they are called and what they count is in figure_words.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from db.coverage import Coverage
from db.figure_words import (
    NO_CHANNEL,
    NO_CHANNEL_NAME,
    PARK_FIELDS,
    Words,
    indicator_words,
    kinds,
    reported_words,
    with_unit,
    words_of,
)
from db.models.issue import STATUSES
from db.rollup import Rollup
from db.totals import IssueTotal

_Unit = tuple[str, str]  # code and name
_WHOLE: _Unit = ("", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `scope` is its 口径 in one sentence; `coverage` “9/10” of the units that owe it, “” where that means nothing."""

    key: str
    name: str
    value: Decimal | None
    unit: str
    places: int
    scope: str
    coverage: str


def figures_of(month: Rollup) -> dict[str, Figure]:
    """All figures that a page or a report shows of the month, in reading order."""
    parts = (_coverage, _indicators, _visits, _issues, _clouds, _nurtures, _projects, _parks, _duties)
    return {figure.key: figure for part in parts for figure in part(month)}


def _of(coverage: Coverage) -> str:
    return f"{coverage.received}/{coverage.expected}"


def _figure(
    key: str, words: Words, value: Decimal | int | None, coverage: str, unit: _Unit = _WHOLE
) -> Figure:
    code, name = unit
    return Figure(
        f"{key}:{code}" if code else key, with_unit(words.name, name), None if value is None else Decimal(value),
        words.unit, words.places, words.scope, coverage,
    )  # fmt: skip


def _count(
    month: Rollup, key: str, value: int, coverage: str, unit: _Unit = _WHOLE, about: str = ""
) -> Figure:
    """A figure of the registers. `about`: as in `words_of`."""
    words = words_of(key, month.period.year, about)
    assert words is not None, key
    return _figure(key, words, value, coverage, unit)


def _each(
    month: Rollup, start: str, values: Mapping[str, int], coverage: str, unit: _Unit = _WHOLE
) -> Iterator[Figure]:
    """A figure for each value: “start.value”."""
    for value, number in values.items():
        yield _count(month, f"{start}.{value}", number, coverage, unit)


def _coverage(month: Rollup) -> Iterator[Figure]:
    found = month.coverage
    values = {
        "expected": found.expected,
        "received": found.received,
        "late": found.late,
        "missing": len(found.missing),
    }
    for what in kinds("coverage"):
        yield _count(month, f"coverage.{what}", values[what], "")


def _indicators(month: Rollup) -> Iterator[Figure]:
    for line in month.indicators:
        key, told = f"indicator.{line.no}", f"{line.units_reported}/{line.units_expected}"
        none = line.from_register or not line.units_expected
        yield _figure(key, indicator_words(line), line.value, "" if none else told)
        for each in line.units:
            yield _figure(key, reported_words(line), each.value, "", (each.unit_code, each.unit))


def _visits(month: Rollup) -> Iterator[Figure]:
    told, visits = _of(month.coverage.of_kind(True)), month.visits
    for what in kinds("visit"):
        yield _count(month, f"visit.{what}", getattr(visits, what), told)
    for line in visits.units:
        for what in kinds("visit"):
            yield _count(month, f"visit.{what}", getattr(line, what), "", (line.unit_code, line.unit))


def _issues(month: Rollup) -> Iterator[Figure]:
    yield from _issues_of(month, month.issues.whole, _of(month.coverage), _WHOLE)
    for line in month.issues.units:
        yield from _issues_of(month, line, "", (line.unit_code, line.unit))


def _issues_of(month: Rollup, line: IssueTotal, told: str, unit: _Unit) -> Iterator[Figure]:
    for what in kinds("issue"):
        yield _count(month, f"issue.{what}", getattr(line, what), told, unit)
    by_status = {status: line.by_status.get(status, 0) for status in STATUSES}
    yield from _each(month, "issue.status", by_status, told, unit)
    yield from _each(month, "issue.category", line.by_category, told, unit)


def _clouds(month: Rollup) -> Iterator[Figure]:
    clouds = month.clouds
    for what in kinds("cloud"):
        yield _count(month, f"cloud.{what}", getattr(clouds, what), "")
    for each in clouds.providers:
        code, name = (each.code, each.name) if each.code else (NO_CHANNEL, NO_CHANNEL_NAME)
        yield _count(month, f"cloud.provider.{code}", each.counted, "", about=name)
    yield from _each(month, "cloud.uncounted", clouds.uncounted, "")


def _nurtures(month: Rollup) -> Iterator[Figure]:
    told, nurtures = _of(month.coverage.of_kind(True)), month.nurtures
    yield _count(month, "nurture.near", len(nurtures.near_line), told)
    yield from _each(month, "nurture.stage", nurtures.by_stage, told)
    yield from _each(month, "nurture.type", nurtures.by_type, told)
    for line in nurtures.units:
        unit = (line.unit_code, line.unit)
        yield from _each(month, "nurture.stage", line.by_stage, "", unit)
        yield from _each(month, "nurture.type", line.by_type, "", unit)


def _projects(month: Rollup) -> Iterator[Figure]:
    told = _of(month.coverage)
    yield _count(month, "project.in_stock", month.projects.in_stock, told)
    yield from _each(month, "project.stage", month.projects.by_stage, told)


def _parks(month: Rollup) -> Iterator[Figure]:
    for park in month.parks:
        for what, words in PARK_FIELDS.items():
            yield _figure(
                f"park.{park.code}.{what}", words.about(park.name, month.period.year), getattr(park, what),
                "1/1" if park.reported else "0/1",
            )  # fmt: skip


def _duties(month: Rollup) -> Iterator[Figure]:
    told, duties = _of(month.coverage), month.duties
    yield from _each(month, "duty.status", duties.by_status, told)
    yield _count(month, "duty.overdue", duties.overdue, told)
    yield from _each(month, "duty.action", duties.by_action, told)
