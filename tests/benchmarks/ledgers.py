"""Large ledgers as an office keeps them, written as Excel writes a workbook. Measuring is in importing.py."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from db.codes import check_digit

VISITS = (
    "序号", "企业名称", "统一社会信用代码", "走访日期", "走访方式", "走访类型", "走访人员", "企业参加人", "生产经营情况", "经营评价",
    "本年累计营收（万元）", "数字化改造阶段", "已用信息系统", "是否上云", "改造需求", "是否有升规潜力", "企业反映的问题及诉求", "责任单位",
    "企业确认", "填报人",
)  # fmt: skip
FIRMS = (
    "企业名称", "统一社会信用代码", "所属街道", "注册地址", "法定代表人", "联系人", "联系电话", "成立日期", "注册资本（万元）", "行业代码",
    "主要业务活动", "是否数字经济核心产业", "产业领域", "是否规上", "上年营业收入（万元）", "本年累计营业收入（万元）", "营业收入截至期间",
    "上年纳税额（万元）", "从业人员", "企业状态",
)  # fmt: skip
SAYINGS = (
    "订单饱满，产能利用率八成，较上月略有增长",
    "受行业淡季影响订单下滑，正在拓展线上渠道",
    "新签省外客户两家，用工稳定，计划扩建仓储",
    "原材料价格上涨，毛利收窄，资金周转偏紧",
)
TROUBLES = ("招工难，缺短视频运营人员", "园区停车位不足", "流动资金紧张，希望对接银行", "厂房到期要搬")
WORDS = "云海星河天宇金华瑞丰恒信鑫达博远宏图嘉禾东方明德永昌盛世长青安泰优品智联数创微光格物启航普惠"
TRADES = ("网络科技", "信息技术", "数据服务", "电子商务", "软件开发", "文化传媒", "商贸", "餐饮管理")
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


def firm(number: int) -> tuple[str, str]:
    """An invented firm's name and its (valid) credit code."""
    words = "".join(WORDS[number // step % len(WORDS)] for step in (8, 320, 12_800))
    code = f"91360103MA{number:07d}"
    return f"江西{words}{TRADES[number % 8]}有限公司", code + check_digit(code)


def visits(count: int, firms: int) -> Iterator[list[Any]]:
    """A year of a street's visits; one in ten brings up a problem."""
    for number in range(count):
        name, code = firm(number * 7919 % firms)
        trouble = number % 10 == 0
        yield [
            number + 1, name, code, date(2024, 1, 2) + timedelta(days=number * 31 % 330), ("上门", "电话", "座谈", "实地")[number % 4],
            "千名干部访千企", f"{_person(number % 90)}（经发办）、{_person(number % 7)}（社区）", f"{_person(number * 7919 % firms)} 总经理",
            f"{SAYINGS[number % 4]}（第 {number + 1} 次走访）。", ("平稳", "向好", "下滑")[number % 3], round(number % 90_000 / 10 + 1, 2),
            ("部分环节", "全流程", "起步（办公软件、财务软件）")[number % 3], ("OA、财务软件", "ERP", "进销存、收银系统", "财务软件")[number % 4 if number % 4 != 2 else 0],
            ("是", "否", "拟上云")[number % 3], ("上云", "资金", "人才、培训", None)[number % 4], ("有", "无")[number % 2],
            TROUBLES[number // 10 % 4] if trouble else None, ("区发改委", "区商务局")[number // 10 % 2] if trouble else None,
            "已签字", _person(number % 5),
        ]  # fmt: skip


def firms(count: int) -> Iterator[list[Any]]:
    """A directory of firms, each once."""
    for number in range(count):
        name, code = firm(number)
        yield [
            name, code, ("朝阳洲街道", "南站街道", "桃源街道", "丁公路街道")[number % 4], f"南昌市西湖区建设路{number % 900 + 1}号{number % 30 + 1}室",
            _person(number), _person(number * 3), f"138{number * 37 % 100_000_000:08d}", date(2001, 1, 1) + timedelta(days=number % 8000),
            number % 500 * 10 + 50, ("6513", "6560", "5173", "7291")[number % 4], ("软件开发", "信息技术咨询", "日用百货批发", "商务服务")[number % 4],
            ("是", "否")[number % 2], ("软件信息", "数字商贸", "流量经济、数字文创")[number % 3], ("否", "否", "是")[number % 3],
            round(number % 50_000 / 7 + 3, 2), round(number % 40_000 / 9 + 1, 2), "2024-05", round(number % 3000 / 11, 2), number % 300 + 1, "正常",
        ]  # fmt: skip


def _person(number: int) -> str:
    return (
        SURNAMES[number % 18] + GIVEN[number // 18 % 20] + (GIVEN[number // 360 % 20] if number % 3 else "")
    )


_EPOCH = date(1899, 12, 30)
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/xl/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in (("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"),
                           ("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings"))
    ) + "</Types>",
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            (("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")), 1)
    ) + "</Relationships>",
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}  # fmt: skip


def write(path: Path, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    """A workbook of one sheet: texts shared, days as numbers with the format of a day."""
    shared: dict[str, int] = {}
    letters = [chr(65 + index) for index in range(len(header))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            part.write(_row(1, list(header), letters, shared))
            for number, cells in enumerate(rows, 2):
                part.write(_row(number, cells, letters, shared))
            part.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            for text in shared:
                part.write(f"<si><t>{escape(text)}</t></si>".encode())
            part.write(b"</sst>")


def _row(number: int, cells: list[Any], letters: Sequence[str], shared: dict[str, int]) -> bytes:
    parts = [f'<row r="{number}">']
    for letter, cell in zip(letters, cells, strict=True):
        if isinstance(cell, str):
            parts.append(f'<c r="{letter}{number}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
        elif isinstance(cell, date):
            parts.append(f'<c r="{letter}{number}" s="1"><v>{(cell - _EPOCH).days}</v></c>')
        elif cell is not None:
            parts.append(f'<c r="{letter}{number}"><v>{cell}</v></c>')
    parts.append("</row>")
    return "".join(parts).encode()
