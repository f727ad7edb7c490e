"""Writes the register that a release leaves to the upgrade tests: `python -m tests.data.make_register`, once per version."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import backup, setup, upgrade
from db.models import Park
from tests.db.fixtures import STREET, add, cloud, firm

HERE = Path(__file__).parent


def kept(version: int) -> Path:
    return HERE / f"register_v{version}.db.gz"


def main() -> None:
    target = kept(upgrade.newest())
    with tempfile.TemporaryDirectory() as scratch:
        store = setup.initialise(Path(scratch) / "register", STREET, person="张敏")
        with store.write() as session:
            enterprise = firm(
                session, phone="0791-86510023", reg_capital=Decimal("1000.5"), field_tag=["流量经济"]
            )
            visit = add(
                session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8), visit_mode="实地",
                visitors="张敏（经发办）", revenue_ytd=Decimal("120.5"), has_issue=True,
            )  # fmt: skip
            add(
                session, "issue", enterprise_id=enterprise, visit_id=visit, registered_on=date(2024, 5, 8),
                category="融资", description="希望对接贷款", org_code="qfgw",
            )  # fmt: skip
            cloud(session, enterprise)
            add(
                session,
                "nurture",
                enterprise_id=enterprise,
                specialty="零售",
                revenue_ytd=Decimal(200),
                asof_ym="2024-05",
            )
            add(
                session,
                "indicator",
                period="2024-05",
                indicator_no=1,
                org_code="qfgw",
                value=Decimal("56.1234"),
            )
            _later_registers(session, enterprise)
        made = backup.make(store.engine, store.folder, out=Path(scratch) / "register.db")
        store.close()
        # The time in the header would make every run another file.
        with (
            made.path.open("rb") as plain,
            target.open("wb") as raw,
            gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed,
        ):
            shutil.copyfileobj(plain, packed)
    print(target)


def _later_registers(session: Session, enterprise: UUID) -> None:
    """One row of each register that came with the second version."""
    day = date(2024, 5, 8)
    add(
        session,
        "project",
        name="智慧平台",
        enterprise_id=enterprise,
        asof_ym="2024-05",
        invest_total=Decimal("860.5"),
    )
    add(session, "park", park_code=session.scalars(select(Park.code)).first(), period="2024-05", firms=12)
    add(
        session,
        "duty",
        year="2024",
        task="企业上云",
        asof_ym="2024-05",
        target_value=Decimal(1700),
        target_unit="家",
    )
    add(session, "liaison", enterprise_id=enterprise, leader="王建国", from_on=day)
    add(session, "matter", topic="用电增容", raised_on=day)
    add(session, "firm_plan", enterprise_id=enterprise, made_on=day, goal="升规")
    add(session, "lead", firm_name="某平台总部", found_on=day)
    batch = add(session, "release", name="第一批机会清单", list_kind="机会清单", released_on=day)
    wanted = add(session, "opportunity", scene="智慧楼宇", registered_on=day, release_id=batch)
    offered = add(session, "product", enterprise_id=enterprise, name="能耗平台", registered_on=day)
    add(session, "match", opportunity_id=wanted, product_id=offered, matched_on=day)
    add(session, "service", kind="政策宣讲", served_on=day, subject="宣讲会", firms=20)


if __name__ == "__main__":
    main()
