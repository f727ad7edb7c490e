"""qianqi import: registers by name, what is said row by row, the marked sheet, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from db.registers import REGISTERS
from desktop.commands.all import qianqi
from tests.returns.ledger import messy, samples

STREET = "360103002"


def run(*args: object) -> Result:
    return CliRunner().invoke(qianqi, [str(arg) for arg in args])


def answer(result: Result) -> dict[str, Any]:
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert isinstance(data, dict)
    return data


@pytest.fixture
def street(tmp_path: Path) -> Path:
    root = tmp_path / "街道"
    assert run("init", "--data", root, "--unit", STREET, "--person", "张敏").exit_code == 0
    return root


def test_help_names_every_register() -> None:
    told = run("import", "--help").stdout.replace("\n", "").replace(" ", "")
    for key, register in REGISTERS.items():
        assert f"{key}{register.title}" in told


def test_every_finding_says_where_and_which(street: Path, tmp_path: Path) -> None:
    ledger = messy.ledger(tmp_path)
    words = run("import", ledger, "--register", "visit", "--data", street, "--dry-run").stdout
    assert f"{messy.SHEET} 第 5 行 C 列：" in words and "〔GEN-004〕" in words and "〔IMP-001〕" in words
    result = run("import", ledger, "--register", "visit", "--data", street, "--json")
    (report,) = answer(result)["files"]
    assert result.exit_code == 1 and report["outcome"] == "partial"
    assert (report["rows_read"], report["stored"], report["unchanged"], report["updated"], report["bad"]) == (
        4, 2, 0, 0, 2,
    )  # fmt: skip
    cells = {(each["sheet"], each["row"], each["column"], each["id"]) for each in report["findings"]}
    assert {(messy.SHEET, 5, "C", "IMP-002"), (messy.SHEET, 6, "B", "IMP-001")} <= cells
    assert all(each["message"] for each in report["findings"])


def test_rows_that_are_only_incomplete_are_no_failure(street: Path, tmp_path: Path) -> None:
    ledger = messy.ledger(tmp_path, [messy.ROWS[3]])
    result = run("import", ledger, "--register", "visit", "--data", street, "--json")
    (report,) = answer(result)["files"]
    assert (report["stored"], report["bad"], report["outcome"], result.exit_code) == (1, 0, "partial", 0)


def test_the_marked_sheet_is_written(street: Path, tmp_path: Path) -> None:
    ledger, out = messy.ledger(tmp_path), tmp_path / "ERRORS.xlsx"
    args = ("import", ledger, "--register", "visit", "--data", street, "--report", out)
    dry = answer(run(*args, "--dry-run", "--json"))
    assert dry["report"] == str(out) and load_workbook(out)[messy.SHEET]["C5"].comment is not None
    out.unlink()
    words = run(*args)
    assert words.exit_code == 1 and "2 行没有入库" in words.stdout and str(out) in words.stdout
    assert load_workbook(out)[messy.SHEET]["B6"].comment is not None


def test_nothing_to_mark_writes_nothing(street: Path, tmp_path: Path) -> None:
    out = tmp_path / "ERRORS.xlsx"
    samples.visit_ledger(tmp_path / "a.xlsx")
    args = ("import", tmp_path / "a.xlsx", "--register", "visit", "--data", street, "--report", out)
    result = run(*args, "--json")
    assert result.exit_code == 0 and answer(result)["report"] is None and not out.exists()


def test_a_folder_that_is_not_there_is_said_before_anything_is_stored(street: Path, tmp_path: Path) -> None:
    out = tmp_path / "没有" / "ERRORS.xlsx"
    args = ("import", messy.ledger(tmp_path), "--register", "visit", "--data", street, "--json")
    refused = run(*args, "--report", out)
    assert (refused.exit_code, answer(refused)["error"]["id"]) == (2, "no_such_folder")
    assert answer(run(*args))["files"][0]["stored"] == 2


def test_a_rejected_file_is_one_failure_and_leaves_nothing(street: Path, tmp_path: Path) -> None:
    path = samples.any_ledger(tmp_path / "a.xlsx", [["甲", "乙"], ["一", "二"]])
    out = tmp_path / "ERRORS.xlsx"
    result = run("import", path, "--register", "visit", "--data", street, "--json", "--report", out)
    (report,) = answer(result)["files"]
    assert (result.exit_code, report["outcome"], report["rows_read"], out.exists()) == (
        1,
        "rejected",
        0,
        False,
    )
    assert report["findings"][0]["id"] == "no_header"
