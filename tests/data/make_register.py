"""Writes the register that a release leaves to the upgrade tests: `python -m tests.data.make_register`, once per version."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from db import backup, setup, upgrade
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


if __name__ == "__main__":
    main()
