"""Whatever a record holds, the checks say something or nothing; they never fall over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.fields import Field, Kind
from db.findings import Severity
from db.periods import Period
from db.registers import REGISTERS
from tests.db.checks import fake
from tests.db.checks.fake import CLEAN, judge

REFS: dict[str, st.SearchStrategy[Any]] = {
    "enterprise": st.sampled_from([fake.key(1), fake.key(2), fake.key(99)]),
    "visit": st.sampled_from([fake.key(1), fake.key(7)]),
    "indicator": st.integers(0, 15),
    **{
        source: st.sampled_from([fake.key(1), fake.key(50)])
        for source in ("issue", "release", "opportunity", "product")
    },
}
CODES = st.sampled_from([fake.STREET, fake.CARRIER, fake.BUREAU, "360103005", "nobody"])
WORDS = st.one_of(
    st.text(max_size=30), st.sampled_from(["无", "—", "宽带", "南昌市青山湖区一路1号", *fake.CODES])
)
MONTHS = st.builds(
    lambda year, month: str(Period.of(year, month)), st.integers(2022, 2026), st.integers(1, 12)
)
WORLD = {"enterprise": [fake.firm(), fake.firm(2, status="注销", street_code=None, industry_code=None)]} | {
    key: [CLEAN[key] | {"id": fake.key(50)}] for key in REGISTERS if key != "enterprise"
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    kind = field.kind
    found: st.SearchStrategy[Any] = WORDS
    if kind is Kind.INTEGER:
        found = st.integers(-3, 10**9)
    elif kind is Kind.NUMBER:
        found = st.decimals(-(10**9), 10**9, places=field.places)
    elif kind is Kind.DATE:
        found = st.dates(date(1940, 1, 1), date(2030, 12, 31))
    elif kind is Kind.PERIOD:
        found = MONTHS
    elif kind is Kind.BOOL:
        found = st.booleans()
    elif kind in (Kind.CHOICE, Kind.CHOICES):
        one = st.sampled_from(field.choices) | WORDS if field.choices else WORDS
        found = st.lists(one, max_size=3) if kind is Kind.CHOICES else one
    elif kind in (Kind.REF, Kind.REFS):
        one = REFS.get(field.source, CODES)
        found = st.lists(one, max_size=3) if kind is Kind.REFS else one
    elif kind in (Kind.LOG, Kind.CHECKLIST, Kind.FILES):
        found = st.lists(WORDS, max_size=3)
    return st.none() | found


@pytest.mark.parametrize("key", REGISTERS)
@given(data=st.data())
def test_any_record_can_be_checked(key: str, data: st.DataObject) -> None:
    fields = REGISTERS[key].fields
    record = data.draw(st.fixed_dictionaries({}, optional={field.name: value_of(field) for field in fields}))
    record |= data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "id": st.just(fake.key(60)),
                "unparsed": st.none()
                | st.dictionaries(st.sampled_from([field.name for field in fields]), WORDS),
                "not_applicable": st.none() | st.lists(st.sampled_from([field.name for field in fields])),
            },
        )
    )
    if "id" in record:
        full = dict.fromkeys((field.name for field in fields), None) | {"unit_code": fake.STREET} | record
        record = full | {"name": full.get("name") or "某企业"}
    previous = data.draw(st.none() | st.just(CLEAN[key]))
    period = data.draw(st.none() | st.just("2024-05"))
    said = [
        fake.ProjectMonth("2024-01", None, "开工", None),
        fake.ProjectMonth("2024-02", Decimal(9), "", "在建"),
    ]
    world = WORLD | {"project_months": {fake.key(60): said}}
    history = {fake.key(60): [fake.Revenue("2024-01", Decimal(10))]}
    for found in judge(key, record, world, previous=previous, period=period, history=history):
        assert found.register == key and found.message.endswith("。")
        assert not found.field or found.field in {field.name for field in fields}
        assert isinstance(found.severity, Severity)


@pytest.mark.parametrize("key", REGISTERS)
def test_an_empty_record_hears_of_each_missing_field_once(key: str) -> None:
    register = REGISTERS[key]
    found = judge(key, {})
    needed = {field.name for field in register.fields if field.required and not field.computed}
    said = [each.field for each in found]
    assert needed <= set(said)
    assert len(said) == len(set(said))
