"""A second opinion: what LibreOffice opens and saves loses no cell, and edits made there are named."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from returns import compose, receive
from returns.read import read_return
from returns.results import FileReport
from returns.workbook import MANIFEST, RETURN
from returns.write import write_return
from tests.returns import content
from tests.returns.offices import (
    COVER,
    DISTRICT,
    MAY,
    STREET,
    SUPERVISOR,
    TODAY,
    VISIT,
    column_of,
    edit,
    export,
    facts,
    hash_of,
    open_office,
    rows,
    save,
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


# ---------------------------------------------------------------- what people do to a file


@pytest.fixture
def two_rows(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A street with two visits, and the district."""
    street = open_office(tmp_path / "street", STREET)
    month = small_month(street)
    save(street, "visit", **{**VISIT, "visit_date": date(2024, 5, 15)}, enterprise_id=month.firm)
    district = open_office(tmp_path / "district", DISTRICT, "supervisor")
    yield street, district
    street.close()
    district.close()


def told_after(
    offices: tuple[Store, Store], tmp_path: Path, work: Callable[[Any], None] | None
) -> tuple[FileReport, list[tuple[str, int | None, str]]]:
    """The return saved by LibreOffice, worked on, saved by it again and received: what is said of edits."""
    street, district = offices
    path = tmp_path / "a.xlsx"
    export(street, path)
    saved = convert(path, tmp_path / "first")
    if work is not None:
        edit(saved, work)
        saved = convert(saved, tmp_path / "second")
    [report] = receive.receive(district, [saved], SUPERVISOR, today=TODAY)
    named = [(each.sheet, each.row, each.column) for each in report.findings if each.id == "RET-002"]
    return report, named


def test_a_text_a_number_and_a_date_edited_are_the_three_cells_named(
    two_rows: tuple[Store, Store], tmp_path: Path
) -> None:
    def work(book: Any) -> None:
        visits = book["走访记录"]
        visits.cell(5, column_of(visits, "生产经营情况")).value = "订单减少。"
        visits.cell(4, column_of(visits, "本年累计营业收入（万元）")).value = 1860.5
        issues = book["问题"]
        due = issues.cell(4, column_of(issues, "办结时限"))
        due.value, due.number_format = datetime(2024, 6, 5), "yyyy-mm-dd"

    report, named = told_after(two_rows, tmp_path, work)
    assert sorted(named) == [
        ("走访记录", 4, "本年累计营业收入"), ("走访记录", 5, "生产经营情况"), ("问题", 4, "办结时限"),
    ]  # fmt: skip
    assert report.outcome == "accepted"
    found = rows(two_rows[1])
    assert {row["revenue_ytd"] for row in found["visit"]} == {Decimal("860.50"), Decimal("1860.50")}
    assert found["issue"][0]["due_date"] == date(2024, 6, 5)


def _sort(book: Any) -> None:
    """The two visits change places, hidden columns and all, as a sort does it."""
    visits = book["走访记录"]
    for column in range(1, visits.max_column + 1):
        upper, lower = visits.cell(4, column), visits.cell(5, column)
        upper.value, lower.value = lower.value, upper.value


def _hide(book: Any) -> None:
    book["走访记录"].row_dimensions[5].hidden = True


@pytest.mark.parametrize("work", [None, _sort, _hide])
def test_sorting_hiding_and_saving_again_name_nothing(
    two_rows: tuple[Store, Store], tmp_path: Path, work: Callable[[Any], None] | None
) -> None:
    report, named = told_after(two_rows, tmp_path, work)
    assert named == [] and report.situations == ()
    assert (report.outcome, report.stored) == ("accepted", 6)


def test_a_row_deleted_and_a_row_added_are_told_as_such(
    two_rows: tuple[Store, Store], tmp_path: Path
) -> None:
    def work(book: Any) -> None:
        visits = book["走访记录"]
        for column in range(1, visits.max_column + 1):
            shown = column <= 40 and visits.cell(3, column).value
            visits.cell(5, column).value = visits.cell(4, column).value if shown else None
        visits.cell(5, column_of(visits, "走访日期")).value = "2024-05-20"
        for name in ("记录标识", "单元格校验"):
            visits.cell(5, column_of(visits, name)).value = None

    report, named = told_after(two_rows, tmp_path, work)
    [said] = [each.message for each in report.situations if each.id == "edited"]
    assert "加了 1 行，删了 1 行" in said and "格" not in said
    assert ("走访记录", 5, "") in named and ("走访记录", None, "") in named
    assert report.stored == 6


def test_a_column_added_in_between_moves_nothing(two_rows: tuple[Store, Store], tmp_path: Path) -> None:
    def work(book: Any) -> None:
        visits = book["走访记录"]
        visits.insert_cols(3)
        visits.cell(3, 3).value = "领导批示"
        visits.cell(4, 3).value = "已阅"

    report, named = told_after(two_rows, tmp_path, work)
    assert [(sheet, column) for sheet, _row, column in named] == [("走访记录", "")]
    assert any("“领导批示”不认识，没有读入" in each.message for each in report.findings)
    assert report.stored == 6


def test_a_renamed_sheet_is_found_by_its_columns(two_rows: tuple[Store, Store], tmp_path: Path) -> None:
    def work(book: Any) -> None:
        book["走访记录"].title = "5月走访"

    report, named = told_after(two_rows, tmp_path, work)
    assert (report.outcome, report.stored) == ("accepted", 6)
    assert named == [("走访记录", None, "")]
    assert any("工作表“走访记录”被改名为“5月走访”，已按原表读入" in each.message for each in report.findings)


def test_without_its_hidden_list_it_is_no_return(two_rows: tuple[Store, Store], tmp_path: Path) -> None:
    before = hash_of(two_rows[1])

    def work(book: Any) -> None:
        del book[MANIFEST]

    report, _named = told_after(two_rows, tmp_path, work)
    assert (report.outcome, [each.id for each in report.situations]) == ("rejected", ["no_manifest"])
    assert hash_of(two_rows[1]) == before
