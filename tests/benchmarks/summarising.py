"""The 月调度 summary of a hundred units beside openpyxl merely writing the same cells, plain; and the memory of its rows."""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from db.store import Store
from desktop.actions.rollup import write_rollup
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, alternating

UNITS, PERIOD = 100, "2024-12"


def figures(quick: bool) -> list[Figure]:
    """The whole action: adding up, reading the rows behind every figure, writing. And what twice the rows cost in memory."""
    visits = 20_000 if quick else 200_000  # half of them in the year
    store = big_store(visits // 10, visits, UNITS)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "汇总.xlsx"
        try:
            rows = write_rollup(store, PERIOD, out)["sheets"]  # warm
            cells = [
                (sheet, CalamineWorkbook.from_path(str(out)).get_sheet_by_name(sheet).to_python())
                for sheet in rows
            ]
            ours, floor = alternating(
                lambda: write_rollup(store, PERIOD, out),
                lambda: _plain(cells, Path(folder) / "plain.xlsx"),
                1 if quick else 3,
            )
            many = _peak(store, PERIOD, out)
            few = _peak(store, "2024-06", out)
        finally:
            store.close()
    count = sum(len(row) for _, sheet in cells for row in sheet)
    what = f"汇总 {UNITS} 个单位（{len(cells)} 张表 {count:,} 格，明细 {rows['明细·走访']:,} 行）"
    return [
        Figure(what, ours, "openpyxl 写同样的格", floor, 2),
        Figure("汇总的内存：走访明细加倍", many, "半年明细", few, 8, apart=True, unit="MB"),
    ]  # fmt: skip


def _plain(cells: list[tuple[str, list[list[Any]]]], out: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in cells:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)


def _peak(store: Store, period: str, out: Path) -> float:
    tracemalloc.start()
    try:
        write_rollup(store, period, out)
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    finally:
        tracemalloc.stop()
