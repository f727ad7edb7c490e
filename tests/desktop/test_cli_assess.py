"""qianqi assess: the workbook, its JSON, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db import setup
from desktop.commands.all import qianqi


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        qianqi.main(list(arguments))
    return int(left.value.code or 0), capsys.readouterr().out


@pytest.fixture
def district(tmp_path: Path) -> Path:
    store = setup.initialise(tmp_path / "district", "qszjjb", "supervisor", person="刘科长")
    store.set_setting("practice", True)
    store.set_setting("practice_today", "2025-01-20")
    store.close()
    return tmp_path / "district"


def test_a_year_is_written_and_told_as_json(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "考核.xlsx"
    asked = ("assess", "--data", str(district), "--year", "2024", "--out", str(out))
    code, text = run(capsys, *asked, "--json")
    data = json.loads(text)
    assert code == 0 and out.exists() and data["sheets"]["汇总"] == len(data["units"]) == 22
    assert data["scheme"]["version"] == 1 and data["scheme"]["frozen"] and data["as_of"] == "2024-12"
    street = next(each for each in data["units"] if each["code"] == "360103002")
    visit = next(each for each in street["items"] if each["key"] == "visit")
    assert (visit["value"], visit["target"], visit["score"], visit["source"], visit["state"]) == (
        None, 40, None, "assessment.visit:360103002", "无数据",
    )  # fmt: skip
    assert (street["total"], street["grade"]) == (None, "无数据")
    assert street["rank"] is None and data["findings"] == []
    code, text = run(capsys, *asked)
    assert code == 0 and "第 1 版" in text and "朝阳洲街道 无数据" in text and "没有收到任何数据" in text


@pytest.mark.parametrize(
    ("arguments", "code", "id"),
    [
        (("--year", "2024", "--out", "a.docx"), 2, "bad_out"),
        (("--year", "24", "--out", "a.xlsx"), 2, "usage"),
        (("--year", "2024", "--out", "a.xlsx", "--scheme", "7"), 2, "no_scheme"),
    ],
)
def test_what_can_not_be_done_is_said(
    district: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, id: str
) -> None:
    got, text = run(capsys, "assess", "--data", str(district), "--json", *arguments)
    assert got == code and json.loads(text)["error"]["id"] == id


def test_an_office_that_hands_in_does_not_assess(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup.initialise(tmp_path / "street", "朝阳洲街道", person="张敏").close()
    code, text = run(
        capsys,
        "assess",
        "--data",
        str(tmp_path / "street"),
        "--json",
        "--year",
        "2024",
        "--out",
        str(tmp_path / "a.xlsx"),
    )
    assert code == 1 and json.loads(text)["error"]["id"] == "not_supervisor"
    assert not (tmp_path / "a.xlsx").exists()
