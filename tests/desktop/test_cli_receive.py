"""`qianqi receive`: what it says in each case, as sentences and as JSON, with its exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from db.store import Store, open_store
from desktop.commands.all import qianqi
from tests.returns.offices import (
    DISTRICT,
    MAY,
    STREET,
    VISIT,
    Month,
    change,
    column_of,
    edit,
    export,
    hash_of,
    open_office,
    save,
    small_month,
)


@dataclass
class Desk:
    """A street to send from, and the district's folder, which no program holds."""

    street: Store
    month: Month
    folder: Path
    data: Path

    def send(self, name: str, **more: Any) -> Path:
        export(self.street, self.folder / name, **more)
        return self.folder / name

    def run(self, *args: object) -> Result:
        return CliRunner().invoke(qianqi, [str(each) for each in (*args, "--data", self.data)])

    def receive(self, *args: object) -> tuple[int, list[dict[str, Any]]]:
        result = self.run("receive", *args, "--json")
        return result.exit_code, json.loads(result.stdout)["files"]

    def one(self, *args: object) -> dict[str, Any]:
        _code, files = self.receive(*args)
        assert len(files) == 1
        return files[0]

    def hash(self) -> str:
        store = open_store(self.data)
        try:
            return hash_of(store)
        finally:
            store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    street = open_office(tmp_path / "street", STREET)
    open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长").close()
    (tmp_path / "in").mkdir()
    yield Desk(street, small_month(street), tmp_path / "in", tmp_path / "district")
    street.close()


def cases(report: dict[str, Any]) -> list[str]:
    return [each["id"] for each in report.get("situations", ())]


def second_visit(desk: Desk) -> None:
    values = {**VISIT, "visit_date": date(2024, 5, 15)}
    save(desk.street, "visit", **values, enterprise_id=desk.month.firm)


def test_without_apply_only_looked_at(desk: Desk) -> None:
    before = desk.hash()
    path = desk.send("a.xlsx")
    code, [report] = desk.receive(path)
    assert (code, report["outcome"], report["rows_read"], report["stored"]) == (0, "accepted", 5, 5)
    assert desk.hash() == before
    said = desk.run("receive", path).stdout
    assert "已读入：共 5 行，新增 5" in said and "台账没有改动；加 --apply 接收" in said


def test_the_same_file_the_same_content_and_an_older_revision(desk: Desk) -> None:
    first = desk.send("a.xlsx")
    assert desk.receive(first, "--apply")[0] == 0
    again = desk.one(first, "--apply")
    assert (again["outcome"], again["stored"], again["unchanged"]) == ("accepted", 0, 5)
    assert cases(again) == ["same_file"]
    assert "朝阳洲街道 2024 年 5 月第 1 版：这份文件已于" in again["situations"][0]["message"]
    resaved = desk.folder / "b.xlsx"
    shutil.copy(first, resaved)
    edit(resaved, lambda book: None)
    once = desk.hash()
    assert cases(desk.one(resaved, "--apply")) == ["same_content"] and desk.hash() == once
    second_visit(desk)
    newer = desk.one(desk.send("c.xlsx", revision=2, correction_reason="漏报"), "--apply")
    assert (newer["outcome"], newer["stored"]) == ("accepted", 1) and cases(newer) == ["correction"]
    old = desk.folder / "old.xlsx"
    shutil.copy(first, old)
    edit(old, lambda book: book["走访记录"].cell(4, 3))
    code, [late] = desk.receive(old, "--apply")
    assert (code, late["outcome"], cases(late)) == (1, "rejected", ["older_revision"])
    assert late["findings"][0]["id"] == "RET-003" and (late["unit"], late["revision"]) == (STREET, 1)
    assert "朝阳洲街道 2024 年 5 月第 1 版比已接收的第 2 版旧" in late["findings"][0]["message"]


