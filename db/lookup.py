"""Names of units, streets, parks, indicators, code tables and single enterprises, read once and kept.

Searching enterprises by fragment is in search.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import classifications
from db.codes import normalise_uscc
from db.models import (
    ActionItem,
    Enterprise,
    Indicator,
    Issue,
    Opportunity,
    OrgUnit,
    Park,
    Plan,
    Product,
    Programme,
    Release,
    Setting,
    Visit,
)
from db.text import fold, same_name

DEFAULT_POLICIES = (
    "企业上云补贴",
    "小升规奖励",
    "专精特新奖励",
    "数字经济专项资金",
    "财园信贷通",
    "稳岗扩岗补贴",
)

# Records of a register that others refer to: what people call one of them.
TITLES: dict[str, InstrumentedAttribute[str | None]] = {
    "visit": Visit.visit_no,
    "issue": Issue.issue_no,
    "release": Release.name,
    "opportunity": Opportunity.scene,
    "product": Product.name,
}


class Directory:
    """A `Lookup` over one register. Small tables are read once; make a new one after they change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enterprise_names: dict[UUID, str] = {}

    @cached_property
    def units(self) -> dict[str, OrgUnit]:
        return {unit.code: unit for unit in self._session.scalars(select(OrgUnit)).all()}

    @cached_property
    def parks(self) -> dict[str, Park]:
        return {park.code: park for park in self._session.scalars(select(Park)).all()}

    @cached_property
    def indicators(self) -> dict[int, Indicator]:
        return {row.no: row for row in self._session.scalars(select(Indicator).order_by(Indicator.no)).all()}

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {row.id: row for row in self._session.scalars(select(Programme).order_by(Programme.id)).all()}

    @cached_property
    def actions(self) -> dict[str, ActionItem]:
        """行动, in the order of the plan: 1.10 comes after 1.9."""
        rows = self._session.scalars(select(ActionItem)).all()
        return {row.id: row for row in sorted(rows, key=lambda row: (len(row.id), row.id))}

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The years of the plan in force."""
        first, last = (self._session.scalar(select(each)) or 0 for each in (Plan.start_year, Plan.end_year))
        return tuple(str(year) for year in range(first, last + 1)) if first else ()

    @cached_property
    def policies(self) -> list[str]:
        return list(
            self._session.scalar(select(Setting.value).where(Setting.key == "policies")) or DEFAULT_POLICIES
        )

    @cached_property
    def _by_name(self) -> dict[str, dict[str, Any]]:
        units: dict[str, Any] = {}
        # Retired units come first, so that a name both carry means the one in force.
        for unit in sorted(self.units.values(), key=lambda unit: unit.active):
            for name in (unit.code, unit.name, unit.full_name, *(unit.aliases or ())):
                if name:
                    units[_key(name)] = unit.code
            if unit.kind == "street":
                for ending in ("街道", "镇", "管理处"):
                    units.setdefault(_key(unit.name.removesuffix(ending)), unit.code)
                units[_key(unit.name + "办事处")] = unit.code
        streets = {name: code for name, code in units.items() if self.units[code].kind == "street"}
        parks: dict[str, Any] = {}
        for park in self.parks.values():
            for name in (park.code, park.name, *(park.aliases or ())):
                parks[_key(name)] = park.code
        indicators: dict[str, Any] = {}
        for row in self.indicators.values():
            for name in (str(row.no), row.name, f"{row.no} {row.name}", f"{row.no}. {row.name}"):
                indicators[_key(name)] = row.no
        actions = {_key(each): row.id for row in self.actions.values() for each in _plan_names(row)}
        programmes = {_key(each): row.id for row in self.programmes.values() for each in _plan_names(row)}
        return {
            "unit": units, "street": streets, "park": parks, "indicator": indicators,
            "action": actions, "programme": programmes,
        }  # fmt: skip

    def find(self, source: str, raw: str) -> Any | None:
        """The value a text means, or None. Enterprises: by credit code, or by a name only one live card has."""
        if source in self._by_name:
            return self._by_name[source].get(_key(raw))
        if source == "industry":
            found = classifications.industry(raw.split(" ")[0]) or classifications.industry_by_name(raw)
            return found.code if found else None
        if source == "de_class":
            return classifications.digital_class(raw)
        if source == "enterprise":
            return self.enterprise(raw)
        if source in TITLES:
            return self._titled(TITLES[source], raw)
        if source == "year":
            year = re.fullmatch(r"(20\d\d)\s*年?(度)?", fold(raw))
            return year[1] if year else None
        if source in ("policy", "materials"):
            return raw
        return None

    def _titled(self, title: InstrumentedAttribute[str | None], raw: str) -> UUID | None:
        """The one live record that is called this; None where there are several."""
        model = title.class_
        found = self._session.scalars(
            select(model.id).where(title == raw, model.deleted_at.is_(None)).limit(2)
        ).all()
        return found[0] if len(found) == 1 else None

    def enterprise(self, raw: str) -> UUID | None:
        """The one live card with this credit code, or with exactly this name."""
        live = Enterprise.deleted_at.is_(None)
        by_code = self._session.scalar(
            select(Enterprise.id).where(Enterprise.uscc == normalise_uscc(raw), live)
        )
        if by_code is not None:
            return by_code
        named = self._session.scalars(
            select(Enterprise.id).where(Enterprise.name == raw, live).limit(2)
        ).all()
        return named[0] if len(named) == 1 else None

    def name(self, source: str, value: Any) -> str:
        """What people call a value; the value as text where nothing is known of it."""
        if value is None:
            return ""
        if source in ("unit", "street"):
            return self.units[value].name if value in self.units else str(value)
        if source == "park":
            return self.parks[value].name if value in self.parks else str(value)
        if source == "indicator":
            return self.indicators[value].name if value in self.indicators else str(value)
        if source == "industry":
            found = classifications.industry(str(value))
            return f"{found.code} {found.name}" if found else str(value)
        if source == "de_class":
            return classifications.digital_class_name(str(value))
        if source == "enterprise":
            return self.enterprise_name(value)
        if source in TITLES:
            title = TITLES[source]
            return self._session.scalar(select(title).where(title.class_.id == value)) or ""
        if source == "action":
            return f"{value} {self.actions[value].name}" if value in self.actions else str(value)
        if source == "programme":
            return self.programmes[value].name if value in self.programmes else str(value)
        return str(value)

    def enterprise_name(self, key: UUID) -> str:
        """The name on a card; remembered, because lists show the same firms again and again."""
        if key not in self._enterprise_names:
            self._enterprise_names[key] = (
                self._session.scalar(select(Enterprise.name).where(Enterprise.id == key)) or ""
            )
        return self._enterprise_names[key]

    def remember_enterprises(self, names: Iterable[tuple[UUID, str]]) -> None:
        """Names a page of rows already fetched by a join, so that showing them asks nothing more."""
        self._enterprise_names.update(names)

    def options(self, source: str) -> list[tuple[Any, str]]:
        """The values of a small source with their names, in the order people expect; retired ones left out."""
        makers: dict[str, Callable[[], list[tuple[Any, str]]]] = {
            "unit": lambda: [(u.code, u.name) for u in self.units.values() if u.active and u.kind != "group"],
            "street": lambda: sorted(
                (u.code, u.name) for u in self.units.values() if u.active and u.kind == "street"
            ),
            "park": lambda: [(p.code, p.name) for p in self.parks.values() if p.active],
            "indicator": lambda: [(row.no, f"{row.no} {row.name}") for row in self.indicators.values()],
            "industry": lambda: [
                (each.code, f"{each.code} {each.name}") for each in classifications.industry_choices()
            ],
            "de_class": lambda: list(classifications.digital_class_choices()),
            "policy": lambda: [(name, name) for name in self.policies],
            "action": lambda: [(row.id, f"{row.id} {row.name}") for row in self.actions.values()],
            "programme": lambda: [(row.id, row.name) for row in self.programmes.values()],
            "year": lambda: [(year, year) for year in self.years],
        }
        return makers[source]() if source in makers else []


def _plan_names(row: ActionItem | Programme) -> tuple[str, ...]:
    return (row.id, row.name, f"{row.id} {row.name}")


def _key(raw: str) -> str:
    return same_name(fold(raw))
