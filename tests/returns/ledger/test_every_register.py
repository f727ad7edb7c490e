"""A plain ledger of each register goes in with no mapping by hand, and a second time adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
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
from tests.db.fixtures import add

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
    "project": (
        ("项目名称", "项目类别", "建设单位", "总投资（亿元）", "累计投资", "阶段", "填报月份", "项目进展"),
        ("城西直播基地", "招引项目", "某未注册公司", 1.2, 300, "在建", "2024年5月", "主体完工"),
    ),
    "park": (
        ("园区名称", "期间", "可用面积", "已用面积", "入驻企业数", "营业收入（亿元）", "税收（万元）"),
        ("颐高数字文化创意产业园", "2024.5", 8000, 6000, 21, 0.5, 90),
    ),
    "duty": (
        ("清单年度", "任务名称", "责任单位", "时限", "进度", "填报月份"),
        ("2024年", "企业上云达到1700家", "区发改委", "2024-12-31", 40, "2024-05"),
    ),
    "liaison": (
        ("企业名称", "领导", "职务", "挂点单位", "起始日期"), (FIRM, "王建国", "副区长", "区发改委", "2024-01-01"),
    ),
    "matter": (("议题名称", "提出单位", "提出日期", "事项内容"), ("用电增容", "朝阳洲街道", "2024-05-08", "费用分担")),
    "firm_plan": (
        ("企业名称", "制定日期", "现状", "目标", "措施", "时限"), (FIRM, "2024-05-08", "平稳", "升规", "对接授信", "2024-12-31"),
    ),
    "lead": (("招引企业", "登记日期", "产业领域", "进展阶段"), ("某平台总部", "2024-05-08", "流量经济", "洽谈")),
    "release": (("批次名称", "清单类型", "发布日期"), ("2024 年第一批", "机会清单", "2024-05-08")),
    "opportunity": (("场景名称", "需求方", "登记日期", "预算（元）"), ("智慧楼宇", "区城管局", "2024-05-08", 500000)),
    "product": (("企业名称", "产品", "适用场景", "登记日期"), (FIRM, "能耗平台", "智慧楼宇", "2024-05-08")),
    "match": (("机会", "产品", "对接日期", "对接结果"), ("智慧楼宇", "能耗平台", "2024-05-08", "达成意向")),
    "service": (("服务内容", "类型", "日期", "惠及企业"), ("招聘会一场", "招聘会", "2024-05-08", 20)),
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
    if register == "match":
        _something_to_match(store)
    first = import_ledger(store, tmp_path / "台账.xlsx", register)
    assert (first.outcome, first.stored, first.bad) == ("accepted", 1, 0), first.findings
    again = import_ledger(store, tmp_path / "台账.xlsx", register)
    assert (again.stored, again.updated, again.unchanged) == (0, 0, 1)
    with store.read() as session:
        table = table_of(REGISTERS[register])
        assert session.scalar(select(func.count()).select_from(table)) == 1
        assert session.execute(select(table)).mappings().one()["unparsed"] is None


def _something_to_match(store: Store) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", name=FIRM, uscc=CODE)
        add(session, "opportunity", scene="智慧楼宇", registered_on=date(2024, 5, 1))
        add(session, "product", enterprise_id=firm, name="能耗平台", registered_on=date(2024, 5, 1))
