"""What every way of taking in a ledger shares: asking for the file, and the words for what came of it."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.pages.files import ask_open
from returns.results import REJECTED, FileReport

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt", ".htm", ".html")
LEDGERS = f"表格文件 ({' '.join(f'*{each}' for each in SUFFIXES)});;所有文件 (*)"


def ask_ledger(owner: QWidget, context: AppContext) -> Path | None:
    """The file to read, None where the person thought better of it."""
    return ask_open(owner, context.memory, "选择台账文件", LEDGERS)


def words_about(report: FileReport) -> tuple[str, str, str]:
    """(what happened, what to do, state) of one file."""
    if report.outcome == REJECTED:
        why = report.findings[0].message if report.findings else "文件没有读入。"
        return f"“{report.file}”没有导入。", in_words_of_the_page(why), "alarm"
    parts = [f"新增 {report.stored}", f"已有 {report.unchanged}", f"补充 {report.updated}"]
    if report.bad:
        parts.append(f"没能读入 {report.bad}")
    hint = "缺必填内容的记录标为“待补全”，勾选上面的“待补全”就能逐条补。"
    return (
        f"“{report.file}”读了 {report.rows_read} 行：{'，'.join(parts)}。", hint, "watch" if report.bad else "ok",
    )  # fmt: skip


def in_words_of_the_page(text: str) -> str:
    """A sentence of the reader with what it says of the command line put as the page has it."""
    text = re.sub(r"[（(]--register \w+[）)]", "", text)
    text = re.sub(r"请用 --map 指定为 \w+", _choose_field, text)
    text = re.sub(
        r"[；，]?也?可以?用 --sheet 指定工作表、--map 指定列",
        "；可以在上面换工作表，在下面给各列选字段",
        text,
    )
    text = re.sub(r"[；，]?(?:也)?可用 --sheet 指定", "，可在上面换工作表", text)
    return re.sub(r"--sheet(?: 指定)?", "“工作表”", re.sub(r"--map(?: 指定)?", "“导入到”", text))


def _choose_field(found: re.Match[str]) -> str:
    name = found[0].rsplit(" ", 1)[-1]
    labels = {field.name: field.label for each in REGISTERS.values() for field in each.fields}
    return f"请在下面给它选“{labels.get(name, name)}”"


def size_words(size: int) -> str:
    """“7.6 KB”, “1.2 MB”."""
    if size >= 1 << 20:
        return f"{size / (1 << 20):.1f} MB"
    return f"{max(size, 1) / 1024:.1f} KB" if size else ""
