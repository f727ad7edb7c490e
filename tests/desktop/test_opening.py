"""Between the first paint and the open register: 本月 as it was left, keys that wait, and what is loaded when."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db import setup
from db.store import open_store
from desktop.app import Program
from desktop.opening import FILE, OPENING, Frame
from desktop.pages import this_month_model as model
from desktop.pages.register_page import RegisterPage
from desktop.pages.this_month import ThisMonth
from desktop.pages.this_month_view import from_plain, of_another_day, to_plain
from tests.db import fixtures

ROOT = Path(__file__).parents[2]


class Waiting(Program):
    """A program whose register opens when the test says so."""

    def open(self) -> None:
        pass

    def now(self) -> None:
        super().open()


@pytest.fixture
def started(qapp: QApplication) -> Iterator[list[Program]]:
    programs: list[Program] = []
    hook = sys.excepthook
    yield programs
    sys.excepthook = hook
    for program in programs:
        end(program)


def end(program: Program) -> None:
    """Close it as people do; a window that stayed would be drawn anew with every change of the look."""
    if program.window is not None:
        program.window.close()
        program.window.deleteLater()
    program.finish()


@pytest.fixture(scope="session")
def template(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A street's register that was open on 本月 and closed as people do."""
    root = tmp_path_factory.mktemp("left") / "数据"
    store = setup.initialise(root, fixtures.STREET, person="张敏")
    with store.write() as session:
        fixtures.firm(session)
    store.close()
    hook = sys.excepthook
    program = opened(start(qapp, root))
    assert program.window is not None and isinstance(program.window.page, ThisMonth)
    end(program)
    sys.excepthook = hook
    return root


@pytest.fixture
def left(template: Path, tmp_path: Path) -> Path:
    """A copy of it; copying keeps size and time of the file."""
    return Path(shutil.copytree(template, tmp_path / "数据"))


def start(qapp: QApplication, root: Path, programs: list[Program] | None = None) -> Waiting:
    program = Waiting(qapp, root)
    if programs is not None:
        programs.append(program)
    program.start()
    assert program.window is not None
    program.window.activateWindow()
    assert QTest.qWaitForWindowExposed(program.window)
    QTest.qWait(50)
    return program


def opened(program: Waiting) -> Waiting:
    program.now()
    finish = time.monotonic() + 10
    while program.context is None and program.instead is None and time.monotonic() < finish:
        QTest.qWait(10)
    QTest.qWait(50)
    assert program.jobs.wait_idle()
    QTest.qWait(10)
    return program


def month(program: Program) -> ThisMonth:
    assert program.window is not None
    page = program.window.page
    assert isinstance(page, ThisMonth)
    return page


def titles(page: ThisMonth) -> list[str]:
    return [row.item.title for row in page.list.rows]


