"""When the program itself fails: what is typed is kept, a report is written, and the person is told in words."""

from __future__ import annotations

import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop.pages import specs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

FOLDER = "错误报告"


def leave_forms(window: Any) -> None:
    """Keep the drafts of all open forms."""
    for spec in specs():
        page = window.page_of(spec.key)
        if page is not None:
            page.leave()


def keep_drafts(window: Any) -> bool:
    """Keep the drafts of all open forms; False where even that failed."""
    try:
        if window is not None:
            leave_forms(window)
    except Exception:  # whatever else is broken, the report must still be written
        return False
    return True


def write_report(root: Path, error: BaseException, where: str) -> Path | None:
    """A text file with what we need to mend it, and no record in it. None where nothing can be written."""
    import platform  # here, and the box below: the frame is painted before they are needed

    words = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    text = (
        f"千企台账 错误报告\n时间：{datetime.now():%Y-%m-%d %H:%M:%S}\n地方：{where}\n"
        f"系统：{platform.platform()}\nPython：{sys.version.split()[0]}\n\n{words}"
    )
    name = f"错误报告 {datetime.now():%Y-%m-%d %H%M%S}.txt"
    for folder in (root / FOLDER, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return path
    return None


def tell(window: QWidget | None, report: Path | None, kept: bool, error: BaseException) -> QMessageBox:
    """Say what happened and what to do; does not wait for the answer."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("千企台账")
    box.setText("程序出了意外，刚才的操作没有完成。")
    saved = "正在填写的内容已留作草稿，" if kept else ""
    where = f"错误报告在：{report}。" if report is not None else "错误报告没有写成。"
    box.setInformativeText(
        f"{saved}已保存的数据没有受影响。可以继续使用；如果反复出现，请把错误报告发给技术支持。\n{where}"
    )
    box.setDetailedText(f"{type(error).__name__}: {error}")
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.open()
    return box
