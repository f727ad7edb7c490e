"""A session at the window over a large register: every page, its form, a search, another look. Its longest block."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import date
from functools import partial

from desktop.places import REGISTERS_OF
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure
from tests.benchmarks.heartbeat import Block, Heartbeat

LIMIT = 100.0  # ms that may pass on the UI thread
TODAY = date(2024, 5, 21)
_SETTLE = 6000  # ms after the window is there: what comes in by itself has come


def figures(quick: bool) -> list[Figure]:
    blocks = list(play(*((10_000, 100_000) if quick else (100_000, 1_000_000))))
    worst = sorted(blocks, key=lambda block: -block.longest)[:5]
    return [Figure(f"最长停顿：{block.step}", block.longest, "界面允许的停顿", LIMIT, 1.0) for block in worst]


def play(firms: int, visits: int) -> Iterator[Block]:
    """The blocks of a session over a register of this size, step by step."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest

    from desktop.app import build_window
    from desktop.style import theme

    app = theme.application()
    theme.apply(app)
    store = big_store(firms, visits)
    window, context = build_window(store, today=lambda: TODAY)
    heart = Heartbeat()
    quiet = partial(context.jobs.wait_idle, 0.0)
    window.resize(1366, 768)
    try:
        yield heart.during("打开窗口", window.show, quiet)
        QTest.qWait(_SETTLE)
        gc.freeze()  # as the program does once it is open
        for page, registers in REGISTERS_OF.items():
            for register in registers:
                if page not in window.nav.items:
                    continue
                go = partial(window.goto, page, **({"register": register} if len(registers) > 1 else {}))
                yield heart.during(f"打开 {page}/{register}", go, quiet)
                if register == "indicator":
                    continue
                yield heart.during(
                    f"新建 {register}", partial(window.goto, page, register=register, new=True), quiet
                )
                yield heart.during(f"关闭 {register}", lambda: window.page.close_form(), quiet)  # type: ignore[union-attr]
        for key in ("month", "dispatch", "settings"):
            yield heart.during(f"打开 {key}", partial(window.goto, key), quiet)
        for dark, size in ((True, 14), (False, 16)):
            word = f"换{'深色' if dark else '字号'}"
            yield heart.during(word, partial(theme.change, app, dark, size), quiet)
    finally:
        theme.apply(app)
        window.close()
        context.jobs.wait_idle()
        context.close()
        store.close()
