"""Parameters: declared once, read and stored in their own type, refused in words, with a history."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import parameters, settings
from db.checks import RULES
from db.errors import UsageError
from db.models import AuditEntry
from db.parameters import GROUPS, PARAMETERS, Parameters, Sort, parameter, read_parameters, shown, understood
from db.store import Actor, Store

ROOT = Path(__file__).parents[2]
CLERK = Actor("360103002", "张敏")


def test_each_is_declared_with_all_a_person_reads() -> None:
    assert [each.name for each in PARAMETERS] == [each.name for each in fields(Parameters)]
    for each in PARAMETERS:
        assert each.label and each.group in GROUPS and set(each.rules) <= set(RULES)
        assert each.help.endswith("。") and each.default == getattr(Parameters(), each.name)
        assert understood(each, each.default) == each.default == understood(each, shown(each, each.default))
    labels = [each.label for each in PARAMETERS]
    assert len(labels) == len(set(labels))


def test_none_is_without_effect() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("db", "returns", "desktop")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "parameters.py"
    )
    assert [each.name for each in PARAMETERS if f".{each.name}" not in code] == []


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("visits_a_day", "１０", 10),
        ("visits_a_day", " 10 家", 10),
        ("highest_revenue", "100 亿", Decimal(1000000)),
        ("vat_difference", "12.5", Decimal("12.5")),
        ("tolerance", "0", Decimal(0)),
        ("cloud_drop_expired", "是", True),
        ("telecom_words", "宽带,短信，宽带、 ", "宽带、短信"),
    ],
)
def test_understood(name: str, raw: str, value: Any) -> None:
    found = understood(parameter(name), raw)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("visits_a_day", "许多"), ("visits_a_day", "8.5"), ("visits_a_day", "-1"), ("visits_a_day", ""),
        ("visits_a_day", True), ("visits_a_day", "0"), ("same_visit_text", "101"), ("same_visit_text", "Infinity"),
        ("cloud_drop_expired", "也许"), ("cloud_drop_expired", 1), ("telecom_words", "、，"),
    ],
)  # fmt: skip
def test_refused_in_words(name: str, raw: Any) -> None:
    with pytest.raises(UsageError) as refused:
        understood(parameter(name), raw)
    assert refused.value.id == "bad_parameter"
    assert parameter(name).label in str(refused.value) and refused.value.hint.endswith("。")


def test_what_lies_beside_them_is_left_alone() -> None:
    assert read_parameters({"thresholds": [1], "visits_a_day": None}) == Parameters()
    assert read_parameters(None) == Parameters()
    assert read_parameters({"visits_a_day": 9}) == Parameters(visits_a_day=9)


def test_stored_noted_and_taken_back(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "parameters", {"thresholds": ["kept"]})
        assert parameters.put(session, "vat_difference", "12.50", CLERK) == Decimal("12.50")
        assert parameters.put(session, "visits_a_day", "8", CLERK) == 8
        assert parameters.read(session) == Parameters(vat_difference=Decimal("12.5"))
        assert set(settings.parameters(session)) == {"thresholds", "vat_difference"}
        with pytest.raises(UsageError):
            parameters.put(session, "vat_difference", "一成", CLERK)
        assert parameters.put(session, "vat_difference", None, CLERK) == 10
        assert settings.parameters(session) == {"thresholds": ["kept"]}
        told = session.scalars(select(AuditEntry).where(AuditEntry.register == "setting")).all()
        assert [(each.before, each.after, each.by) for each in told] == [
            ({"vat_difference": "10"}, {"vat_difference": "12.50"}, "张敏"),
            ({"vat_difference": "12.50"}, {"vat_difference": "10"}, "张敏"),
        ]


def test_every_sort_has_its_words() -> None:
    assert parameter("visits_a_day").range == "不小于 1 的整数"
    assert parameter("same_visit_text").range == "50 至 100 之间的数"
    assert parameter("cloud_drop_expired").range == "“是”或“否”"
    assert {each.sort for each in PARAMETERS} >= {Sort.WHOLE, Sort.NUMBER, Sort.YES_NO, Sort.WORDS}


def test_a_rule_that_goes_by_a_parameter_says_its_figure_is_a_default() -> None:
    for each in PARAMETERS:
        for rule in each.rules:
            figure = shown(each, each.default)
            if each.sort in (Sort.WHOLE, Sort.NUMBER) and figure in RULES[rule].rule:
                assert "默认" in RULES[rule].rule, rule
