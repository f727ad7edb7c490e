"""One run of the window while a big block is pasted and saved; prints its longest silences as JSON. See pasting.py."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from db import setup
from db.registers import REGISTERS
from db.save_many import Entry, save_many
from desktop.app import build_window
from desktop.style import theme
from tests.benchmarks.pasting import ACTOR, STREET, TODAY, block

_IDLE = 5.0  # seconds


class Pulse:
    """A timer that should fire every two milliseconds; the longest gap is how long the window did not answer."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def over(self, until: Callable[[], bool], limit: float = 120.0) -> float:
        """The longest gap in milliseconds until something holds."""
        self.longest, self._last = 0.0, time.perf_counter()
        stop = time.perf_counter() + limit
        while not until():
            QApplication.processEvents()
            time.sleep(0.0005)
            if time.perf_counter() > stop:
                raise SystemExit("the window did not get on")
        self._beat()
        return self.longest * 1000


def main(rows: int) -> None:
    gc.disable()  # as the program starts; it turns it on again when it is idle
    application = QApplication([])
    theme.apply(application)
    with tempfile.TemporaryDirectory() as scratch:
        store = setup.initialise(Path(scratch) / "register", STREET, person="张敏")
        names = [f"南昌第{number}号网络科技有限公司" for number in range(2000)]
        with store.write() as session:
            entries = [Entry({"name": name, "street_code": STREET}) for name in names]
            save_many(session, REGISTERS["enterprise"], entries, ACTOR)
        text = block(rows, names)
        window, context = build_window(store, today=lambda: TODAY)
        window.resize(1366, 768)
        window.show()
        window.goto("visits")
        context.jobs.wait_idle(30)
        page: Any = window.page
        page = getattr(page, "current", page)
        page.open_paste()
        context.jobs.wait_idle(30)
        pulse = Pulse()
        idle = time.perf_counter() + _IDLE
        pulse.over(
            lambda: time.perf_counter() > idle
        )  # what the program makes ready after its start is not ours
        blocks: dict[str, float] = {}
        view = page.paste
        page.open_paste(text)
        blocks["读取"] = pulse.over(lambda: len(view.sheet.rows) == rows)
        blocks["核对"] = pulse.over(lambda: not view.sheet.unchecked() and not context.jobs.active())
        view.save()
        blocks["保存"] = pulse.over(
            lambda: page.stack.currentWidget() is page.list and not context.jobs.active()
        )
        view.desk.take_back()
        blocks["撤销"] = pulse.over(lambda: len(view.sheet.rows) == rows and not context.jobs.active())
        window.close()
        context.close()
        store.close()
    print(json.dumps({"blocks": blocks}, ensure_ascii=False))


if __name__ == "__main__":
    main(int(sys.argv[1]))
