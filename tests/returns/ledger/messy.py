"""A street's ledger with what goes wrong in them: rows that cannot be stored, cells that cannot be read, a total."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

SHEET = "5月走访"
NAME = "朝阳洲走访台账.xlsx"
HEADER = ["序号", "单位名称", "走访时间", "走访人员", "走访情况", "本年累计营收（元）", "社区"]
ROWS = [
    [1, "江西云栈网络科技有限公司", "2024.5.8", "张敏", "订单增加，新招八人。", 4_860_000, "朝阳"],
    [2, "南昌数澜软件有限公司", "07/05/2024", "张敏", "回款放缓。", "约500万", "朝阳"],
    [3, None, "2024.5.9", "李静", "原材料涨价。", 930_000, "桃花"],
    [4, "江西元栖文化创意有限公司", "2024-05-10", "李静", "=1+1", "看不清", "桃花"],
]
FIRST = 4  # the row of the file in which the first of ROWS stands


def ledger(folder: Path, rows: list[list[object]] | None = None, name: str = NAME) -> Path:
    """Title, office, header, rows and a total; the title is merged over the table."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(["朝阳洲街道2024年5月走访台账"])
    sheet.merge_cells("A1:G1")
    sheet.append(["填报单位：朝阳洲街道"])
    sheet.append(HEADER)
    for line in ROWS if rows is None else rows:
        sheet.append(line)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text, whatever it begins with
    sheet.append([None, "合计", None, None, None, 5_790_000])
    sheet.column_dimensions["E"].width = 44
    book.create_sheet("填表说明").append(["每月22日前报送。"])
    path = folder / name
    book.save(path)
    return path
