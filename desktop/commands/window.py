"""`qianqi` without a command: open the window, or say why it cannot be opened. Imports nothing heavy before that."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

MACHINE = 3


def no_collecting() -> None:
    """Put the garbage collector off: a start makes much and throws nothing away. The program takes it up again."""
    gc.disable()


def open_window(root: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return _say("这里没有显示器，打不开窗口。", "请在桌面环境里运行，或用命令行：qianqi --help。")
    no_collecting()
    try:
        from desktop import app
    except ImportError as error:
        if "PySide6" not in str(error) and not str(error).startswith("lib"):
            raise
        return _say(
            f"缺少窗口要用的系统库（{error}）。",
            "请按《安装说明》装好系统库；命令行仍可使用：qianqi --help。",
        )
    return app.main(root)


def _say(message: str, hint: str) -> int:
    print(message + hint, file=sys.stderr)
    return MACHINE