def test_the_month_is_there_before_the_register_and_the_same_after(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    program = start(qapp, left, started)
    page = month(program)
    assert program.context is None and page.filled and not page.fresh
    before = (
        titles(page),
        page.header.title.text(),
        page.header.chips[0].word,
        page.figures["visit"]._figure.text(),
    )
    assert before[0] and "件事" in before[1]
    assert program.window is not None and program.window.top.backup.text() == OPENING
    focus = program.window.focusWidget()
    assert focus is not None and page.isAncestorOf(focus)
    opened(program)
    assert month(program) is page and page.fresh
    after = (
        titles(page),
        page.header.title.text(),
        page.header.chips[0].word,
        page.figures["visit"]._figure.text(),
    )
    assert after == before
    assert program.window.focusWidget() is focus
    assert OPENING not in program.window.top.backup.text()


def test_the_focus_stays_where_it_was_moved(qapp: QApplication, left: Path, started: list[Program]) -> None:
    program = start(qapp, left, started)
    page = month(program)
    page.figures["cloud"].setFocus()
    opened(program)
    assert page.fresh and page.figures["cloud"].hasFocus()


def test_what_changes_meanwhile_is_brought_in_without_taking_the_focus(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    kept = json.loads((left / FILE).read_text(encoding="utf-8"))
    kept["month"]["view"]["title"] = "11 月还有 99 件事"
    kept["month"]["view"]["items"].insert(0, {"key": "gone", "title": "已经办了的事", "action": "办"})
    (left / FILE).write_text(json.dumps(kept), encoding="utf-8")
    program = start(qapp, left, started)
    page = month(program)
    row = next(row for row in page.list.rows if row.item.key != "gone" and row.button and row.item.enabled)
    assert row.button is not None
    row.button.setFocus()
    assert titles(page)[0] == "已经办了的事"
    opened(program)
    assert "99" not in page.header.title.text() and "已经办了的事" not in titles(page)
    now = next(each for each in page.list.rows if each.item.key == row.item.key)
    assert now is not row and now.button is not None and now.button.hasFocus()


def test_a_key_pressed_before_is_carried_out_after(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    program = start(qapp, left, started)
    assert program.window is not None
    page = month(program)
    QTest.keyClick(program.window.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert program.window.page is page  # nothing to go to yet, and it says so
    assert "走访" in program.window.top.backup.text()
    opened(program)
    visits = program.window.page
    assert isinstance(visits, RegisterPage) and visits.key == "visits" and visits.form is not None


def test_the_button_of_a_line_waits_too_and_the_last_wish_counts(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    program = start(qapp, left, started)
    assert program.window is not None
    QTest.keyClick(program.window.focusWidget(), Qt.Key.Key_Space)
    assert program.window.wanted is not None
    QTest.keyClick(program.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert program.window.wanted == ("enterprises", {})
    opened(program)
    assert program.window.page is not None and program.window.page.key == "enterprises"


def test_staying_is_a_wish_as_well(qapp: QApplication, left: Path, started: list[Program]) -> None:
    program = start(qapp, left, started)
    assert program.window is not None
    program.window.goto("visits")
    program.window.goto("month")
    opened(program)
    assert program.window.page is not None and program.window.page.key == "month"


def test_another_month_asked_before_shows_nothing_of_this_one(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    program = start(qapp, left, started)
    assert program.window is not None
    page = month(program)
    program.window.top.month.asked.emit("2024-03")
    assert not page.filled and titles(page) == []
    opened(program)
    assert program.context.period == "2024-03" and page.fresh
    assert "3 月" in page.header.title.text()


def test_text_typed_into_the_search_is_searched_once_it_can_be(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    program = start(qapp, left, started)
    assert program.window is not None
    box = program.window.top.search
    box.setFocus()
    QTest.keyClicks(box, "yunzhan")
    opened(program)
    QTest.qWait(300)
    program.jobs.wait_idle()
    assert box.hasFocus() and box.results.isVisible()


def edited(root: Path, **changes: Any) -> Frame:
    """The frame as kept, with other values in the month's token."""
    kept = json.loads((root / FILE).read_text(encoding="utf-8"))
    kept["month"] |= changes
    (root / FILE).write_text(json.dumps(kept), encoding="utf-8")
    return Frame(root)


@pytest.mark.parametrize(
    "change",
    [
        {"unit_code": "360103009"}, {"role": "supervisor"}, {"practice": True}, {"period": "2024-01"}, {"day": "?"},
        {"stamp": None}, {"file": "other.db"},
    ],
)  # fmt: skip
def test_the_month_of_something_else_is_not_shown(left: Path, change: dict[str, Any]) -> None:
    assert Frame(left).month() is not None
    assert edited(left, **change).month() is None


def test_a_register_written_or_replaced_since_shows_nothing(left: Path) -> None:
    store = open_store(left)
    store.set_setting("person", "李伟")
    assert Frame(left).month() is None  # still in the log
    store.close()
    assert Frame(left).month() is None
    (left / "qianqi.db").unlink()
    assert Frame(left).month() is None


def test_a_first_run_shows_nothing(tmp_path: Path) -> None:
    assert Frame(tmp_path).month() is None
    (tmp_path / FILE).write_text("[1, 2", encoding="utf-8")
    assert Frame(tmp_path).month() is None


def test_on_another_day_nothing_that_counts_days_is_shown(
    qapp: QApplication, left: Path, started: list[Program]
) -> None:
    today = date.today()
    assert Frame(left).month(today) is not None
    yesterday = today - timedelta(days=1)
    edited(left, day=yesterday.isoformat(), chosen=True)
    program = start(qapp, left, started)
    page = month(program)
    assert f"{yesterday.month} 月 {yesterday.day} 日的情况" in page.header.chips[0].word
    opened(program)
    assert "情况" not in page.header.chips[0].word


def test_a_month_nobody_chose_ends_with_the_month(left: Path) -> None:
    later = (date.today().replace(day=28) + timedelta(days=7)).replace(day=1)
    assert edited(left, chosen=False).month(later) is None
    found = edited(left, chosen=True).month(later)
    assert found is not None and found[1] == date.today()


def test_the_kept_month_is_the_month(left: Path) -> None:
    store = open_store(left)
    view = model.now(store, store.actor.unit_code, "clerk", "2024-05")
    assert view.places["due"].args["filters"]["due_date"].high is not None
    assert from_plain(json.loads(json.dumps(to_plain(view)))) == view
    assert all(row.cells["due"] is None for row in of_another_day(view, date(2024, 5, 1)).issues)
    assert from_plain({"title": "from another version"}) is None and from_plain(None) is None
    store.close()


def test_closed_before_the_register_was_open_the_month_is_still_kept(qapp: QApplication, left: Path) -> None:
    hook = sys.excepthook
    program = start(qapp, left)
    end(program)
    sys.excepthook = hook
    assert Frame(left).month() is not None


def test_closed_while_the_register_opens_it_is_free_again(qapp: QApplication, left: Path) -> None:
    hook = sys.excepthook
    program = start(qapp, left)
    program.now()
    end(program)
    sys.excepthook = hook
    open_store(left).close()


SCRIPT = """
import sys
from pathlib import Path
from desktop.commands.window import no_collecting
no_collecting()
from PySide6.QtCore import QTimer
from desktop.app import Program
from desktop.style import theme
app = theme.application()
program = Program(app, Path(sys.argv[1]))
def tell(word):
    print(word, *sorted(set(sys.modules) & set(sys.argv[2:])), sep=" ", flush=True)
painted = program._painted
def first():
    tell("painted")
    painted()
    assert program.window.page.filled and program.window.page.isAncestorOf(app.focusWidget())
    tell("ready")
program._painted = first
def wait():
    page = program.window.page
    if program.context is not None and page.fresh and not program.jobs.active():
        tell("open")
        app.quit()
program.start()
timer = QTimer()
timer.timeout.connect(wait)
timer.start(5)
app.exec()
program.finish()
"""
# What has no place before the first paint, before 本月 is there, and before it was read again.
DATABASE = (
    "sqlalchemy",
    "sqlite3",
    "asyncio",
    "db.models",
    "db.store",
    "db.to_do",
    "db.registers",
    "db.folder",
)
WINDOWS = ("desktop.tables.table", "desktop.pages.this_month", "desktop.forms.form", "platform")
LATER = (
    "desktop.forms.form", "desktop.pages.register_page", "desktop.finding", "alembic", "openpyxl", "docx", "click",
    "pypinyin", "rapidfuzz", "desktop.commands.all", "returns.workbook",
)  # fmt: skip


def test_nothing_is_imported_before_it_is_needed(left: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(left), *DATABASE, *WINDOWS, *LATER],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert ran.returncode == 0, ran.stderr
    found = {words[0]: set(words[1:]) for words in map(str.split, ran.stdout.splitlines())}
    assert found["painted"] == set()
    assert found["ready"] == {"desktop.pages.this_month", "desktop.tables.table"}
    assert found["open"] & set(LATER) == set()
    assert {"sqlalchemy", "db.models", "db.to_do"} <= found["open"]  # the names are right
