"""A practice month played through the real windows: `qianqi demo`. Also proof that an installed program works.

Nothing of it is imported by the program itself.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path

from db.errors import MachineError, UsageError

STREETS, OTHERS = 10, 8
MARK = "演示数据.txt"
_MADE = ("数据", "回报", "退回", "截图", "打印", "反馈")
_PAPERS = (
    "月调度汇总_*.xlsx",
    "季通报_*",
    "年度考核_*.xlsx",
)  # a dialog would ask whether to write over them
_WATCHED = 0.12  # seconds between two fields where someone can look on


def main(out: Path, *, streets: int = STREETS, others: int = OTHERS) -> int:
    """Play the month and leave workbooks, pictures and the summary in `out`; tells each step as it begins.

    StepFailed names the step that did not come through. UsageError (“not_empty”) where `out` holds data of
    somebody's own; what an earlier play left there is replaced.
    """
    began = time.monotonic()
    out = out.resolve()  # it is typed into dialogs, which have a folder of their own
    _make_room(out)
    choose_platform(os.environ)
    from PySide6.QtCore import Qt, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from desktop.demo.play import Play
    from desktop.style import theme

    # The dialogs of a desktop cannot be worked by keys from inside.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    qInstallMessageHandler(keep_quiet)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app)
    offscreen = app.platformName() in ("offscreen", "minimal")
    play = Play(out, _say, streets, others, 0.0 if offscreen else _WATCHED)
    play.run()
    _say(f"演示完成，用时 {time.monotonic() - began:.0f} 秒，结果在“{out}”。")
    return 0


def choose_platform(environment: MutableMapping[str, str]) -> None:
    """Play without a screen where there is none. Before QApplication."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(environment.get(name) for name in screens):
        environment["QT_QPA_PLATFORM"] = "offscreen"


def _make_room(out: Path) -> None:
    data = out / "数据"
    if data.exists() and not (data / MARK).is_file():
        raise UsageError(f"“{out}”里已有别的数据。", "请为演示另选一个文件夹。", "not_empty")
    try:
        if data.exists():
            for name in _MADE:
                shutil.rmtree(out / name, ignore_errors=True)
            for paper in (path for each in _PAPERS for path in out.glob(each)):
                paper.unlink()
        data.mkdir(parents=True)
        (data / MARK).write_text("这里的企业和数字都是虚构的，可以整个删除。\n", encoding="utf-8")
    except OSError as error:
        raise MachineError(
            f"演示文件夹“{out}”写不进去（{error.strerror or error}）。",
            "请换一个能写的文件夹。",
            "out_not_writable",
        ) from error


def keep_quiet(_kind: object, _context: object, message: str) -> None:
    """Qt's messages, without those that only say that nobody manages windows where there is no screen."""
    if not message.startswith("This plugin does not support"):
        print(message, file=sys.stderr, flush=True)


def _say(line: str) -> None:
    # On stderr: what a program reads from `--json` is the result alone.
    print(line, file=sys.stderr, flush=True)
