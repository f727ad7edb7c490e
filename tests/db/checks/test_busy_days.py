"""VIS-004 on days with any number of visits: the same findings as by comparing each with each, in one reading of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.checks import busy_days, visit
from db.checks.context import DayVisit, later
from db.checks.visit import busy_visitor, names_of

DAY = date(2024, 5, 8)
LIMIT = 2
PEOPLE = ("张敏", "李伟（社区）", "王芳（经发办）")


@dataclass
class Asked:
    """As much of a context as the rule asks for."""

    visits: Sequence[DayVisit]
    limit: int = LIMIT

    @property
    def facts(self) -> Any:
        return SimpleNamespace(visits_on=lambda _unit, _day: self.visits)

    @property
    def parameters(self) -> Any:
        return SimpleNamespace(visits_a_day=self.limit)

    unit_code = "360103002"

    def say(self, _rule: str, record: Any, _field: str, **told: Any) -> tuple[Any, ...]:
        return (record.get("id"), told["走访人"], told["数量"])


def slowly(ctx: Asked, record: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rule as it reads: all other visits of the day, each person in turn."""
    others = [each for each in ctx.visits if each.id != record.get("id")]
    if len(others) < ctx.limit:
        return []
    found = []
    for name in dict.fromkeys(names_of(record["visitors"])):
        same = [each for each in others if name in names_of(each.visitors)]
        firms = {each.enterprise_id for each in same} | {record.get("enterprise_id")}
        count = len(firms - {None})
        if count > ctx.limit and all(later(record, each.id) for each in same):
            found.append((record.get("id"), name, count))
    return found


FIRMS = st.one_of(st.none(), st.integers(1, 5).map(lambda number: UUID(int=number)))
VISITORS = st.lists(st.sampled_from(PEOPLE), max_size=3).map("、".join)


@settings(max_examples=300, deadline=None)
@given(
    stored=st.lists(st.tuples(FIRMS, VISITORS), max_size=8),
    own=st.one_of(st.none(), st.integers(0, 10)), firm=FIRMS, visitors=VISITORS.filter(bool), limit=st.integers(1, 3),
)  # fmt: skip
def test_the_same_findings_as_by_comparing_each_with_each(
    stored: list[tuple[UUID | None, str]], own: int | None, firm: UUID | None, visitors: str, limit: int
) -> None:
    visits = [DayVisit(UUID(int=100 + number), where, who) for number, (where, who) in enumerate(stored)]
    record = {
        "id": None if own is None else UUID(int=100 + own), "visit_date": DAY, "visitors": visitors, "enterprise_id": firm
    }  # fmt: skip
    ctx = Asked(visits, limit)
    assert list(busy_visitor(ctx, record)) == slowly(ctx, record)  # type: ignore[arg-type]


def test_a_day_of_thousands_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = [
        DayVisit(UUID(int=number), UUID(int=10_000 + number), f"{PEOPLE[number % 3]}、陪同{number}")
        for number in range(1, 5001)
    ]
    asked: list[str] = []

    def counted(visitors: str) -> tuple[str, ...]:
        asked.append(visitors)
        return names_of(visitors)

    monkeypatch.setattr(visit, "names_of", counted)
    busy_days._days.clear()
    ctx = Asked(tuple(visits), 8)
    found = [
        finding
        for each in visits
        for finding in busy_visitor(
            ctx,
            {
                "id": each.id,
                "visit_date": DAY,
                "visitors": each.visitors,
                "enterprise_id": each.enterprise_id,
            },
        )  # type: ignore[arg-type]
    ]
    assert len(found) == 3 and {count for _id, _name, count in found} == {1666, 1667}
    assert len(asked) <= 4 * len(visits), (
        "each visit's people are read a few times, not once for every other visit"
    )
