"""What the tests of receiving share: two offices, their files, a template filled in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.models import ReturnFile, StagedRow
from db.store import Store
from returns import receive, submit
from returns.stage import StagedBatch
from tests.returns.offices import (
    CODES,
    MAY,
    OTHER,
    SUPERVISOR,
    TODAY,
    Month,
    column_of,
    edit,
    export,
)


@dataclass
class Offices:
    street: Store
    district: Store
    folder: Path
    month: Month

    def send(self, name: str = "a.xlsx", **more: Any) -> Path:
        export(self.street, self.folder / name, **more)
        return self.folder / name

    def stage(self, *paths: Path, **more: Any) -> list[StagedBatch]:
        return receive.stage(self.district, paths, SUPERVISOR, today=TODAY, **more)

    def receive(self, *paths: Path, **more: Any) -> list[receive.FileReport]:
        return receive.receive(self.district, paths, SUPERVISOR, today=TODAY, **more)

    def staged(self, batch: UUID) -> list[StagedRow]:
        with self.district.read() as session:
            return list(
                session.scalars(select(StagedRow).where(StagedRow.batch_id == batch).order_by(StagedRow.seq))
            )

    def files(self) -> list[ReturnFile]:
        with self.district.read() as session:
            return list(session.scalars(select(ReturnFile).order_by(ReturnFile.created_at)))


def only(found: list[Any]) -> Any:
    assert len(found) == 1
    return found[0]


def by_hand(offices: Offices, name: str = "t.xlsx") -> Path:
    """A template that a bureau's clerk filled in with Excel alone."""
    path = offices.folder / name
    submit.write_template(offices.district, OTHER, MAY, path)

    def work(book: Any) -> None:
        cover = book["封面"]
        for row in cover.iter_rows():
            for cell in row:
                label = str(cell.value or "").rstrip("：")
                wanted = {
                    "单位负责人（签字）": "周琴",
                    "审核人": "李红",
                    "填表人": "王芳",
                    "联系电话": "0791-86510024",
                    "填报日期": "2024-05-23",
                }
                if label in wanted:
                    cover.cell(cell.row, cell.column + 1).value = wanted[label]
        visits = book["走访记录"]
        filled = {
            "企业名称": "南昌数澜软件有限公司", "统一社会信用代码": CODES[1], "走访日期": "2024.5.9", "走访方式": "上门",
            "走访类型": "政策宣讲", "走访人员（单位）": "王芳（经发办）", "企业参加人及职务": "陈亮 副总", "生产经营情况": "平稳。",
            "经营状态评价": "平稳", "数字化改造阶段": "部分环节", "上云情况": "未上云", "是否有升规潜力": "无",
            "是否有问题诉求": "否", "填报人": "王芳", "本年累计营业收入（万元）": "0.35亿",
        }  # fmt: skip
        for header, value in filled.items():
            visits.cell(4, column_of(visits, header)).value = value
        indicators = book["指标月报"]
        for header, value in {
            "期间": MAY,
            "指标": "企业上云数量",
            "填报单位": "南浦街道",
            "本年累计（期末）数": 12,
            "数据来源": "台账汇总",
        }.items():
            indicators.cell(4, column_of(indicators, header)).value = value

    edit(path, work)
    return path


def put(sheet: Any, header: str, value: Any, row: int = 4) -> None:
    sheet.cell(row, column_of(sheet, header)).value = value
