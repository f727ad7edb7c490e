"""What a check may ask besides the record itself: the day, the plan, the limits, and facts about other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from db.checks.grades import Grades
from db.checks.rules import RULES, finding
from db.classifications import Threshold
from db.findings import Finding, Severity
from db.parameters import Parameters
from db.periods import Period
from db.plan_types import Plan
from db.registers import Register
from db.values import Lookup
from db.workdays import Overrides

Values = Mapping[str, Any]
DEFAULTS = Parameters()
# Registers whose records others refer to, beside 企业.
RECORDS = ("visit", "issue", "release", "opportunity", "product")


class Firm(NamedTuple):
    id: UUID
    name: str
    uscc: str | None


class FirmVisit(NamedTuple):
    day: date
    id: UUID


class DayVisit(NamedTuple):
    id: UUID
    enterprise_id: UUID | None
    visitors: str


class OpenIssue(NamedTuple):
    id: UUID
    issue_no: str
    category: str
    description: str


class Service(NamedTuple):
    """One cloud service of a firm."""

    id: UUID
    provider_org: str | None
    cloud_on: date | None
    product: str
    counted: bool


class Revenue(NamedTuple):
    """What a candidate's record once said: so much by the end of that month."""

    asof: str
    amount: Decimal


class ProjectMonth(NamedTuple):
    """What a project's record once said of a month."""

    asof: str
    invest_done: Decimal | None
    progress: str
    stage: str | None


class Reported(NamedTuple):
    """An indicator's value as a unit reported it."""

    id: UUID
    value: Decimal | None
    value_month: Decimal | None
    scope_note: str


class Place(NamedTuple):
    """A unit or a park: what a record's code means."""

    name: str
    active: bool
    kind: str


class Facts(Protocol):
    """Questions about other rows; live ones only. The record that is being checked may be among the answers."""

    def card(self, enterprise_id: UUID) -> Values | None:
        """The enterprise's card."""

    def with_code(self, uscc: str) -> Sequence[Firm]:
        """The enterprises with this credit code."""

    def with_name(self, name: str) -> Sequence[Firm]:
        """The enterprises of this name, blanks and full/half width aside."""

    def with_phone(self, phone: str) -> Sequence[UUID]:
        """The enterprises that give this telephone number."""

    def visits_of(self, enterprise_id: UUID) -> Sequence[FirmVisit]:
        """All dated visits of the firm, oldest first."""

    def visit_text(self, visit_id: UUID) -> str:
        """What a visit says under 生产经营情况."""

    def visits_on(self, unit_code: str, day: date) -> Sequence[DayVisit]:
        """The unit's visits of one day."""

    def issues_of_visit(self, visit_id: UUID) -> int:
        """How many issues name this visit."""

    def open_issues(self, enterprise_id: UUID) -> Sequence[OpenIssue]:
        """The firm's issues that are still being worked on."""

    def services(self, enterprise_id: UUID) -> Sequence[Service]:
        """The firm's cloud services."""

    def revenues(self, nurture_id: UUID) -> Sequence[Revenue]:
        """What a candidate's record said before, as far as its history knows."""

    def project_months(self, project_id: UUID) -> Sequence[ProjectMonth]:
        """What a project's record said before, as far as its history knows, in the order it was said."""

    def alive(self, source: str, record_id: UUID) -> bool:
        """Whether a record that others refer to (visit, issue, release, opportunity, product) is there."""

    def reported(self, indicator_no: int, org_code: str, period: str) -> Reported | None:
        """The value a unit reported for an indicator and month."""

    def clouds_by_month(self, unit_code: str) -> Mapping[str, int]:
        """How many counted enterprises the unit's cloud ledger gained in each month (by 上云日期)."""

    def ledger(self, register: str, period: str, unit_code: str | None = None) -> Decimal | None:
        """What the registers here give for an indicator (`core`, `project` …); None where they cannot say.

        `unit_code`: counting only that unit's rows, for an indicator whose units' values are added up.
        """

    def unit(self, code: str) -> Place | None:
        """An office or street."""

    def park(self, code: str) -> Place | None:
        """A park."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a check needs besides the record. `period` is set when a month is being filled in or checked."""

    directory: Lookup
    facts: Facts
    plan: Plan
    today: date
    unit_code: str
    period: Period | None = None
    parameters: Parameters = DEFAULTS
    # the office's own lines for 升规入统; None for the shipped ones
    thresholds: Sequence[Threshold] | None = None
    overrides: Overrides = field(default_factory=dict)
    grades: Grades = field(default_factory=dict)  # what the office made of a rule's severity
    register: Register | None = None
    plans: Callable[[str], Plan] | None = None  # the plan of a month, where plans followed one another
    previous: Values | None = None  # the record as it is stored, when a change to it is being checked

    @property
    def month(self) -> Period:
        """The month being filled in; without one, this month."""
        return self.period or Period.of_date(self.today)

    @property
    def as_of(self) -> date:
        """The day deadlines are judged by: today, but for a past month its last day, so that findings stay put."""
        return min(self.today, self.period.last_day) if self.period else self.today

    def is_new(self, record: Values) -> bool:
        """Whether the record was first entered in the month being checked (or is not stored yet)."""
        created = record.get("created_at")
        if record.get("id") is None or not isinstance(created, datetime):
            return True
        return created.astimezone().date() >= self.month.first_day

    def plan_of(self, period: str | None) -> Plan:
        """The plan that holds in a month (none: the one in force now)."""
        return self.plans(period) if period and self.plans is not None else self.plan

    def label(self, name: str) -> str:
        """What the form calls a field of the register being checked."""
        assert self.register is not None
        return self.register.field(name).label

    def say(
        self,
        rule: str,
        record: Values,
        field: str = "",
        *,
        more: str = "",
        severity: Severity | None = None,
        **names: Any,
    ) -> Finding:
        """A finding about this record and field; {字段} and {编号} are filled in unless given."""
        key = self.register.key if self.register else ""
        if field and self.register and "字段" not in names:
            names["字段"] = self.register.field(field).label
        names.setdefault("编号", record.get("issue_no") or "未编号")
        return finding(
            rule, more=more, severity=severity, register=key, record_id=record.get("id"), field=field, **names
        )


Check = Callable[[Context, Values], Iterable[Finding]]


def has_sentence(rule: str, which: str) -> bool:
    return which in RULES[rule].more


def is_empty(value: Any) -> bool:
    """未填: nothing there (0 and 否 are answers)."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def text_of(record: Values, name: str) -> str:
    """A text field's value, or an empty text."""
    value = record.get(name)
    return value if isinstance(value, str) and value.strip() else ""


def items_of(value: Any) -> list[Any]:
    """The values of a field that may hold one or several; none for an empty one."""
    if is_empty(value):
        return []
    return value if isinstance(value, list) else [value]


def number(value: Decimal | int) -> str:
    """A number as people write it in a sentence: thousands apart, no exponent, no idle zeros."""
    shown = format(Decimal(value), ",f")
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) or "0"


def later(record: Values, other: UUID) -> bool:
    """Whether this record came after the other one (ids sort by time of birth; an unsaved one is the newest).

    Of two rows that repeat each other only the later one is spoken of: one complaint, one place to mend.
    """
    own = record.get("id")
    return own is None or (own != other and own.bytes > other.bytes)
