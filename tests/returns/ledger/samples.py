"""Ledgers as offices make them, small and invented: the shapes that real files have, with counts known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from db.practice.firms import credit_code

WORDS = ("云栈", "梦驰", "启衡", "象湖云", "豫章码", "绿梧", "数澜", "青穹")
TRADES = ("网络科技", "软件", "大数据服务", "供应链管理")
FORMS = ("有限公司", "有限责任公司", "股份有限公司")


def firm(number: int) -> tuple[str, str]:
    """An invented firm's name and (valid) credit code."""
    name = f"江西{WORDS[number % 8]}{TRADES[number // 8 % 4]}{FORMS[number % 3]}"
    return (name if number < 32 else f"{name[:-4]}{number}有限公司"), credit_code("360103", number + 1)


@dataclass(frozen=True)
class Visited:
    """One row of the visit ledger as it should be understood."""

    firm: int
    day: date
    mode: str
    cloud: str
    revenue_ly: str
    revenue_ytd: str
    issue: str
    org: str
    done: str


MODES = {"上门": "实地", "座谈": "座谈会", "电话": "电话", "实地": "实地"}
CLOUDS = {
    "√": "已上云",
    "×": "未上云",
    "是": "已上云",
    "已上云": "已上云",
    "拟上云": "拟上云",
    "否": "未上云",
}
STATES = {"是": "已办结", "否": "办理中", "办理中": "办理中", "": "待交办"}
PROBLEMS = ("招工难,缺短视频运营人员", "园区停车位不足", "升规材料不会填", "")
ORGS = ("区发改委", "区商务局", "", "区某某办")  # the last one is in nobody's list


def visited(count: int = 26) -> list[Visited]:
    return [
        Visited(
            firm=number,
            day=date(2024, 5, 4 + number % 25),
            mode=list(MODES)[number % 4],
            cloud=list(CLOUDS)[number % 6],
            revenue_ly=f"{1000 + number}.58",
            revenue_ytd=f"{400 + number}.21",
            issue=PROBLEMS[number % 4],
            org=ORGS[number // 2 % 4],
            done=list(STATES)[number // 3 % 4],
        )
        for number in range(count)
    ]


def spelt(day: date, number: int) -> Any:
    """A day in the five spellings of real ledgers."""
    return (
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        datetime(day.year, day.month, day.day),
    )[number % 5]


VISIT_HEADER = (
    "序号", "企业名称", "统一社会信用代码", "走访时间", "走访干部", "走访方式", "上年营收\n(万元)", "本年累计营收\n(万元)",
    "是否上云", "企业反映的问题及诉求", "责任单位", "是否办结", "备注",
)  # fmt: skip


def visit_ledger(
    path: Path, rows: list[Visited] | None = None, *, office: str = "朝阳洲街道办事处"
) -> list[Visited]:
    """A street's month: title, 填报单位 line, header in row 3, blanks around names, a 合计 line."""
    rows = visited() if rows is None else rows
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "5月走访"
    sheet.append(["朝阳洲街道“千名干部访千企”走访台账"])
    sheet.append([f"填报单位:{office}        2024年5月        单位:万元"])
    sheet.merge_cells("A1:M1")
    sheet.merge_cells("A2:M2")
    sheet.append(list(VISIT_HEADER))
    for number, row in enumerate(rows):
        name, code = firm(row.firm)
        sheet.append([
            number + 1, name + ("\u3000", " ", "")[number % 3], code, spelt(row.day, number), ("张华、李敏", "王强")[number % 2],
            row.mode, float(row.revenue_ly), float(row.revenue_ytd), row.cloud, row.issue or None, row.org or None,
            row.done or None, "领导关注" if number == 1 else None,
        ])  # fmt: skip
    sheet.append(["合计", f"共{len(rows)}家"])
    sheet.append(["填表人：张敏", None, None, "审核人：", None, "联系电话：86510023"])
    book.save(path)
    return rows


@dataclass(frozen=True)
class Sold:
    firm: int
    product: str
    kind: str
    yuan: int
    on: date


PRODUCTS = ("企业宽带", "云备份", "天翼云主机", "协同办公", "互联网专线")
KINDS = ("IaaS", "SaaS", "PaaS", "其他")
YUAN = (0, 1200, 3600, 58000, 12345)


def sold(count: int = 20) -> list[Sold]:
    return [
        Sold(
            number // 2,
            PRODUCTS[number % 5],
            KINDS[number % 4],
            YUAN[number // 2 % 5],
            date(2024, 1 + number % 5, 1 + number),
        )
        for number in range(count)
    ]


def customer_list(path: Path) -> list[Sold]:
    """An operator's customers: header in row 1, 元 per year, real dates, broadband among the clouds, a formula sheet."""
    rows = sold()
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "明细"
    sheet.append(
        [
            "客户名称",
            "社会信用代码",
            "产品名称",
            "业务类别",
            "开通日期",
            "到期日期",
            "合同金额(元/年)",
            "客户经理",
            "所属街道",
        ]
    )
    for row in rows:
        name, code = firm(row.firm)
        opened = datetime(row.on.year, row.on.month, row.on.day)
        sheet.append(
            [
                name,
                code,
                row.product,
                row.kind,
                opened,
                opened.replace(year=2026),
                row.yuan,
                "周磊",
                "朝阳洲街道",
            ]
        )
    total: Any = book.create_sheet("汇总")
    total.append(["截至2024年5月累计上云企业(家)", "=COUNTA(明细!A2:A200)"])
    book.save(path)
    return rows


@dataclass(frozen=True)
class Candidate:
    firm: int
    last_year: str
    so_far: str
    trade: str
    when: Any


def candidates() -> list[Candidate]:
    return [
        Candidate(0, "1.0707", "0.4636", "零售", "2024年6月"),
        Candidate(1, "0.4525", "0.2381", "批发", "2024.11"),
        Candidate(2, "0.3", "0.1", "服务业", "2025-01"),
        Candidate(3, "0.2625", "0.0844", "批发", "年度"),
    ]


def candidate_list(path: Path) -> list[Candidate]:
    """A bureau's candidates: a header of two rows with merged groups, 亿元, a blank line in the middle."""
    rows = candidates()
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "升规培育库"
    sheet.append(["2024年“小升规”重点企业培育库"])
    sheet.append(
        ["序号", "企业基本情况", None, None, "营业收入(亿元)", None, "拟入库专业", "预计入库时间", "包保领导"]
    )
    sheet.append([None, "名称", "信用代码", "属地", "2023年", "2024年1-5月", None, None, None])
    for area in ("A1:I1", "A2:A3", "B2:D2", "E2:F2", "G2:G3", "H2:H3", "I2:I3"):
        sheet.merge_cells(area)
    for number, row in enumerate(rows):
        name, code = firm(row.firm)
        sheet.append(
            [
                number + 1,
                name,
                code,
                "南站街道",
                float(row.last_year),
                float(row.so_far),
                row.trade,
                row.when,
                "副区长",
            ]
        )
        if number == 1:
            sheet.append([None])
    book.save(path)
    return rows


def any_ledger(path: Path, lines: list[list[Any]], sheet_name: str = "Sheet1") -> Path:
    """A workbook of one sheet with these lines."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_name
    for line in lines:
        sheet.append(line)
    book.save(path)
    return path
