"""The district joined two cards; a street that still has both names the old one. Its rows find the kept card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import merge_undo, merging, records
from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from returns import receive
from tests.returns.offices import (
    CODES,
    DISTRICT,
    FIRM,
    STREET,
    SUPERVISOR,
    TODAY,
    VISIT,
    Month,
    change,
    export,
    hash_of,
    open_office,
    read,
    save,
    small_month,
)


class Both:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.street = open_office(folder / "street", STREET)
        self.district = open_office(folder / "district", DISTRICT, "supervisor", "刘科长")
        self.month: Month = small_month(self.street)
        self.second = save(
            self.street, "enterprise", **{**FIRM, "name": "云栈网络科技（南昌）有限公司", "uscc": CODES[1]}
        )
        self.visit = save(
            self.street, "visit", enterprise_id=self.second, **{**VISIT, "visit_date": date(2024, 5, 9)}
        )

    def send(self, name: str, **more: object) -> receive.FileReport:
        export(self.street, self.folder / name, **more)  # type: ignore[arg-type]
        [report] = receive.receive(self.district, [self.folder / name], SUPERVISOR, today=TODAY)
        return report

    def merge(self) -> UUID:
        with self.district.write() as session:
            return merging.merge(
                session, self.month.firm, self.second, (), SUPERVISOR, "营业执照核对为同一家"
            )

    def firms(self) -> list[UUID]:
        table = table_of(REGISTERS["enterprise"])
        with self.district.read() as session:
            return list(session.scalars(select(table.c.id).where(table.c.deleted_at.is_(None))))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    made = Both(tmp_path)
    yield made
    made.street.close()
    made.district.close()


def firm_of(store: Store, visit: UUID) -> UUID:
    row = read(store, "visit", visit)
    assert row is not None
    return UUID(bytes=row["enterprise_id"].bytes)


def test_a_later_return_that_names_the_old_card_finds_the_kept_one(both: Both) -> None:
    both.send("a.xlsx")
    both.merge()
    card = read(both.district, "enterprise", both.month.firm)
    later = save(
        both.street, "visit", enterprise_id=both.second, **{**VISIT, "visit_date": date(2024, 5, 15)}
    )
    both.send("b.xlsx", revision=2, correction_reason="补报走访")
    assert both.firms() == [both.month.firm], "no card comes back"
    assert firm_of(both.district, later) == both.month.firm
    assert firm_of(both.district, both.visit) == both.month.firm
    assert read(both.district, "enterprise", both.month.firm) == card, (
        "nor are its facts overwritten by the old one"
    )


def test_a_changed_old_card_does_not_overwrite_the_kept_one_unasked(both: Both) -> None:
    both.send("a.xlsx")
    both.merge()
    # The kept card is not in this return: only the old one speaks.
    for register, key in (
        ("visit", both.month.visit),
        ("issue", both.month.issue),
        ("cloud", both.month.cloud),
        ("nurture", both.month.nurture),
    ):
        with both.street.write() as session:
            session.execute(
                table_of(REGISTERS[register]).delete().where(table_of(REGISTERS[register]).c.id == key)
            )
    with both.street.write() as session:
        table = table_of(REGISTERS["enterprise"])
        session.execute(table.delete().where(table.c.id == both.month.firm))
    change(both.street, "enterprise", both.second, contact="新联系人")
    export(both.street, both.folder / "b.xlsx", revision=2, correction_reason="联系人更换")
    [staged] = receive.stage(both.district, [both.folder / "b.xlsx"], SUPERVISOR, today=TODAY)
    from db.models import StagedRow

    with both.district.read() as session:
        [row] = session.scalars(
            select(StagedRow).where(StagedRow.batch_id == staged.batch, StagedRow.register == "enterprise")
        ).all()
    assert row.record_id == both.month.firm and row.action == "conflict"
    assert {change["field"] for change in row.changes or [] if change.get("disputed")} >= {"contact", "name"}


def test_after_the_undo_both_cards_are_met_again(both: Both) -> None:
    both.send("a.xlsx")
    before = hash_of(both.district)
    merged = both.merge()
    with both.district.write() as session:
        merge_undo.undo(session, merged, SUPERVISOR)
    assert hash_of(both.district) == before
    later = save(
        both.street, "visit", enterprise_id=both.second, **{**VISIT, "visit_date": date(2024, 5, 15)}
    )
    both.send("b.xlsx", revision=2, correction_reason="补报走访")
    assert firm_of(both.district, later) == both.second


def test_a_kept_card_that_was_put_aside_stands_for_nobody(both: Both) -> None:
    empty = save(
        both.district, "enterprise", **{**FIRM, "name": "空档案", "uscc": CODES[2]}, actor=SUPERVISOR
    )
    both.send("a.xlsx")
    with both.district.write() as session:
        kept = save_in(session)
        merging.merge(session, kept, empty, (), SUPERVISOR)
        records.delete(session, REGISTERS["enterprise"], kept, SUPERVISOR)
    fresh = save(both.street, "enterprise", **{**FIRM, "name": "又来的公司", "uscc": CODES[2]})
    save(both.street, "visit", enterprise_id=fresh, **{**VISIT, "visit_date": date(2024, 5, 16)})
    both.send("b.xlsx", revision=2, correction_reason="补报走访")
    assert fresh in both.firms()


def save_in(session: Session) -> UUID:
    values = {**FIRM, "name": "保留后又删除的公司", "uscc": CODES[3]}
    return records.save(session, REGISTERS["enterprise"], values, SUPERVISOR).id
