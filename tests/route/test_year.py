"""A practice year by the command line alone: twelve summaries, four bulletins, one assessment, nothing typed by hand."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from python_calamine import CalamineWorkbook

from tests.told import told as run

YEAR = 2024
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("year") / "区"
    run("init", "--data", folder, "--unit", "qszjjb", "--role", "supervisor", "--practice")
    return folder


def texts_of(path: Path) -> list[str]:
    book = CalamineWorkbook.from_path(str(path))
    return [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_summary(district: Path, tmp_path: Path, month: int) -> None:
    out = tmp_path / "汇总.xlsx"
    told = run("rollup", "--data", district, "--period", f"{YEAR}-{month:02d}", "--out", out)
    assert len(told["indicators"]) == 14
    assert not [text for text in texts_of(out) if text in ERRORS]


@pytest.mark.parametrize("quarter", range(1, 5))
def test_every_quarter_has_its_bulletin(district: Path, tmp_path: Path, quarter: int) -> None:
    out = tmp_path / "通报.docx"
    run("bulletin", "--data", district, "--quarter", f"{YEAR}Q{quarter}", "--out", out)
    said = "".join(paragraph.text for paragraph in docx.Document(str(out)).paragraphs)
    assert f"{YEAR}年第{'一二三四'[quarter - 1]}季度" in said.replace(" ", "").replace("\u2060", "")
    assert all(
        heading in said for heading in ("一、总体情况", "二、各单位情况", "三、存在问题", "四、下步工作")
    )


def test_the_year_has_its_assessment(district: Path, tmp_path: Path) -> None:
    out = tmp_path / "考核.xlsx"
    told = run("assess", "--data", district, "--year", YEAR, "--out", out)
    assert len(told["units"]) >= 10
    assert not [text for text in texts_of(out) if text in ERRORS]
