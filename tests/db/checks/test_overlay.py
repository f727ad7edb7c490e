"""Rows of a file that is not applied yet, checked as if they were stored."""

from __future__ import annotations

from datetime import date

import pytest

from db.checks import check_record, with_rows
from db.checks.overlay import Overlay
from tests.db.checks import fake
from tests.db.checks.fake import FakeFacts, fake_context, key

STORED = {
    "enterprise": [fake.firm(), fake.firm(2)],
    "visit": [fake.visit(1), fake.visit(2, enterprise_id=key(2), visit_date=date(2024, 5, 7))],
    "issue": [fake.issue(1, visit_id=key(1)), fake.issue(2, enterprise_id=key(2), status="已办结")],
    "cloud": [fake.cloud(1), fake.cloud(2, product="云桌面")],
    "indicator": [fake.value(1), fake.value(2, period="2024-03")],
}
ON_TOP = {
    "enterprise": [fake.firm(2, name="南昌改名有限公司", phone="13800138000"), fake.firm(3)],
    "visit": [
        fake.visit(2, enterprise_id=key(1), operation_text="改过的内容"),
        fake.visit(3, enterprise_id=key(3)),
    ],
    "issue": [
        fake.issue(2, enterprise_id=key(2), status="办理中"),
        fake.issue(3, enterprise_id=key(3), visit_id=key(3)),
    ],
    "cloud": [fake.cloud(2, product="云备份"), fake.cloud(3, enterprise_id=key(3))],
    "indicator": [fake.value(1, scope_note="口径有变"), fake.value(3, period="2024-02")],
}
MERGED = {
    name: list({row["id"]: row for row in [*STORED[name], *ON_TOP[name]]}.values()) for name in STORED
}  # fmt: skip


def test_it_answers_as_if_everything_were_stored() -> None:
    facts, merged = Overlay(FakeFacts(STORED), ON_TOP), FakeFacts(MERGED)
    for number in (1, 2, 3, 4):
        assert facts.card(key(number)) == merged.card(key(number))
        assert list(facts.visits_of(key(number))) == list(merged.visits_of(key(number)))
        assert facts.visit_text(key(number)) == merged.visit_text(key(number))
        assert facts.issues_of_visit(key(number)) == merged.issues_of_visit(key(number))
        assert list(facts.open_issues(key(number))) == list(merged.open_issues(key(number)))
        assert list(facts.services(key(number))) == list(merged.services(key(number)))
    for row in MERGED["enterprise"]:
        assert list(facts.with_code(row["uscc"])) == list(merged.with_code(row["uscc"]))
        assert list(facts.with_name(row["name"])) == list(merged.with_name(row["name"]))
        assert list(facts.with_phone(row["phone"])) == list(merged.with_phone(row["phone"]))
    for day in (date(2024, 5, 7), date(2024, 5, 14)):
        assert sorted(facts.visits_on(fake.STREET, day)) == sorted(merged.visits_on(fake.STREET, day))
    for month in ("2024-01", "2024-02", "2024-03", "2024-04"):
        assert facts.reported(1, fake.BUREAU, month) == merged.reported(1, fake.BUREAU, month)
    assert facts.unit(fake.STREET) == merged.unit(fake.STREET)


@pytest.mark.parametrize("on_top", [False, True])
def test_a_file_may_bring_the_firm_the_visit_and_its_issue_together(on_top: bool) -> None:
    rows = {
        "enterprise": [fake.firm()],
        "visit": [fake.visit(has_issue=True)],
        "issue": [fake.issue(visit_id=key(1))],
    }
    ctx = fake_context({})
    said = [
        each.id
        for name, records in rows.items()
        for record in records
        for each in check_record(with_rows(ctx, rows) if on_top else ctx, name, record)
    ]
    assert said == ([] if on_top else ["GEN-005", "VIS-006", "GEN-005", "GEN-005"])
