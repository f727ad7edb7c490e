"""Facts about other rows from the database: each kind of question is answered for many keys by one query.

`prefetch` asks everything a month's rows will want to know beforehand; a question nobody foresaw is asked alone.
Answers are kept: make new facts after something was saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.checks.context import (
    RECORDS,
    DayVisit,
    Firm,
    FirmVisit,
    OpenIssue,
    Place,
    ProjectMonth,
    Reported,
    Revenue,
    Service,
    Values,
)
from db.computed_reading import computed_value
from db.lookup import Directory
from db.models import Cloud, Enterprise, EnterpriseSearch, IndicatorValue, Issue, Visit
from db.models.issue import OPEN
from db.month_states import told
from db.periods import Period
from db.registers import REGISTERS
from db.text import name_core, same_name

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
IN_CHUNKS = 500


class Answers(Generic[K, V]):
    """Answers by key, loaded in bulk; a key that loading says nothing of has the answer `none`."""

    def __init__(self, load: Callable[[Sequence[K]], Mapping[K, V]], none: V) -> None:
        self._load, self._none = load, none
        self._known: dict[K, V] = {}

    def prefetch(self, keys: Iterable[K | None]) -> None:
        wanted = [key for key in dict.fromkeys(keys) if key is not None and key not in self._known]
        for start in range(0, len(wanted), IN_CHUNKS):
            chunk = wanted[start : start + IN_CHUNKS]
            found = self._load(chunk)
            for key in chunk:
                self._known[key] = found.get(key, self._none)

    def __call__(self, key: K) -> V:
        if key not in self._known:
            self.prefetch([key])
        return self._known[key]


class SqlFacts:
    """`Facts` over one session; live rows only."""

    def __init__(self, session: Session, directory: Directory, name_places: Sequence[str]) -> None:
        self._session, self._directory, self._places = session, directory, tuple(name_places)
        self._cards: Answers[UUID, Values | None] = Answers(self._load_cards, None)
        self._codes: Answers[str, tuple[Firm, ...]] = Answers(self._load_codes, ())
        self._names: Answers[str, tuple[Firm, ...]] = Answers(self._load_names, ())
        self._phones: Answers[str, tuple[UUID, ...]] = Answers(self._load_phones, ())
        self._visits: Answers[UUID, tuple[FirmVisit, ...]] = Answers(self._load_visits, ())
        self._texts: Answers[UUID, str] = Answers(self._load_texts, "")
        self._days: Answers[tuple[str, date], tuple[DayVisit, ...]] = Answers(self._load_days, ())
        self._issue_counts: Answers[UUID, int] = Answers(self._load_issue_counts, 0)
        self._issues: Answers[UUID, tuple[OpenIssue, ...]] = Answers(self._load_issues, ())
        self._services: Answers[UUID, tuple[Service, ...]] = Answers(self._load_services, ())
        self._revenues: Answers[UUID, tuple[Revenue, ...]] = Answers(self._load_revenues, ())
        self._projects: Answers[UUID, tuple[ProjectMonth, ...]] = Answers(self._load_projects, ())
        self._alive = {source: Answers(_alive_in(session, source), False) for source in RECORDS}
        self._values: Answers[tuple[int, str, str], Reported | None] = Answers(self._load_values, None)
        self._months: Answers[str, Mapping[str, int]] = Answers(self._load_months, {})

    def prefetch(self, rows: Mapping[str, Sequence[Values]]) -> None:
        """Ask in bulk what checking these whole rows (by register key) will want to know."""
        enterprises, visits = rows.get("enterprise", ()), rows.get("visit", ())
        named = {row.get("enterprise_id") for each in rows.values() for row in each}
        self._cards.prefetch(named)
        self._codes.prefetch(row["uscc"] or None for row in enterprises)
        self._names.prefetch(row["name"] or None for row in enterprises)
        self._phones.prefetch(row["phone"] or None for row in enterprises)
        self._visits.prefetch(row["enterprise_id"] for row in visits)
        self._texts.prefetch(self._visits_before(visits))
        self._days.prefetch((row["unit_code"], row["visit_date"]) for row in visits if row["visit_date"])
        self._issue_counts.prefetch(row["id"] for row in visits)
        self._issues.prefetch(row["enterprise_id"] for row in rows.get("issue", ()))
        self._services.prefetch(row["enterprise_id"] for row in rows.get("cloud", ()))
        self._revenues.prefetch(row["id"] for row in rows.get("nurture", ()))
        self._projects.prefetch(row["id"] for row in rows.get("project", ()))
        for source, answers in self._alive.items():
            names = {key: [f.name for f in REGISTERS[key].fields if f.source == source] for key in rows}
            answers.prefetch(row[name] for key, each in rows.items() for name in names[key] for row in each)
        self._values.prefetch(
            (row["indicator_no"], row["org_code"], str(month))
            for row in rows.get("indicator", ())
            if row["indicator_no"] and row["org_code"] and row["period"]
            for month in (Period(row["period"]), Period(row["period"]).prev, Period(row["period"]).last_year)
        )

    def _visits_before(self, visits: Sequence[Values]) -> Iterable[UUID]:
        for row in visits:
            if row["enterprise_id"] and row["visit_date"]:
                for visit in reversed(self._visits(row["enterprise_id"])):
                    if visit.day <= row["visit_date"] and visit.id != row["id"]:
                        yield visit.id
                        break

    # ------------------------------------------------------------ enterprises

    def card(self, enterprise_id: UUID) -> Values | None:
        return self._cards(enterprise_id)

    def _load_cards(self, keys: Sequence[UUID]) -> Mapping[UUID, Values]:
        table = Enterprise.__table__
        query = select(table).where(table.c.id.in_(keys), table.c.deleted_at.is_(None))
        return {row["id"]: dict(row) for row in self._session.execute(query).mappings()}

    def with_code(self, uscc: str) -> Sequence[Firm]:
        return self._codes(uscc)

    def _load_codes(self, keys: Sequence[str]) -> Mapping[str, tuple[Firm, ...]]:
        query = select(Enterprise.id, Enterprise.name, Enterprise.uscc).where(
            Enterprise.uscc.in_(keys), Enterprise.deleted_at.is_(None)
        )
        return _grouped(
            (uscc, Firm(key, name or "", uscc)) for key, name, uscc in self._session.execute(query)
        )

    def with_name(self, name: str) -> Sequence[Firm]:
        return self._names(name)

    def _load_names(self, names: Sequence[str]) -> Mapping[str, tuple[Firm, ...]]:
        # The search keeps every name's core: an index on it finds all spellings; the whole name decides.
        cores = {name_core(name, self._places) for name in names}
        query = (
            select(Enterprise.id, Enterprise.name, Enterprise.uscc)
            .join(EnterpriseSearch, EnterpriseSearch.enterprise_id == Enterprise.id)
            .where(EnterpriseSearch.name_key.in_(cores), Enterprise.deleted_at.is_(None))
        )
        found = _grouped(
            (same_name(name or ""), Firm(key, name or "", uscc))
            for key, name, uscc in self._session.execute(query)
        )
        return {name: found.get(same_name(name), ()) for name in names}

    def with_phone(self, phone: str) -> Sequence[UUID]:
        return self._phones(phone)

    def _load_phones(self, phones: Sequence[str]) -> Mapping[str, tuple[UUID, ...]]:
        query = select(Enterprise.phone, Enterprise.id).where(
            Enterprise.phone.in_(phones), Enterprise.deleted_at.is_(None)
        )
        return _grouped((phone, key) for phone, key in self._session.execute(query))

    # ------------------------------------------------------------ visits and issues

    def visits_of(self, enterprise_id: UUID) -> Sequence[FirmVisit]:
        return self._visits(enterprise_id)

    def _load_visits(self, keys: Sequence[UUID]) -> Mapping[UUID, tuple[FirmVisit, ...]]:
        query = (
            select(Visit.enterprise_id, Visit.visit_date, Visit.id)
            .where(Visit.enterprise_id.in_(keys), Visit.visit_date.is_not(None), Visit.deleted_at.is_(None))
            .order_by(Visit.visit_date, Visit.id)
        )
        return _grouped(
            (firm, FirmVisit(day, key)) for firm, day, key in self._session.execute(query) if day is not None
        )

    def visit_text(self, visit_id: UUID) -> str:
        return self._texts(visit_id)

    def _load_texts(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        query = select(Visit.id, Visit.operation_text).where(Visit.id.in_(keys))
        return {key: text or "" for key, text in self._session.execute(query)}

    def visits_on(self, unit_code: str, day: date) -> Sequence[DayVisit]:
        return self._days((unit_code, day))

    def _load_days(self, keys: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], tuple[DayVisit, ...]]:
        query = select(
            Visit.unit_code, Visit.visit_date, Visit.id, Visit.enterprise_id, Visit.visitors
        ).where(
            Visit.unit_code.in_({unit for unit, _ in keys}),
            Visit.visit_date.in_({day for _, day in keys}),
            Visit.deleted_at.is_(None),
        )
        return _grouped(
            ((unit, day), DayVisit(key, firm, visitors or ""))
            for unit, day, key, firm, visitors in self._session.execute(query)
            if day is not None
        )

    def issues_of_visit(self, visit_id: UUID) -> int:
        return self._issue_counts(visit_id)

    def _load_issue_counts(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        query = (
            select(Issue.visit_id, func.count())
            .where(Issue.visit_id.in_(keys), Issue.deleted_at.is_(None))
            .group_by(Issue.visit_id)
        )
        return {key: count for key, count in self._session.execute(query) if key is not None}

    def open_issues(self, enterprise_id: UUID) -> Sequence[OpenIssue]:
        return self._issues(enterprise_id)

    def _load_issues(self, keys: Sequence[UUID]) -> Mapping[UUID, tuple[OpenIssue, ...]]:
        query = (
            select(Issue.enterprise_id, Issue.id, Issue.issue_no, Issue.category, Issue.description)
            .where(Issue.enterprise_id.in_(keys), Issue.status.in_(OPEN), Issue.deleted_at.is_(None))
            .order_by(Issue.id)
        )
        return _grouped(
            (firm, OpenIssue(key, no or "", category or "", text or ""))
            for firm, key, no, category, text in self._session.execute(query)
        )

    # ------------------------------------------------------------ cloud and candidates

    def services(self, enterprise_id: UUID) -> Sequence[Service]:
        return self._services(enterprise_id)

    def _load_services(self, keys: Sequence[UUID]) -> Mapping[UUID, tuple[Service, ...]]:
        query = (
            select(
                Cloud.enterprise_id,
                Cloud.id,
                Cloud.provider_org,
                Cloud.cloud_on,
                Cloud.product,
                Cloud.counted,
            )
            .where(Cloud.enterprise_id.in_(keys), Cloud.deleted_at.is_(None))
            .order_by(Cloud.id)
        )
        return _grouped(
            (firm, Service(key, org, day, product or "", bool(counted)))
            for firm, key, org, day, product, counted in self._session.execute(query)
        )

    def clouds_by_month(self, unit_code: str) -> Mapping[str, int]:
        return self._months(unit_code)

    def _load_months(self, units: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        month = func.substr(Cloud.cloud_on, 1, 7)
        query = (
            select(Cloud.unit_code, month, func.count(Cloud.enterprise_id.distinct()))
            .where(Cloud.unit_code.in_(units), Cloud.counted.is_(True), Cloud.cloud_on.is_not(None))
            .where(Cloud.deleted_at.is_(None))
            .group_by(Cloud.unit_code, month)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for unit, key, count in self._session.execute(query):
            found[unit][key] = count
        return found

    def revenues(self, nurture_id: UUID) -> Sequence[Revenue]:
        return self._revenues(nurture_id)

    def _load_revenues(self, keys: Sequence[UUID]) -> Mapping[UUID, tuple[Revenue, ...]]:
        return {
            key: tuple(
                Revenue(month, said["revenue_ytd"])
                for month, said in months
                if said["revenue_ytd"] is not None
            )
            for key, months in told(self._session, "nurture", keys).items()
        }

    # ------------------------------------------------------------ projects, and what others refer to

    def project_months(self, project_id: UUID) -> Sequence[ProjectMonth]:
        return self._projects(project_id)

    def _load_projects(self, keys: Sequence[UUID]) -> Mapping[UUID, tuple[ProjectMonth, ...]]:
        return {
            key: tuple(
                ProjectMonth(month, said["invest_done"], said["progress"] or "", said["stage"])
                for month, said in months
            )
            for key, months in told(self._session, "project", keys).items()
        }

    def alive(self, source: str, record_id: UUID) -> bool:
        return self._alive[source](record_id)

    # ------------------------------------------------------------ indicators and units

    def reported(self, indicator_no: int, org_code: str, period: str) -> Reported | None:
        return self._values((indicator_no, org_code, str(period)))

    def _load_values(self, keys: Sequence[tuple[int, str, str]]) -> Mapping[tuple[int, str, str], Reported]:
        table = IndicatorValue
        query = select(
            table.indicator_no,
            table.org_code,
            table.period,
            table.id,
            table.value,
            table.value_month,
            table.scope_note,
        ).where(
            table.period.in_({period for _, _, period in keys}),
            table.org_code.in_({org for _, org, _ in keys}),
            table.deleted_at.is_(None),
        )
        return {
            (no, org, period): Reported(key, value, month, note or "")
            for no, org, period, key, value, month, note in self._session.execute(query)
            if no is not None and org is not None and period is not None
        }

    def ledger(self, register: str, period: str, unit_code: str | None = None) -> Decimal | None:
        return computed_value(self._session, register, Period(period), unit_code)

    def unit(self, code: str) -> Place | None:
        found = self._directory.units.get(code)
        return Place(found.name, found.active, found.kind) if found is not None else None

    def park(self, code: str) -> Place | None:
        found = self._directory.parks.get(code)
        return Place(found.name, found.active, "park") if found is not None else None


def _alive_in(session: Session, source: str) -> Callable[[Sequence[UUID]], Mapping[UUID, bool]]:
    table = REGISTERS[source].model.__table__

    def load(keys: Sequence[UUID]) -> Mapping[UUID, bool]:
        query = select(table.c.id).where(table.c.id.in_(keys), table.c.deleted_at.is_(None))
        return dict.fromkeys(session.scalars(query), True)

    return load


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        if key is not None:
            found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}
