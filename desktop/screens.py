"""`python -m desktop.screens --out DIR`: every page as PNG, light and dark, on the two usual sizes of screen.

What is shown is in demo/shots.py. The data are invented and stand still on the day of the play.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

SIZES = ((1366, 768), (1920, 1080))
LARGE = 16  # the largest of the text sizes to choose from
SCALE = 1.5
ROLES = ("clerk", "supervisor", "bureau", "services", "empty")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures; tells their number and the time. The last lines of what went wrong otherwise."""
    parser = argparse.ArgumentParser(prog="python -m desktop.screens", description="各页面的截图")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="截图写到这里")
    parser.add_argument("--quick", action="store_true", help="只拍浅色、1366×768")
    parser.add_argument("--pages", action="store_true", help="只拍导航里的各页，浅色、1366×768")
    parser.add_argument(
        "--only",
        nargs="+",
        default=(),
        metavar="NAME",
        help="只拍这几张（“角色_名称”，可用 * 代替），浅色、1366×768",
    )
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--scaled", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    from desktop import demo

    demo.choose_platform(os.environ)
    began = time.monotonic()
    if chosen.scaled:
        count = Camera(chosen.out, chosen.data).take_scaled(chosen.only)
    elif chosen.only and chosen.data:
        count = Camera(chosen.out, chosen.data).take_only(chosen.only)
    else:
        with tempfile.TemporaryDirectory(prefix="qianqi-screens-", ignore_cleanup_errors=True) as folder:
            camera = Camera(chosen.out, Path(folder))
            if chosen.only:
                count = camera.take_only(chosen.only)
            else:
                count = camera.take_pages() if chosen.pages else camera.take(quick=chosen.quick)
            if not chosen.quick and not chosen.pages and not chosen.only:
                count += _scaled(chosen.out, Path(folder))
    if not chosen.scaled:
        print(f"截图 {count} 张，用时 {time.monotonic() - began:.0f} 秒，在“{chosen.out}”。")
    return 0


def _scaled(out: Path, data: Path) -> int:
    """The tight pages at 150 %: Qt takes the scale only at its start, so that is a process of its own."""
    before = set(out.glob("*.png"))
    subprocess.run(
        [sys.executable, "-m", "desktop.screens", "--out", str(out), "--data", str(data), "--scaled"],
        check=True,
        env={**os.environ, "QT_SCALE_FACTOR": str(SCALE)},
    )
    return len(set(out.glob("*.png")) - before)


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _matching(role: str, names: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if any(fnmatch(f"{role}_{name}", each) for each in wanted))


class Camera:
    """Makes the registers once, then shows and pictures them in each theme and size."""

    def __init__(self, out: Path, data: Path) -> None:
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication

        from desktop.demo import keep_quiet
        from desktop.style import theme

        qInstallMessageHandler(keep_quiet)
        self.out, self.data = out, data
        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        self._app = app
        self._app.setQuitOnLastWindowClosed(False)
        self._theme = theme
        theme.apply(self._app)
        out.mkdir(parents=True, exist_ok=True)

    def take(self, *, quick: bool = False) -> int:
        """All pictures but the scaled ones; returns how many."""
        from desktop.demo import studio

        count = 0
        for dark in (False,) if quick else (False, True):
            # Dressed before the windows are made: a living window takes seconds to change its clothes.
            self._theme.apply(self._app, dark)
            word = "dark" if dark else "light"
            for role in ROLES if not dark else ROLES[:2]:
                with studio.desk(role, self.data) as desk:
                    pages = tuple(desk.driver.window.nav.items)
                    small = (*pages, *studio.SAMPLES[role]) if dark else ()
                    count += self._series(role, desk, SIZES[0], f"{word}_{_size(SIZES[0])}", small)
                    if role in ROLES[:2] and not quick:
                        count += self._series(role, desk, SIZES[1], f"{word}_{_size(SIZES[1])}", pages)
            for size in SIZES[:1] if quick else SIZES:
                count += self._first_run(word, size)
        if not quick:
            self._theme.apply(self._app, False, LARGE)
            for role, names in studio.TIGHT.items():
                with studio.desk(role, self.data) as desk:
                    count += self._series(role, desk, SIZES[0], "light_1366x768_large-text", names)
        self._theme.apply(self._app)
        return count

    def take_pages(self) -> int:
        """One picture of each page of the navigation, for each role."""
        from desktop.demo import studio

        count = 0
        for role in ROLES[:2]:
            with studio.desk(role, self.data) as desk:
                keys = tuple(desk.driver.window.nav.items)
                count += self._series(role, desk, SIZES[0], f"light_{_size(SIZES[0])}", keys)
        return count

    def take_only(self, wanted: Sequence[str]) -> int:
        """The pictures whose names answer to one of these patterns."""
        from desktop.demo import studio
        from desktop.demo.shots import shots_of

        count = 0
        for role in ROLES:
            if any(each.split("_")[0] in (role, "*") for each in wanted):
                with studio.desk(role, self.data) as desk:
                    names = _matching(role, tuple(shots_of(role, desk)), wanted)
                    count += (
                        self._series(role, desk, SIZES[0], f"light_{_size(SIZES[0])}", names) if names else 0
                    )
        return count

    def take_scaled(self, wanted: Sequence[str] = ()) -> int:
        """The tight pages as screens of both sizes show them at 150 %."""
        from desktop.demo import studio

        count = 0
        for role, names in studio.TIGHT.items():
            names = _matching(role, names, wanted) if wanted else names
            if names:
                with studio.desk(role, self.data) as desk:
                    for width, height in SIZES:
                        room = (round(width / SCALE), round(height / SCALE))
                        count += self._series(role, desk, room, f"light_{width}x{height}_150percent", names)
        return count

    def _series(
        self, role: str, desk: object, size: tuple[int, int], look: str, only: Sequence[str] = ()
    ) -> int:
        from desktop.demo.desk import Desk
        from desktop.demo.shots import UNDO, shots_of

        assert isinstance(desk, Desk)
        window = desk.driver.window
        window.resize(*size)
        window.show()
        window.activateWindow()
        desk.driver.wait(lambda: window.page is not None, "第一页")
        shots = shots_of(role, desk)
        for name in only or shots:
            shots[name](desk)
            desk.driver.picture(self.out / f"{role}_{name}_{look}.png")
            if name in UNDO:
                UNDO[name](desk)
            desk.tidy()
        return len(only or shots)

    def _first_run(self, word: str, size: tuple[int, int]) -> int:
        """The three steps before there is a register."""
        from desktop.demo import studio

        count = 0
        for step, widget in studio.first_run(self.data, size):
            widget.grab().save(str(self.out / f"first-run_{step}_{word}_{size[0]}x{size[1]}.png"))
            count += 1
        return count


if __name__ == "__main__":
    sys.exit(main())
