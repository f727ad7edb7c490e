"""Facts with rows on top that are not stored yet: a file is checked as it would stand once it is applied.

What is worked out on saving (which cloud record counts, a candidate's history) is not known before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from db.checks.context import (
    Context,
    DayVisit,
    Facts,
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
from db.models.issue import OPEN
from db.text import same_name

Rows = Mapping[str, Iterable[Values]]
Answer = TypeVar("Answer", Firm, FirmVisit, DayVisit, OpenIssue, Service)


def with_rows(ctx: Context, rows: Rows) -> Context:
    """The context in which these rows (by register key; those that have an `id`) stand over the stored ones."""
    return replace(ctx, facts=Overlay(ctx.facts, rows))


class Overlay:
    """`Facts` in which some rows replace the stored ones of the same key, or join them."""

    def __init__(self, base: Facts, rows: Rows) -> None:
        self._base = base
        self._rows: dict[str, dict[UUID, Values]] = {
            key: {row["id"]: row for row in each if row.get("id") is not None} for key, each in rows.items()
        }
        # Every row of a firm, and of a day, asks the same.
        self._visits_known: dict[UUID, Sequence[FirmVisit]] = {}
        self._days_known: dict[tuple[str, date], Sequence[DayVisit]] = {}
        self._codes = self._by("enterprise", lambda row: row.get("uscc"))
        self._names = self._by("enterprise", lambda row: same_name(row.get("name") or ""))
        self._phones = self._by("enterprise", lambda row: row.get("phone"))
        self._visits = self._by("visit", lambda row: row.get("enterprise_id"))
        self._days = self._by("visit", lambda row: (row.get("unit_code"), row.get("visit_date")))
        self._issues = self._by("issue", lambda row: row.get("enterprise_id"))
        self._of_visit = self._by("issue", lambda row: row.get("visit_id"))
        self._clouds = self._by("cloud", lambda row: row.get("enterprise_id"))
        self._values = self._by(
            "indicator", lambda row: (row.get("indicator_no"), row.get("org_code"), str(row.get("period")))
        )

    def _by(self, register: str, key: Callable[[Values], Hashable]) -> dict[Hashable, list[Values]]:
        found: dict[Hashable, list[Values]] = defaultdict(list)
        for row in self._rows.get(register, {}).values():
            found[key(row)].append(row)
        return dict(found)

    def _stored(self, register: str, answers: Iterable[Answer]) -> list[Answer]:
        """The stored answers that no row on top replaces."""
        replaced = self._rows.get(register, {})
        return [each for each in answers if each.id not in replaced]

    def card(self, enterprise_id: UUID) -> Values | None:
        return self._rows.get("enterprise", {}).get(enterprise_id) or self._base.card(enterprise_id)

    def with_code(self, uscc: str) -> Sequence[Firm]:
        return self._stored("enterprise", self._base.with_code(uscc)) + _firms(self._codes.get(uscc))

    def with_name(self, name: str) -> Sequence[Firm]:
        return self._stored("enterprise", self._base.with_name(name)) + _firms(
            self._names.get(same_name(name))
        )

    def with_phone(self, phone: str) -> Sequence[UUID]:
        replaced = self._rows.get("enterprise", {})
        stored = [key for key in self._base.with_phone(phone) if key not in replaced]
        return stored + [row["id"] for row in self._phones.get(phone, ())]

    def visits_of(self, enterprise_id: UUID) -> Sequence[FirmVisit]:
        if enterprise_id not in self._visits_known:
            self._visits_known[enterprise_id] = self._visits_together(enterprise_id)
        return self._visits_known[enterprise_id]

    def _visits_together(self, enterprise_id: UUID) -> Sequence[FirmVisit]:
        own = [
            FirmVisit(row["visit_date"], row["id"])
            for row in self._visits.get(enterprise_id, ())
            if row.get("visit_date") is not None
        ]
        stored = self._stored("visit", self._base.visits_of(enterprise_id))
        return sorted(stored + own, key=lambda each: (each.day, each.id.bytes))

    def visit_text(self, visit_id: UUID) -> str:
        own = self._rows.get("visit", {}).get(visit_id)
        return own.get("operation_text") or "" if own is not None else self._base.visit_text(visit_id)

    def visits_on(self, unit_code: str, day: date) -> Sequence[DayVisit]:
        if (unit_code, day) not in self._days_known:
            self._days_known[unit_code, day] = self._day_together(unit_code, day)
        return self._days_known[unit_code, day]

    def _day_together(self, unit_code: str, day: date) -> Sequence[DayVisit]:
        return self._stored("visit", self._base.visits_on(unit_code, day)) + [
            DayVisit(row["id"], row.get("enterprise_id"), row.get("visitors") or "")
            for row in self._days.get((unit_code, day), ())
        ]

    def issues_of_visit(self, visit_id: UUID) -> int:
        """The stored and the new ones; a stored one that is sent again is counted with both, which is enough."""
        return self._base.issues_of_visit(visit_id) + len(self._of_visit.get(visit_id, ()))

    def open_issues(self, enterprise_id: UUID) -> Sequence[OpenIssue]:
        return self._stored("issue", self._base.open_issues(enterprise_id)) + [
            OpenIssue(
                row["id"], row.get("issue_no") or "", row.get("category") or "", row.get("description") or ""
            )
            for row in self._issues.get(enterprise_id, ())
            if row.get("status") in OPEN
        ]

    def services(self, enterprise_id: UUID) -> Sequence[Service]:
        return self._stored("cloud", self._base.services(enterprise_id)) + [
            Service(
                row["id"],
                row.get("provider_org"),
                row.get("cloud_on"),
                row.get("product") or "",
                bool(row.get("counted")),
            )
            for row in self._clouds.get(enterprise_id, ())
        ]

    def revenues(self, nurture_id: UUID) -> Sequence[Revenue]:
        return self._base.revenues(nurture_id)

    def project_months(self, project_id: UUID) -> Sequence[ProjectMonth]:
        return self._base.project_months(project_id)

    def alive(self, source: str, record_id: UUID) -> bool:
        return record_id in self._rows.get(source, {}) or self._base.alive(source, record_id)

    def reported(self, indicator_no: int, org_code: str, period: str) -> Reported | None:
        own = self._values.get((indicator_no, org_code, str(period)))
        if not own:
            return self._base.reported(indicator_no, org_code, period)
        row = own[0]
        return Reported(row["id"], row.get("value"), row.get("value_month"), row.get("scope_note") or "")

    def clouds_by_month(self, unit_code: str) -> Mapping[str, int]:
        return self._base.clouds_by_month(unit_code)

    def ledger(self, register: str, period: str, unit_code: str | None = None) -> Decimal | None:
        return self._base.ledger(register, period, unit_code)

    def unit(self, code: str) -> Place | None:
        return self._base.unit(code)

    def park(self, code: str) -> Place | None:
        return self._base.park(code)


def _firms(rows: Sequence[Mapping[str, Any]] | None) -> list[Firm]:
    return [Firm(row["id"], row.get("name") or "", row.get("uscc")) for row in rows or ()]
