"""The program as a whole: start, what stands in the way, drafts after a kill, our own failures, the input method."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from db import drafts, setup
from db.store import Store, open_store
from desktop import app as application
from desktop.app import Program, set_input_method
from desktop.crash import FOLDER, write_report
from desktop.pages.register_page import RegisterPage
from tests.db import fixtures

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(qapp: QApplication, tmp_path: Path) -> Iterator[list[Program]]:
    """Programs started here; ended afterwards."""
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


def start(qapp: QApplication, root: Path, programs: list[Program]) -> Program:
    program = Program(qapp, root)
    programs.append(program)
    program.start()
    assert program.window is not None
    assert QTest.qWaitForWindowExposed(program.window)
    end = time.monotonic() + 10
    while program.context is None and program.instead is None and time.monotonic() < end:
        QTest.qWait(10)
    QTest.qWait(50)
    program.jobs.wait_idle()
    return program


def made(root: Path) -> Path:
    store = setup.initialise(root, fixtures.STREET, person="张敏")
    with store.write() as session:
        fixtures.firm(session)
    store.close()
    return root


def test_a_register_opens_on_its_first_page(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    program = start(qapp, made(tmp_path / "数据"), started)
    assert program.window is not None and program.window.page is not None
    assert program.window.top.unit.text() == "朝阳洲街道"
    program.window.goto("visits")
    end(program)
    started.clear()
    again = start(qapp, tmp_path / "数据", started)
    assert again.window is not None and again.window.page is not None
    assert again.window.page.key == "visits"  # where one was
    assert (tmp_path / "数据" / "frame.json").exists()
    assert list((tmp_path / "数据" / "备份").glob("*.qqbak"))  # a copy is made when the program ends


def test_the_frame_is_painted_before_the_register_is_imported(tmp_path: Path) -> None:
    made(tmp_path / "数据")
    script = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.app import Program
app = QApplication([])
program = Program(app, Path(sys.argv[1]))
def opened():
    print("sqlalchemy" in sys.modules, program.window._painted)
    app.quit()
program.open = opened
program.start()
app.exec()
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "数据")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.split() == ["False", "True"], ran.stderr


def test_without_a_register_the_first_steps_are_shown(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    program = start(qapp, tmp_path / "新", started)
    assert program.instead is not None and program.instead.isVisible()
    assert type(program.instead).__name__ == "FirstRun"


def test_a_second_program_is_told_in_words(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    made(tmp_path / "数据")
    held = open_store(tmp_path / "数据")
    program = start(qapp, tmp_path / "数据", started)
    assert program.instead is not None
    said = " ".join(each.text() for each in program.instead.findChildren(QLabel))
    assert "已" in said and "Traceback" not in said and len(said) > 10
    held.close()
    program._again()
    QTest.qWait(50)
    program.jobs.wait_idle()
    assert program.context is not None


KILLED = """
import sys
from datetime import date
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from desktop import app as application
import desktop.forms.autosave as autosave
autosave.EVERY = 100
app = QApplication([])
program = application.Program(app, Path(sys.argv[1]))
program.start()
while program.context is None:
    QTest.qWait(10)
QTest.qWait(50)
program.window.goto("visits", new=True)
form = program.window.page.form.form
form.focus("firm_attendees")
QTest.keyClicks(form.editor("firm_attendees").target, "Wang Lei")
form.focus("operation_text")
QTest.keyClicks(form.editor("operation_text").target, "half a sentence")
QTest.qWait(600)
print("typed", flush=True)
QTest.qWait(60000)
"""


def test_after_a_kill_the_same_form_opens_at_the_same_field(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    root = made(tmp_path / "数据")
    victim = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(root)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == "typed"
    victim.send_signal(signal.SIGKILL)
    victim.wait(10)
    victim.stdout.close()
    program = start(qapp, root, started)
    assert program.window is not None
    page = program.window.page
    assert isinstance(page, RegisterPage) and page.key == "visits" and page.form is not None
    assert page.form.form.value("firm_attendees") == "Wang Lei"
    assert page.form.form.value("operation_text") == "half a sentence"
    assert page.form.form.current == "operation_text"
    assert "草稿" in page.form.header.chips[0].word


def test_our_own_failure_keeps_the_draft_writes_a_report_and_says_so(
    qapp: QApplication, tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(tmp_path / "数据")
    program = start(qapp, root, started)
    assert program.window is not None
    program.window.goto("visits", new=True)
    page = program.window.page
    assert isinstance(page, RegisterPage) and page.form is not None
    QTest.keyClicks(page.form.form.editor("visitors").target, "Zhang")
    told: list[QMessageBox] = []
    real = application.tell
    monkeypatch.setattr(application, "tell", lambda *args: told.append(real(*args)))
    try:
        raise RuntimeError("something we did not think of")
    except RuntimeError as error:
        program.failed(type(error), error, error.__traceback__)
    [report] = (root / FOLDER).glob("*.txt")
    assert "something we did not think of" in report.read_text(encoding="utf-8")
    kept = drafts.all_drafts(program.store)
    assert [each.values["values"]["visitors"] for each in kept] == ["Zhang"]
    [box] = told
    assert box.isVisible() and "草稿" in box.informativeText() and report.name in box.informativeText()
    box.close()


def test_an_exception_in_a_slot_reaches_the_hook(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    program = start(qapp, made(tmp_path / "数据"), started)
    assert sys.excepthook == program.failed


def test_a_report_goes_elsewhere_when_the_folder_is_no_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    path = write_report(blocked, ValueError("x"), "测试")
    assert path is not None and path.exists() and tmp_path not in path.parents
    path.unlink()


def test_the_input_method_portal_is_used_only_where_it_is_there() -> None:
    without = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/x", "QT_IM_MODULE": "fcitx"}
    assert not set_input_method(without, lambda name: False)
    assert without["QT_IM_MODULE"] == "fcitx" and "IBUS_USE_PORTAL" not in without
    there = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/x"}
    asked: list[str] = []
    assert set_input_method(there, lambda name: not asked.append(name)) == (sys.platform == "linux")
    if sys.platform == "linux":
        assert there["QT_IM_MODULE"] == "ibus" and there["IBUS_USE_PORTAL"] == "1"
        assert asked == ["org.freedesktop.portal.IBus"]
    assert not set_input_method({}, lambda name: True)  # no session bus at all


def test_the_store_is_free_again_after_the_end(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    root = made(tmp_path / "数据")
    program = start(qapp, root, started)
    assert program.window is not None
    end(program)
    started.clear()
    store: Store = open_store(root)
    store.close()


def test_the_first_steps_end_in_the_window_of_the_role_that_was_chosen(
    qapp: QApplication, tmp_path: Path, started: list[Program]
) -> None:
    program = start(qapp, tmp_path / "新", started)
    assert program.instead is not None
    store = setup.initialise(tmp_path / "新", "区数字经济办公室", role="supervisor", person="陈某")
    program._made(store)
    QTest.qWait(100)
    program.jobs.wait_idle()
    assert program.window is not None and program.instead is None
    assert program.window.nav.isEnabled() and program.window.top.isEnabled()
    assert program.window.page is not None
    program.window.goto("visits")
    page = program.window.page
    assert isinstance(page, RegisterPage)
    assert "street" in page.list.filters.values()  # the district looks at one street at a time
