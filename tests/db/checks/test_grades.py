"""Grades: a 警告 or 提示 weighed otherwise or switched off for a reason; an 错误 never."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from db import checks, parameters, settings
from db.checks import RULES, set_grade, why_fixed
from db.checks.grades import OFF, SETTING, Adjusted, Grade, adjusted, grades, read_grades, regrade
from db.errors import Refused, UsageError
from db.findings import Finding, Severity
from db.models import AuditEntry
from db.store import Actor, Store
from desktop.actions import returns
from tests.db.checks import fake
from tests.db.checks.test_month import add, check, ids

CLERK = Actor("360103002", "张敏")
WHY = "周末走访是本街道的常规安排"
LEVELS = (Severity.WARNING.value, Severity.INFO.value, OFF)


def test_an_error_is_never_milded_or_off(store: Store) -> None:
    errors = [rule for rule in RULES.values() if rule.severity is Severity.ERROR]
    assert len(errors) > 50
    with store.write() as session:
        for rule in errors:
            for level in LEVELS:
                with pytest.raises(Refused) as refused:
                    set_grade(session, rule.id, level, WHY, CLERK)
                assert refused.value.id == "fixed_rule" and "错误" in refused.value.hint
        assert settings.get(session, SETTING) is None


@pytest.mark.parametrize("level", LEVELS)
def test_nor_by_writing_it_into_the_setting(store: Store, level: str) -> None:
    errors = [rule for rule in RULES.values() if rule.severity is Severity.ERROR]
    planted = {rule.id: {"level": level, "reason": WHY, "by": "", "at": ""} for rule in errors}
    assert read_grades(planted) == {}
    forced = {rule.id: Grade(level, WHY, "", "") for rule in errors}
    # Also where such a rule speaks more mildly than it is (the second service of a firm).
    said = [
        Finding(rule.id, severity, "某。") for rule in errors for severity in (Severity.ERROR, Severity.INFO)
    ]
    assert regrade(forced, said) == said
    store.set_setting(SETTING, planted | {"ENT-001": None})
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm(), phone="123")
        add(session, "visit", fake.visit(), enterprise_id=firm)
    assert "ENT-009" in ids(check(store))


def test_an_error_of_a_mild_rule_stays_an_error() -> None:
    hard, mild = (Finding("VIS-007", severity, "某。") for severity in (Severity.ERROR, Severity.WARNING))
    off = {"VIS-007": Grade(OFF, WHY, "", "")}
    assert regrade(off, [hard, mild]) == [hard]


def test_what_has_to_stay_says_why(store: Store) -> None:
    fixed = [rule for rule in RULES.values() if rule.fixed]
    assert fixed
    with store.write() as session:
        for rule in fixed:
            with pytest.raises(Refused) as refused:
                set_grade(session, rule.id, OFF, WHY, CLERK)
            assert refused.value.hint == rule.fixed == why_fixed(rule)


def test_a_month_is_weighed_as_the_office_does(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(
            session,
            "visit",
            fake.visit(),
            enterprise_id=firm,
            visit_date=date(2024, 5, 4),
            operation_text="好",
        )
    assert ids(check(store)) == ["VIS-008", "VIS-010"]
    with store.write() as session:
        set_grade(session, "VIS-010", OFF, WHY, CLERK)
        set_grade(session, "VIS-008", "warning", "区里要求走访记录写满", CLERK)
    assert [(each.id, each.severity) for each in check(store)] == [("VIS-008", Severity.WARNING)]
    with store.read() as session:
        ctx = checks.context(session, today=fake.TODAY)
        found = checks.check_record(ctx, "visit", fake.visit(enterprise_id=firm, visit_date=date(2024, 5, 4)))
        assert found == []
        assert (grades(session)["VIS-010"].word, grades(session)["VIS-010"].by) == ("停用", "张敏")
    with store.write() as session:
        set_grade(session, "VIS-010", None, "", CLERK)
        set_grade(session, "VIS-008", "info", "", CLERK)  # as shipped
        assert grades(session) == {}
        told = session.scalars(select(AuditEntry).where(AuditEntry.register == "setting")).all()
        assert [(each.before, each.after, each.note) for each in told] == [
            ({"VIS-010": "警告"}, {"VIS-010": "停用"}, WHY),
            ({"VIS-008": "提示"}, {"VIS-008": "警告"}, "区里要求走访记录写满"),
            ({"VIS-010": "停用"}, {"VIS-010": "警告"}, None),
            ({"VIS-008": "警告"}, {"VIS-008": "提示"}, None),
        ]
    assert ids(check(store)) == ["VIS-008", "VIS-010"]


def test_a_reason_is_asked_for(store: Store) -> None:
    with store.write() as session:
        for reason in ("", "  ", "不用"):
            with pytest.raises(Refused) as refused:
                set_grade(session, "VIS-010", OFF, reason, CLERK)
            assert refused.value.id == "no_reason"
        for rule, level in (("XXX-001", OFF), ("VIS-010", "error"), ("VIS-010", "nothing")):
            with pytest.raises(UsageError):
                set_grade(session, rule, level, WHY, CLERK)


def test_parameters_of_errors_can_only_be_made_stricter() -> None:
    """More would be let through only by a greater figure: the default is the most there may be."""
    for each in checks.PARAMETERS:
        if any(RULES[rule].severity is Severity.ERROR for rule in each.rules):
            assert each.limit.most == each.default, each.name


def test_what_was_changed_is_told_to_whoever_receives_the_return(store: Store) -> None:
    with store.write() as session:
        assert adjusted(session) == []
        set_grade(session, "VIS-010", OFF, WHY, CLERK)
        parameters.put(session, "visits_a_day", 6, CLERK)
        parameters.put(session, "issue_due_workdays", 10, CLERK)  # no rule goes by it
        told = [
            Adjusted("VIS-004", "本单位把“同一走访人一天走访上限”由“8”改为“6”（家）。"),
            Adjusted("VIS-010", "本单位把这条规则由“警告”改为“停用”。", f"{WHY}（张敏）"),
        ]
        assert adjusted(session) == told
    shown = {sheet.name: sheet for sheet in returns.preview(store, "2024-05", today=fake.TODAY)}["校验说明"]
    assert [(row[1], row[2], row[3], row[4]) for row in shown.rows if row[2] == "本单位设定"] == [
        (each.rule, "本单位设定", each.told, each.reason) for each in told
    ]
