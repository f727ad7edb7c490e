"""A plain ledger of each register goes in with no mapping by hand, and a second time adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from db import setup
from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from returns.ledger import import_ledger

FIRM, CODE = "江西甲软件有限公司", "91360103MA0000015L"
LEDGERS: dict[str, Sequence[Sequence[Any]]] = {
    "enterprise": (
        ("企业名称", "统一社会信用代码", "所属街道", "联系电话", "成立日期", "行业代码", "是否规上", "上年营业收入（亿元）"),
        (FIRM, CODE, "朝阳洲", "13800001111", "2015年3月4日", "6513", "×", 0.35),
    ),
    "visit": (("企业名称", "走访时间", "走访干部", "走访方式"), (FIRM, "2024.5.7", "张敏", "上门")),
    "issue": (
        ("企业名称", "登记日期", "问题类别", "问题描述", "责任单位", "办结时限"),
        (FIRM, "2024-05-06", "融资", "流动资金紧张，需贷款300万元", "区金融办", "2024-06-14"),
    ),
    "cloud": (
        ("客户名称", "社会信用代码", "产品名称", "开通日期", "合同金额（元/年）"),
        (FIRM, CODE, "云主机", "2024/1/22", 3600),
    ),
    "nurture": (
        ("企业名称", "信用代码", "拟入库专业", "本年累计营收（万元）", "截至期间"),
        (FIRM, CODE, "批发", "1,500.5", "2024年5月"),
    ),
    "indicator": (
        ("期间", "指标", "填报单位", "本月数", "本年累计数"),
        ("2024-05", "数字经济核心产业营业收入", "区发改委", 12.5, 58.4),
    ),
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "office", "360103002", person="张敏")
    yield opened
    opened.close()


def test_there_is_a_ledger_for_every_register() -> None:
    assert set(LEDGERS) == set(REGISTERS)


@pytest.mark.parametrize("register", LEDGERS)
def test_a_plain_ledger_goes_in_once(register: str, store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in LEDGERS[register]:
        book.worksheets[0].append(list(row))
    book.save(tmp_path / "台账.xlsx")
    first = import_ledger(store, tmp_path / "台账.xlsx", register)
    assert (first.outcome, first.stored, first.bad) == ("accepted", 1, 0), first.findings
    again = import_ledger(store, tmp_path / "台账.xlsx", register)
    assert (again.stored, again.updated, again.unchanged) == (0, 0, 1)
    with store.read() as session:
        table = table_of(REGISTERS[register])
        assert session.scalar(select(func.count()).select_from(table)) == 1
        assert session.execute(select(table)).mappings().one()["unparsed"] is None
