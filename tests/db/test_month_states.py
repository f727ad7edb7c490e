"""Candidates, projects and tasks stand in every month as they stood then, whatever wrote them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db import lists, month_states, records, upgrade
from db.lists import ListQuery
from db.migrations.earlier_months import read_audit
from db.models import MonthState, Project
from db.month_states import stood, told
from db.monthly import rows_of_month
from db.periods import Period
from db.registers import REGISTERS
from db.rollup import rollup
from db.store import Store
from tests.db.fixtures import STREET, add, change, firm
from tests.db.test_migrations import next_version


def project(session: Session, month: str = "2024-03", **more: Any) -> UUID:
    values = {
        "name": "直播基地",
        "stage": "签约",
        "in_stock": False,
        "invest_done": Decimal(0),
        "org_code": STREET,
    }
    return add(session, "project", **{**values, "asof_ym": month, "progress": f"{month}的进展", **more})


def seen(session: Session, month: str, register: str = "project") -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(stood(register, month))).mappings()]


def test_each_month_reads_its_own_word(store: Store) -> None:
    with store.write() as session:
        key = project(session)
        change(session, "project", key, asof_ym="2024-05", stage="入库", in_stock=True, progress="五月的进展")
        change(session, "project", key, asof_ym="2024-06", stage="开工", invest_done=Decimal("12.5"))
        change(session, "project", key, stage="在建")  # still June
    with store.read() as session:
        assert seen(session, "2024-02") == []
        for month, stage, done in (
            ("2024-03", "签约", 0), ("2024-04", "签约", 0), ("2024-05", "入库", 0), ("2024-06", "在建", Decimal("12.5")),
            ("2024-12", "在建", Decimal("12.5")),
        ):  # fmt: skip
            (row,) = seen(session, month)
            assert (row["id"], row["stage"], row["invest_done"]) == (key, stage, done), month
        (row,) = seen(session, "2024-04")
        assert (row["asof_ym"], row["progress"], row["in_stock"]) == ("2024-03", "2024-03的进展", False)
        assert [rollup(session, f"2024-0{each}").projects.in_stock for each in (2, 4, 5, 6)] == [0, 0, 1, 1]
        assert rollup(session, "2024-04").projects.lines[0].progress == "2024-03的进展"
        assert [row["stage"] for row in rows_of_month(session, STREET, "2024-05")["project"]] == ["入库"]


def test_what_is_read_back_is_what_was_written(store: Store) -> None:
    """Every kind of value: dates, decimals, lists, what could not be read, what does not apply."""
    with store.write() as session:
        key = add(
            session, "duty", year="2024", task="建成企业服务专窗", org_code=STREET, due_date=date(2024, 9, 30), asof_ym="2024-04",
            progress_pct=Decimal(40), status="正常推进", support_org_codes=["qfgw", "qswj"], target_value=Decimal("2.5"),
            target_unit="个",
        )  # fmt: skip
        before = records.get(session, REGISTERS["duty"], key)
        change(
            session, "duty", key, asof_ym="2024-05", support_org_codes=None, due_date=None, status="已完成"
        )
    assert before is not None
    own = ("rev", "updated_at", "updated_by", "origin")
    with store.read() as session:
        (row,) = seen(session, "2024-04", "duty")
        assert {name: value for name, value in row.items() if name not in own} == {
            name: value for name, value in before.items() if name not in own
        }
        (first, second) = told(session, "duty", [key])[key]
        assert first[0] == "2024-04" and first[1]["support_org_codes"] == ["qfgw", "qswj"]
        assert second[0] == "2024-05" and second[1]["status"] == "已完成"
        assert month_states.image("duty", before) == month_states.said_of(session, "duty", key, "2024-04")


def test_going_back_takes_the_months_after_with_it(store: Store) -> None:
    """A month typed wrongly and mended, and an undo, leave nothing behind."""
    with store.write() as session:
        key = project(session)
        change(session, "project", key, asof_ym="2025-04", stage="入库")
        change(session, "project", key, asof_ym="2024-04")
    with store.read() as session:
        assert [row.period for row in session.scalars(select(MonthState))] == ["2024-03"]
        assert [each["stage"] for each in seen(session, "2024-04")] == ["入库"]
    with store.write() as session:
        session.execute(update(Project).where(Project.id == key).values(asof_ym="2024-03"))
        assert session.scalars(select(MonthState)).all() == []
        change(session, "project", key, asof_ym="2024-05")
        session.query(Project).delete()
        assert session.scalars(select(MonthState)).all() == []


def test_an_older_register_reads_its_months_out_of_the_audit(store: Store) -> None:
    """0006: what a register of the version before said of earlier months stood in its audit only."""
    with store.write() as session:
        key = project(session, enterprise_id=firm(session), started_on=date(2024, 2, 1))
        change(
            session,
            "project",
            key,
            asof_ym="2024-05",
            stage="入库",
            in_stock=True,
            invest_done=Decimal("7.25"),
        )
        change(session, "project", key, asof_ym="2024-06", stage="开工", started_on=None)
        task = add(
            session, "duty", year="2024", task="专窗", org_code=STREET, asof_ym="2024-04", progress_pct=Decimal(40),
            support_org_codes=["qfgw"],
        )  # fmt: skip
        change(session, "duty", task, asof_ym="2024-05", progress_pct=Decimal(50))
        kept = {
            (row.record_id, row.period): {
                name: value for name, value in row.said.items() if value is not None and name not in ("digest", "incomplete")
            }
            for row in session.scalars(select(MonthState))
        }  # fmt: skip
        assert set(kept) == {(key, "2024-03"), (key, "2024-05"), (task, "2024-04")}
        session.execute(delete(MonthState))
        session.expire_all()
        read_audit(session.connection())
        found = {(row.record_id, row.period): row.said for row in session.scalars(select(MonthState))}
        assert set(found) == set(kept)
        for each, said in kept.items():
            assert {name: found[each].get(name) for name in said} == said
        assert [each["stage"] for each in seen(session, "2024-05")] == ["入库"]


def test_a_rebuilt_table_goes_on_keeping_its_months(store: Store, tmp_path: Path) -> None:
    """SQLite drops the triggers of a table that a migration makes anew."""
    with store.write() as session:
        key = project(session)
    body = (
        'with op.batch_alter_table("project", recreate="always") as batch:\n'
        '        batch.add_column(sa.Column("extra", sa.Text()))'
    )
    upgrade.bring_up_to_date(store.engine, store.folder, next_version(tmp_path, body))
    with store.write() as session:
        change(session, "project", key, asof_ym="2024-05", stage="入库")
    with store.read() as session:
        assert [each["stage"] for each in seen(session, "2024-03")] == ["签约"]


def test_a_list_shows_the_month_and_pages_through_it(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        keys = [project(session, name=f"项目{number:02d}", enterprise_id=enterprise) for number in range(7)]
        for key in keys[:4]:
            change(session, "project", key, asof_ym="2024-05", stage="开工", name="改了名")
    march = ListQuery("project", {"upto": "2024-03", "stage": "签约", "unit": STREET})
    with store.read() as session:
        assert lists.count(session, march) == 7
        page, names = lists.page(session, march, limit=3), []
        while True:
            names += [row["name"] for row in page.rows]
            if page.next is None:
                break
            page = lists.page(session, march, page.next, limit=3)
        assert names == [f"项目{number:02d}" for number in range(7)]
        assert lists.count(session, ListQuery("project", {"upto": "2024-05", "stage": "签约"})) == 3
        assert lists.count(session, ListQuery("project", {"upto": "2024-03"}, search="云栈")) == 7


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(("签约", "入库", "开工", "在建"))),
        min_size=1,
        max_size=12,
    )
)
def test_a_month_says_the_last_word_by_then(store: Store, words: list[tuple[int, str]]) -> None:
    """Going on from month to month and back: a month answers with the last word that was not taken back."""
    expected: dict[int, str] = {}
    with store.write() as session:
        key: UUID | None = None
        for month, stage in words:
            values = {"asof_ym": str(Period.of(2024, month)), "stage": stage}
            if key is None:
                key = project(session, values.pop("asof_ym"), **values)
            else:
                change(session, "project", key, **values)
            expected = {each: word for each, word in expected.items() if each < month} | {month: stage}
        for month in range(1, 13):
            known = [each for each in expected if each <= month]
            assert [row["stage"] for row in seen(session, str(Period.of(2024, month)))] == (
                [expected[max(known)]] if known else []
            )
        session.query(Project).delete()


@pytest.mark.parametrize("register", month_states.KEPT)
def test_the_register_tells_of_months(register: str) -> None:
    """What is kept hangs on the field that places the row."""
    assert REGISTERS[register].placed_by == month_states.PLACED
