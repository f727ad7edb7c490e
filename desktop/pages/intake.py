"""An office's own ledger into a list: asking for the file, reading it aside, saying what became of its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.actions.ledger import import_ledger
from desktop.context import AppContext
from desktop.pages.files import WORKBOOK, ask_open
from returns.results import REJECTED, FileReport

LEDGERS = f"{WORKBOOK};;表格文件 (*.xls *.csv *.et *.ods)"
Say = Callable[[str, str, str], object]


def ask_ledger(owner: QWidget, context: AppContext) -> Path | None:
    """The file to read, None where the person thought better of it."""
    return ask_open(owner, context.memory, "选择台账文件", LEDGERS)


def import_file(path: Path, register: str, context: AppContext, owner: QWidget, say: Say) -> None:
    """Read a ledger into a register, in one transaction aside; `say(text, hint, state)` tells how it went."""
    store = context.store

    def work(progress: Any, cancelled: Any) -> FileReport:
        return import_ledger(store, path, register, progress=progress, cancelled=cancelled)

    def done(report: FileReport) -> None:
        say(*words_about(report))
        if report.outcome != REJECTED:
            context.changed()

    def failed(error: Exception) -> None:
        say(
            f"“{path.name}”没有导入：{getattr(error, 'message', error)}",
            str(getattr(error, "hint", "")),
            "alarm",
        )

    context.jobs.run(
        "import", work, title="导入台账", on_done=done, on_failed=failed, owner=owner, supersede=False
    )


def words_about(report: FileReport) -> tuple[str, str, str]:
    """(what happened, what to do, state) of one file."""
    if report.outcome == REJECTED:
        why = report.findings[0].message if report.findings else "文件没有读入。"
        return f"“{report.file}”没有导入。", why, "alarm"
    parts = [f"新增 {report.stored}", f"已有 {report.unchanged}", f"补充 {report.updated}"]
    if report.bad:
        parts.append(f"没能读入 {report.bad}")
    hint = "缺必填内容的记录标为“待补全”，勾选上面的“待补全”就能逐条补。"
    return (
        f"“{report.file}”读了 {report.rows_read} 行：{'，'.join(parts)}。", hint, "watch" if report.bad else "ok",
    )  # fmt: skip
