"""Writing a return of 2,000 rows, against openpyxl writing the same cells with no layout at all."""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from db import records, setup
from db.registers import REGISTERS
from db.store import Actor
from returns import compose
from returns.write import write_return
from tests.benchmarks.big import names
from tests.benchmarks.figure import Figure, alternating
from tests.benchmarks.saving import STREET, VISIT

MONTH = "2024-05"


def figures(quick: bool) -> list[Figure]:
    # 2,000 rows in all: the firms, their visits, problems, services and candidates.
    firms = 40 if quick else 400
    with tempfile.TemporaryDirectory() as scratch:
        store = setup.initialise(Path(scratch) / "register", STREET, person="张敏")
        with store.write() as session:
            _fill(session, Actor(STREET, "张敏"), firms)
        ours, bare = Path(scratch) / "ours.xlsx", Path(scratch) / "bare.xlsx"
        with store.read() as session:  # names are looked up while writing
            content = compose.gather(
                session, STREET, MONTH, kind="return", revision=1, cover={}, person="张敏"
            )
            write_return(content, ours)
            cells = _cells(ours)

            def plainly() -> None:
                book = Workbook()
                for title, rows in cells.items():
                    sheet = book.create_sheet(title)
                    for row in rows:
                        sheet.append(row)
                book.save(bare)

            rows = sum(len(each) for each in content.rows.values())
            alternating(lambda: write_return(content, ours), plainly, 1)
            measured, floor = alternating(lambda: write_return(content, ours), plainly, 3 if quick else 7)
        store.close()
    return [Figure(f"导出 {rows:,} 行的回报", measured, "openpyxl 裸写同样的单元格", floor, 1.3)]


def _fill(session: Session, actor: Actor, firms: int) -> None:
    dice = random.Random(3)

    def add(register: str, **values: Any) -> Any:
        return records.save(session, REGISTERS[register], values, actor).id

    for number, name in enumerate(names(firms)):
        firm = add(
            "enterprise", name=f"{name}{number}", uscc=f"91360103MA{number:08d}", street_code=STREET, legal_rep="王磊", contact="李伟",
            phone="0791-86510023", reg_address=f"西湖区朝阳洲中路{number}号", industry_code="I6550", main_business="软件开发与信息服务",
            established_on=date(2019, 3, 1), de_core=True, is_above_scale=False, revenue_ly=Decimal(number),
        )  # fmt: skip
        day = date(2024, 5, 1) + timedelta(days=dice.randrange(31))
        visit = add("visit", **VISIT, enterprise_id=firm, visit_date=day, revenue_ytd=Decimal(number))
        add(
            "issue", enterprise_id=firm, visit_id=visit, registered_on=day, category="融资", level="街道自办", org_code="qfgw",
            description="流动资金紧张，希望对接银行贷款两百万元，期限一年。", owner="刘洋", owner_phone="13800000000",
        )  # fmt: skip
        add(
            "cloud", enterprise_id=firm, provider_org="xhyd", provider_brand="移动云", cloud_type=["业务应用上云"], product="云主机、OA",
            cloud_on=day, depth="浅层（单一通用应用）", evidence=["合同", "发票"], verify_status="已核实", amount=Decimal("1.2"),
        )  # fmt: skip
        add(
            "nurture", enterprise_id=firm, specialty="服务业2000万档", declare_type="年度入库", revenue_ytd=Decimal(900 + number),
            asof_ym=MONTH, accounting="自有会计", org_code=STREET, owner="张敏", willingness="愿意",
        )  # fmt: skip


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    book = load_workbook(path)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }
