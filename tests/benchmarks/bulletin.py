"""The 季通报 of a practice district: processor time of the whole action, and its document beside python-docx writing the same."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db import setup
from db.periods import Period
from db.practice.fill import fill
from db.quarter import quarter
from db.store import Store
from desktop.actions.bulletin import write_bulletin
from returns.bulletin.compose import SourceLine
from returns.bulletin.draft import draft
from returns.bulletin.model import Bulletin
from returns.bulletin.sources import source_lines
from returns.bulletin.write import write_bulletin as write
from tests.benchmarks.figure import Figure

END = Period("2024-06")
MOST = 3000.0  # ms of processor time


def figures(quick: bool) -> list[Figure]:
    """Reading, drafting, the sources, the pictures, both files; and the document alone. Either promise would do; both hold."""
    rounds = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        store = setup.initialise(scratch / "register", "qszjjb", "supervisor")
        try:
            fill(store)
            out = scratch / "季通报.docx"
            write_bulletin(store, END, out)  # warm
            whole = _least(lambda: write_bulletin(store, END, out), rounds)
            bulletin, lines = _drafted(store)
            alone = _least(lambda: write(bulletin, scratch / "alone.docx", lines=lines), rounds)
            like = _shown(out)
            floor = _least(lambda: _plainly(like, scratch / "plain.docx"), rounds)
        finally:
            store.close()
    return [
        Figure("季通报和数据来源工作簿，含汇总、起草、画图（处理器时间）", whole, "上限", MOST, 1.0),
        Figure("季通报只写文档（处理器时间）", alone, "python-docx 写同样的段落和表", floor, 2.0),
    ]


def _drafted(store: Store) -> tuple[Bulletin, dict[str, SourceLine]]:
    with store.read() as session:
        found = quarter(session, END)
        bulletin = draft(found, issuer="西湖区数字经济办公室")
        return bulletin, source_lines(session, found, bulletin)


Runs = list[list[str]]
Cells = list[list[str]]


def _shown(like: Path) -> tuple[Runs, list[Cells]]:
    """The texts of a document: the runs of each paragraph, the cells of each table."""
    import docx

    shown = docx.Document(str(like))
    runs = [[each.text for each in paragraph.iter_inner_content()] for paragraph in shown.paragraphs]
    return runs, [[[cell.text for cell in row.cells] for row in table.rows] for table in shown.tables]


def _plainly(like: tuple[Runs, list[Cells]], out: Path) -> None:
    """Paragraph by paragraph and cell by cell, without faces, links or bookmarks."""
    import docx

    made = docx.Document()
    for runs in like[0]:
        paragraph = made.add_paragraph()
        for text in runs:
            paragraph.add_run(text)
    for cells in like[1]:
        _table(cells, made)
    made.save(str(out))


def _table(rows: Cells, made: Any) -> None:
    copy = made.add_table(len(rows), max(len(row) for row in rows))
    for row, texts in zip(copy.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.paragraphs[0].add_run(text)


def _least(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return min(found)
