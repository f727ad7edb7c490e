"""Practice registers, made once and copied for each test, and the real window over them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db import setup
from db.findings import Severity
from db.store import Store, open_store
from desktop.actions import returns
from desktop.app import build_window
from desktop.context import AppContext
from desktop.style import theme
from desktop.window import MainWindow
from tests.desktop.conftest import Hands
from tests.registers import DISTRICT, practised

PERIOD = "2024-12"  # of the practice day
COVER = {
    "head_sign": "刘磊", "reviewer": "陈伟", "filler": "张敏", "phone": "0791-86510023", "form_no": "西数经调01表",
}  # fmt: skip


@pytest.fixture(scope="session")
def street_template() -> Path:
    return practised("朝阳洲街道")


@pytest.fixture(scope="session")
def district_template() -> Path:
    return practised(*DISTRICT)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two returns of the practice month as two offices would hand them in."""
    folder = tmp_path_factory.mktemp("returns")
    found = {}
    for unit in ("朝阳洲街道", "区商务局"):
        root = tmp_path_factory.mktemp("sender") / "data"
        store = open_store(shutil.copytree(practised(unit, unfinished=False), root))
        checked = returns.check(store, PERIOD)
        assert not any(
            each.severity is Severity.ERROR and each.register != "cover" for each in checked.findings
        )
        for each in checked.open:
            returns.explain(store, PERIOD, each, "已电话核对，两次走访情况确实一致")
        done = returns.submit_return(store, PERIOD, folder, cover=COVER)
        found[unit] = Path(done.out)
        store.close()
    return found


@pytest.fixture
def street(street_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A street with twelve practice months, the last one unfinished."""
    yield from _opened(street_template, tmp_path / "street")


@pytest.fixture
def district(district_template: Path, tmp_path: Path) -> Iterator[Store]:
    """The district office with what came in so far."""
    yield from _opened(district_template, tmp_path / "district")


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Store]:
    """A bureau that reports one indicator, nothing filled in yet."""
    store = setup.initialise(tmp_path / "bureau", "区商务局", person="李伟")
    yield store
    store.close()


def _opened(template: Path, root: Path) -> Iterator[Store]:
    store = open_store(shutil.copytree(template, root))
    yield store
    store.close()


class Sitting(Hands):
    """Someone at the program's window."""

    def __init__(self, window: MainWindow, context: AppContext) -> None:
        super().__init__(window, context.jobs)
        self.main, self.context = window, context

    def settle(self, pause: int = 0) -> None:
        super().settle(pause)
        super().settle()


@pytest.fixture
def sit(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[Store], Sitting]]:
    """Open the window over a register, in the practice month. The test's folder stays until the window is closed."""
    sittings: list[Sitting] = []

    def down(store: Store, period: str = PERIOD) -> Sitting:
        if not qapp.styleSheet():
            theme.apply(qapp)
        window, context = build_window(store)
        context.set_period(period)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window)
        made = Sitting(window, context)
        made.settle()
        sittings.append(made)
        return made

    yield down
    for made in sittings:
        made.settle()
        made.context.close()
        made.main.close()
        made.main.deleteLater()
        QApplication.processEvents()