def test_the_same_revision_with_other_content_is_taken_only_when_told(desk: Desk) -> None:
    desk.receive(desk.send("a.xlsx"), "--apply")
    change(desk.street, "visit", desk.month.visit, operation_trend="下滑")
    other = desk.send("b.xlsx")
    before = desk.hash()
    for args in ((other,), (other, "--apply")):
        code, [report] = desk.receive(*args)
        assert (code, report["outcome"], cases(report)) == (1, "rejected", ["other_content"])
        assert report["findings"][0]["id"] == "RET-003" and report["rows_read"] == 0
    assert "命令行加 --replace" in desk.run("receive", other, "--apply").stdout
    assert desk.hash() == before
    code, [report] = desk.receive(other, "--apply", "--replace")
    assert (code, report["outcome"], report["updated"]) == (0, "accepted", 1)


def test_a_closed_month_asks_for_the_reason_of_a_restatement(desk: Desk) -> None:
    desk.receive(desk.send("a.xlsx"), "--apply")
    closed = desk.run("close", "--period", MAY)
    assert closed.exit_code == 0 and "2024-05 已关账" in closed.stdout and "第 1 号" in closed.stdout
    second_visit(desk)
    path = desk.send("b.xlsx", revision=2, correction_reason="漏报一次走访")
    before = desk.hash()
    code, [report] = desk.receive(path, "--apply")
    assert (code, report["outcome"]) == (1, "rejected") and desk.hash() == before
    assert "month_closed" in cases(report) and report["findings"][0]["id"] == "month_closed"
    said = desk.run("receive", path, "--apply").stdout
    assert "朝阳洲街道 2024 年 5 月第 2 版：这个月已关账" in said and "--restate 理由" in said
    code, [report] = desk.receive(path, "--apply", "--restate", "经核实漏报一次走访")
    assert (code, report["stored"]) == (0, 1)
    assert any("走访（次） 1 → 2" in each for each in report["warnings"])
    rolled = desk.run("rollup", "--period", MAY, "--out", desk.folder / "汇总.xlsx", "--json")
    data = json.loads(rolled.stdout)
    assert data["closed"]["by"] == "刘科长"
    assert data["restatements"][0]["reason"] == "经核实漏报一次走访"
    assert {"key": "visit.rows", "name": "走访（次）", "before": "1", "after": "2"} in data["changed"]
    notes = openpyxl.load_workbook(desk.folder / "汇总.xlsx")["口径说明"]
    said = [str(row[3].value) for row in notes.iter_rows() if row[1].value == "关账与重述"]
    assert any("理由：经核实漏报一次走访" in each for each in said)
    assert "走访（次）：关账时 1，现在 2。" in said
    refused = desk.run("undo", report["batch"], "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["id"]) == (1, "month_closed")
    assert desk.run("undo", report["batch"], "--restate", "与上月重复").exit_code == 0
    assert desk.run("close", "--period", MAY, "--reopen", "各单位集中更正").exit_code == 0
    assert desk.receive(path, "--apply")[0] == 0


def test_what_was_edited_after_the_export_is_named_and_marked(desk: Desk) -> None:
    path = desk.send("a.xlsx")

    def work(book: Any) -> None:
        visits = book["走访记录"]
        visits.cell(4, column_of(visits, "经营状态评价")).value = "平稳"
        visits.cell(4, column_of(visits, "走访日期")).value = "07/05/2024"

    edit(path, work)
    errors = desk.folder / "问题.xlsx"
    code, [report] = desk.receive(path, "--apply", "--report", errors)
    assert (code, report["outcome"], report["stored"], report["bad"]) == (1, "partial", 5, 0)
    assert cases(report) == ["edited"]
    assert "在导出后被改动：改了 2 格（走访记录 2）" in report["situations"][0]["message"]
    named = {
        (each["sheet"], each["row"], each["column"]) for each in report["findings"] if each["id"] == "RET-002"
    }
    assert named == {("走访记录", 4, "经营状态评价"), ("走访记录", 4, "走访日期")}
    assert any("原“向好”，现“平稳”" in each["message"] for each in report["findings"])
    book = openpyxl.load_workbook(errors)
    assert book.sheetnames[0] == "问题清单" and book["问题清单"].max_row == len(report["findings"]) + 1
    cell = book["走访记录"].cell(4, column_of(book["走访记录"], "走访日期"))
    assert "看不出哪个是月" in cell.comment.text and cell.fill.fgColor.rgb.endswith("F8D7DA")
    said = desk.run("receive", path).stdout
    assert "这份文件已于" in said


def test_findings_of_several_files_go_into_one_workbook(desk: Desk, tmp_path: Path) -> None:
    other = open_office(tmp_path / "other", "360103001", person="周琴")
    small_month(other, name="南昌数澜软件有限公司", code="91360103MA0000023F")
    export(other, desk.folder / "b.xlsx")
    other.close()
    paths = [desk.send("a.xlsx"), desk.folder / "b.xlsx"]
    for path in paths:
        edit(path, lambda book: _put(book["走访记录"], "走访日期", "07/05/2024"))
    errors = desk.folder / "问题.xlsx"
    code, reports = desk.receive(*paths, "--report", errors)
    assert code == 1 and [each["outcome"] for each in reports] == ["partial", "partial"]
    book = openpyxl.load_workbook(errors)
    assert book.sheetnames == ["问题清单", "a 走访记录", "b 走访记录"]
    for name in book.sheetnames[1:]:
        cell = book[name].cell(4, column_of(book[name], "走访日期"))
        assert cell.value == "07/05/2024" and "看不出哪个是月" in cell.comment.text


def _put(sheet: Any, header: str, value: Any) -> None:
    sheet.cell(4, column_of(sheet, header)).value = value


def test_a_folder_lock_files_and_the_same_file_twice(desk: Desk) -> None:
    path = desk.send("a.xlsx")
    shutil.copy(path, desk.folder / "副本.xlsx")
    (desk.folder / "~$a.xlsx").write_bytes(b"\x06owner")
    code, files = desk.receive(desk.folder, "--apply")
    assert code == 0 and [each["outcome"] for each in files] == ["accepted", "accepted"]
    assert (files[0]["file"], files[0]["stored"]) == ("a.xlsx", 5) and cases(files[0]) == ["open_elsewhere"]
    assert (files[1]["file"], cases(files[1])) == ("副本.xlsx", ["given_twice"])
    assert "“副本.xlsx”与“a.xlsx”是同一份文件" in files[1]["warnings"][0]
    code, files = desk.receive(*sorted(desk.folder.glob("*.xlsx")), "--apply")
    assert code == 0 and {case for each in files for case in cases(each)} == {
        "same_file", "open_elsewhere", "given_twice", "lock_file",
    }  # fmt: skip
    code, [alone] = desk.receive(desk.folder / "~$a.xlsx")
    assert (code, alone["outcome"]) == (1, "rejected") and "请选“a.xlsx”" in alone["findings"][0]["message"]
    (desk.folder / "空").mkdir()
    code, [none] = desk.receive(desk.folder / "空")
    assert (code, none["outcome"], cases(none)) == (1, "rejected", ["empty_folder"])


def test_a_file_that_is_not_there_and_wrong_use(desk: Desk) -> None:
    code, [report] = desk.receive(desk.folder / "没有.xlsx")
    assert (code, report["outcome"]) == (1, "rejected") and "没有.xlsx" in report["findings"][0]["message"]
    assert desk.run("receive").exit_code == 2
    assert desk.run("receive", desk.send("a.xlsx"), "--period", "五月").exit_code == 2
    taken = desk.folder / "report-is-a-folder.xlsx"
    taken.mkdir()
    assert desk.run("receive", desk.folder / "a.xlsx", "--report", taken).exit_code == 3
