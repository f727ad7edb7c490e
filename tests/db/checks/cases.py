"""What an example of a rule is, and short ways to build one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from db.checks import Context, check_zero
from db.checks.cloud import month_plausible
from db.findings import Finding, Severity
from db.registers import REGISTERS
from tests.db.checks.fake import (
    CARRIER,
    CODES,
    cloud,
    fake_context,
    firm,
    issue,
    judge,
    key,
    nurture,
    stock,
    value,
    visit,
)

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
Case = Callable[[], list[Finding]]


@dataclass(frozen=True)
class Example:
    """`bad` must have a finding of the rule, with this severity, in this field; `good` must have none of it."""

    rule: str
    severity: Severity
    field: str
    bad: Case
    good: Case

    @property
    def name(self) -> str:
        return f"{self.rule} {self.field}".strip()


def of(register: str, record: dict[str, Any], **more: Any) -> Case:
    return lambda: judge(register, record, **more)


def ent(**changes: Any) -> Case:
    return of("enterprise", firm(**changes))


def two_firms(**changes: Any) -> Case:
    return of("enterprise", firm(2, **changes), world={"enterprise": [firm()]})


def vis(**changes: Any) -> Case:
    return of("visit", visit(**changes))


def iss(**changes: Any) -> Case:
    return of("issue", issue(**changes))


def cld(**changes: Any) -> Case:
    return of("cloud", cloud(**changes))


def ups(**changes: Any) -> Case:
    return of("nurture", nurture(**changes))


def ind(**changes: Any) -> Case:
    return of("indicator", value(**changes))


def after(before: dict[str, Any], now: dict[str, Any]) -> Case:
    return of("indicator", now, world={"indicator": [before]})


def visits_of_a_day(count: int) -> Case:
    firms = [firm(number) for number in range(1, count + 1)]
    others = [visit(number, enterprise_id=key(number)) for number in range(1, count)]
    last = visit(count, enterprise_id=key(count), visitors="张敏（经发办）")
    return of("visit", last, world={"enterprise": firms, "visit": others})


def firms_with_one_phone(count: int) -> Case:
    others = [firm(number, phone="13800138000") for number in range(1, count)]
    return of("enterprise", firm(count, phone="13800138000", uscc=CODES[2]), world={"enterprise": others})


def clouds_in_may(count: int, before: int = 0) -> Case:
    """So many new ones in May, and `before` in each of the three months before."""
    rows = [cloud(number) for number in range(1, count + 1)]
    rows += [
        cloud(1000 * month + number, cloud_on=date(2024, month, 8))
        for month in (2, 3, 4)
        for number in range(before)
    ]
    return lambda: list(month_plausible(cloud_context({"cloud": rows})))


def grown_to(count: int) -> Case:
    """A carrier that reports so many firms in May, after 1700 in April and one new one in its cloud ledger."""
    april = stock(9, indicator_no=5, org_code=CARRIER, period="2024-04", value=Decimal(1700))
    may = stock(10, indicator_no=5, org_code=CARRIER, period="2024-05", value=Decimal(count))
    return of("indicator", may, world={"indicator": [april], "cloud": [cloud()]})


def cloud_context(world: dict[str, Any]) -> Context:
    return replace(fake_context(world, period="2024-05", unit_code=CARRIER), register=REGISTERS["cloud"])


def month(rows: dict[str, Any], zero: bool | None) -> Case:
    return lambda: check_zero(fake_context({}, period="2024-05"), rows, zero)
