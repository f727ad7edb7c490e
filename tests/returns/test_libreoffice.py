"""A second opinion: what LibreOffice opens and saves loses no cell, and edits made there are named."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from returns import compose, receive
from returns.read import read_return
from returns.workbook import RETURN
from returns.write import write_return
from tests.returns import content
from tests.returns.offices import (
    COVER,
    DISTRICT,
    MAY,
    STREET,
    SUPERVISOR,
    TODAY,
    column_of,
    edit,
    export,
    facts,
    open_office,
    rows,
    small_month,
)

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_office(tmp_path_factory.mktemp("street") / "register", STREET)
    small_month(opened)
    yield opened
    opened.close()


def convert(path: Path, folder: Path) -> Path:
    """Open and save the workbook with LibreOffice, without a window."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: make test installs it"
    folder.mkdir()
    subprocess.run(
        [program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / path.name


def a_month(directory: Directory) -> dict[str, list[dict[str, object]]]:
    """The fullest of a few drawn months: every register has rows."""
    found: list[dict[str, list[dict[str, object]]]] = []

    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=12,
        phases=(Phase.generate,),
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        found.append(data.draw(content.months(directory)))

    draw()
    return max(found, key=lambda month: sum(len(each) for each in month.values()))


def test_opening_and_saving_in_libreoffice_loses_no_cell(store: Store, tmp_path: Path) -> None:
    with store.read() as session:
        directory = Directory(session)
        month = {
            key: [{"rev": 1, "deleted_at": None, **row} for row in each]
            for key, each in a_month(directory).items()
        }
        assert sum(map(len, month.values())) >= 8
        path = tmp_path / "a.xlsx"
        write_return(
            compose.gather(session, STREET, MAY, kind=RETURN, revision=1, cover=COVER, rows=month), path
        )
        before = read_return(path, directory)
        after = read_return(convert(path, tmp_path / "saved"), directory)
    assert after.sha256 != before.sha256
    for key in REGISTERS:
        assert [row.values for row in after.rows[key]] == [row.values for row in before.rows[key]]
        assert [(row.record_id, row.firm, row.links) for row in after.rows[key]] == [
            (row.record_id, row.firm, row.links) for row in before.rows[key]
        ]
        assert all(row.intact for row in after.rows[key])
        assert [row.unparsed for row in after.rows[key]] == [row["unparsed"] or {} for row in month[key]]
    assert after.content_digest == before.content_digest and after.cover == before.cover


def test_edited_in_three_cells_and_saved_by_libreoffice_names_exactly_those(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    export(store, path)

    def work(book: object) -> None:
        sheet = book["走访记录"]  # type: ignore[index]
        sheet.cell(4, column_of(sheet, "经营状态评价")).value = "平稳"
        sheet.cell(4, column_of(sheet, "企业参加人及职务")).value = "陈亮 副总"
        issues = book["问题"]  # type: ignore[index]
        issues.cell(4, column_of(issues, "办结时限")).value = "2024-06-05"

    edit(path, work)
    saved = convert(path, tmp_path / "saved")
    district = open_office(tmp_path / "district", DISTRICT, "supervisor")
    [report] = receive.receive(district, [saved], SUPERVISOR, today=TODAY)
    assert report.outcome == "accepted" and report.stored == 5
    named = sorted((each.sheet, each.row, each.column) for each in report.findings if each.id == "RET-002")
    assert named == [
        ("走访记录", 4, "企业参加人及职务"),
        ("走访记录", 4, "经营状态评价"),
        ("问题", 4, "办结时限"),
    ]
    assert rows(district)["visit"][0]["operation_trend"] == "平稳"
    assert [facts(row, "cloud") for row in rows(district)["cloud"]] == [
        facts(row, "cloud") for row in rows(store)["cloud"]
    ]
    district.close()
