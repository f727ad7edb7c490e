"""A long ledger is read and taken in with its rows counted, and may be stopped on the way: nothing is stored then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtWidgets import QWidget

from db.store import Store
from desktop import jobs
from desktop.context import AppContext
from desktop.jobs import Job
from desktop.pages.intake_view import IntakeView
from desktop.pages.visits import VisitsPage
from tests.desktop.conftest import Hands
from tests.state import state_hash

ROWS = 5_000
HEADER = ("企业名称", "走访日期", "走访人", "企业经营情况")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "走访台账.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("走访")
    sheet.append(HEADER)
    for number in range(ROWS):
        day = date(2024, 1, 2) + timedelta(days=number % 120)
        sheet.append((f"江西第{number % 200}软件有限公司", day, "陈伟", f"订单饱满，第 {number} 次走访"))
    book.save(path)
    return path


@pytest.fixture(autouse=True)
def _everything_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what follows within the time that an eye needs: a quick machine reads the file in that."""
    monkeypatch.setattr(jobs, "_TELL_EVERY", 0.0)


@pytest.fixture
def view(context: AppContext, hands: Callable[[QWidget], Hands], ledger: Path) -> tuple[IntakeView, Hands]:
    page = VisitsPage(context)
    at = hands(page)
    at.settle()
    page.open(ledger=ledger)
    assert page.intake.view is not None
    return page.intake.view, at


def fingerprint(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def stop_at(job: Job, step: str) -> list[tuple[int, int, str]]:
    """Stop a job as soon as it says that it does this; what it told."""
    told: list[tuple[int, int, str]] = []

    def hear(*what: int | str) -> None:
        told.append(what)  # type: ignore[arg-type]
        if step in str(what[2]):
            job.cancel()

    job.progress.connect(hear)
    return told


def job_of(context: AppContext, key: str) -> Job:
    return next(job for job in context.jobs.active() if job.key == key)


@pytest.mark.parametrize("step", ["检查内容", "读取各行"])
def test_reading_is_stopped_and_begun_again(
    view: tuple[IntakeView, Hands], context: AppContext, register: Store, step: str
) -> None:
    intake, at = view
    before = fingerprint(register)
    told = stop_at(job_of(context, "import/preview"), step)
    at.settle()
    assert told and told[-1][2].startswith(step)
    assert intake.found is None and not intake.run_button.isEnabled()
    assert intake.message.isVisible() and intake.message.text.text() == "已停止读取，台账没有改动。"
    assert intake.again_button.isVisible()
    intake.again_button.click()
    told = stop_at(job_of(context, "import/preview"), "nothing")
    at.settle()
    # This workbook does not say how long it is: that is known once it was looked through.
    assert any(total == ROWS + 1 for _, total, _ in told), told
    assert intake.found is not None and intake.run_button.isEnabled()
    assert not intake.again_button.isVisible() and not intake.message.isVisible()
    assert fingerprint(register) == before


def test_the_import_is_stopped_between_two_parts_and_done_afterwards(
    view: tuple[IntakeView, Hands], context: AppContext, register: Store
) -> None:
    intake, at = view
    at.settle()
    before = fingerprint(register)
    intake.run()
    told = stop_at(job_of(context, "import"), "正在导入")
    at.settle()
    assert (0, ROWS, "正在导入") in told
    assert intake.message.text.text() == "已取消，台账没有改动。" and intake.run_button.isEnabled()
    assert fingerprint(register) == before
    intake.run()
    at.settle()
    assert intake.result.report is not None and intake.result.report.stored == ROWS


def test_leaving_the_page_stops_the_reading_quietly(
    view: tuple[IntakeView, Hands], context: AppContext, register: Store
) -> None:
    intake, at = view
    before = fingerprint(register)
    job = job_of(context, "import/preview")
    intake.leave()
    at.settle()
    assert job.finished and job.cancelled and intake.found is None
    assert fingerprint(register) == before
