"""Checking a stored month: the facts behind it, the cover, and that more rows need no more queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db import checks, plan_store, records
from db.checks.facts import SqlFacts
from db.errors import UsageError
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import ReturnFile
from db.monthly import rows_of_month
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now
from tests.db.checks import fake
from tests.db.checks.fake import CARRIER, CODES, STREET, TODAY, FakeFacts

CLERK = Actor(STREET, "张敏")


def add(session: Session, register: str, record: dict[str, Any], unit: str = STREET, **changes: Any) -> UUID:
    values = {**record, **changes}
    return records.save(session, REGISTERS[register], values, Actor(unit, "张敏")).id


def ids(found: list[Finding]) -> list[str]:
    return sorted(each.id for each in found)


def check(store: Store, period: str = "2024-05", unit: str = STREET, today: date = TODAY) -> list[Finding]:
    with store.read() as session:
        return checks.check_month(session, unit, period, today=today)


def test_a_sound_month_has_nothing_to_say(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), enterprise_id=firm)
        add(session, "issue", fake.issue(), enterprise_id=firm)
        add(session, "nurture", fake.nurture(), enterprise_id=firm)
    assert check(store) == []


def test_a_month_finds_what_is_wrong_in_every_register(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm(), phone="123")
        add(session, "visit", fake.visit(), enterprise_id=firm)
        again = add(session, "visit", fake.visit(), enterprise_id=firm)
        late = add(session, "issue", fake.issue(), enterprise_id=firm, due_date=date(2024, 5, 15))
        add(session, "cloud", fake.cloud(), enterprise_id=firm, evidence=None)
        add(session, "nurture", fake.nurture(), enterprise_id=firm, specialty="建筑业")
        add(
            session,
            "indicator",
            fake.stock(),
            period="2024-05",
            org_code=STREET,
            value=Decimal("175.5"),
            ly_value=None,
        )
    found = check(store)
    assert ids(found) == sorted(
        ["ENT-009", "VIS-003", "VIS-009", "ISS-006", "CLD-003", "UPS-002", "IND-012", "IND-013"]
    )  # fmt: skip
    by_id = {each.id: each for each in found}
    assert by_id["VIS-003"].record_id == again and by_id["ISS-006"].record_id == late
    assert [each.register for each in found] == sorted(
        (each.register for each in found), key=list(REGISTERS).index
    )


def test_a_past_month_is_judged_by_its_last_day(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), enterprise_id=firm)
        add(session, "issue", fake.issue(), enterprise_id=firm, due_date=date(2024, 6, 4))
    years_later = date(2026, 1, 5)
    assert check(store, today=years_later) == []
    assert ids(check(store, "2024-06", today=years_later)) == ["ISS-006", "RET-010"]


def test_nothing_new_asks_for_a_zero_report(store: Store) -> None:
    assert ids(check(store)) == ["RET-010"]
    with store.write() as session:
        session.add(cover(zero_report=True))
    assert check(store) == []
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), enterprise_id=firm)
    assert [each.message for each in check(store)] == ["封面选择了零报送，但本期有 1 条记录，请取消零报送。"]


def cover(**changes: Any) -> ReturnFile:
    values = {
        "id": new_key(), "unit_code": STREET, "period": "2024-05", "revision": 1, "state": "draft",
        "form_no": "西数经调01表", "issuer": "区数字经济办公室", "head_sign": "周涛", "reviewer": "陈静",
        "filler": "张敏", "phone": "0791-86510023", "created_at": now(), "created_by": "张敏",
    }  # fmt: skip
    return ReturnFile(**{**values, **changes})


def test_only_a_cover_that_is_being_filled_is_checked(store: Store) -> None:
    with store.write() as session:
        session.add(cover(zero_report=True, filler=None, head_sign=""))
        session.add(cover(period="2024-04", state="sent", zero_report=True, filler=None))
    assert [(each.id, each.field) for each in check(store)] == [
        ("RET-001", "head_sign"),
        ("RET-001", "filler"),
    ]
    assert check(store, "2024-04") == []


def test_the_offices_own_limits_are_used(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), enterprise_id=firm, visit_date=date(2024, 5, 14))
    assert check(store) == []
    store.set_setting("parameters", {"short_text": 100, "cloud_drop_expired": True})
    store.set_setting("holidays", [{"day": "2024-05-14", "workday": False, "name": "区庆"}])
    assert ids(check(store)) == ["VIS-008", "VIS-010"]
    store.set_setting("parameters", {"short_text": "很多"})
    with pytest.raises(UsageError, match="生产经营情况最少字数"):
        check(store)


def test_a_second_service_only_informs_and_never_blocks(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "cloud", fake.cloud(), CARRIER, enterprise_id=firm, cloud_on=date(2024, 4, 8))
        add(
            session,
            "cloud",
            fake.cloud(),
            "xhdx",
            enterprise_id=firm,
            provider_org="xhdx",
            provider_brand="天翼云",
        )
    found = check(store, unit="xhdx")
    assert [(each.id, each.severity) for each in found] == [("CLD-001", Severity.INFO)]
    assert "西湖移动" in found[0].message or "中国移动" in found[0].message
    assert "2024-04-08" in found[0].message


def test_a_candidates_history_is_read_from_the_audit(store: Store) -> None:
    register = REGISTERS["nurture"]
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        key = add(session, "nurture", fake.nurture(), enterprise_id=firm)
        records.save(session, register, {"revenue_ytd": Decimal(290), "asof_ym": "2024-05"}, CLERK, id=key)
    found = [each for each in check(store) if each.id == "UPS-010"]
    assert [each.message for each in found] == [
        "截至 2024 年 5 月累计 290 万元，小于 2024 年 4 月的 300 万元，请核对；确为更正的，请在“原因说明”中写明。"
    ]
    with store.write() as session:
        records.save(session, register, {"revenue_ytd": Decimal(310)}, CLERK, id=key)
    assert "UPS-010" not in ids(check(store))


def test_a_projects_months_are_read_from_the_audit(store: Store) -> None:
    register = REGISTERS["project"]
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        values = fake.project() | {"asof_ym": "2024-02", "invest_done": Decimal(4000)}
        key = add(session, "project", values, enterprise_id=firm)
        records.save(session, register, {"asof_ym": "2024-04", "owner_name": "云栈"}, CLERK, id=key)
        records.save(session, register, {"asof_ym": "2024-05"}, CLERK, id=key)
        found = SqlFacts(session, Directory(session), ()).project_months(key)
        assert [(each.asof, each.invest_done) for each in found] == [
            ("2024-02", 4000),
            ("2024-04", 4000),
            ("2024-05", 4000),
        ]
    assert [each.message for each in check(store)] == [
        "项目自 2024 年 2 月起连续 3 个月投资和进展没有变化，请更新或说明。"
    ]
    with store.write() as session:
        records.save(
            session, register, {"invest_done": Decimal(3900), "progress": "机电安装过半。"}, CLERK, id=key
        )
    assert ids(check(store)) == ["PRJ-004"]


def test_the_rate_of_a_park_is_worked_out_unless_somebody_counted_it(store: Store) -> None:
    register = REGISTERS["park"]

    def rate(**changes: Any) -> Decimal | None:
        with store.write() as session:
            records.save(session, register, changes, CLERK, id=key)
            found = records.get(session, register, key)
            assert found is not None
            return found["occupancy"]

    with store.write() as session:
        key = add(session, "park", fake.park(), occupancy=None)
    assert rate(area_used=Decimal(8000)) == 50
    assert check(store) == []
    assert rate(occupancy=Decimal(80)) == 80 == rate(area_used=Decimal(8010))
    assert [(each.id, each.field) for each in check(store)] == [("PRK-002", "occupancy")]
    assert rate(occupancy=None) == Decimal("50.1")
    assert check(store) == []


def test_a_record_that_others_refer_to_and_is_gone_is_named(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        scene = add(session, "opportunity", fake.opportunity())
        product = add(session, "product", fake.product(), enterprise_id=firm)
        add(session, "match", fake.match(), opportunity_id=scene, product_id=product)
    assert check(store) == []
    with store.write() as session:
        table = records.table_of(REGISTERS["opportunity"])
        session.execute(table.update().where(table.c.id == scene).values(deleted_at=now()))
    assert [(each.id, each.field) for each in check(store)] == [("GEN-005", "opportunity_id")]


def test_facts_from_the_database_are_the_facts(store: Store) -> None:
    """SqlFacts and the fake of the examples answer every question about the same rows alike."""
    with store.write() as session:
        firms = [
            add(session, "enterprise", fake.firm(), uscc=CODES[number], phone=phone, name=name)
            for number, (name, phone) in enumerate(
                [
                    ("江西云栈科技有限公司", "13800138000"),
                    ("江西云栈 科技有限公司", "13800138000"),
                    ("南昌甲公司", "1"),
                ]
            )
        ]
        gone = add(session, "enterprise", fake.firm(), uscc=CODES[3], phone="13800138000")
        visits = [
            add(
                session,
                "visit",
                fake.visit(),
                enterprise_id=firm,
                visit_date=day,
                operation_text=f"走访 {day}",
            )
            for firm in firms[:2]
            for day in (date(2024, 5, 14), date(2024, 5, 7), date(2024, 5, 14))
        ]
        for status in ("待交办", "办理中", "已销号"):
            add(session, "issue", fake.issue(), enterprise_id=firms[0], status=status, visit_id=visits[0])
        for day in (date(2024, 4, 8), date(2024, 5, 8)):
            add(session, "cloud", fake.cloud(), CARRIER, enterprise_id=firms[0], cloud_on=day)
        add(session, "cloud", fake.cloud(), CARRIER, enterprise_id=firms[1])
        add(session, "indicator", fake.value(), fake.BUREAU)
        records.delete(session, REGISTERS["enterprise"], gone, CLERK)
    with store.read() as session:
        rows = {key: everything(session, key) for key in REGISTERS}
        asked = FakeFacts(rows)
        for prefetched in (False, True):
            facts = SqlFacts(session, Directory(session), plan_store.current(session).name_places)
            if prefetched:
                facts.prefetch(rows)
            for firm in [*firms, gone]:
                assert facts.card(firm) == asked.card(firm)
                assert list(facts.visits_of(firm)) == list(asked.visits_of(firm))
                assert list(facts.open_issues(firm)) == list(asked.open_issues(firm))
                assert list(facts.services(firm)) == list(asked.services(firm))
            for visit in visits:
                assert facts.visit_text(visit) == asked.visit_text(visit)
                assert facts.issues_of_visit(visit) == asked.issues_of_visit(visit)
            for day in (date(2024, 5, 14), date(2024, 5, 7), date(2024, 5, 8)):
                assert sorted(facts.visits_on(STREET, day)) == sorted(asked.visits_on(STREET, day))
            for name in ("江西云栈科技有限公司", "南昌甲公司", "没有这家"):
                assert sorted(facts.with_name(name)) == sorted(asked.with_name(name))
            for code in CODES:
                assert list(facts.with_code(code)) == list(asked.with_code(code))
            for phone in ("13800138000", "1", "2"):
                assert sorted(facts.with_phone(phone)) == sorted(asked.with_phone(phone))
            for place in (
                (1, fake.BUREAU, "2024-04"),
                (1, fake.BUREAU, "2024-03"),
                (2, fake.BUREAU, "2024-04"),
            ):
                assert facts.reported(*place) == asked.reported(*place)
            for unit in (CARRIER, STREET):
                assert facts.clouds_by_month(unit) == asked.clouds_by_month(unit)
            assert facts.clouds_by_month(CARRIER) == {"2024-04": 1, "2024-05": 1}
            assert facts.ledger("core", "2024-05") == asked.ledger("core", "2024-05") == 3
            assert facts.ledger("project", "2024-05") is None
            for code in (STREET, "360103005", "nobody"):
                assert facts.unit(code) == asked.unit(code)
            for source, key in (
                ("visit", visits[0]),
                ("visit", gone),
                ("issue", visits[0]),
                ("product", gone),
            ):
                assert facts.alive(source, key) == asked.alive(source, key)


def everything(session: Session, register: str) -> list[dict[str, Any]]:
    table = records.table_of(REGISTERS[register])
    rows = session.execute(table.select().where(table.c.deleted_at.is_(None))).mappings()
    return [dict(row) for row in rows]


@contextmanager
def counting(store: Store) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield said
    event.remove(store.engine, "before_cursor_execute", note)


def test_more_rows_ask_no_more_queries(store: Store) -> None:
    def fill(first: int, count: int) -> int:
        with store.write() as session:
            for number in range(first, first + count):
                firm = add(
                    session, "enterprise", fake.firm(), uscc=None, no_uscc_reason="筹建", name=f"企业{number}"
                )
                visit = add(session, "visit", fake.visit(), enterprise_id=firm, has_issue=True)
                add(session, "issue", fake.issue(), enterprise_id=firm, visit_id=visit)
                add(session, "cloud", fake.cloud(), enterprise_id=firm)
                add(session, "nurture", fake.nurture(), enterprise_id=firm)
                add(session, "project", fake.project(), enterprise_id=firm, name=f"项目{number}")
                add(session, "duty", fake.duty(), task=f"任务{number}")
                scene = add(session, "opportunity", fake.opportunity(), enterprise_id=firm)
                product = add(session, "product", fake.product(), enterprise_id=firm)
                add(session, "match", fake.match(), opportunity_id=scene, product_id=product)
        with counting(store) as said:
            assert check(store)
        return len(said)

    assert fill(0, 3) == fill(3, 30)


def test_rows_of_another_unit_are_not_checked(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), "360103001", enterprise_id=firm, visitors=None)
    assert ids(check(store, unit="360103001")) == ["VIS-005"]
    with store.read() as session:
        assert rows_of_month(session, STREET, "2024-05")["visit"] == []


def test_a_record_is_checked_before_it_is_stored(store: Store) -> None:
    with store.read() as session:
        ctx = checks.context(session, today=TODAY)
        found = checks.check_record(ctx, "visit", {"visit_date": date(2024, 5, 14)})
        assert {each.field for each in found if each.severity is Severity.ERROR} >= {
            "enterprise_id",
            "visitors",
            "filler",
        }
        assert all(each.record_id is None and each.register == "visit" for each in found)
        assert ctx.unit_code == STREET
        with pytest.raises(UsageError):
            checks.context(session, period="五月")
