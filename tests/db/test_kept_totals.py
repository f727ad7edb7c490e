"""Parts of a roll-up are kept only as long as they are right: what they read is watched, and every write is seen."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import kept_totals, records, setup, sources
from db.behind import driver_of
from db.indicator_lines import indicator_lines
from db.kept_totals import PARTS, WATCHED, Kept
from db.models import Base
from db.periods import Period
from db.registers import REGISTERS
from db.rollup import rollup
from db.store import Actor, Store

MAY = Period("2024-05")
STREET = Actor("360103002", "测试")
TABLES = {table.name for table in Base.metadata.sorted_tables}
# Read beside the parts, and no reason to make one anew: an audit entry comes with the row it tells of; names and targets
# of indicators follow the plan.
BESIDE = {
    "audit",
    "indicator",
    "indicator_target",
    "indicator_unit",
    "programme",
    "register_state",
    "visit_tally",
    "visit_change",
}


def test_every_table_a_part_reads_is_watched(practice_may: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {name: set() for name in PARTS}
    running: list[str] = []
    plain = Kept.part

    def noting(self: Kept, name: str, period: str, make: Any) -> Any:
        running.append(name)
        try:
            return plain(self, name, period, make)
        finally:
            running.pop()

    def statement(sql: str) -> None:
        if running:
            read[running[-1]] |= set(re.findall(r"\b[a-z_]+\b", sql)) & TABLES

    monkeypatch.setattr(Kept, "part", noting)
    kept_totals.forget(practice_may.engine)
    with practice_may.read() as session:
        driver = driver_of(session)
        driver.set_trace_callback(statement)  # what SQLite is asked, whoever asks
        try:
            rollup(session, MAY)
        finally:
            driver.set_trace_callback(None)
    for name, tables in read.items():
        assert tables, f"{name} was not read at all"
        assert tables - BESIDE <= set(PARTS[name]), name


def test_every_watched_table_has_its_triggers(practice_may: Store) -> None:
    with practice_may.read() as session:
        triggers = {
            row[0] for row in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        }
        counters = {row[0] for row in session.execute(text("SELECT name FROM register_state"))}
    assert counters == set(WATCHED) <= TABLES
    assert {
        f"counted_{table}_{what}" for table in WATCHED for what in ("insert", "update", "delete")
    } <= triggers
    assert {"visit_came", "visit_went", "visit_left", "visit_became"} <= triggers


def test_a_kept_part_is_the_same_object_until_something_is_written(practice_may: Store) -> None:
    with practice_may.read() as session:
        one, two = rollup(session, MAY), rollup(session, MAY)
    assert one.issues is two.issues and one.indicators is two.indicators and one == two
    with practice_may.write() as session:
        session.execute(
            text(
                "UPDATE issue SET status = '已办结' WHERE id = (SELECT min(id) FROM issue WHERE status = '办理中')"
            )
        )
        inside = rollup(session, MAY)
        assert inside.issues.by_status["已办结"] == one.issues.by_status["已办结"] + 1
        assert inside.nurtures is one.nurtures
        session.rollback()
    with practice_may.read() as session:
        again = rollup(session, MAY)
    assert again.issues == one.issues, "what was taken back is not kept"


def test_each_write_is_seen_by_the_next_roll_up(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")

    def now() -> Any:
        with store.read() as session:
            return rollup(session, MAY)

    def save(register: str, **values: Any) -> Any:
        with store.write() as session:
            return records.save(session, REGISTERS[register], values, STREET).id

    assert now().issues.open == now().clouds.rows == now().projects.in_stock == 0
    firm = save("enterprise", name="南昌某网络科技有限公司", street_code="360103002")
    issue = save(
        "issue",
        enterprise_id=firm,
        registered_on=date(2024, 5, 6),
        category="融资",
        status="办理中",
        due_date=date(2024, 5, 7),
    )
    assert (now().issues.open, now().issues.overdue_list[0].enterprise) == (1, "南昌某网络科技有限公司")
    with store.write() as session:
        records.save(session, REGISTERS["enterprise"], {"name": "南昌新名科技有限公司"}, STREET, id=firm)
    assert now().issues.overdue_list[0].enterprise == "南昌新名科技有限公司", (
        "names are part of what is shown"
    )
    with store.write() as session:
        records.delete(session, REGISTERS["issue"], issue, STREET)
    assert now().issues.open == 0
    save("cloud", enterprise_id=firm, product="云主机", cloud_on=date(2024, 5, 6), provider_org="xhyd")
    save("project", name="某项目", stage="在建", in_stock=True, asof_ym="2024-05", org_code="qfgw")
    save("nurture", enterprise_id=firm, nurture_type="升规入统", stage="摸底", asof_ym="2024-05")
    save("indicator", period="2024-05", indicator_no=1, org_code="qfgw", value=Decimal("51.2"))
    month = now()
    assert (month.clouds.rows, month.projects.in_stock, month.nurtures.by_stage) == (1, 1, {"摸底": 1})
    assert month.indicators[0].value == Decimal("51.2")
    with store.write() as session:
        session.execute(text("UPDATE org_unit SET name = '新名单位' WHERE code = '360103002'"))
    assert now().issues == month.issues
    assert [unit.name for unit in now().coverage.units if unit.code == "360103002"] == ["新名单位"]
    store.close()


def test_sources_of_indicators_read_the_month_once_and_see_every_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    worked: list[Period] = []

    def counting(session: Session, month: Period) -> Any:
        worked.append(month)
        return indicator_lines(session, month)

    monkeypatch.setattr(sources, "indicator_lines", counting)

    def report(session: Session, value: str) -> None:
        values = {"period": str(MAY), "indicator_no": 1, "org_code": "qfgw", "value": Decimal(value)}
        records.save(session, REGISTERS["indicator"], values, Actor("qfgw", "测试"))

    def counts(session: Session) -> list[int]:
        return [sources.source_of(session, str(MAY), f"indicator.{no}").count for no in (1, 2, 3)]

    with store.read() as session:
        assert counts(session) == [0, 0, 0] and len(worked) == 1
    with store.write() as session:
        report(session, "51.2")
        assert counts(session) == [1, 0, 0], "what this transaction wrote is seen"
    with store.read() as session:
        worked.clear()
        assert counts(session) == [1, 0, 0] and len(worked) == 1
    store.close()
