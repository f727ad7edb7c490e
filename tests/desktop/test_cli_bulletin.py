"""qianqi bulletin: what is written, what --json says, and each wrong use with its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.commands.all import qianqi
from tests.told import told as run

pytestmark = pytest.mark.slow


def test_it_writes_the_bulletin_and_the_workbook_of_its_sources(
    practice_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "季通报.docx"
    told = run("bulletin", "--data", practice_folder, "--quarter", "2024Q2", "--out", out)
    assert out.is_file() and Path(told["sources"]).is_file()
    assert (told["quarter"], told["title"]) == ("2024Q2", "关于2024年第二季度全区数字经济工作情况的通报")
    assert {"id", "level", "number", "text", "figures", "warnings", "edited"} <= set(told["paragraphs"][0])
    assert all(each["source"] for each in told["figures"])
    assert all({"wanted", "instead"} == set(each) for each in told["fonts_replaced"])


def test_sentences_for_people(practice_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.docx"
    result = CliRunner().invoke(
        qianqi,
        [
            "bulletin",
            "--data",
            str(practice_folder),
            "--quarter",
            "2024年第一季度",
            "--out",
            str(out),
            "--no-pictures",
        ],
    )
    assert result.exit_code == 0
    assert "《关于2024年第一季度全区数字经济工作情况的通报》已写出" in result.output


@pytest.mark.parametrize(
    ("quarter", "name", "code", "id"),
    [
        ("2024Q5", "x.docx", 2, "bad_quarter"),
        ("", "x.docx", 2, "bad_quarter"),
        ("2024Q2", "x.pdf", 2, "bad_out"),
    ],
)
def test_wrong_uses(
    practice_folder: Path, tmp_path: Path, quarter: str, name: str, code: int, id: str
) -> None:
    told = run(
        "bulletin", "--data", practice_folder, "--quarter", quarter, "--out", tmp_path / name, code=code
    )
    assert told["error"]["id"] == id
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(practice_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    told = run(
        "bulletin",
        "--data",
        practice_folder,
        "--quarter",
        "2024Q2",
        "--out",
        tmp_path / "file" / "x.docx",
        code=3,
    )
    assert told["error"]["id"] == "cannot_write"
