"""The short way reads what the long way reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from db import records
from db.quick_rows import counts_of, rows_of
from db.registers import REGISTERS
from db.store import Store
from tests.db.fixtures import CLERK, add, cloud, firm


def test_rows_are_what_the_registers_say(store: Store) -> None:
    with store.write() as session:
        key = firm(
            session, revenue_ytd=Decimal("860.5"), field_tag=["软件信息"], established_on=date(2019, 3, 1)
        )
        for register in REGISTERS.values():
            if register.has_enterprise:
                add(session, register.key, enterprise_id=key)
        cloud(session, key)
        gone = add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 8))
        records.delete(session, REGISTERS["visit"], gone, CLERK)
    with store.read() as session:
        for register in REGISTERS.values():
            if not register.has_enterprise:
                continue
            table = records.table_of(register)
            wanted = session.execute(
                select(table)
                .where(table.c.enterprise_id == key, table.c.deleted_at.is_(None))
                .order_by(table.c.id.desc())
            ).mappings()
            assert rows_of(session, register.key, key) == [dict(row) for row in wanted], register.key
        assert rows_of(session, "enterprise", key, by="id") == [
            records.get(session, REGISTERS["enterprise"], key)
        ]
        found = rows_of(
            session, "cloud", key, ("product", "evidence"), where="verify_status = ?", values=("已核实",)
        )  # fmt: skip
        assert [(row["product"], row["evidence"]) for row in found] == [("云主机", ["合同"])]
        assert counts_of(session, key, ("visit", "cloud", "lead")) == {"visit": 1, "cloud": 2, "lead": 1}
        assert len(rows_of(session, "visit", key, live=False)) == 2
